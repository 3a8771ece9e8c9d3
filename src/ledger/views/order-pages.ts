import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'
import { plannedAnew } from '../prepared.ts'
import { type StatusCount, statusCounts } from '../status-counts.ts'
import { all } from './narrowing.ts'
import { type OrderFilter, type Prepared, prepareFilter, statusIs } from './order-filter.ts'
import { anyTime, fewInTime, findingOf, narrowest, ordersToTry, withHits } from './order-ways.ts'
import { type OrderView, orderViews } from './orders.ts'
import {
  laterThan,
  newest,
  type OrderCursor,
  type Position,
  searchedAlone,
  type Sort,
  type Wanted,
} from './searched-alone.ts'

export { type OrderCursor, type Sort, sorts } from './searched-alone.ts'

/** A page of orders, the newest first; `next` is null on the last one. Stable while orders come in. */
export async function listOrders(
  db: Db,
  filter: OrderFilter,
  { limit, after, sort }: { limit: number; after: OrderCursor | null; sort: Sort },
): Promise<{ orders: OrderView[]; next: OrderCursor | null }> {
  const prepared = await prepareFilter(db, filter)
  if (prepared === null) return { orders: [], next: null }
  const found: (Position & { named: boolean })[] = []
  if (prepared.named.length > 0 && (after === null || after.named)) {
    const named = await namedOrders(db, prepared, { sort, after, limit: limit + 1 })
    found.push(...named.map((one) => ({ ...one, named: true })))
  }
  if (found.length <= limit) {
    const wanted = { sort, after: after?.named ? null : after, limit: limit + 1 - found.length }
    const others = await otherOrders(db, prepared, wanted)
    found.push(...others.map((one) => ({ ...one, named: false })))
  }
  const page = found.slice(0, limit)
  const last = page.at(-1)
  const views = new Map(
    (
      await orderViews(
        db,
        page.map((one) => one.id),
      )
    ).map((view) => [view.id, view]),
  )
  return {
    orders: page.flatMap(({ id }) => views.get(id) ?? []),
    next:
      found.length > limit && last !== undefined
        ? { sort, at: last.at?.toISOString() ?? null, id: last.id, named: last.named }
        : null,
  }
}

/** The ids of the orders the filter finds, at most `limit`, oldest first: the order in which they were made. */
export async function orderIds(db: Db, filter: OrderFilter, limit: number): Promise<string[]> {
  const prepared = await prepareFilter(db, filter)
  if (prepared === null) return []
  const { narrowings, plain, status } = prepared
  const conditions = [...plain, ...statusIs(status), ...narrowings.slice(1).map((one) => one.holds(id))]
  const from = narrowings[0]
    ? sql`(${narrowings[0].ids(anyTime(false))}) AS hits JOIN orders ON orders.id = hits.order_id`
    : sql`orders`
  const { rows } = await sql<{ id: string }>`
    ${sql.raw(plannedAnew)} SELECT orders.id FROM ${from} WHERE ${all(conditions)}
    ORDER BY orders.id LIMIT ${limit}`.execute(db)
  return rows.map((row) => row.id)
}

const id = sql`orders.id`
const column = (sort: Sort) =>
  sort === 'placed' ? sql.ref('orders.placed_at') : sql.ref('orders.updated_at')

const later = ({ sort, after }: Wanted): RawBuilder<boolean>[] => laterThan(after, column(sort), id)

async function namedOrders(db: Db, filter: Prepared, wanted: Wanted): Promise<Position[]> {
  const conditions = [
    sql<boolean>`${id} = ANY(${filter.named}::uuid[])`,
    ...filter.plain,
    ...statusIs(filter.status),
    ...filter.narrowings.map((one) => one.holds(id)),
    ...later(wanted),
  ]
  const { rows } = await sql<Position>`
    ${sql.raw(plannedAnew)} SELECT orders.id, ${column(wanted.sort)} AS at FROM orders WHERE ${all(conditions)}
    ${newest} LIMIT ${wanted.limit}`.execute(db)
  return rows
}

/** Those that the search does not name exactly. */
async function otherOrders(db: Db, filter: Prepared, wanted: Wanted): Promise<Position[]> {
  if (filter.narrowings.length === 0) {
    const from = await sourceOf(db, filter, wanted)
    const { rows } = await sql<Position>`
      ${sql.raw(plannedAnew)} ${inSequence(filter, wanted, from)}`.execute(db)
    return rows
  }
  if (
    filter.search !== null &&
    filter.isSearchAlone &&
    filter.status.length === 0 &&
    wanted.sort === 'placed'
  )
    return searchedAlone(db, filter.search, wanted)
  const kept = await statusCounts(db)
  const atMost = ordersToTry(filter, 1.5 * wanted.limit, kept)
  if (atMost !== null) {
    const { found, tried } = await tryNewest(db, filter, wanted, atMost)
    if (found.length >= wanted.limit || tried < atMost) return found
  }
  return beginningFromRows(db, filter, wanted, kept)
}

