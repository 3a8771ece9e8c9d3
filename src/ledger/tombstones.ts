import { type Selectable, sql } from 'kysely'
import { isId } from '../ids.ts'
import { type Database, type Db, mainAccount, type Tx } from './database.ts'
import type { OrderRow } from './orders.ts'

/** What stays of an order that a person has deleted. */
export type Tombstone = Selectable<Database['tombstones']>

/** The tombstones of a channel's orders, by the channel's id of the order. */
export async function tombstonesOf(
  db: Db,
  channelId: string,
  channelOrderIds: readonly string[],
): Promise<Map<string, Tombstone>> {
  if (channelOrderIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('tombstones')
    .selectAll()
    .where('channel_id', '=', channelId)
    .where('channel_order_id', '=', sql<string>`ANY(${channelOrderIds})`)
    .execute()
  return new Map(rows.map((row) => [row.channel_order_id, row]))
}

/** The tombstones of the orders that had these ids. */
export async function tombstonesWithIds(db: Db, orderIds: readonly string[]): Promise<Tombstone[]> {
  if (orderIds.length === 0) return []
  return db
    .selectFrom('tombstones')
    .selectAll()
    .where('order_id', '=', sql<string>`ANY(${orderIds}::uuid[])`)
    .execute()
}

export interface NamedTombstone extends Tombstone {
  channel_name: string
  time_zone: string | null
}

/** The tombstones that a name may mean: the order's Waybill id, its number or the channel's id; the last made first. */
export async function tombstonesNamed(db: Db, name: string, connection?: string): Promise<NamedTombstone[]> {
  const text = name.trim()
  const number = text.replace(/^#/, '')
  let query = db
    .selectFrom('tombstones')
    .innerJoin('connections', 'connections.id', 'tombstones.channel_id')
    .selectAll('tombstones')
    .select(['connections.name as channel_name', 'connections.time_zone'])
    .where('tombstones.account_id', '=', mainAccount)
    .where((where) =>
      where.or([
        ...(isId(text) ? [where('tombstones.order_id', '=', text)] : []),
        where('tombstones.number', '=', number),
        where('tombstones.channel_order_id', '=', number),
      ]),
    )
  if (connection !== undefined) query = query.where('connections.name', '=', connection)
  return query.orderBy('tombstones.deleted_at', 'desc').orderBy('order_id').limit(20).execute()
}

/** The tombstone goes: a person wants the order back. */
export async function removeTombstone(tx: Tx, { order_id: orderId }: Tombstone): Promise<void> {
  await tx.deleteFrom('tombstones').where('order_id', '=', orderId).execute()
}

/**
 * Of these orders, those that were sent to a backend without it being certain that nothing of them is there. It is where
 * they were looked for in vain once the backend's own time limit had passed.
 */
export async function sentOrders(db: Db, orderIds: readonly string[]): Promise<Set<string>> {
  if (orderIds.length === 0) return new Set()
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM orders WHERE id = ANY(${orderIds}::uuid[]) AND (
      replacements > 0 OR unknown_until IS NOT NULL OR EXISTS (SELECT FROM attempts AS sent
        WHERE sent.order_id = orders.id AND sent.kind = 'post' AND coalesce(sent.outcome, 'unknown') = 'unknown'
          AND NOT EXISTS (SELECT FROM attempts AS looked
            WHERE looked.order_id = orders.id AND looked.kind = 'verify' AND looked.outcome = 'not_found'
              AND looked.started_at > sent.started_at)))`.execute(db)
  return new Set(rows.map((row) => row.id))
}

/**
 * Takes the jobs of orders that the transaction has locked out of the queue. Returns the orders of which a worker has a
 * job in hand: all of their jobs stay. Waits for nobody: a worker holds its job while it waits for the order.
 */
export async function takeJobsOf(tx: Tx, orderIds: readonly string[]): Promise<Set<string>> {
  const { rows: free } = await sql<{ id: string }>`
    SELECT id FROM jobs WHERE order_id = ANY(${orderIds}::uuid[]) AND worker IS NULL
    FOR UPDATE SKIP LOCKED`.execute(tx)
  const ids = free.map((job) => job.id)
  const { rows } = await sql<{ order_id: string }>`
    SELECT DISTINCT order_id FROM jobs
    WHERE order_id = ANY(${orderIds}::uuid[]) AND id <> ALL(${ids}::bigint[])`.execute(tx)
  const inHand = rows.map((row) => row.order_id)
  await sql`DELETE FROM jobs WHERE id = ANY(${ids}::bigint[]) AND order_id <> ALL(${inHand}::uuid[])`.execute(
    tx,
  )
  return new Set(inHand)
}

/** Everything that is kept of an order beside its own row, by the column that names it. */
const ofOrders = ['cancel_warnings', 'record_changes', 'problems', 'shipments', 'attempts', 'events'] as const

/**
 * Takes orders out of the ledger that the transaction has locked and whose jobs are gone, with all that is kept of them,
 * and leaves a tombstone of each.
 */
export async function deleteOrders(
  tx: Tx,
  orders: readonly OrderRow[],
  { at, actor, why }: { at: Date; actor: string; why: string | null },
): Promise<void> {
  if (orders.length === 0) return
  const ids = orders.map((order) => order.id)
  await tx
    .insertInto('tombstones')
    .values(
      orders.map((order) => ({
        order_id: order.id,
        account_id: mainAccount,
        channel_id: order.channel_id,
        channel_order_id: order.channel_order_id,
        number: order.number,
        status: order.status,
        deleted_at: at,
        deleted_by: actor,
        why,
      })),
    )
    .execute()
  for (const table of ofOrders)
    await sql`DELETE FROM ${sql.table(table)} WHERE order_id = ANY(${ids}::uuid[])`.execute(tx)
  for (const table of ['import_items', 'reconciliation_orders'])
    await sql`UPDATE ${sql.table(table)} SET order_id = NULL WHERE order_id = ANY(${ids}::uuid[])`.execute(tx)
  await sql`DELETE FROM orders WHERE id = ANY(${ids}::uuid[])`.execute(tx)
  for (const [channelId, group] of Map.groupBy(orders, (order) => order.channel_id))
    await forgetWhatCame(
      tx,
      channelId,
      group.map((order) => order.channel_order_id),
    )
}

/**
 * Empties what the channel sent of these orders. The rows of the payloads go when old versions are removed: to delete
 * them looks through all orders for each. A hash of their own makes way for the same bytes, should they come back.
 */
async function forgetWhatCame(tx: Tx, channelId: string, channelOrderIds: readonly string[]): Promise<void> {
  await sql`
    UPDATE raw_payloads SET body = '', sha256 = uuid_send(id)
    WHERE connection_id = ${channelId} AND channel_order_id = ANY(${channelOrderIds})`.execute(tx)
  await forgetDeliveries(tx, channelId, channelOrderIds)
}

/** Removes the deliveries that were about these orders alone. */
export async function forgetDeliveries(
  tx: Tx,
  channelId: string,
  channelOrderIds: readonly string[],
): Promise<void> {
  await sql`
    DELETE FROM webhooks
    WHERE connection_id = ${channelId} AND channel_order_id = ANY(${channelOrderIds})`.execute(tx)
}
