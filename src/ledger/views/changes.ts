import { sql } from 'kysely'
import { type Db, mainAccount } from '../database.ts'

export interface ChangeRow {
  id: number
  orderId: string | null
  connectionId: string | null
}

export async function lastChange(db: Db): Promise<number> {
  const { rows } = await sql<{ id: string | null }>`SELECT max(id) AS id FROM events`.execute(db)
  return Number(rows[0]?.id ?? 0)
}

/** What the events after `id` are about, oldest first, at most `limit`. */
export async function changesAfter(db: Db, id: number, limit: number): Promise<ChangeRow[]> {
  const rows = await db
    .selectFrom('events')
    .select(['id', 'connection_id'])
    // The event of an order that is gone stands with its connection.
    .select(
      sql<string | null>`CASE kind WHEN 'order_deleted' THEN (detail ->> 'order')::uuid ELSE order_id END`.as(
        'order_id',
      ),
    )
    .where('account_id', '=', mainAccount)
    .where('id', '>', String(id))
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ id: Number(row.id), orderId: row.order_id, connectionId: row.connection_id }))
}
