import { sql } from 'kysely'
import { giveDates } from '../ledger/ageing.ts'
import type { Tx } from '../ledger/database.ts'
import { changeStatuses, shipmentsOf } from '../ledger/many-orders.ts'
import type { OrderRow } from '../ledger/orders.ts'
import { personsHold } from '../order/rules.ts'
import { shippingStatuses, type Status, statusOfShipments } from '../order/status.ts'
import type { Deps } from './deps.ts'
import { enqueueChecks, enqueuePosts, enqueueShipments } from './enqueue-for-orders.ts'

/** Takes cancelled orders up again where they were, with the work that waits for them there. */
export async function uncancel(deps: Deps, tx: Tx, orders: OrderRow[], actor: string): Promise<void> {
  const at = deps.now()
  const places = await placesAfterUncancel(tx, orders)
  for (const [to, group] of Map.groupBy(orders, (order) => places.get(order.id)!)) {
    await changeStatuses(tx, group, {
      to,
      at,
      actor,
      kind: 'uncancelled',
      set: {
        reason: sql`hold ->> 'detail'`,
        cancel_reason: null,
        status_before_cancel: null,
        next_attempt_at: to === 'scheduled' ? at : null,
      },
    })
    if (to === 'scheduled') await enqueuePosts(tx, group, at)
    const orderIds = group.map((order) => order.id)
    if (to === 'post_error') await giveDates(tx, { orderIds }, at)
  }
  await enqueueShipments(tx, orders, at)
  const unchecked = orders.filter((order) => order.record_id !== null && order.record_total === null)
  await enqueueChecks(tx, unchecked, at)
}

/**
 * Where each order was, and by its shipments where they move it; one cancelled before it got anywhere waits for a person,
 * in their hold if they had put it there.
 */
async function placesAfterUncancel(tx: Tx, orders: OrderRow[]): Promise<Map<string, Status>> {
  const shipments = Map.groupBy(
    await shipmentsOf(
      tx,
      orders.map((order) => order.id),
    ),
    (one) => one.order_id,
  )
  const placeOf = (order: OrderRow): Status => {
    const before = order.status_before_cancel as Status | null
    const waits = before !== null && !(shippingStatuses as readonly string[]).includes(before)
    if (waits || order.record_id === null) return before ?? (personsHold(order.hold) ? 'held' : 'imported')
    const own = shipments.get(order.id)
    return own ? statusOfShipments(own) : (before ?? 'posted')
  }
  return new Map(orders.map((order) => [order.id, placeOf(order)]))
}
