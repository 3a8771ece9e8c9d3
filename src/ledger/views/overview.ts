import { sql } from 'kysely'
import type { Status } from '../../order/status.ts'
import { type Db, mainAccount } from '../database.ts'
import { openProblems } from './open-problems.ts'
import { toDecide } from './order-filter.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

export interface HourRow {
  /** The beginning of the hour. */
  hour: Date
  status: Status
  orders: number
  /** How many of them are of the last 24 hours to the minute. */
  of_day: number
}

/**
 * The orders of the present hour and of the 24 before, by when they were placed and by where they are now. One that
 * cannot be read says no time of its own: it counts when it was first seen.
 */
export async function ordersByHour(db: Db, now: Date): Promise<HourRow[]> {
  const from = firstHour(now)
  const day = new Date(now.getTime() - dayMs)
  const { rows } = await sql<HourRow>`
    SELECT date_trunc('hour', at, 'UTC') AS hour, status, count(*)::int AS orders,
      (count(*) FILTER (WHERE at >= ${day}))::int AS of_day
    FROM (
      -- A shop's clock may be ahead of ours, and ours may have been.
      SELECT least(placed_at, ${now}::timestamptz) AS at, status FROM orders
      WHERE account_id = ${mainAccount} AND placed_at >= ${from}
      UNION ALL
      SELECT least(first_seen_at, ${now}::timestamptz), status FROM orders
      WHERE account_id = ${mainAccount} AND placed_at IS NULL AND first_seen_at >= ${from}) AS recent
    GROUP BY 1, 2`.execute(db)
  return rows
}

/** Where the first of the hours begins that are shown. */
export const firstHour = (now: Date): Date =>
  new Date(Math.floor(now.getTime() / hourMs) * hourMs - 24 * hourMs)

export interface TimesRow {
  /** How many orders the times are of. */
  orders: number
  p50_ms: number | null
  p95_ms: number | null
  /** Of these: placed while their shop could not be read. */
  in_outage: number
  /** Left out: placed before their route was made or before it begins. */
  before_route: number
  /** Left out: a person had them posted as another record. */
  posted_anew: number
}

/** How long the orders that were posted in the last day, and in the last seven, took from placed to posted. */
export async function timesToPost(db: Db, now: Date): Promise<{ day: TimesRow; week: TimesRow }> {
  const [day, week] = [1, 7].map((days) => new Date(now.getTime() - days * dayMs))
  // Posting is a change of the order: by the time of its last change there is an index.
  const { rows } = await sql<TimesRow>`
    WITH outages AS (
      SELECT connection_id, range_agg(tstzrange(from_at, to_at)) AS spans FROM (
        SELECT connection_id, coalesce(placed_from, from_at) AS from_at, coalesce(to_at, ${now}) AS to_at FROM gaps
        WHERE account_id = ${mainAccount} AND reason <> 'webhooks') AS gap
      WHERE from_at < to_at GROUP BY connection_id),
    posted AS MATERIALIZED (
      SELECT o.posted_at, greatest(extract(epoch FROM o.posted_at - o.placed_at), 0)::float8 * 1000 AS ms,
        o.replacements > 0 AS anew,
        o.replacements = 0 AND o.placed_at < greatest(r.since, r.created_at) AS before_route,
        o.replacements = 0 AND o.placed_at >= greatest(r.since, r.created_at) AS counted,
        coalesce(o.placed_at <@ outages.spans, false) AS in_outage
      FROM orders o JOIN routes r ON r.id = o.route_id LEFT JOIN outages ON outages.connection_id = o.channel_id
      WHERE o.account_id = ${mainAccount} AND o.updated_at >= ${week} AND o.posted_at >= ${week}
        AND o.placed_at IS NOT NULL)
    SELECT (count(*) FILTER (WHERE counted))::int AS orders,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE counted) AS p50_ms,
      percentile_cont(0.95) WITHIN GROUP (ORDER BY ms) FILTER (WHERE counted) AS p95_ms,
      (count(*) FILTER (WHERE counted AND in_outage))::int AS in_outage,
      (count(*) FILTER (WHERE before_route))::int AS before_route,
      (count(*) FILTER (WHERE anew))::int AS posted_anew
    FROM (VALUES (1, ${day}::timestamptz), (2, ${week}::timestamptz)) AS span (place, from_at)
    LEFT JOIN posted ON posted.posted_at >= span.from_at
    GROUP BY place ORDER BY place`.execute(db)
  return { day: rows[0]!, week: rows[1]! }
}

export interface StoppedRow {
  /** Causes: of orders, and of connections' own work. */
  groups: number
  /** Of these: a reconciliation that left something unexplained, which tells of itself. */
  of_reconciling: number
  orders: number
  totals: { amount: string; currency: string }[]
}

