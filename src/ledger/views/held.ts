import { sql } from 'kysely'
import type { Filter } from '../../order/filter-fields.ts'
import { type Db, mainAccount } from '../database.ts'
import { keyOfFilter } from './order-filter.ts'

/** Orders that one rule of a route keeps out for one reason, or that people hold. */
export interface HeldGroupRow {
  route: string
  connection: string
  rule: string
  /** The channel's status that is not imported; null for another rule. */
  channel_status: string | null
  /** The filter that does not let them through, and the key that it is found by; null for another rule. */
  filter: Filter | null
  filter_key: string | null
  /** What the rule wants, as of the newest of them; null where people hold them. */
  wanted: string | null
  orders: number
  totals: { amount: string; currency: string }[]
  oldest: Date | null
  newest: Date | null
}

/** The held orders by the rule that holds them, the one that holds most first. */
export async function heldGroups(db: Db): Promise<HeldGroupRow[]> {
  const { rows } = await sql<HeldGroupRow>`
    WITH held AS (
      SELECT route_id, channel_id, hold ->> 'rule' AS rule, hold ->> 'wanted' AS wanted, currency, total, placed_at, id,
        CASE WHEN hold ->> 'rule' = 'status' THEN channel_status END AS channel_status,
        hold -> 'filter' AS filter, ${keyOfFilter(sql`hold`)} AS filter_key
      FROM orders WHERE account_id = ${mainAccount} AND status = 'held' AND hold IS NOT NULL
    ), sums AS (
      SELECT route_id, rule, channel_status, filter, filter_key, currency, count(*)::int AS orders, sum(total)::text AS amount,
        min(placed_at) AS oldest, max(placed_at) AS newest, (array_agg(wanted ORDER BY id DESC))[1] AS wanted
      FROM held GROUP BY route_id, rule, channel_status, filter, filter_key, currency
    )
    SELECT r.name AS route, c.name AS connection, s.rule, s.channel_status, s.filter, s.filter_key,
      (array_agg(s.wanted ORDER BY s.newest DESC NULLS LAST))[1] AS wanted, sum(s.orders)::int AS orders,
      coalesce(jsonb_agg(jsonb_build_object('amount', s.amount, 'currency', s.currency) ORDER BY s.currency)
        FILTER (WHERE s.currency IS NOT NULL AND s.amount IS NOT NULL), '[]') AS totals,
      min(s.oldest) AS oldest, max(s.newest) AS newest
    FROM sums s JOIN routes r ON r.id = s.route_id JOIN connections c ON c.id = r.channel_id
    GROUP BY r.name, c.name, s.rule, s.channel_status, s.filter, s.filter_key
    ORDER BY orders DESC, r.name, s.rule, s.channel_status, s.filter_key`.execute(db)
  return rows
}
