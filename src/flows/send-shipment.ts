import type { Failure, Shipment } from '../connectors/contract.ts'
import { addAttempt } from '../ledger/attempts.ts'
import type { Selectable } from 'kysely'
import type { Database, Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import { type ConnectionRow, connectionWorked } from '../ledger/health.ts'
import { finish, type Job } from '../ledger/jobs.ts'
import { changeStatus, lockOrder, orderById, type OrderRow } from '../ledger/orders.ts'
import { closeProblems, replaceProblems } from '../ledger/problems.ts'
import type { Problem } from '../order/problems.ts'
import type { Status } from '../order/status.ts'
import { type Call, recordedCall, channelFor, type Deps } from './deps.ts'
import { isSystemic, stopConnection } from './trouble.ts'

type ShipmentRow = Selectable<Database['shipments']>

/**
 * Reports one shipment to the shop, once: the shop is asked for it by our id before it is written, also after an answer
 * was lost.
 */
export async function sendShipment(deps: Deps, job: Job): Promise<void> {
  const row = await deps.db.selectFrom('shipments').selectAll().where('id', '=', job.key).executeTakeFirst()
  const order = row && (await orderById(deps.db, row.order_id))
  const connection = job.connection
  if (!row || !order || !connection || row.status === 'sent' || order.status === 'cancelled') {
    await deps.db.transaction().execute((tx) => finish(tx, job, deps.workerId))
    return
  }
  const channel = channelFor(deps, connection)
  const call = recordedCall(deps, connection, channel.timeoutMs(deps.configOf(connection)))
  const work: Work = { deps, job, row, order, connection, call, startedAt: deps.now() }
  if (!channel.shipping) return stop(work, [noShipping])

  const known = await channel.shipping.find(call.ctx, order.channel_order_id)
  if (!known.ok) return failed(work, known.error)
  const already = known.value.find((one) => one.shipmentId === row.id)
  if (already) return recordSent(work, already.id, 'found')

  await deps.db.updateTable('shipments').set({ status: 'sending' }).where('id', '=', row.id).execute()
  const sent = await channel.shipping.send(call.ctx, shipmentOf(row, order))
  if (sent.ok) return recordSent(work, sent.value.id, 'sent')
  return failed(work, sent.error)
}

interface Work {
  deps: Deps
  job: Job
  row: ShipmentRow
  order: OrderRow
  connection: ConnectionRow
  call: Call
  startedAt: Date
}

const noShipping: Problem = {
  code: 'shipment_rejected',
  subject: '',
  detail: 'This kind of shop takes no shipments',
  vendorMessage: null,
}

function shipmentOf(row: ShipmentRow, order: OrderRow): Shipment {
  return {
    id: row.id,
    channelOrderId: order.channel_order_id,
    carrier: row.carrier,
    trackingNumbers: row.tracking_numbers,
    trackingUrl: null,
    shippedAt: row.shipped_at.toISOString(),
    lines: row.lines as Shipment['lines'],
    completesOrder: row.completes_order,
  }
}

async function recordSent(work: Work, channelShipmentId: string, how: 'sent' | 'found'): Promise<void> {
  const { deps, job, row, connection } = work
  const at = deps.now()
  await deps.db.transaction().execute(async (tx) => {
    const order = await lockOrder(tx, row.order_id)
    if (!order) throw new Error(`order ${row.order_id} is gone`)
    await tx
      .updateTable('shipments')
      .set({ status: 'sent', channel_shipment_id: channelShipmentId, sent_at: at })
      .where('id', '=', row.id)
      .execute()
    await closeProblems(tx, order.id, at, row.id)
    await noteAttempt(work, tx, how)
    await moveOn(work, tx, order)
    await connectionWorked(tx, connection, at)
    await finish(tx, job, deps.workerId)
  })
}

/** The order's status follows from its shipments: all told and nothing left is complete. */
async function moveOn({ deps, row }: Work, tx: Tx, order: OrderRow): Promise<void> {
  const at = deps.now()
  const all = await tx
    .selectFrom('shipments')
    .select(['status', 'completes_order'])
    .where('order_id', '=', order.id)
    .execute()
  const open = all.some((one) => one.status !== 'sent')
  const to: Status = all.some((one) => one.status === 'error')
    ? 'shipment_error'
    : !open && all.some((one) => one.completes_order)
      ? 'complete'
      : 'partially_shipped'
  const detail = { shipment: row.id, carrier: row.carrier, tracking: row.tracking_numbers }
  if (order.status === to)
    await addEvents(tx, [{ orderId: order.id, at, kind: 'shipment_reported', actor: 'waybill', detail }])
  else
    await changeStatus(tx, { orderId: order.id, to, at, actor: 'waybill', kind: 'shipment_reported', detail })
}

async function noteAttempt(
  { deps, row, call, startedAt }: Work,
  tx: Tx,
  outcome: string,
  detail?: string,
): Promise<void> {
  await addAttempt(tx, {
    id: deps.newId(),
    orderId: row.order_id,
    kind: 'ship',
    startedAt,
    at: deps.now(),
    outcome,
    ...(detail === undefined ? {} : { detail }),
    exchanges: call.exchanges,
  })
}

const mostAttempts = 6

async function failed(work: Work, failure: Failure): Promise<void> {
  const { deps, job, connection, call } = work
  if (failure.kind === 'rejected' || failure.kind === 'not_found' || job.attempts >= mostAttempts)
    return stop(work, failure.problems)
  const at = deps.now()
  await deps.db.transaction().execute(async (tx) => {
    const systemic = isSystemic(failure)
    // After a lost answer the shop may still be at work on it: it is asked again only when that time has passed.
    const runAt = systemic
      ? await stopConnection(deps, tx, connection, failure)
      : new Date(at.getTime() + channelFor(deps, connection).timeoutMs(call.ctx.config))
    await noteAttempt(work, tx, failure.kind, failure.problems[0].detail)
    await finish(tx, job, deps.workerId, { runAt, countAttempt: !systemic })
  })
}

/** The shop refuses it: shown on the order, sent again when a person says so. */
async function stop(work: Work, problems: readonly Problem[]): Promise<void> {
  const { deps, job, row, connection } = work
  const at = deps.now()
  await deps.db.transaction().execute(async (tx) => {
    const order = await lockOrder(tx, row.order_id)
    if (!order) throw new Error(`order ${row.order_id} is gone`)
    await tx.updateTable('shipments').set({ status: 'error' }).where('id', '=', row.id).execute()
    await noteAttempt(work, tx, 'stopped', problems[0]?.detail)
    if (order.status !== 'shipment_error')
      await changeStatus(tx, {
        orderId: order.id,
        to: 'shipment_error',
        at,
        actor: 'waybill',
        kind: 'shipment_stopped',
        detail: { shipment: row.id, problems: problems.map(({ code, detail }) => ({ code, detail })) },
      })
    await replaceProblems(tx, {
      orderId: order.id,
      shipmentId: row.id,
      connectionId: connection.id,
      problems,
      at,
      newId: deps.newId,
    })
    await finish(tx, job, deps.workerId)
  })
}
