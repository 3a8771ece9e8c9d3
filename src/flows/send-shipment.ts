import type { Failure, Shipment } from '../connectors/contract.ts'
import { finishAttempt, startAttempt } from '../ledger/attempts.ts'
import { mainAccount, type Tx } from '../ledger/database.ts'
import { connectionWorked } from '../ledger/health.ts'
import { finish, holdJob, type Job } from '../ledger/jobs.ts'
import { lockOrder, orderById, type OrderRow } from '../ledger/orders.ts'
import { closeProblems, replaceProblems } from '../ledger/problems.ts'
import { readShipment, type ShipmentRow, toldOf, trackingOf } from '../ledger/shipments.ts'
import type { Problem } from '../order/problems.ts'
import { isNews } from '../order/tracking.ts'
import { type Call, channelFor, type Deps, recordedCall } from './deps.ts'
import { ensureIdentity } from './identify.ts'
import { followShipments } from './shipping-status.ts'
import { isMissingPermission, isSystemic, stopConnection } from './trouble.ts'

/**
 * Reports one shipment to the shop, once, and again when its tracking has become another: the shop is asked what it has of
 * it before anything is written, also after an answer was lost. "Not there" is believed only when a request that may have
 * been under way has had its time.
 */
export async function sendShipment(deps: Deps, job: Job): Promise<void> {
  const row = await readShipment(deps.db, job.key)
  const order = row && (await orderById(deps.db, row.order_id))
  if (!row || !order || row.status === 'sent' || order.status === 'cancelled') {
    await deps.db.transaction().execute((tx) => finish(tx, job, deps.workerId))
    return
  }
  const channel = channelFor(deps, job.connection)
  const config = deps.configOf(job.connection)
  const timeoutMs = channel.timeoutMs(config)
  const call = recordedCall(deps, job.connection, timeoutMs)
  const work: Work = {
    deps,
    job,
    row,
    order,
    call,
    timeoutMs,
    requestLimitMs: channel.requestLimitMs(config),
    attemptId: deps.newId(),
    startedAt: deps.now(),
  }
  const identified = await ensureIdentity(deps, job.connection, call.ctx)
  if (!identified.ok) return failed(work, identified.error)
  if (!channel.shipping) return stop(work, [noShipping])

  const unknownUntil = row.unknown_until ?? (row.status === 'sending' ? await orphaned(work) : null)
  const askedAt = deps.now()
  const shipment = shipmentOf(row, order)
  const found = await channel.shipping.find(call.ctx, shipment)
  if (!found.ok) return failed(work, found.error)
  const mayRunStill = unknownUntil !== null && askedAt < unknownUntil
  // Until then, a shop that says what it was told before may not have done yet what it was told last.
  const isBelieved = !mayRunStill || shipment.told === null || isNews(shipment.told, trackingOf(row))
  if (found.value?.upToDate && isBelieved) return recordTold(work, found.value.id, 'found')
  if (mayRunStill) return lookLater(work, unknownUntil)
  if (found.value === null && row.told !== null) return stop(work, [goneAtShop(shipment)])

  await beginSending(work)
  const tell = found.value === null ? channel.shipping.send : channel.shipping.update
  const sent = await tell(call.ctx, shipment)
  if (sent.ok) return recordTold(work, sent.value.id, found.value === null ? 'sent' : 'updated')
  return failed({ ...work, sending: true }, sent.error)
}

interface Work {
  deps: Deps
  job: Job
  row: ShipmentRow
  order: OrderRow
  call: Call
  timeoutMs: number
  /** How long the shop may go on with a request that was given up. */
  requestLimitMs: number
  attemptId: string
  startedAt: Date
  /** Whether it was written to the shop, or may have been. */
  sending?: true
}

/** The worker that sent it ended before it could write down the outcome: nobody knows it. */
async function orphaned({ deps, row, timeoutMs, requestLimitMs }: Work): Promise<Date> {
  const until = new Date(deps.now().getTime() + timeoutMs + requestLimitMs)
  await deps.db.updateTable('shipments').set({ unknown_until: until }).where('id', '=', row.id).execute()
  return until
}

async function lookLater({ deps, job }: Work, until: Date): Promise<void> {
  await deps.db
    .transaction()
    .execute((tx) => finish(tx, job, deps.workerId, { runAt: until, countAttempt: false }))
}

/**
 * Written before anything is sent, so that whoever finds it later knows that the outcome is unknown; not by a worker that
 * has lost the job to another.
 */
async function beginSending({ deps, job, row, attemptId, startedAt }: Work): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    await tx
      .updateTable('shipments')
      .set({ status: 'sending', unknown_until: null })
      .where('id', '=', row.id)
      .execute()
    await holdJob(tx, job, deps.workerId)
    await startAttempt(tx, { id: attemptId, orderId: row.order_id, kind: 'ship', at: startedAt })
  })
}

/** Told once, and deleted there since: made anew it would be mailed to the customer anew, which a person decides. */
const goneAtShop = ({ carrier, trackingNumbers }: Shipment): Problem => ({
  code: 'shipment_gone_at_channel',
  subject: '',
  detail: `The shop was told of this shipment, and has it no more, so that its tracking cannot be changed there: ${[carrier, ...trackingNumbers].filter(Boolean).join(' ')}`,
  vendorMessage: null,
})

