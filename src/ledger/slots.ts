import { sql } from 'kysely'
import { type Db, mainAccount, type Tx } from './database.ts'

/**
 * Makes the connection have exactly `concurrency` slots. One too many that is in use is never free again: infinitely far
 * is when it could be taken next.
 */
export async function resizeSlots(tx: Tx, connectionId: string, concurrency: number): Promise<void> {
  await sql`
    INSERT INTO slots (connection_id, account_id, n)
    SELECT ${connectionId}, ${mainAccount}, n FROM generate_series(1, ${concurrency}::int) AS n
    ON CONFLICT (connection_id, n) DO UPDATE SET free_at = NULL WHERE slots.free_at = 'infinity'`.execute(tx)
  await sql`DELETE FROM slots WHERE connection_id = ${connectionId} AND n > ${concurrency} AND worker IS NULL`.execute(
    tx,
  )
  await sql`UPDATE slots SET free_at = 'infinity' WHERE connection_id = ${connectionId} AND n > ${concurrency}`.execute(
    tx,
  )
}

/** Takes one free slot of the connection for a call outside the queue (check, choices); null when all are in use. */
export async function takeSlot(
  db: Db,
  connectionId: string,
  worker: string,
  now: Date,
): Promise<number | null> {
  const { rows } = await sql<{ n: number }>`
    UPDATE slots SET worker = ${worker}, free_at = NULL
    WHERE connection_id = ${connectionId} AND n = (
      SELECT n FROM slots
      WHERE connection_id = ${connectionId} AND worker IS NULL AND (free_at IS NULL OR free_at <= ${now})
      ORDER BY n DESC LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING n`.execute(db)
  return rows[0]?.n ?? null
}

export async function freeSlot(db: Db, connectionId: string, n: number, worker: string): Promise<void> {
  await sql`UPDATE slots SET worker = NULL WHERE connection_id = ${connectionId} AND n = ${n} AND worker = ${worker}`.execute(
    db,
  )
  await sql`SELECT pg_notify('waybill_jobs', '')`.execute(db)
}
