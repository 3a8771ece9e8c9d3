import type { RecordField } from '../connectors/contract.ts'
import { orderExternalId } from '../ids.ts'
import { finishAttempt } from '../ledger/attempts.ts'
import { mainAccount, type Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import { connectionById, connectionWorked } from '../ledger/health.ts'
import { finish } from '../ledger/jobs.ts'
import { changeStatus, lockOrder, type OrderChanges, type OrderRow, updateOrder } from '../ledger/orders.ts'
import { closeProblems } from '../ledger/problems.ts'
import { moveRecordChange } from '../ledger/record-changes.ts'
import { differencesBetween, edits } from '../order/difference.ts'
import type { Status } from '../order/status.ts'
import type { ChangeWork } from './change-record.ts'
import { channelFor } from './deps.ts'
import { enqueueChecks, enqueuePosts } from './enqueue-for-orders.ts'
import { versionOf } from './versions.ts'

export interface Changed {
  /** Whether the record does not exist any more: a person has deleted it. */
  gone: boolean
  written: RecordField[]
}

/** The statuses in which nothing of an order has left yet: its record may be given up. */
const beforeShipping: Status[] = ['posted', 'post_error', 'cancelled']

/** The record is as it was wanted: what that means for its order, in one transaction with the end of the change. */
export async function recordChanged(work: ChangeWork, changed: Changed): Promise<void> {
  const { deps, job, change } = work
  const at = deps.now()
  await deps.db.transaction().execute(async (tx) => {
    const order = await lockOrder(tx, change.order_id)
    if (!order) throw new Error(`order ${change.order_id} is gone`)
    await connectionWorked(tx, job.connection, at)
    await noteAttempt(work, tx, 'ok')
    if (change.kind !== 'update' && !beforeShipping.includes(order.status))
      return endRefused(work, tx, 'Something of it has been shipped meanwhile')
    const detail = { written: changed.written, gone: changed.gone }
    await moveRecordChange(tx, change.id, { state: 'done', unknown_until: null, ended_at: at, detail })
    if (change.kind === 'update') await follow(work, tx, order, changed)
    if (change.kind === 'cancel') await cancel(work, tx, order, changed)
    if (change.kind === 'replace') await replace(work, tx, order, changed)
    await finish(tx, job, deps.workerId)
  })
}

const eventOf = ({ deps, change }: ChangeWork) => ({
  orderId: change.order_id,
  at: deps.now(),
  actor: change.actor,
})

const recordOf = ({ change }: ChangeWork) => ({ record: change.record_id, number: change.record_number })

/** The record says what the newer version says; its total is read back. */
async function follow(work: ChangeWork, tx: Tx, order: OrderRow, { written }: Changed): Promise<void> {
  const { deps, change } = work
  const at = deps.now()
  const connection = (await connectionById(tx, order.channel_id))!
  const channel = channelFor(deps, connection)
  const posted = await versionOf(tx, channel, order, change.raw_id)
  const newest = await versionOf(tx, channel, order, order.raw_id)
  const still = posted && newest && edits(differencesBetween(posted, newest)).length > 0
  await updateOrder(tx, order.id, at, {
    posted_raw_id: change.raw_id,
    ignored_raw_id: null,
    changed_after_posting_at: still ? order.changed_after_posting_at : null,
    ...(posted && {
      number: posted.number,
      customer_name: posted.customer.name || posted.customer.company || null,
      customer_email: posted.customer.email,
    }),
  })
  await addEvents(tx, [{ ...eventOf(work), kind: 'record_updated', detail: { ...recordOf(work), written } }])
  await enqueueChecks(tx, [order], at)
}

/** The record is closed, as the channel wished: the order ends here as well. */
async function cancel(work: ChangeWork, tx: Tx, order: OrderRow, { gone }: Changed): Promise<void> {
  const name = order.record_number ?? order.record_id
  const set: OrderChanges = {
    reason: `The shop cancelled it after it was posted; ${name} ${gone ? 'is gone' : 'is closed'}`,
    cancel_reason: 'at_channel',
    status_before_cancel: order.status,
    cancel_requested_at: null,
    changed_after_posting_at: null,
    next_attempt_at: null,
  }
  const event = { ...eventOf(work), kind: 'record_cancelled', detail: { ...recordOf(work), gone } }
  if (order.status === 'cancelled') {
    await updateOrder(tx, order.id, event.at, { cancel_requested_at: null })
    await addEvents(tx, [event])
  } else await changeStatus(tx, { ...event, to: 'cancelled', from: [order.status], set })
  await closeProblems(tx, order.id, work.deps.now())
}

/** The record is closed or gone: the newest version is posted under an external id of its own. */
async function replace(work: ChangeWork, tx: Tx, order: OrderRow, { gone }: Changed): Promise<void> {
  const { deps } = work
  const at = deps.now()
  const channel = (await connectionById(tx, order.channel_id))!
  if (channel.identity === null) throw new Error(`order ${order.id} has no identified channel`)
  const newest = await versionOf(tx, channelFor(deps, channel), order, order.raw_id)
  const replacements = order.replacements + 1
  const externalId = orderExternalId(channel.kind, channel.identity, order.channel_order_id, replacements)
  await changeStatus(tx, {
    ...eventOf(work),
    to: 'scheduled',
    from: [order.status],
    kind: 'record_replaced',
    detail: { ...recordOf(work), gone, externalId },
    set: {
      ...noRecord,
      external_id: externalId,
      replacements,
      next_attempt_at: at,
      ...(newest && {
        number: newest.number,
        placed_at: new Date(newest.placedAt),
        currency: newest.currency,
        total: newest.total,
        customer_name: newest.customer.name || newest.customer.company || null,
        customer_email: newest.customer.email,
        skus: [...new Set(newest.lines.flatMap((line) => (line.sku ? [line.sku] : [])))],
      }),
    },
  })
  await closeProblems(tx, order.id, at)
  await enqueuePosts(tx, [order], at)
}

const noRecord = {
  record_id: null,
  record_number: null,
  record_url: null,
  record_lines: null,
  record_total: null,
  total_accepted: false,
  posted_at: null,
  posted_raw_id: null,
  changed_after_posting_at: null,
  ignored_raw_id: null,
  cancel_requested_at: null,
  cancel_kept_at: null,
  reason: null,
  cancel_reason: null,
  status_before_cancel: null,
} satisfies OrderChanges

/** It is not done: the person is told why, and with what NetSuite shows; the question stays open. */
export async function refuseChange(
  work: ChangeWork,
  why: string,
  conflicts: RecordField[] = [],
): Promise<void> {
  const { deps, change } = work
  await deps.db.transaction().execute(async (tx) => {
    await lockOrder(tx, change.order_id)
    await noteAttempt(work, tx, 'stopped', why)
    await endRefused(work, tx, why, conflicts)
  })
}

async function endRefused(
  work: ChangeWork,
  tx: Tx,
  why: string,
  conflicts: RecordField[] = [],
): Promise<void> {
  const { deps, job, change } = work
  const at = deps.now()
  const detail = { why, conflicts }
  await moveRecordChange(tx, change.id, { state: 'refused', unknown_until: null, ended_at: at, detail })
  await addEvents(tx, [
    { ...eventOf(work), kind: 'record_change_refused', detail: { ...detail, change: change.kind } },
  ])
  await finish(tx, job, deps.workerId)
}

/** What was looked at and sent, also where nothing had to be kept from a crash. */
async function noteAttempt(work: ChangeWork, tx: Tx, outcome: string, detail?: string): Promise<void> {
  const { deps, change, call, attemptId: id } = work
  const at = deps.now()
  await tx
    .insertInto('attempts')
    .values({
      id,
      account_id: mainAccount,
      order_id: change.order_id,
      kind: `${change.kind}_record`,
      started_at: at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await finishAttempt(tx, { id, at, outcome, ...(detail && { detail }), exchanges: call.exchanges })
}
