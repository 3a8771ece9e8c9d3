import type { Tx } from '../ledger/database.ts'
import { enqueue, priorities } from '../ledger/jobs.ts'
import { shipmentsOf } from '../ledger/many-orders.ts'
import type { OrderRow } from '../ledger/orders.ts'

type AtBackend = Pick<OrderRow, 'id' | 'backend_id'>

/** Work on orders at their backend, as soon as it has room: a person waits for it. */
function enqueueAtBackend(
  tx: Tx,
  kind: 'post' | 'check-total' | 'change-record',
  orders: readonly AtBackend[],
  at: Date,
): Promise<void> {
  return enqueue(
    tx,
    orders.map((order) => ({
      kind,
      key: order.id,
      connectionId: order.backend_id,
      orderId: order.id,
      runAt: at,
      priority: priorities.person,
    })),
  )
}

export const enqueuePosts = (tx: Tx, orders: readonly AtBackend[], at: Date) =>
  enqueueAtBackend(tx, 'post', orders, at)

/** Their records are looked at, and the totals read again. */
export const enqueueChecks = (tx: Tx, orders: readonly AtBackend[], at: Date) =>
  enqueueAtBackend(tx, 'check-total', orders, at)

/** What is asked of their records is done. */
export const enqueueChanges = (tx: Tx, orders: readonly AtBackend[], at: Date) =>
  enqueueAtBackend(tx, 'change-record', orders, at)

/** One job for each shipment that waits to be told; failed ones wait for a person. */
export async function enqueueShipments(tx: Tx, orders: OrderRow[], at: Date): Promise<void> {
  const byId = new Map(orders.map((order) => [order.id, order]))
  const shipments = await shipmentsOf(
    tx,
    orders.map((order) => order.id),
  )
  await enqueue(
    tx,
    shipments
      .filter((shipment) => shipment.status === 'pending' || shipment.status === 'sending')
      .map((shipment) => ({
        kind: 'ship' as const,
        key: shipment.id,
        connectionId: byId.get(shipment.order_id)!.channel_id,
        orderId: shipment.order_id,
        runAt: at,
        priority: priorities.person,
      })),
  )
}
