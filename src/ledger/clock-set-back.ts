import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from './database.ts'
import { lockConfiguration, readSetting, writeSetting } from './settings.ts'

/** The longest that work is put off by; what lies further ahead has its own time of the day. */
const longestDelay = '1 hour'

/** Every worker sees the clock go back, each when it looks next. */
const sameJumpMs = 10 * 60_000
const setting = 'clock_set_back'
const jump = z.object({ before: z.coerce.date(), now: z.coerce.date() })

/**
 * The clock showed `before` and shows `now`, which is earlier: what was put off by the clock that was ahead would wait
 * until the right one has come so far. Its delays count from now on, and what lies in between is due. The first worker
 * that sees a jump does this; the others find it done.
 */
export async function countFromNow(db: Db, { before, now }: { before: Date; now: Date }): Promise<void> {
  const ahead = sql`(${before}::timestamptz - ${now}::timestamptz)`
  const set = (column: string) =>
    sql`${sql.ref(column)} = greatest(${sql.ref(column)} - ${ahead}, ${now}::timestamptz)`
  const among = (column: string) =>
    sql`${sql.ref(column)} > ${now} AND ${sql.ref(column)} <= ${before}::timestamptz + ${longestDelay}::interval`
  await db.transaction().execute(async (tx) => {
    await lockConfiguration(tx)
    const last = jump.safeParse(await readSetting(tx, setting))
    const near = (one: Date, other: Date) => Math.abs(one.getTime() - other.getTime()) < sameJumpMs
    if (last.success && near(last.data.now, now) && near(last.data.before, before)) return
    await writeSetting(tx, setting, { before, now })
    await sql`UPDATE jobs SET ${set('run_at')} WHERE worker IS NULL AND ${among('run_at')}`.execute(tx)
    await sql`UPDATE connections SET ${set('blocked_until')} WHERE ${among('blocked_until')}`.execute(tx)
    await sql`UPDATE slots SET ${set('free_at')} WHERE worker IS NULL AND ${among('free_at')}`.execute(tx)
    await sql`SELECT pg_notify('waybill_jobs', '')`.execute(tx)
  })
}
