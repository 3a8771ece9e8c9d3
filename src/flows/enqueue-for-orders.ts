import type { Tx } from '../ledger/database.ts'
import { enqueue, priorities } from '../ledger/jobs.ts'
import { shipmentsOf } from '../ledger/many-orders.ts'
import type { OrderRow } from '../ledger/orders.ts'

/** Orders are posted as soon as their backend has room: a person waits for it. */
export async function enqueuePosts(tx: Tx, orders: OrderRow[], at: Date): Promise<void> {
  await enqueue(
    tx,
    orders.map((order) => ({
      kind: 'post' as const,
      key: order.id,
      connectionId: order.backend_id,
      orderId: order.id,
      runAt: at,
      priority: priorities.person,
    })),
  )
}

/** The totals of their records are read again. */
export async function enqueueChecks(tx: Tx, orders: OrderRow[], at: Date): Promise<void> {
  await enqueue(
    tx,
    orders.map((order) => ({
      kind: 'check-total' as const,
      key: order.id,
      connectionId: order.backend_id,
      orderId: order.id,
      runAt: at,
      priority: priorities.person,
    })),
  )
}

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
