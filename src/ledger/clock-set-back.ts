import { sql } from 'kysely'
import type { Db } from './database.ts'

/** The longest that work is put off by; what lies further ahead has its own time of the day. */
const longestDelay = '1 hour'

/**
 * The clock showed `before` and shows `now`, which is earlier: what was put off by the clock that was ahead would wait
 * until the right one has come so far. Delays from then on are kept, and what lies in between is due.
 */
export async function bringBack(db: Db, { before, now }: { before: Date; now: Date }): Promise<void> {
  const ahead = sql`(${before}::timestamptz - ${now}::timestamptz)`
  const set = (column: string) =>
    sql`${sql.ref(column)} = greatest(${sql.ref(column)} - ${ahead}, ${now}::timestamptz)`
  const among = (column: string) =>
    sql`${sql.ref(column)} > ${now} AND ${sql.ref(column)} <= ${before}::timestamptz + ${longestDelay}::interval`
  await db.transaction().execute(async (tx) => {
    await sql`UPDATE jobs SET ${set('run_at')} WHERE worker IS NULL AND ${among('run_at')}`.execute(tx)
    await sql`UPDATE connections SET ${set('blocked_until')} WHERE ${among('blocked_until')}`.execute(tx)
    await sql`UPDATE slots SET ${set('free_at')} WHERE worker IS NULL AND ${among('free_at')}`.execute(tx)
    await sql`SELECT pg_notify('waybill_jobs', '')`.execute(tx)
  })
}
