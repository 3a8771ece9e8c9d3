import { addEvents } from '../ledger/events.ts'
import type { Tx } from '../ledger/database.ts'
import type { OrderRow } from '../ledger/orders.ts'
import { deleteOrders, takeJobsOf, type Tombstone, tombstonesWithIds } from '../ledger/tombstones.ts'
import type { Skipped } from './actions.ts'
import type { Deps } from './deps.ts'
import { clock, nameOf } from './explanation.ts'

/**
 * Takes orders away from Waybill, with all that is kept of them; a tombstone keeps each from coming back unasked. One that
 * a worker has in hand at this moment is skipped: what the worker found out must have somewhere to go.
 */
export async function deleteForGood(
  deps: Deps,
  tx: Tx,
  orders: OrderRow[],
  actor: string,
  why: string | undefined,
): Promise<Skipped[]> {
  const at = deps.now()
  const inHand = await takeJobsOf(
    tx,
    orders.map((order) => order.id),
  )
  const gone = orders.filter((order) => !inHand.has(order.id))
  await deleteOrders(tx, gone, { at, actor, why: why ?? null })
  await addEvents(
    tx,
    gone.map((order) => ({
      orderId: null,
      connectionId: order.channel_id,
      at,
      kind: 'order_deleted',
      actor,
      detail: { order: order.id, channelOrderId: order.channel_order_id, number: order.number },
    })),
  )
  return orders
    .filter((order) => inHand.has(order.id))
    .map(({ id, number }) => ({
      id,
      number,
      why: 'Waybill is working on it at this moment; try again in a moment',
    }))
}

/** Of these ids, those of orders that were deleted before. */
export async function deletedBefore(
  tx: Tx,
  orderIds: readonly string[],
  justNow: readonly string[],
): Promise<string[]> {
  const asked = orderIds.filter((id) => !justNow.includes(id))
  return (await tombstonesWithIds(tx, asked)).map((tombstone) => tombstone.order_id)
}

/** "deleted by anna on 2 Mar at 10:00 (a test)". */
export function deletedWords(
  { deleted_by: actor, deleted_at: at, why }: Pick<Tombstone, 'deleted_by' | 'deleted_at' | 'why'>,
  zone: string | null,
): string {
  return `deleted by ${nameOf(actor)} on ${clock(at, zone)}${why === null ? '' : ` (“${why}”)`}`
}
