import { sql } from 'kysely'
import type { Status } from '../order/status.ts'
import { mainAccount, type Tx } from './database.ts'
import type { SummaryFigures } from './notices.ts'
import { statusCounts } from './status-counts.ts'
import { toDecide } from './views/order-filter.ts'

const withoutPerson: readonly Status[] = ['post_error', 'import_error', 'shipment_error', 'imported']

/** What has come to pass between two moments, and what waits at the second. */
export async function summaryFigures(
  tx: Tx,
  { from, to }: { from: Date; to: Date },
): Promise<SummaryFigures> {
  // An order was changed last when it came in or was posted, or later: by that there is an index.
  const { rows: moved } = await sql<{ came_in: number; posted: number }>`
    SELECT count(*) FILTER (WHERE first_seen_at >= ${from} AND first_seen_at < ${to})::int AS came_in,
      count(*) FILTER (WHERE posted_at >= ${from} AND posted_at < ${to})::int AS posted
    FROM orders WHERE account_id = ${mainAccount} AND updated_at >= ${from}`.execute(tx)
  const counts = await statusCounts(tx)
  const { rows: later } = await sql<{ to_decide: number; endings: number; first: Date | null }>`
    SELECT
      (SELECT count(*)::int FROM orders WHERE account_id = ${mainAccount} AND ${toDecide.any}) AS to_decide,
      (SELECT count(*)::int FROM orders WHERE account_id = ${mainAccount} AND cancels_at IS NOT NULL) AS endings,
      (SELECT min(cancels_at) FROM orders WHERE account_id = ${mainAccount} AND cancels_at IS NOT NULL) AS first`.execute(
    tx,
  )
  const { rows: unwell } = await sql<{ connection: string; health: string }>`
    SELECT name AS connection, CASE WHEN paused_at IS NULL THEN health ELSE 'paused' END AS health
    FROM connections WHERE account_id = ${mainAccount} AND (paused_at IS NOT NULL OR health NOT IN ('healthy', 'new'))
    ORDER BY name`.execute(tx)
  const { to_decide: undecided, endings, first } = later[0]!
  return {
    cameIn: moved[0]!.came_in,
    posted: moved[0]!.posted,
    waiting: withoutPerson
      .map((status) => ({
        status,
        orders: counts.filter((one) => one.status === status).reduce((sum, { n }) => sum + n, 0),
      }))
      .filter(({ orders }) => orders > 0),
    toDecide: undecided,
    endings: first === null ? null : { orders: endings, first: first.toISOString() },
    unwell,
  }
}
