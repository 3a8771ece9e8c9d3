import type { Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { lockOrder, type OrderChanges, type OrderRow, updateOrder } from '../ledger/orders.ts'
import type { RouteRow } from '../ledger/routes.ts'
import { differencesBetween, edits } from '../order/difference.ts'
import type { Order } from '../order/order.ts'
import { channelFor, type Deps } from './deps.ts'
import type { Judgement } from './judge-order.ts'
import { askForChanges } from './record-change.ts'
import { routeById } from './route.ts'
import { versionOf } from './versions.ts'

interface Later {
  connection: ConnectionRow
  route: RouteRow
  source: string
  known: OrderRow
  judged: Judgement
  rawId: string
}

/**
 * The order is on its way or in the backend, or was ended by a person: the newer version is kept and shown beside it, and
 * what it changes waits for somebody to decide.
 */
export async function noteLaterVersion(deps: Deps, tx: Tx, later: Later): Promise<void> {
  const { known, judged, rawId, source } = later
  const { facts, place, order } = judged
  const at = deps.now()
  const nothingThere = known.status === 'cancelled' && known.record_id === null
  const cancellation = nothingThere ? notCancelled : cancellationIn(deps, later)
  const edit = nothingThere || order === null ? {} : await editIn(deps, tx, later, order)
  await updateOrder(tx, known.id, at, {
    ...(nothingThere && order !== null ? facts : {}),
    raw_id: rawId,
    channel_status: facts.channel_status,
    ...(facts.modified_at ? { modified_at: facts.modified_at } : {}),
    ...edit,
    ...cancellation.set,
  })
  await addEvents(tx, [
    {
      orderId: known.id,
      at,
      kind: 'changed_at_channel',
      actor: source,
      detail: {
        status: facts.channel_status,
        before: known.channel_status,
        ...(order !== null && known.total !== facts.total
          ? { total: facts.total, totalBefore: known.total }
          : {}),
        ...(place.problem ? { problem: place.problem.detail } : {}),
      },
    },
  ])
  if (cancellation.news === 'withdrawn')
    await addEvents(tx, [{ orderId: known.id, at, kind: 'cancel_withdrawn', actor: source }])
  if (cancellation.news === 'requested')
    await cancellationRequested(deps, tx, { ...known, raw_id: rawId }, source)
}

interface Cancellation {
  set: OrderChanges
  news: 'requested' | 'withdrawn' | null
}

const notCancelled: Cancellation = { set: { cancel_requested_at: null }, news: null }

/** Whether the channel wants the order cancelled now, and whether that is news. */
function cancellationIn(deps: Deps, { connection, known, judged }: Later): Cancellation {
  const status = judged.facts.channel_status
  const unwanted = status !== null && channelFor(deps, connection).cancelledStatuses.includes(status)
  if (!unwanted)
    return {
      set: { cancel_requested_at: null, cancel_kept_at: null, ...revived(deps, known) },
      news: known.cancel_requested_at === null ? null : 'withdrawn',
    }
  if (known.status === 'cancelled' || known.cancel_kept_at !== null || known.cancel_requested_at !== null)
    return { set: {}, news: null }
  return { set: { cancel_requested_at: deps.now() }, news: 'requested' }
}

/** Closed in the backend because the channel had cancelled it, and wanted again: somebody has to know, once. */
const revived = (deps: Deps, known: OrderRow): OrderChanges =>
  known.status === 'cancelled' && known.cancel_reason === 'at_channel' && known.ignored_raw_id === null
    ? { changed_after_posting_at: known.changed_after_posting_at ?? deps.now() }
    : {}

/**
 * Whether the newest version differs from the one that was posted. What a person has left as it is does not come back, a
 * newer edit does.
 */
async function editIn(deps: Deps, tx: Tx, later: Later, newest: Order): Promise<OrderChanges> {
  const { connection, known, judged } = later
  const channel = channelFor(deps, connection)
  const version = (rawId: string | null) => versionOf(tx, channel, known, rawId)
  const isEdited = (before: Order) => edits(differencesBetween(before, newest)).length > 0
  const posted = await version(known.posted_raw_id)
  // Found in the backend after a restore: which version was posted is not known, its amounts are.
  const differs = posted
    ? isEdited(posted)
    : known.total !== judged.facts.total || known.currency !== judged.facts.currency
  if (!differs)
    return {
      changed_after_posting_at: null,
      ...(known.status === 'cancelled' ? {} : { ignored_raw_id: null }),
    }
  const ignored = await version(known.ignored_raw_id)
  if (ignored && !isEdited(ignored)) return { changed_after_posting_at: null }
  const before = await version(known.raw_id)
  const isNews = known.changed_after_posting_at === null || before === null || isEdited(before)
  return isNews ? { changed_after_posting_at: deps.now() } : {}
}

/** The channel cancelled an order that is in the backend: the route's rule decides, or a person is asked. */
export async function cancellationRequested(
  deps: Deps,
  tx: Tx,
  order: OrderRow,
  source: string,
): Promise<void> {
  const at = deps.now()
  await addEvents(tx, [{ orderId: order.id, at, kind: 'cancel_requested', actor: source }])
  const { cancelled_after_posting: rule } = await routeById(tx, order.route_id)
  if (rule === 'keep') await keepRecord(tx, order.id, at, 'rule')
  if (rule === 'cancel' && order.record_id !== null)
    await askForChanges(deps, tx, { kind: 'cancel', orders: [order], actor: 'rule' })
}

/** The order is in the backend now, and was cancelled while it was on its way there: the route's rule can do its work. */
export async function cancelledOnTheWay(deps: Deps, tx: Tx, orderId: string): Promise<void> {
  const order = await lockOrder(tx, orderId)
  if (!order || order.cancel_requested_at === null) return
  const { cancelled_after_posting: rule } = await routeById(tx, order.route_id)
  if (rule === 'cancel') await askForChanges(deps, tx, { kind: 'cancel', orders: [order], actor: 'rule' })
}

/** The record stays although the channel has cancelled its order. */
export async function keepRecord(tx: Tx, orderId: string, at: Date, actor: string): Promise<void> {
  await updateOrder(tx, orderId, at, { cancel_requested_at: null, cancel_kept_at: at })
  await addEvents(tx, [{ orderId, at, kind: 'record_kept', actor }])
}