/**
 * Where few orders were placed in the time asked for, they are looked through whatever their sequence. The planner would
 * expect them all over the list of the last changes, and go through it to where they are.
 */
async function sourceOf(db: Db, filter: Prepared, { sort }: Wanted): Promise<RawBuilder<unknown>> {
  const placed = filter.placed(sql`orders.placed_at`)
  if (sort === 'placed' || placed.length === 0) return sql`orders`
  const inTime = all([filter.plain[0]!, ...placed])
  const { rows } = await sql`
    ${sql.raw(plannedAnew)} SELECT 1 FROM orders WHERE ${inTime}
    ORDER BY placed_at DESC NULLS FIRST, id DESC OFFSET ${fewInTime} LIMIT 1`.execute(db)
  return rows.length > 0 ? sql`orders` : sql`(SELECT * FROM orders WHERE ${inTime} OFFSET 0) AS orders`
}

/** Orders by what they say about themselves, newest first, along an index wherever one has that sequence. */
function inSequence(
  filter: Prepared,
  wanted: Wanted,
  from: RawBuilder<unknown> = sql`orders`,
): RawBuilder<unknown> {
  const others = filter.named.length === 0 ? [] : [sql<boolean>`${id} <> ALL(${filter.named}::uuid[])`]
  const select = (conditions: RawBuilder<unknown>[]) =>
    sql`SELECT orders.id, ${column(wanted.sort)} AS at FROM ${from}
      WHERE ${sql.join([...filter.plain, ...others, ...later(wanted), ...conditions], sql` AND `)}`
  const limited = sql`${newest} LIMIT ${wanted.limit}`
  // The index by status has the sequence within one status: several are merged.
  if (filter.status.length < 2 || wanted.sort !== 'placed')
    return filter.status.length === 1
      ? sql`${select([sql`orders.status = ${filter.status[0]}`])} ${limited}`
      : sql`${select(statusIs(filter.status))} ${limited}`
  const each = filter.status.map((status) => sql`(${select([sql`orders.status = ${status}`])} ${limited})`)
  return sql`SELECT id, at FROM (${sql.join(each, sql` UNION ALL `)}) AS each ${limited}`
}

/** Tries the newest orders one by one. */
async function tryNewest(
  db: Db,
  filter: Prepared,
  wanted: Wanted,
  atMost: number,
): Promise<{ tried: number; found: Position[] }> {
  const holds = filter.narrowings.map((one) => one.holds(sql`newest.id`))
  const { rows } = await sql<{ tried: number; id: string | null; at: Date | null }>`
    ${sql.raw(plannedAnew)} WITH newest AS MATERIALIZED (${inSequence(filter, { ...wanted, limit: atMost })})
    SELECT (SELECT count(*)::int FROM newest) AS tried, found.id, found.at
    FROM (SELECT) AS one LEFT JOIN (
      SELECT id, at FROM newest WHERE ${all(holds)} ${newest} LIMIT ${wanted.limit}) AS found ON true
    ${newest}`.execute(db)
  return {
    tried: rows[0]!.tried,
    found: rows.flatMap((row) => (row.id === null ? [] : [{ id: row.id, at: row.at }])),
  }
}

/**
 * Begins from the rows of the search, or of the problem: the orders are looked up one by one, whatever the planner thinks,
 * and where the rest of the filter leaves few, only those of them.
 */
async function beginningFromRows(
  db: Db,
  filter: Prepared,
  wanted: Wanted,
  kept: StatusCount[],
): Promise<Position[]> {
  const [first, ...rest] = filter.narrowings
  const conditions = [
    ...filter.plain,
    ...statusIs(filter.status),
    ...later(wanted),
    ...rest.map((one) => one.holds(id)),
    sql<boolean>`${id} <> ALL(${filter.named}::uuid[])`,
  ]
  const { rows } = await sql<Position>`
    ${sql.raw(plannedAnew)} ${withHits(first!.ids(await findingOf(db, filter)), narrowest(filter, kept))}
    SELECT found.id, found.at FROM hits CROSS JOIN LATERAL (
      SELECT orders.id, ${column(wanted.sort)} AS at FROM orders
      WHERE orders.id = hits.order_id AND ${all(conditions)} OFFSET 0) AS found
    ${newest} LIMIT ${wanted.limit}`.execute(db)
  return rows
}