const noShipping: Problem = {
  code: 'shipment_rejected',
  subject: '',
  detail: 'This kind of shop takes no shipments',
  vendorMessage: null,
}

/** The orders of a shop whose key may only read come in all the same. */
const notPermitted = ({ problems: [{ detail, vendorMessage }] }: Failure): Problem => ({
  code: 'shipment_rejected',
  subject: '',
  detail,
  vendorMessage,
})

function shipmentOf(row: ShipmentRow, order: OrderRow): Shipment {
  return {
    id: row.id,
    channelOrderId: order.channel_order_id,
    carrier: row.carrier,
    trackingNumbers: row.tracking_numbers,
    told: toldOf(row),
    trackingUrl: null,
    shippedAt: row.shipped_at.toISOString(),
    lines: row.lines as Shipment['lines'],
    completesOrder: row.completes_order,
  }
}

async function recordTold(
  work: Work,
  channelShipmentId: string,
  how: 'sent' | 'updated' | 'found',
): Promise<void> {
  const { deps, job, row } = work
  const at = deps.now()
  const before = toldOf(row)
  const isKnown = before !== null && how === 'found' && !isNews(before, trackingOf(row))
  const told = isKnown ? before : trackingOf(row)
  await deps.db.transaction().execute(async (tx) => {
    await lockOrder(tx, row.order_id)
    const now = await readShipment(tx, row.id)
    // What was sent is what stood there when it was sent; the backend may have said another since.
    const isOld = now !== undefined && isNews(told, trackingOf(now))
    await tx
      .updateTable('shipments')
      .set({
        status: isOld ? 'pending' : 'sent',
        told: JSON.stringify(told),
        channel_shipment_id: channelShipmentId,
        sent_at: before === null ? at : row.sent_at,
        unknown_until: null,
      })
      .where('id', '=', row.id)
      .execute()
    await closeProblems(tx, row.order_id, at, row.id)
    await noteAttempt(work, tx, how)
    const kind = isKnown ? 'tracking_kept' : before === null ? 'shipment_reported' : 'tracking_reported'
    await followShipments(tx, row.order_id, {
      at,
      actor: 'waybill',
      kind,
      detail: { shipment: row.id, carrier: told.carrier, tracking: told.numbers },
    })
    await connectionWorked(tx, job.connection, at)
    await finish(tx, job, deps.workerId, isOld ? { runAt: at, countAttempt: false, anew: true } : 'done')
  })
}

async function noteAttempt(work: Work, tx: Tx, outcome: string, detail?: string): Promise<void> {
  const { deps, row, call, startedAt, attemptId: id } = work
  await tx
    .insertInto('attempts')
    .values({ id, account_id: mainAccount, order_id: row.order_id, kind: 'ship', started_at: startedAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await finishAttempt(tx, {
    id,
    at: deps.now(),
    outcome,
    ...(detail === undefined ? {} : { detail }),
    exchanges: call.exchanges,
  })
}

const mostAttempts = 6

async function failed(work: Work, failure: Failure): Promise<void> {
  const { deps, job, row, requestLimitMs } = work
  const systemic = isSystemic(failure)
  if (failure.kind === 'rejected' || failure.kind === 'not_found') return stop(work, failure.problems)
  if (isMissingPermission(failure)) return stop(work, [notPermitted(failure)])
  const until = new Date(deps.now().getTime() + requestLimitMs)
  if (!systemic && job.attempts >= mostAttempts) return stop(work, failure.problems, until)
  await deps.db.transaction().execute(async (tx) => {
    // After a lost answer the shop may still be at work on it: it is asked again only when that time has passed.
    const runAt = systemic ? await stopConnection(deps, tx, job.connection, failure) : until
    if (work.sending)
      await tx
        .updateTable('shipments')
        .set(systemic ? { status: 'pending', unknown_until: null } : { unknown_until: until })
        .where('id', '=', row.id)
        .execute()
    await noteAttempt(work, tx, failure.kind, failure.problems[0].detail)
    await finish(tx, job, deps.workerId, { runAt, countAttempt: !systemic })
  })
}

/** The shop refuses it: shown on the order, sent again when a person says so. */
async function stop(
  work: Work,
  problems: readonly Problem[],
  unknownUntil: Date | null = null,
): Promise<void> {
  const { deps, job, row } = work
  const at = deps.now()
  await deps.db.transaction().execute(async (tx) => {
    await lockOrder(tx, row.order_id)
    await tx
      .updateTable('shipments')
      .set({ status: 'error', unknown_until: unknownUntil })
      .where('id', '=', row.id)
      .execute()
    await noteAttempt(work, tx, 'stopped', problems[0]?.detail)
    await followShipments(tx, row.order_id, {
      at,
      actor: 'waybill',
      kind: 'shipment_stopped',
      detail: { shipment: row.id, problems: problems.map(({ code, detail }) => ({ code, detail })) },
    })
    await replaceProblems(tx, {
      orderId: row.order_id,
      shipmentId: row.id,
      connectionId: job.connection.id,
      problems,
      at,
      newId: deps.newId,
    })
    await finish(tx, job, deps.workerId)
  })
}
