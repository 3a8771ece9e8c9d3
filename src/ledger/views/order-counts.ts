import { type RawBuilder, sql } from 'kysely'
import type { Status } from '../../order/status.ts'
import type { Db } from '../database.ts'
import { plannedAnew } from '../prepared.ts'
import { type StatusCount, statusCounts } from '../status-counts.ts'
import { all, type OrderFilter, type Prepared, prepareFilter, statusIs, toDecide } from './order-filter.ts'

/** So many are counted one by one; of more it is only said that they are more. */
export const mostCounted = 10_000

export interface Count {
  count: number
  isExact: boolean
}

export interface OrderCounts {
  /** What the filter finds. */
  found: Count
  /** What it finds without its own statuses. */
  total: Count
  /** How many of `total` have each status; null where they are too many to count. */
  byStatus: Map<Status, number> | null
}

const none: OrderCounts = {
  found: { count: 0, isExact: true },
  total: { count: 0, isExact: true },
  byStatus: new Map(),
}

/**
 * How many orders the filter finds, and of each status. All orders, and those of a connection, are known at any time;
 * what else narrows is counted up to 10,000.
 */
export async function countOrders(db: Db, filter: OrderFilter): Promise<OrderCounts> {
  const prepared = await prepareFilter(db, filter)
  if (prepared === null) return none
  const kept = (await statusCounts(db)).filter(
    ({ channelId, backendId }) =>
      prepared.connectionId === null || [channelId, backendId].includes(prepared.connectionId),
  )
  const byStatus = prepared.isBroad
    ? sumByStatus(kept)
    : await countByStatus(db, { ...prepared, status: [] }, kept)
  const total = prepared.isBroad ? exactly(sum(byStatus)) : upTo(sum(byStatus))
  if (total.isExact) {
    const found = filter.status?.length ? exactly(sum(byStatus, filter.status)) : total
    return { found, total, byStatus }
  }
  if (!filter.status?.length) return { found: total, total, byStatus: null }
  const found = await countByStatus(db, prepared, kept)
  return { found: upTo(sum(found)), total, byStatus: null }
}

/** How many orders wait for a person's decision, for the filter without its own; 10,000 at most are counted. */
export async function countDecisions(
  db: Db,
  filter: OrderFilter,
): Promise<{ changed: number; cancelled: number }> {
  const prepared = await prepareFilter(db, { ...filter, status: undefined, decision: 'any' })
  if (prepared === null) return { changed: 0, cancelled: 0 }
  const conditions = [...prepared.plain, ...prepared.narrowings.map((one) => one.holds(sql`orders.id`))]
  const { rows } = await sql<{ changed: number; cancelled: number }>`
    ${sql.raw(plannedAnew)} SELECT (count(*) FILTER (WHERE ${toDecide.changed}))::int AS changed,
      (count(*) FILTER (WHERE ${toDecide.cancelled}))::int AS cancelled
    FROM (SELECT * FROM orders WHERE ${all(conditions)} LIMIT ${mostCounted}) AS orders`.execute(db)
  return rows[0]!
}

const exactly = (count: number): Count => ({ count, isExact: true })
const upTo = (count: number): Count => ({
  count: Math.min(count, mostCounted),
  isExact: count <= mostCounted,
})

const sum = (counts: Map<Status, number>, of?: Status[]): number =>
  [...counts].reduce((n, [status, count]) => (of && !of.includes(status) ? n : n + count), 0)

function sumByStatus(kept: StatusCount[]): Map<Status, number> {
  const counts = new Map<Status, number>()
  for (const { status, n } of kept) counts.set(status, (counts.get(status) ?? 0) + n)
  return counts
}

/** Counts one more than are counted, so that it shows when there are more. */
async function countByStatus(db: Db, filter: Prepared, kept: StatusCount[]): Promise<Map<Status, number>> {
  const { rows } = await sql<{ status: Status; n: number }>`
    ${sql.raw(plannedAnew)} SELECT status, count(*)::int AS n
    FROM (${await matching(db, filter, kept)} LIMIT ${mostCounted + 1}) AS found GROUP BY status`.execute(db)
  return new Map(rows.map((row) => [row.status, row.n]))
}

const sample = 1_000

/** The statuses of the orders that match, by the shorter way: from the orders, or from the rows beside them. */
async function matching(db: Db, filter: Prepared, kept: StatusCount[]): Promise<RawBuilder<unknown>> {
  const plain = [...filter.plain, ...statusIs(filter.status)]
  const [first, ...rest] = filter.narrowings
  const tried = sql`SELECT orders.status FROM orders
    WHERE ${all([...plain, ...filter.narrowings.map((one) => one.holds(sql`orders.id`))])}`
  if (first === undefined) return tried

  // How many of the orders that the rest of the filter finds match: of some of the newest, for all.
  const { rows } = await sql<{ tried: number; found: number }>`
    ${sql.raw(plannedAnew)} WITH newest AS MATERIALIZED (
      SELECT orders.id FROM orders WHERE ${all(plain)} ORDER BY orders.placed_at DESC NULLS FIRST, orders.id DESC LIMIT ${sample})
    SELECT count(*)::int AS tried, (count(*) FILTER (WHERE ${first.holds(sql`newest.id`)}))::int AS found
    FROM newest`.execute(db)
  const { tried: looked, found } = rows[0]!
  const orders = kept.reduce((n, one) => n + one.n, 0)
  const share = found / Math.max(1, looked)
  const fromOrders = looked < sample ? looked : Math.min(orders, mostCounted / Math.max(share, 1 / sample))
  const fromRows = Math.min(
    orders * Math.max(share, 1 / sample),
    filter.plain.length + filter.status.length === 1 ? mostCounted : Infinity,
  )
  if (fromOrders <= fromRows) return tried
  return sql`SELECT orders.status FROM (${first.ids}) AS hits CROSS JOIN LATERAL (
    SELECT orders.status FROM orders
    WHERE ${all([sql`orders.id = hits.order_id`, ...plain, ...rest.map((one) => one.holds(sql`orders.id`))])} OFFSET 0) AS orders`
}
