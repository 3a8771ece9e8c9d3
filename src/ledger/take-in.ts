import { sql } from 'kysely'
import { compress } from './compress.ts'
import { type Db, mainAccount } from './database.ts'
import { type Hand, jobInHand, putColumns, putInHand, type PutRow, slotInHand } from './in-hand.ts'
import { Fenced, type Job, type NewJob } from './jobs.ts'
import type { NewOrder, OrderRow } from './orders.ts'
import { hashOf, type NewRaw } from './raw.ts'
import type { RouteRow } from './routes.ts'

/** What an import needs to know before the channel's answer is there. */
export interface Ahead {
  route: RouteRow
  /** The mark by which a statement tells whether the route is as it was read. */
  routeVersion: string
  /** The version that the ledger's order stands on; null when the ledger has no such order. */
  known: {
    id: string
    sha256: Buffer
    status: string
    record_id: string | null
    cancel_reason: string | null
  } | null
  /** Whether a person has deleted the order. */
  deleted: boolean
}

/** Reads the route of a channel and what the ledger has of one of its orders; null when there is no route. */
export async function readAhead(db: Db, channelId: string, channelOrderId: string): Promise<Ahead | null> {
  const row = await db
    .selectFrom('routes')
    .leftJoin('orders', (join) =>
      join.on('orders.channel_id', '=', channelId).on('orders.channel_order_id', '=', channelOrderId),
    )
    .leftJoin('raw_payloads', 'raw_payloads.id', 'orders.raw_id')
    .leftJoin('tombstones', (join) =>
      join.on('tombstones.channel_id', '=', channelId).on('tombstones.channel_order_id', '=', channelOrderId),
    )
    .selectAll('routes')
    .select(sql<string>`routes.xmin::text`.as('version'))
    .select([
      'orders.id as order_id',
      'raw_payloads.sha256',
      'orders.status',
      'orders.record_id',
      'orders.cancel_reason',
      'tombstones.order_id as tombstone',
    ])
    .where('routes.channel_id', '=', channelId)
    .where('routes.removed_at', 'is', null)
    .orderBy('routes.created_at')
    .executeTakeFirst()
  if (!row) return null
  const { version: routeVersion, order_id: id, tombstone, ...more } = row
  const { sha256, status, record_id, cancel_reason, ...route } = more
  return {
    route,
    routeVersion,
    known: id && sha256 && status ? { id, sha256, status, record_id, cancel_reason } : null,
    deleted: tombstone !== null,
  }
}

/**
 * Takes in a new order that is to be posted, and ends the job that fetched it, in one statement: order, payload, event,
 * the job that posts it, job and slot. Where that job is taken at once by `hand` and `begin` is given, the order is on its
 * way to the backend with the same commit: what `beginPosting` does for others. Null, and nothing is written, when the ledger has
 * the order already, or the route is not as it was read. Throws `Fenced` when the job is another worker's by now.
 */
export async function takeInScheduled(
  db: Db,
  job: Job,
  worker: string,
  given: {
    order: NewOrder
    raw: NewRaw
    event: { actor: string; detail: object }
    routeVersion: string
    post: NewJob
    hand: Hand | null
    begin: { attemptId: string; lines: { backendLine: string; channelLineId: string }[] } | null
  },
): Promise<{ order: OrderRow; post: Job | null } | null> {
  const { order, raw, event, post, hand, begin } = given
  const { first_seen_at: at } = order
  const values = { ...order, ...(begin && begun(order, begin.lines)) }
  const columns = Object.keys(values) as (keyof typeof values)[]
  const { rows } = await sql<OrderRow & PutRow & { mine: boolean; told: unknown }>`
    WITH mine AS (SELECT id, again_at FROM jobs WHERE id = ${job.id} AND worker = ${worker} FOR UPDATE),
    rules AS (
      SELECT id FROM routes
      WHERE id = ${order.route_id} AND xmin::text = ${given.routeVersion} AND removed_at IS NULL FOR SHARE),
    ${slotInHand(post.connectionId, hand)},
    placed AS (
      INSERT INTO orders (account_id, ${sql.join(columns.map((column) => sql.ref(column)))})
      SELECT ${mainAccount}, ${sql.join(columns.map((column) => values[column]))}
      FROM mine CROSS JOIN rules LEFT JOIN slot ON true
      ON CONFLICT (channel_id, channel_order_id) DO NOTHING RETURNING *),
    kept AS (
      INSERT INTO raw_payloads (id, account_id, connection_id, channel_order_id, sha256, body, received_at)
      SELECT ${raw.id}, ${mainAccount}, ${raw.connectionId}, ${raw.channelOrderId}, ${hashOf(raw.body)},
        ${compress(raw.body)}, ${raw.receivedAt} FROM placed),
    noted AS (
      INSERT INTO events (account_id, order_id, at, kind, actor, status_from, status_to, detail)
      SELECT ${mainAccount}, id, ${at}::timestamptz, 'seen', ${event.actor}, NULL, 'scheduled', ${JSON.stringify(event.detail)}::jsonb
      FROM placed
      UNION ALL
      SELECT ${mainAccount}, id, ${at}::timestamptz, 'posting', 'waybill', 'scheduled', 'posting', '{}'::jsonb
      FROM placed WHERE status = 'posting'),
    attempt AS (
      INSERT INTO attempts (id, account_id, order_id, kind, started_at)
      SELECT ${begin?.attemptId ?? null}::uuid, ${mainAccount}, id, 'post', ${at} FROM placed WHERE status = 'posting'),
    ${putInHand(post, { from: sql`placed`, orderId: sql`placed.id` })},
    removed AS (DELETE FROM jobs USING mine, placed WHERE jobs.id = mine.id AND mine.again_at IS NULL),
    back AS (
      UPDATE jobs SET worker = NULL, run_at = mine.again_at, again_at = NULL, attempts = 0, deaths = 0
      FROM mine, placed WHERE jobs.id = mine.id AND mine.again_at IS NOT NULL),
    freed AS (
      UPDATE slots SET worker = NULL FROM placed
      WHERE slots.connection_id = ${job.connection.id} AND slots.n = ${job.slot} AND slots.worker = ${worker})
    SELECT placed.*, EXISTS (SELECT FROM mine) AS mine, ${putColumns}
    FROM (SELECT) AS one LEFT JOIN placed ON true LEFT JOIN put ON true LEFT JOIN slot ON true`.execute(db)
  const { mine, job_id, job_taken, job_slot, told: _, ...row } = rows[0]!
  if (!mine) throw new Fenced(job)
  if ((row.id as string | null) === null) return null
  return { order: row, post: jobInHand(post, hand, { job_id, job_taken, job_slot }) }
}

/** The order's columns that say whether it is on its way: it is where its job has a slot. */
const begun = (order: NewOrder, lines: object) => ({
  status: sql`CASE WHEN slot.n IS NULL THEN 'scheduled' ELSE 'posting' END`,
  post_attempts: sql`CASE WHEN slot.n IS NULL THEN 0 ELSE 1 END`,
  next_attempt_at: sql`CASE WHEN slot.n IS NULL THEN ${order.next_attempt_at}::timestamptz END`,
  record_lines: sql`CASE WHEN slot.n IS NOT NULL THEN ${JSON.stringify(lines)}::jsonb END`,
  posted_raw_id: sql`CASE WHEN slot.n IS NOT NULL THEN ${order.raw_id}::uuid END`,
})
