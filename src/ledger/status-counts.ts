import { sql } from 'kysely'
import type { Status } from '../order/status.ts'
import { type Db, mainAccount } from './database.ts'

export interface StatusCount {
  channelId: string
  backendId: string
  status: Status
  n: number
}

/** How many orders there are of each status, by where they come from and go to: kept, not counted, and exact. */
export async function statusCounts(db: Db): Promise<StatusCount[]> {
  const { rows } = await sql<StatusCount>`
    SELECT channel_id AS "channelId", backend_id AS "backendId", status, sum(n)::int AS n FROM (
      SELECT channel_id, backend_id, status, n FROM order_counts WHERE account_id = ${mainAccount}
      UNION ALL
      SELECT channel_id, backend_id, to_status, n FROM order_count_changes
      WHERE account_id = ${mainAccount} AND to_status IS NOT NULL
      UNION ALL
      SELECT channel_id, backend_id, from_status, -n FROM order_count_changes
      WHERE account_id = ${mainAccount} AND from_status IS NOT NULL) AS counted
    GROUP BY 1, 2, 3 HAVING sum(n) <> 0`.execute(db)
  return rows
}

/**
 * Takes the changes since into the kept counts, so that they stay few to add up. In one statement: ended anywhere,
 * every change is in one of the two tables. One process at a time does it, the others go on. Returns how many it took.
 */
export async function foldStatusCounts(db: Db): Promise<number> {
  const { rows } = await sql<{ taken: number }>`
    WITH mine AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(hashtext('waybill counts')) AS got),
    taken AS (DELETE FROM order_count_changes USING mine WHERE mine.got RETURNING order_count_changes.*),
    added AS (
      INSERT INTO order_counts AS kept (account_id, channel_id, backend_id, status, n)
      SELECT account_id, channel_id, backend_id, status, sum(n) FROM (
        SELECT account_id, channel_id, backend_id, to_status AS status, n FROM taken
        UNION ALL SELECT account_id, channel_id, backend_id, from_status, -n FROM taken) AS moved
      WHERE status IS NOT NULL GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
      ORDER BY 1, 2, 3, 4
      ON CONFLICT (account_id, channel_id, backend_id, status) DO UPDATE SET n = kept.n + excluded.n)
    SELECT count(*)::int AS taken FROM taken`.execute(db)
  return rows[0]!.taken
}
