import type { Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import { connectionById } from '../ledger/health.ts'
import { enqueue, priorities } from '../ledger/jobs.ts'
import {
  changeStatus,
  lockOrder,
  lockOrderOfChannel,
  type OrderChanges,
  type OrderRow,
  updateOrder,
} from '../ledger/orders.ts'
import { closeProblems, replaceProblems } from '../ledger/problems.ts'
import { readRaw } from '../ledger/raw.ts'
import type { Tombstone } from '../ledger/tombstones.ts'
import { holdOfCancelled, personsHold } from '../order/rules.ts'
import type { Status } from '../order/status.ts'
import type { Deps } from './deps.ts'
import { type ImportInput, judge, type Judgement } from './judge-order.ts'
import { cancellationRequested, noteLaterVersion } from './later-version.ts'
import { routeById } from './route.ts'

export interface TakenIn {
  orderId: string
  status: Status
  outcome: 'new' | 'changed' | 'unchanged'
}

/** What became of an order that was to be taken in; one that a person has deleted stays away. */
export type ImportResult = TakenIn | { outcome: 'deleted'; tombstone: Tombstone }

interface NewVersion {
  judged: Judgement
  rawId: string
}

export const postJob = (
  orderId: string,
  { route, background }: Pick<ImportInput, 'route' | 'background'>,
  at: Date,
) => ({
  kind: 'post' as const,
  key: orderId,
  connectionId: route.backend_id,
  orderId,
  runAt: at,
  priority: background ? priorities.background : priorities.daily,
})

const beforePosting: Status[] = ['import_error', 'held', 'imported', 'scheduled', 'post_error']

/** Whether the order follows the shop: nothing of it is in the backend or on its way there, and no person has ended it. */
function follows(known: OrderRow): boolean {
  if (known.record_id !== null) return false
  return (
    beforePosting.includes(known.status) ||
    (known.status === 'cancelled' && known.cancel_reason === 'at_channel')
  )
}

/** Puts a newer version of a known order in its place, or notes it beside what is in the backend already. */
export async function takeNewVersion(
  deps: Deps,
  tx: Tx,
  input: ImportInput,
  known: OrderRow,
  { judged, rawId }: NewVersion,
): Promise<TakenIn> {
  if (!follows(known)) {
    await noteLaterVersion(deps, tx, { ...input, known, judged, rawId })
    return { orderId: known.id, status: known.status, outcome: 'changed' }
  }
  const { place, facts } = judged
  const { status } = place
  const at = deps.now()
  const set: OrderChanges = {
    ...facts,
    raw_id: rawId,
    reason: place.reason,
    hold: place.hold === null ? null : JSON.stringify(place.hold),
    cancel_reason: status === 'cancelled' ? 'at_channel' : null,
    next_attempt_at: status === 'scheduled' ? at : null,
    changed_after_posting_at: null,
    cancel_requested_at: null,
    ignored_raw_id: null,
    cancel_kept_at: null,
  }
  const kind =
    status === 'cancelled'
      ? 'cancelled'
      : known.status === 'held' && status !== 'held'
        ? 'released'
        : 'changed_at_channel'
  const event = { orderId: known.id, at, kind, actor: input.source }
  const detail = { status: facts.channel_status, reason: place.reason, problem: place.problem?.detail }
  if (status === known.status) {
    await updateOrder(tx, known.id, at, set)
    await addEvents(tx, [{ ...event, kind: 'changed_at_channel', detail }])
  } else await changeStatus(tx, { ...event, to: status, from: [known.status], detail, set })
  await replaceProblems(tx, {
    orderId: known.id,
    connectionId: input.connection.id,
    problems: place.problem ? [place.problem] : [],
    at,
    newId: deps.newId,
  })
  if (status === 'scheduled') await enqueue(tx, [postJob(known.id, input, at)])
  return { orderId: known.id, status, outcome: 'changed' }
}

/**
 * A version that came in while the order was on its way takes its place, now that surely nothing of the older one is in
 * the backend.
 */
export async function takeVersionThatWaited(deps: Deps, tx: Tx, orderId: string): Promise<void> {
  const known = await lockOrder(tx, orderId)
  if (!known || known.posted_raw_id === null || known.posted_raw_id === known.raw_id) return
  const input = await storedVersion(tx, known)
  const judged = judge(deps, input, known)
  await takeNewVersion(deps, tx, input, known, { judged, rawId: known.raw_id })
}

/** The newest version of an order as it is kept, to be judged anew. */
export async function storedVersion(tx: Tx, known: OrderRow): Promise<ImportInput> {
  const connection = await connectionById(tx, known.channel_id)
  if (!connection) throw new Error(`order ${known.id} has no channel`)
  return {
    connection,
    route: await routeById(tx, known.route_id),
    raw: {
      id: known.channel_order_id,
      body: await readRaw(tx, known.raw_id),
      modifiedAt: known.modified_at?.toISOString() ?? null,
    },
    source: 'waybill',
  }
}

/**
 * The shop says that it has no such order any more. One that is not in the backend yet is cancelled, as the shop's own
 * cancellation would; of one that is, it is noted.
 */
export async function takeDeletion(
  deps: Deps,
  tx: Tx,
  gone: { channelId: string; channelOrderId: string; source: string },
): Promise<void> {
  const known = await lockOrderOfChannel(tx, gone.channelId, gone.channelOrderId)
  if (!known || known.status === 'cancelled') return
  const at = deps.now()
  const event = { orderId: known.id, at, actor: gone.source }
  if (!follows(known)) {
    if (known.cancel_requested_at !== null || known.cancel_kept_at !== null) return
    await updateOrder(tx, known.id, at, { cancel_requested_at: at })
    await addEvents(tx, [{ ...event, kind: 'deleted_at_channel' }])
    return cancellationRequested(deps, tx, known, gone.source)
  }
  const hold = personsHold(known.hold)
  const reason = 'It was deleted in the shop before it was posted'
  await changeStatus(tx, {
    ...event,
    to: 'cancelled',
    from: [known.status],
    kind: 'cancelled',
    detail: { reason },
    set: {
      reason,
      hold: hold && JSON.stringify(holdOfCancelled(hold)),
      cancel_reason: 'at_channel',
      next_attempt_at: null,
    },
  })
  await closeProblems(tx, known.id, at)
}
