import type { Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import { changeStatus, lockOrder } from '../ledger/orders.ts'
import { shippingStatuses, statusOfShipments } from '../order/status.ts'

export interface ShippingEvent {
  at: Date
  actor: string
  kind: string
  detail: object
}

/**
 * Brings the order's status in line with its shipments, and writes the event. An order that waits for a person (its total
 * differs) or was cancelled stays so: what happened to its shipments is noted, and counts when it goes on.
 */
export async function followShipments(tx: Tx, orderId: string, event: ShippingEvent): Promise<void> {
  const order = await lockOrder(tx, orderId)
  if (!order) throw new Error(`order ${orderId} is gone`)
  const shipments = await tx
    .selectFrom('shipments')
    .select(['status', 'completes_order', 'told'])
    .where('order_id', '=', orderId)
    .execute()
  const to = statusOfShipments(shipments)
  const moves = (shippingStatuses as readonly string[]).includes(order.status) && order.status !== to
  if (moves) await changeStatus(tx, { orderId, to, from: [order.status], ...event })
  else await addEvents(tx, [{ orderId, ...event }])
}
