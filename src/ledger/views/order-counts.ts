import { type RawBuilder, sql } from 'kysely'
import type { Status } from '../../order/status.ts'
import type { Db } from '../database.ts'
import { plannedAnew } from '../prepared.ts'
import { type StatusCount, statusCounts } from '../status-counts.ts'
import { all } from './narrowing.ts'
import { type OrderFilter, type Prepared, prepareFilter, statusIs, toDecide } from './order-filter.ts'
import type { Search } from './order-search.ts'
import { anyTime, findingOf, narrowest, ordersToTry, withHits } from './order-ways.ts'

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
  /** How many of `total` have each status; null where they are too many to look at each. */
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
  const kept = await statusCounts(db)
  const ofConnection = kept.filter(
    ({ channelId, backendId }) =>
      prepared.connection === null || [channelId, backendId].includes(prepared.connection.id),
  )
  if (prepared.isBroad) {
    const byStatus = sumByStatus(ofConnection)
    const total = exactly(sum(byStatus))
    return { found: filter.status?.length ? exactly(sum(byStatus, filter.status)) : total, total, byStatus }
  }
  const { count, byStatus } = await countByStatus(db, { ...prepared, status: [] }, kept)
  const total = upTo(count)
  if (!filter.status?.length) return { found: total, total, byStatus }
  if (byStatus !== null) return { found: exactly(sum(byStatus, filter.status)), total, byStatus }
  return { found: upTo((await countByStatus(db, prepared, kept)).count), total, byStatus }
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

interface Counted {
  /** One more than are counted where there are more. */
  count: number
  byStatus: Map<Status, number> | null
}

async function countByStatus(db: Db, filter: Prepared, kept: StatusCount[]): Promise<Counted> {
  const { rows } = await sql<{ status: Status | null; n: number }>`
    ${sql.raw(plannedAnew)} ${await countingQuery(db, filter, kept)}`.execute(db)
  const known = rows.flatMap(({ status, n }) => (status === null ? [] : [[status, n] as const]))
  const count = rows.reduce((n, row) => n + row.n, 0)
  return { count, byStatus: known.length < rows.length || count > mostCounted ? null : new Map(known) }
}

const most = sql`LIMIT ${mostCounted + 1}`
/** From this share on, what is searched for is found as quickly without an index. */
const frequent = 0.1

/** By the shorter way: from the orders, or from the rows beside them. */
async function countingQuery(db: Db, filter: Prepared, kept: StatusCount[]): Promise<RawBuilder<unknown>> {
  if (filter.search !== null && filter.isSearchAlone && filter.status.length === 0)
    return searchedAlone(filter.search)
  const plain = [...filter.plain, ...statusIs(filter.status)]
  const [first, ...rest] = filter.narrowings
  if (first === undefined || ordersToTry(filter, mostCounted, kept) !== null)
    return sql`SELECT status, count(*)::int AS n FROM (SELECT orders.status FROM orders
      WHERE ${all([...plain, ...filter.narrowings.map((one) => one.holds(sql`orders.id`))])} ${most}) AS found
      GROUP BY status`
  const conditions = [...plain, ...rest.map((one) => one.holds(sql`orders.id`))]
  return sql`
    ${withHits(first.ids(await findingOf(db, filter)), narrowest(filter, kept))}
    SELECT status, count(*)::int AS n FROM (
      SELECT orders.status FROM hits CROSS JOIN LATERAL (SELECT orders.status FROM orders
        WHERE orders.id = hits.order_id AND ${all(conditions)} OFFSET 0) AS orders ${most}) AS found
    GROUP BY status`
}

/** So many found orders are looked at for their status. */
const fewFound = 1_000

/** What the search alone finds is counted before any order is looked at. */
function searchedAlone(search: Search): RawBuilder<unknown> {
  const isFrequent = search.share !== null && search.share >= frequent
  return sql`
    WITH hits AS MATERIALIZED (SELECT order_id FROM (${search.ids(anyTime(isFrequent))}) AS hits ${most}),
    counted AS (SELECT count(*)::int AS n FROM hits)
    SELECT status, count(*)::int AS n FROM (SELECT orders.status FROM hits CROSS JOIN LATERAL (
      SELECT orders.status FROM orders WHERE orders.id = hits.order_id OFFSET 0) AS orders
      WHERE (SELECT n FROM counted) <= ${fewFound}) AS found
    GROUP BY status
    UNION ALL SELECT NULL, n FROM counted WHERE n > ${fewFound}`
}