/** What is stopped by open problems, and what that is worth: each order once, however many problems it has. */
export async function stoppedOrders(db: Db): Promise<StoppedRow> {
  const { rows } = await sql<StoppedRow>`
    WITH open AS MATERIALIZED (${openProblems}),
    stopped AS (SELECT DISTINCT order_id, currency, total FROM open),
    worth AS (
      SELECT currency, sum(total)::text AS amount FROM stopped
      WHERE currency IS NOT NULL AND total IS NOT NULL GROUP BY currency),
    work AS (
      SELECT count(*)::int AS n, (count(*) FILTER (WHERE code = 'unexplained_differences'))::int AS of_reconciling
      FROM problems WHERE account_id = ${mainAccount} AND order_id IS NULL AND closed_at IS NULL)
    SELECT (SELECT count(*) FROM (SELECT DISTINCT fingerprint, connection_id FROM open) AS causes)::int + work.n AS groups,
      work.of_reconciling,
      (SELECT count(*) FROM stopped)::int AS orders,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('amount', amount, 'currency', currency) ORDER BY currency), '[]')
       FROM worth) AS totals
    FROM work`.execute(db)
  return rows[0]!
}

/** How many orders were changed, and how many cancelled, in the shop after they were posted. */
export async function ordersToDecide(db: Db): Promise<{ changed: number; cancelled: number }> {
  const { rows } = await sql<{ changed: number; cancelled: number }>`
    SELECT (count(*) FILTER (WHERE ${toDecide.changed}))::int AS changed,
      (count(*) FILTER (WHERE ${toDecide.cancelled}))::int AS cancelled
    FROM orders WHERE account_id = ${mainAccount}
      AND (changed_after_posting_at IS NOT NULL OR cancel_requested_at IS NOT NULL)`.execute(db)
  return rows[0]!
}

export interface EndingsRow {
  orders: number
  first: Date | null
  totals: { amount: string; currency: string }[]
}

/** The orders of these routes that are given up by themselves before `before`. */
export async function endings(
  db: Db,
  { routeIds, before }: { routeIds: string[]; before: Date },
): Promise<EndingsRow> {
  const { rows } = await sql<EndingsRow>`
    SELECT coalesce(sum(orders), 0)::int AS orders, min(first) AS first,
      coalesce(jsonb_agg(jsonb_build_object('amount', amount, 'currency', currency) ORDER BY currency)
        FILTER (WHERE currency IS NOT NULL AND amount IS NOT NULL), '[]') AS totals
    FROM (
      SELECT currency, count(*) AS orders, min(cancels_at) AS first, sum(total)::text AS amount FROM orders
      WHERE route_id = ANY(${routeIds}::uuid[]) AND cancels_at IS NOT NULL AND cancels_at < ${before}
      GROUP BY currency) AS ending`.execute(db)
  return rows[0]!
}

export interface CoverageRow {
  connection: string
  /** The newest one that came to its end; null: there is none. */
  id: string | null
  finished_at: Date | null
  days: number
  orders: number
  unexplained: number
  running: boolean
  /** Why a newer one was given up. */
  given_up: string | null
}

/** What the newest reconciliation of each channel that has a route came to. */
export async function coverage(db: Db): Promise<CoverageRow[]> {
  const { rows } = await sql<CoverageRow>`
    SELECT c.name AS connection, done.id, done.finished_at, coalesce(sums.days, 0) AS days,
      coalesce(sums.orders, 0) AS orders, coalesce(sums.unexplained, 0) AS unexplained,
      coalesce(newest.finished_at IS NULL AND newest.id IS NOT NULL, false) AS running,
      CASE WHEN newest.finished_at IS NOT NULL THEN newest.trouble END AS given_up
    FROM connections c
    LEFT JOIN LATERAL (
      SELECT id, finished_at, trouble FROM reconciliations WHERE channel_id = c.id
      ORDER BY created_at DESC, id DESC LIMIT 1) AS newest ON true
    LEFT JOIN LATERAL (
      SELECT id, finished_at FROM reconciliations
      WHERE channel_id = c.id AND finished_at IS NOT NULL AND trouble IS NULL
      ORDER BY created_at DESC, id DESC LIMIT 1) AS done ON true
    LEFT JOIN LATERAL (
      SELECT count(*)::int AS days, sum(at_channel)::int AS orders, sum(unexplained)::int AS unexplained
      FROM reconciliation_days WHERE reconciliation_id = done.id) AS sums ON true
    WHERE c.account_id = ${mainAccount} AND EXISTS (
      SELECT FROM routes WHERE routes.channel_id = c.id AND routes.removed_at IS NULL)
    ORDER BY c.name`.execute(db)
  return rows
}

export interface OpenGapRow {
  connection_id: string
  reason: string
  /** Null: it still cannot be read. */
  to_at: Date | null
  out_of_reach: unknown
}

export async function openGaps(db: Db): Promise<OpenGapRow[]> {
  return db
    .selectFrom('gaps')
    .select(['connection_id', 'reason', 'to_at', 'out_of_reach'])
    .where('account_id', '=', mainAccount)
    .where('closed_at', 'is', null)
    .orderBy('from_at')
    .execute()
}
