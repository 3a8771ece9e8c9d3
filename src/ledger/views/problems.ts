import { sql } from 'kysely'
import type { Status } from '../../order/status.ts'
import { isWaitedFor } from './order-filter.ts'
import { type Db, mainAccount } from '../database.ts'

/** Orders (and their shipments) stopped for one cause at one connection. */
export interface ProblemGroupRow {
  fingerprint: string
  code: string
  subject: string
  connection: string
  detail: string
  vendor_message: string | null
  routes: string[]
  orders: number
  totals: { amount: string; currency: string }[]
  oldest: Date
  newest: Date
  /** When the first of them is given up by itself; null where none is. */
  cancels_at: Date | null
}

/** The open problems of orders by cause, the one that stops most orders first; detail and message of the newest. */
export async function problemGroups(db: Db): Promise<ProblemGroupRow[]> {
  const { rows } = await sql<ProblemGroupRow>`
    WITH open AS (
      SELECT p.fingerprint, p.code, p.subject, p.connection_id, p.detail, p.vendor_message, p.opened_at, p.id,
        o.id AS order_id, o.currency, o.total, o.route_id, o.cancels_at
      FROM problems p JOIN orders o ON o.id = p.order_id
      WHERE p.account_id = ${mainAccount} AND p.closed_at IS NULL AND ${isWaitedFor}
    ), worth AS (
      SELECT fingerprint, connection_id,
        jsonb_agg(jsonb_build_object('amount', amount::text, 'currency', currency) ORDER BY currency) AS totals
      FROM (
        SELECT fingerprint, connection_id, currency, sum(total) AS amount
        FROM (SELECT DISTINCT fingerprint, connection_id, order_id, currency, total FROM open) AS one
        WHERE currency IS NOT NULL AND total IS NOT NULL
        GROUP BY fingerprint, connection_id, currency) AS sums
      GROUP BY fingerprint, connection_id
    )
    SELECT open.fingerprint, min(open.code) AS code, min(open.subject) AS subject, c.name AS connection,
      (array_agg(open.detail ORDER BY open.opened_at DESC, open.id DESC))[1] AS detail,
      (array_agg(open.vendor_message ORDER BY open.opened_at DESC, open.id DESC))[1] AS vendor_message,
      array_agg(DISTINCT r.name) AS routes,
      count(DISTINCT open.order_id)::int AS orders,
      coalesce(worth.totals, '[]') AS totals,
      min(open.opened_at) AS oldest, max(open.opened_at) AS newest, min(open.cancels_at) AS cancels_at
    FROM open
    JOIN connections c ON c.id = open.connection_id
    JOIN routes r ON r.id = open.route_id
    LEFT JOIN worth ON worth.fingerprint = open.fingerprint AND worth.connection_id = open.connection_id
    GROUP BY open.fingerprint, open.connection_id, c.name, worth.totals
    ORDER BY orders DESC, oldest, open.fingerprint`.execute(db)
  return rows
}

export interface ConnectionProblemRow {
  code: string
  subject: string
  detail: string
  vendor_message: string | null
  connection_id: string
  opened_at: Date
}

/** The open problems of connections' own work, which stop no order. */
export async function connectionProblems(db: Db): Promise<ConnectionProblemRow[]> {
  return db
    .selectFrom('problems')
    .select(['code', 'subject', 'detail', 'vendor_message', 'connection_id', 'opened_at'])
    .where('account_id', '=', mainAccount)
    .where('order_id', 'is', null)
    .where('closed_at', 'is', null)
    .orderBy('opened_at')
    .execute()
}

/** The orders with this open problem, by the route they take; held ones too, whose cause can be mended meanwhile. */
export async function ordersWithProblem(
  db: Db,
  fingerprint: string,
): Promise<{ id: string; routeId: string; backendId: string; subject: string }[]> {
  const rows = await db
    .selectFrom('problems')
    .innerJoin('orders', 'orders.id', 'problems.order_id')
    .select(['orders.id', 'orders.route_id as routeId', 'orders.backend_id as backendId', 'problems.subject'])
    .distinct()
    .where('problems.account_id', '=', mainAccount)
    .where('problems.fingerprint', '=', fingerprint)
    .where('problems.closed_at', 'is', null)
    .where('orders.status', '!=', 'cancelled')
    .orderBy('orders.id')
    .execute()
  return rows
}

export interface RelatedRow {
  fingerprint: string
  /** How many others, 10,000 at most. */
  count: number
  /** The newest of them. */
  orders: { id: string; number: string; connection: string; status: Status; customer: string | null }[]
}

const mostCounted = 10_000
const fewShown = 5

/** The other orders that have each of these open problems. */
export async function relatedOrders(
  db: Db,
  { orderId, fingerprints }: { orderId: string; fingerprints: string[] },
): Promise<RelatedRow[]> {
  if (fingerprints.length === 0) return []
  const { rows } = await sql<RelatedRow>`
    SELECT asked.fingerprint, counted.count, coalesce(shown.orders, '[]') AS orders
    FROM unnest(${fingerprints}::text[]) WITH ORDINALITY AS asked (fingerprint, n)
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS count, (array_agg(id ORDER BY id DESC))[1:${sql.lit(fewShown)}] AS newest
      FROM (
        SELECT DISTINCT o.id FROM problems p JOIN orders o ON o.id = p.order_id
        WHERE p.account_id = ${mainAccount} AND p.fingerprint = asked.fingerprint AND p.closed_at IS NULL
          AND o.id <> ${orderId} AND ${isWaitedFor}
        LIMIT ${mostCounted}) AS others) AS counted
    CROSS JOIN LATERAL (
      SELECT jsonb_agg(jsonb_build_object('id', o.id, 'number', o.number, 'connection', c.name,
        'status', o.status, 'customer', o.customer_name) ORDER BY o.id DESC) AS orders
      FROM orders o JOIN connections c ON c.id = o.channel_id WHERE o.id = ANY(counted.newest)) AS shown
    ORDER BY asked.n`.execute(db)
  return rows
}
