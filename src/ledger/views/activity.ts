import { sql } from 'kysely'
import type { Db } from '../database.ts'

export interface ActivityHourRow {
  hour: Date
  calls: number
  failed: number
  throttled: number
  busy_ms: string
  peak: number
  latency: number[]
}

/** The hours from a time on in which the connection was called, the first one first. */
export async function hoursOfCalls(db: Db, connectionId: string, from: Date): Promise<ActivityHourRow[]> {
  return db
    .selectFrom('connection_hours')
    .select(['hour', 'calls', 'failed', 'throttled', 'busy_ms', 'peak', 'latency'])
    .where('connection_id', '=', connectionId)
    .where('hour', '>=', from)
    .orderBy('hour')
    .execute()
}

/** How many calls at once the connection may have, and how many it has now. */
export async function slotsOf(db: Db, connectionId: string): Promise<{ limit: number; now: number }> {
  const { rows } = await sql<{ limit: number; now: number }>`
    SELECT (count(*) FILTER (WHERE free_at IS DISTINCT FROM 'infinity'))::int AS limit,
      (count(*) FILTER (WHERE worker IS NOT NULL))::int AS now
    FROM slots WHERE connection_id = ${connectionId}`.execute(db)
  return rows[0]!
}
