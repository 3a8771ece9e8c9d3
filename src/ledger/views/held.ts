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

const held = (rule: 'status' | 'before_start_date' | null) => {
  const orders = sql`FROM orders WHERE account_id = ${mainAccount} AND status = 'held'`
  const noFilter = sql`NULL::jsonb AS filter, NULL::text AS filter_key`
  // Said as the indexes say it: each has all that is added up of the orders that its rule holds.
  if (rule === 'status')
    return sql`SELECT 'status' AS rule, channel_status, ${noFilter}, route_id, currency, total, placed_at, id ${orders}
      AND hold ->> 'rule' = 'status'`
  if (rule === 'before_start_date')
    return sql`SELECT 'before_start_date', NULL, ${noFilter}, route_id, currency, total, placed_at, id ${orders}
      AND hold ->> 'rule' = 'before_start_date'`
  return sql`SELECT hold ->> 'rule', NULL, hold -> 'filter', ${keyOfFilter(sql`hold`)},
      route_id, currency, total, placed_at, id ${orders}
    AND hold ->> 'rule' NOT IN ('status', 'before_start_date')`
}

/** The held orders by the rule that holds them, the one that holds most first. */
export async function heldGroups(db: Db): Promise<HeldGroupRow[]> {
  const { rows } = await sql<HeldGroupRow>`
    WITH sums AS (
      SELECT route_id, rule, channel_status, filter, filter_key, currency, count(*)::int AS orders,
        sum(total)::text AS amount, min(placed_at) AS oldest, max(placed_at) AS newest,
        max(id::text COLLATE "C")::uuid AS last
      FROM (${held('status')} UNION ALL ${held('before_start_date')} UNION ALL ${held(null)}) AS held
      GROUP BY route_id, rule, channel_status, filter, filter_key, currency
    )
    SELECT r.name AS route, c.name AS connection, s.rule, s.channel_status, s.filter, s.filter_key,
      (array_agg(last.hold ->> 'wanted' ORDER BY s.newest DESC NULLS LAST))[1] AS wanted, sum(s.orders)::int AS orders,
      coalesce(jsonb_agg(jsonb_build_object('amount', s.amount, 'currency', s.currency) ORDER BY s.currency)
        FILTER (WHERE s.currency IS NOT NULL AND s.amount IS NOT NULL), '[]') AS totals,
      min(s.oldest) AS oldest, max(s.newest) AS newest
    FROM sums s JOIN orders last ON last.id = s.last
    JOIN routes r ON r.id = s.route_id JOIN connections c ON c.id = r.channel_id
    GROUP BY r.name, c.name, s.rule, s.channel_status, s.filter, s.filter_key
    ORDER BY orders DESC, r.name, s.rule, s.channel_status, s.filter_key`.execute(db)
  return rows
}
