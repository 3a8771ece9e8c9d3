import { sql, type UpdateObject } from 'kysely'
import { type Status, statusesBefore } from '../order/status.ts'
import type { Database, Tx } from './database.ts'
import { addEvents } from './events.ts'
import type { OrderRow } from './orders.ts'

/** New values, or expressions over the row as it was before. */
type Changes = Omit<UpdateObject<Database, 'orders'>, 'id' | 'account_id' | 'status'>

/** Reads orders and keeps others from changing them until the transaction ends; always in the same sequence. */
export async function lockOrders(tx: Tx, ids: readonly string[]): Promise<OrderRow[]> {
  if (ids.length === 0) return []
  const rows = await tx
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', sql<string>`ANY(${ids}::uuid[])`)
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows as OrderRow[]
}

/** Locks the channel's orders that the ledger has, in the same sequence: two that lock many never wait for each other. */
export async function lockOrdersOfChannel(
  tx: Tx,
  channelId: string,
  channelOrderIds: readonly string[],
): Promise<void> {
  if (channelOrderIds.length < 2) return
  await tx
    .selectFrom('orders')
    .select('id')
    .where('channel_id', '=', channelId)
    .where('channel_order_id', '=', sql<string>`ANY(${channelOrderIds})`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
}

/** Locks orders that are followed by what is beside them, in the same sequence; references to them are not in its way. */
export async function lockInSequence(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length < 2) return
  await tx
    .selectFrom('orders')
    .select('id')
    .where('id', '=', sql<string>`ANY(${ids}::uuid[])`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
}

/** The codes of the open problems of each of the orders. */
export async function openProblemCodes(tx: Tx, ids: readonly string[]): Promise<Map<string, string[]>> {
  if (ids.length === 0) return new Map()
  const rows = await tx
    .selectFrom('problems')
    .select(['order_id', 'code'])
    .where('order_id', '=', sql<string>`ANY(${ids}::uuid[])`)
    .where('closed_at', 'is', null)
    .execute()
  const codes = new Map<string, string[]>()
  for (const { order_id: id, code } of rows) if (id !== null) codes.set(id, [...(codes.get(id) ?? []), code])
  return codes
}

/**
 * Changes the status of orders that the transaction has locked, and writes an event for each. Throws when one of them is
 * in a status from which it may not go there.
 */
export async function changeStatuses(
  tx: Tx,
  orders: readonly OrderRow[],
  change: {
    to: Status
    at: Date
    actor: string
    kind: string
    detail?: (order: OrderRow) => object
    set?: Changes
  },
): Promise<void> {
  if (orders.length === 0) return
  const ids = orders.map((order) => order.id)
  const changed = await tx
    .updateTable('orders')
    // The date of its end was that of the status it leaves.
    .set({ cancels_at: null, ...change.set, status: change.to, updated_at: change.at })
    .where('id', '=', sql<string>`ANY(${ids}::uuid[])`)
    .where('status', '=', sql<string>`ANY(${statusesBefore(change.to)})`)
    .returning('id')
    .execute()
  if (changed.length !== orders.length)
    throw new Error(`${orders.length - changed.length} orders cannot go to ${change.to} (${change.kind})`)
  await addEvents(
    tx,
    orders.map((order) => ({
      orderId: order.id,
      at: change.at,
      kind: change.kind,
      actor: change.actor,
      from: order.status,
      to: change.to,
      ...(change.detail ? { detail: change.detail(order) } : {}),
    })),
  )
}

/** Takes the waiting jobs of orders out of the queue; one that runs ends by itself when it meets the new status. */
export async function dropWaitingJobs(tx: Tx, orderIds: readonly string[]): Promise<void> {
  if (orderIds.length === 0) return
  await tx
    .deleteFrom('jobs')
    .where('order_id', '=', sql<string>`ANY(${orderIds}::uuid[])`)
    .where('worker', 'is', null)
    .execute()
}

/** The shipments of orders. */
export async function shipmentsOf(
  tx: Tx,
  orderIds: readonly string[],
): Promise<{ id: string; order_id: string; status: string; completes_order: boolean; told: unknown }[]> {
  if (orderIds.length === 0) return []
  return tx
    .selectFrom('shipments')
    .select(['id', 'order_id', 'status', 'completes_order', 'told'])
    .where('order_id', '=', sql<string>`ANY(${orderIds}::uuid[])`)
    .execute()
}

/**
 * Failed shipments of orders wait to be sent again, and their problems are closed. One that was deleted in the shop after it
 * was told counts as not told from then on: it is made there anew.
 */
export async function releaseShipments(tx: Tx, orderIds: readonly string[], at: Date): Promise<void> {
  if (orderIds.length === 0) return
  await tx
    .updateTable('shipments')
    .set({
      status: 'pending',
      told: sql`CASE WHEN EXISTS (
        SELECT FROM problems WHERE problems.shipment_id = shipments.id AND problems.closed_at IS NULL
          AND problems.code = 'shipment_gone_at_channel') THEN NULL ELSE told END`,
    })
    .where('order_id', '=', sql<string>`ANY(${orderIds}::uuid[])`)
    .where('status', '=', 'error')
    .execute()
  await tx
    .updateTable('problems')
    .set({ closed_at: at })
    .where('order_id', '=', sql<string>`ANY(${orderIds}::uuid[])`)
    .where('shipment_id', 'is not', null)
    .where('closed_at', 'is', null)
    .execute()
}

/** Closes the open problems of orders; those of their shipments stay. */
export async function closeOrderProblems(tx: Tx, orderIds: readonly string[], at: Date): Promise<void> {
  if (orderIds.length === 0) return
  await tx
    .updateTable('problems')
    .set({ closed_at: at })
    .where('order_id', '=', sql<string>`ANY(${orderIds}::uuid[])`)
    .where('shipment_id', 'is', null)
    .where('closed_at', 'is', null)
    .execute()
}
