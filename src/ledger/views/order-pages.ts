import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../database.ts'
import { plannedAnew } from '../prepared.ts'
import { all, type OrderFilter, type Prepared, prepareFilter, statusIs } from './order-filter.ts'
import { type OrderView, orderViews } from './orders.ts'

export const sorts = ['placed', 'updated'] as const
export type Sort = (typeof sorts)[number]

/** Where a page ended. Orders that the search names exactly come before all others. */
export interface OrderCursor {
  sort: Sort
  /** When it was placed, or changed last; those that have no time come first. */
  at: string | null
  id: string
  named: boolean
}

interface Position {
  id: string
  at: Date | null
}

interface Wanted {
  sort: Sort
  after: Pick<OrderCursor, 'at' | 'id'> | null
  limit: number
}

/** So many of the newest orders are tried before the indexes of search and problems are asked, and so many at most. */
const near = 2_000
const far = 12_000

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
    ? sql`(${narrowings[0].ids}) AS hits JOIN orders ON orders.id = hits.order_id`
    : sql`orders`
  const { rows } = await sql<{ id: string }>`
    ${sql.raw(plannedAnew)} SELECT orders.id FROM ${from} WHERE ${all(conditions)}
    ORDER BY orders.id LIMIT ${limit}`.execute(db)
  return rows.map((row) => row.id)
}

const id = sql`orders.id`
const newest = sql.raw('ORDER BY at DESC NULLS FIRST, id DESC')
const column = (sort: Sort) =>
  sort === 'placed' ? sql.ref('orders.placed_at') : sql.ref('orders.updated_at')

function later({ sort, after }: Wanted): RawBuilder<boolean>[] {
  if (after === null) return []
  const at = column(sort)
  if (after.at === null) return [sql`(${at} IS NOT NULL OR (${at} IS NULL AND ${id} < ${after.id}::uuid))`]
  return [sql`(${at}, ${id}) < (${new Date(after.at)}::timestamptz, ${after.id}::uuid)`]
}

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
    const { rows } = await sql<Position>`
      ${sql.raw(plannedAnew)} ${inSequence(filter, wanted)}`.execute(db)
    return rows
  }
  const first = await tryNewest(db, filter, wanted, near)
  if (first.found.length >= wanted.limit || first.tried < near) return first.found
  if (first.found.length * far >= wanted.limit * near) {
    const second = await tryNewest(db, filter, wanted, far)
    if (second.found.length >= wanted.limit || second.tried < far) return second.found
  }
  return beginningFromRows(db, filter, wanted)
}

/** Orders by what they say about themselves, newest first, along an index wherever one has that sequence. */
function inSequence(filter: Prepared, wanted: Wanted): RawBuilder<unknown> {
  const others = filter.named.length === 0 ? [] : [sql<boolean>`${id} <> ALL(${filter.named}::uuid[])`]
  const select = (conditions: RawBuilder<unknown>[]) =>
    sql`SELECT orders.id, ${column(wanted.sort)} AS at FROM orders
      WHERE ${sql.join([...filter.plain, ...others, ...later(wanted), ...conditions], sql` AND `)}`
  const limited = sql`${newest} LIMIT ${wanted.limit}`
  // The index by status has the sequence within one status: several are merged.
  if (filter.status.length < 2 || wanted.sort !== 'placed')
    return filter.status.length === 1
      ? sql`${select([sql`orders.status = ${filter.status[0]}`])} ${limited}`
      : sql`${select(statusIs(filter.status))} ${limited}`
  const each = filter.status.map((status) => select([sql`orders.status = ${status}`]))
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

/** Begins from the rows of the search, or of the problem. The orders are looked up by their ids, whatever the planner thinks. */
async function beginningFromRows(db: Db, filter: Prepared, wanted: Wanted): Promise<Position[]> {
  const [first, ...rest] = filter.narrowings
  const conditions = [
    ...filter.plain,
    ...statusIs(filter.status),
    ...later(wanted),
    ...rest.map((one) => one.holds(id)),
    sql<boolean>`${id} <> ALL(${filter.named}::uuid[])`,
  ]
  const { rows } = await sql<Position>`
    ${sql.raw(plannedAnew)} WITH hits AS MATERIALIZED (${first!.ids})
    SELECT found.id, found.at FROM hits CROSS JOIN LATERAL (
      SELECT orders.id, ${column(wanted.sort)} AS at FROM orders
      WHERE orders.id = hits.order_id AND ${all(conditions)} OFFSET 0) AS found
    ${newest} LIMIT ${wanted.limit}`.execute(db)
  return rows
}
