import { sql } from 'kysely'
import type { Exchange } from '../connectors/redact.ts'
import type { Order } from '../order/order.ts'
import { type Status, statusesBefore } from '../order/status.ts'
import { compress, decompress } from './compress.ts'
import { type Db, mainAccount } from './database.ts'
import { Fenced, type Job } from './jobs.ts'
import { IllegalChange, type OrderRow } from './orders.ts'

// The way of every order through posting: each step is one statement, for a round trip to the database costs as much as
// everything else that is done for an order. What happens rarely is written in several.

export interface OrderToPost {
  order: OrderRow
  mapping: unknown
  channel: { kind: string; identity: string | null }
  /** The newest version of the order, as the channel sent it. */
  body: string
  /** The same, where it has been read already. */
  canonical?: Order
  /** It is on its way with this draft, which is to be sent now. */
  begun?: { attemptId: string; draft: unknown }
}

/** What posting needs to know of an order; null when there is no such order. */
export async function readForPosting(db: Db, orderId: string): Promise<OrderToPost | null> {
  const row = await db
    .selectFrom('orders')
    .innerJoin('routes', 'routes.id', 'orders.route_id')
    .innerJoin('connections', 'connections.id', 'orders.channel_id')
    .innerJoin('raw_payloads', 'raw_payloads.id', 'orders.raw_id')
    .selectAll('orders')
    .select(['routes.mapping', 'connections.kind', 'connections.identity', 'raw_payloads.body'])
    .where('orders.id', '=', orderId)
    .executeTakeFirst()
  if (!row) return null
  const { mapping, kind, identity, body, ...order } = row
  return { order: order as OrderRow, mapping, channel: { kind, identity }, body: decompress(body) }
}

/**
 * Takes the order from "scheduled" to "posting", with its event and its attempt, before anything is sent. False when it
 * is not scheduled any more, or another version of it came in meanwhile.
 */
export async function beginPosting(
  db: Db,
  begun: {
    order: OrderRow
    attemptId: string
    lines: { backendLine: string; channelLineId: string }[]
    at: Date
  },
): Promise<boolean> {
  const { order, attemptId, lines, at } = begun
  const { rows } = await sql<{ id: string }>`
    WITH moved AS (
      UPDATE orders SET status = 'posting', post_attempts = post_attempts + 1, next_attempt_at = NULL,
        record_lines = ${JSON.stringify(lines)}, posted_raw_id = raw_id, updated_at = ${at}
      WHERE id = ${order.id} AND status = 'scheduled' AND raw_id = ${order.raw_id} RETURNING id
    ), event AS (
      INSERT INTO events (account_id, order_id, at, kind, actor, status_from, status_to)
      SELECT ${mainAccount}, id, ${at}, 'posting', 'waybill', 'scheduled', 'posting' FROM moved
    ), attempt AS (
      INSERT INTO attempts (id, account_id, order_id, kind, started_at)
      SELECT ${attemptId}::uuid, ${mainAccount}, id, 'post', ${at} FROM moved)
    SELECT id FROM moved`.execute(db)
  return rows.length === 1
}

export interface Posted {
  orderId: string
  record: { id: string; number: string | null; url: string; total: string | null }
  attemptId: string | null
  exchanges: readonly Exchange[]
  kind: 'posted' | 'found_in_backend'
  at: Date
}

/**
 * Links the record and ends the job: status, event, attempt, closed problems, job and slot in one statement. Throws
 * `Fenced` when the job is another worker's by now, and `IllegalChange` when the order was not on its way; nothing is
 * written then. Returns whether the channel has cancelled the order meanwhile.
 */
export async function recordPosted(db: Db, job: Job, worker: string, posted: Posted): Promise<boolean> {
  const { orderId, record, attemptId, kind, at } = posted
  const from: Status[] = ['posting', 'verifying']
  const legal = statusesBefore('posted')
  const detail = JSON.stringify({ record: record.id, number: record.number })
  const outcome = kind === 'posted' ? 'posted' : 'found'
  const { rows } = await sql<{ mine: boolean; moved: boolean; unwanted: boolean }>`
    WITH mine AS (SELECT id, again_at FROM jobs WHERE id = ${job.id} AND worker = ${worker} FOR UPDATE),
    before AS (SELECT id, status FROM orders WHERE id = ${orderId} FOR NO KEY UPDATE),
    moved AS (
      UPDATE orders SET status = 'posted', record_id = ${record.id}, record_number = ${record.number},
        record_url = ${record.url}, record_total = ${record.total}::numeric, posted_at = ${at},
        unknown_until = NULL, next_attempt_at = NULL, reason = NULL, updated_at = ${at}
      FROM before, mine
      WHERE orders.id = before.id AND before.status = ANY(${from.filter((status) => legal.includes(status))})
      RETURNING orders.id, before.status, orders.cancel_requested_at),
    event AS (
      INSERT INTO events (account_id, order_id, at, kind, actor, status_from, status_to, detail)
      SELECT ${mainAccount}, id, ${at}, ${kind}, 'waybill', status, 'posted', ${detail}::jsonb FROM moved),
    attempt AS (
      UPDATE attempts SET finished_at = ${at}, outcome = ${outcome}, detail = ${record.number ?? record.id},
        exchanges = ${compress(JSON.stringify(posted.exchanges))}
      FROM moved WHERE attempts.id = ${attemptId}::uuid),
    closed AS (
      UPDATE problems SET closed_at = ${at} FROM moved
      WHERE problems.order_id = moved.id AND problems.shipment_id IS NULL AND problems.closed_at IS NULL),
    removed AS (DELETE FROM jobs USING mine, moved WHERE jobs.id = mine.id AND mine.again_at IS NULL),
    again AS (
      UPDATE jobs SET worker = NULL, run_at = mine.again_at, again_at = NULL, attempts = 0
      FROM mine, moved WHERE jobs.id = mine.id AND mine.again_at IS NOT NULL),
    freed AS (
      UPDATE slots SET worker = NULL FROM moved
      WHERE slots.connection_id = ${job.connection.id} AND slots.n = ${job.slot} AND slots.worker = ${worker})
    SELECT EXISTS (SELECT 1 FROM mine) AS mine, EXISTS (SELECT 1 FROM moved) AS moved,
      EXISTS (SELECT 1 FROM moved WHERE cancel_requested_at IS NOT NULL) AS unwanted`.execute(db)
  if (rows[0]?.mine !== true) throw new Fenced(job)
  if (!rows[0].moved) throw new IllegalChange({ orderId, to: 'posted', at, actor: 'waybill', kind }, null)
  return rows[0].unwanted
}
