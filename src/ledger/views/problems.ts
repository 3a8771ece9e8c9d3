import { sql } from 'kysely'
import type { Status } from '../../order/status.ts'
import { openProblems } from './open-problems.ts'
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
    WITH open AS MATERIALIZED (${openProblems}),
    causes AS (
      SELECT fingerprint, connection_id, min(code) AS code, min(subject) AS subject,
        min(opened_at) AS oldest, max(opened_at) AS newest, min(cancels_at) AS cancels_at
      FROM open GROUP BY fingerprint, connection_id
    ), said AS (
      SELECT DISTINCT ON (fingerprint, connection_id) fingerprint, connection_id, detail, vendor_message
      FROM open ORDER BY fingerprint, connection_id, opened_at DESC, id DESC
    ), ways AS (
      SELECT fingerprint, connection_id, array_agg(r.name ORDER BY r.name) AS routes
      FROM (SELECT DISTINCT fingerprint, connection_id, route_id FROM open) AS one JOIN routes r ON r.id = one.route_id
      GROUP BY fingerprint, connection_id
    ), sums AS (
      SELECT fingerprint, connection_id, currency, count(*)::int AS orders, sum(total) AS amount
      FROM (SELECT DISTINCT fingerprint, connection_id, order_id, currency, total FROM open) AS one
      GROUP BY fingerprint, connection_id, currency
    ), worth AS (
      SELECT fingerprint, connection_id, sum(orders)::int AS orders,
        coalesce(jsonb_agg(jsonb_build_object('amount', amount::text, 'currency', currency) ORDER BY currency)
          FILTER (WHERE currency IS NOT NULL AND amount IS NOT NULL), '[]') AS totals
      FROM sums GROUP BY fingerprint, connection_id
    )
    SELECT fingerprint, causes.code, causes.subject, c.name AS connection, said.detail, said.vendor_message, ways.routes,
      worth.orders, worth.totals, causes.oldest, causes.newest, causes.cancels_at
    FROM causes JOIN said USING (fingerprint, connection_id) JOIN ways USING (fingerprint, connection_id)
    JOIN worth USING (fingerprint, connection_id) JOIN connections c ON c.id = connection_id
    ORDER BY orders DESC, oldest, fingerprint`.execute(db)
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
