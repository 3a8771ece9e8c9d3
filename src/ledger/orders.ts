import type { Insertable, Selectable, Updateable } from 'kysely'
import { sql } from 'kysely'
import { type Status, statusesBefore } from '../order/status.ts'
import { type Database, type Db, mainAccount, type Tx } from './database.ts'
import { addEvents } from './events.ts'

export type OrderRow = Omit<Selectable<Database['orders']>, 'status'> & { status: Status }
export type OrderChanges = Omit<Updateable<Database['orders']>, 'id' | 'account_id' | 'status'>

export async function orderById(db: Db, id: string): Promise<OrderRow | null> {
  const row = await db.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirst()
  return (row as OrderRow | undefined) ?? null
}

/** The orders with these records in a backend, by the record. */
export async function ordersWithRecords(
  db: Db,
  backendId: string,
  recordIds: readonly string[],
): Promise<Map<string, OrderRow>> {
  if (recordIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('orders')
    .selectAll()
    .where('backend_id', '=', backendId)
    .where('record_id', '=', sql<string>`ANY(${recordIds})`)
    .execute()
  return new Map(rows.map((row) => [row.record_id!, row as OrderRow]))
}

/** Reads the order and keeps others from changing it until the transaction ends. */
export async function lockOrder(tx: Tx, id: string): Promise<OrderRow | null> {
  const row = await tx
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return (row as OrderRow | undefined) ?? null
}

export async function lockOrderOfChannel(
  tx: Tx,
  channelId: string,
  channelOrderId: string,
): Promise<OrderRow | null> {
  const row = await tx
    .selectFrom('orders')
    .selectAll()
    .where('channel_id', '=', channelId)
    .where('channel_order_id', '=', channelOrderId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return (row as OrderRow | undefined) ?? null
}

export type NewOrder = Omit<Insertable<Database['orders']>, 'account_id' | 'status'> & { status: Status }

/** Inserts new orders. Returns the ids of those that went in: another process may have been faster with the others. */
export async function insertOrders(tx: Tx, orders: NewOrder[]): Promise<Set<string>> {
  const rows = await tx
    .insertInto('orders')
    .values(orders.map((order) => ({ ...order, account_id: mainAccount })))
    .onConflict((conflict) => conflict.columns(['channel_id', 'channel_order_id']).doNothing())
    .returning('id')
    .execute()
  return new Set(rows.map((row) => row.id))
}

export interface StatusChange {
  orderId: string
  to: Status
  /** The statuses it may come from; by default all from which the table of transitions allows it. */
  from?: readonly Status[]
  at: Date
  actor: string
  /** The event's kind, such as "posted" or "held". */
  kind: string
  detail?: object
  set?: OrderChanges
}

/**
 * Changes an order's status and writes its event, in the caller's transaction. Returns the status it came from. Throws
 * `IllegalChange` when the order is not in one of the allowed statuses: the caller read a state that is gone.
 */
export async function changeStatus(tx: Tx, change: StatusChange): Promise<Status> {
  const allowed = statusesBefore(change.to)
  const from = change.from ? change.from.filter((status) => allowed.includes(status)) : allowed
  const before = await lockOrder(tx, change.orderId)
  const changed = await tx
    .updateTable('orders')
    // The date of its end was that of the status it leaves.
    .set({ cancels_at: null, ...change.set, status: change.to, updated_at: change.at })
    .where('id', '=', change.orderId)
    .where('status', '=', sql<string>`ANY(${from})`)
    .returning('id')
    .executeTakeFirst()
  if (!before || !changed) throw new IllegalChange(change, before?.status ?? null)
  await addEvents(tx, [
    {
      orderId: change.orderId,
      at: change.at,
      kind: change.kind,
      actor: change.actor,
      from: before.status,
      to: change.to,
      ...(change.detail ? { detail: change.detail } : {}),
    },
  ])
  return before.status
}

/** Changes facts beside the status. */
export async function updateOrder(tx: Tx, orderId: string, at: Date, set: OrderChanges): Promise<void> {
  await tx
    .updateTable('orders')
    .set({ ...set, updated_at: at })
    .where('id', '=', orderId)
    .execute()
}

export class IllegalChange extends Error {
  readonly from: Status | null
  readonly to: Status
  constructor(change: StatusChange, from: Status | null) {
    super(`order ${change.orderId} cannot go from ${from ?? 'nowhere'} to ${change.to} (${change.kind})`)
    this.from = from
    this.to = change.to
  }
}
