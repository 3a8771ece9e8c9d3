import { sql } from 'kysely'
import { type Db, mainAccount, type Tx } from './database.ts'

/** The calls over a connection that ended in one hour. */
export interface HourOfCalls {
  connectionId: string
  /** When it begins. */
  hour: Date
  calls: number
  failed: number
  throttled: number
  /** How long all of them took together. */
  busyMs: number
  /** The most at once. */
  peak: number
  /** See `latencyBuckets`. */
  latency: number[]
}

/**
 * Adds to the hours of connections. The most at once is exact where one process calls; of several it is the most that
 * any of them had, or that were in use by all of them at the moment of writing.
 */
export async function addHours(tx: Tx, hours: readonly HourOfCalls[]): Promise<void> {
  if (hours.length === 0) return
  const given = hours.map(({ busyMs, ...rest }) => ({ ...rest, busyMs: Math.round(busyMs) }))
  await sql`
    INSERT INTO connection_hours AS kept
      (connection_id, account_id, hour, calls, failed, throttled, busy_ms, peak, latency)
    SELECT c.id, c.account_id, hour, calls, failed, throttled, "busyMs", greatest(peak, (
      SELECT count(*) FROM slots WHERE slots.connection_id = c.id AND worker IS NOT NULL)), latency
    FROM jsonb_to_recordset(${JSON.stringify(given)}::jsonb) AS given ("connectionId" uuid, hour timestamptz,
      calls int, failed int, throttled int, "busyMs" bigint, peak int, latency int[])
    JOIN connections c ON c.id = "connectionId"
    -- In the same order in every process, so that none waits for another in a circle.
    ORDER BY c.id, hour
    ON CONFLICT (connection_id, hour) DO UPDATE SET
      calls = kept.calls + excluded.calls,
      failed = kept.failed + excluded.failed,
      throttled = kept.throttled + excluded.throttled,
      busy_ms = kept.busy_ms + excluded.busy_ms,
      peak = greatest(kept.peak, excluded.peak),
      latency = ARRAY(
        SELECT coalesce(one, 0) + coalesce(other, 0)
        FROM unnest(kept.latency, excluded.latency) WITH ORDINALITY AS both_of (one, other, n) ORDER BY n)`.execute(
    tx,
  )
}

/** Takes away the hours that began before this. */
export async function removeHours(db: Db, before: Date): Promise<void> {
  await db
    .deleteFrom('connection_hours')
    .where('account_id', '=', mainAccount)
    .where('hour', '<', before)
    .execute()
}
