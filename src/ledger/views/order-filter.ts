import { type RawBuilder, sql, type SqlBool } from 'kysely'
import type { Status } from '../../order/status.ts'
import { type Db, mainAccount } from '../database.ts'
import type { Condition, Narrowing, Placed } from './narrowing.ts'
import { readSearch, type Search } from './order-search.ts'

export interface OrderFilter {
  status?: Status[] | undefined
  search?: string | undefined
  /** The name of a channel or backend connection. */
  connection?: string | undefined
  /** A fingerprint or a code. */
  problem?: string | undefined
  /** Orders about which a person has to decide: changed or cancelled in the shop after they were posted. */
  decision?: Decision | undefined
  /** Held by this rule. */
  heldBy?: string | undefined
  /** Held by the filter with this key. */
  heldByFilter?: string | undefined
  /** The channel's own word for where the order is. */
  channelStatus?: string | undefined
  /** Placed from this time on, and before that one. */
  placedFrom?: Date | undefined
  placedTo?: Date | undefined
  currency?: string | undefined
  /** Of this total or more, and of that one or less: decimal strings. */
  amountFrom?: string | undefined
  amountTo?: string | undefined
}

export const decisions = ['changed', 'cancelled', 'any'] as const
export type Decision = (typeof decisions)[number]

/** In one expression for the list and for its count. */
export const toDecide: Record<Decision, Condition> = {
  changed: sql`(orders.changed_after_posting_at IS NOT NULL AND orders.record_id IS NOT NULL)`,
  cancelled: sql`(orders.cancel_requested_at IS NOT NULL AND orders.record_id IS NOT NULL)`,
  any: sql`((orders.changed_after_posting_at IS NOT NULL OR orders.cancel_requested_at IS NOT NULL)
    AND orders.record_id IS NOT NULL)`,
}

/** Whether the problems of order `o` wait for somebody: not while a person holds it, nor when nobody wants it any more. */
export const isWaitedFor: Condition = sql`o.status NOT IN ('cancelled', 'held')`

/** A filter whose names are looked up: what orders say about themselves, and what is said beside them. */
export interface Prepared {
  status: Status[]
  /** Without the status. */
  plain: Condition[]
  /** The one to begin from, where they are begun from, comes first. */
  narrowings: Narrowing[]
  search: Search | null
  /** Orders that the search names exactly. */
  named: string[]
  placed: Placed
  connection: { id: string; role: string } | null
  /** Whether only the status and the connection matter. */
  isBroad: boolean
  /** Whether nothing but the search and the status does. */
  isSearchAlone: boolean
}

/** Null: no order can match. */
export async function prepareFilter(db: Db, filter: OrderFilter): Promise<Prepared | null> {
  const plain: Condition[] = [sql`orders.account_id = ${mainAccount}`]
  const connection = filter.connection === undefined ? null : await connectionNamed(db, filter.connection)
  if (filter.connection !== undefined && connection === null) return null
  if (connection !== null)
    plain.push(
      connection.role === 'channel'
        ? sql`orders.channel_id = ${connection.id}`
        : sql`orders.backend_id = ${connection.id}`,
    )
  const broad = plain.length
  if (filter.decision !== undefined) plain.push(toDecide[filter.decision])
  if (filter.heldBy !== undefined)
    plain.push(sql`(orders.status = 'held' AND orders.hold ->> 'rule' = ${filter.heldBy})`)
  if (filter.heldByFilter !== undefined)
    plain.push(sql`(orders.status = 'held' AND ${keyOfFilter(sql`orders.hold`)} = ${filter.heldByFilter})`)
  if (filter.channelStatus !== undefined) plain.push(sql`orders.channel_status = ${filter.channelStatus}`)
  const placed: Placed = (column) => [
    ...(filter.placedFrom === undefined ? [] : [sql<SqlBool>`${column} >= ${filter.placedFrom}`]),
    ...(filter.placedTo === undefined ? [] : [sql<SqlBool>`${column} < ${filter.placedTo}`]),
  ]
  plain.push(...placed(sql`orders.placed_at`))
  if (filter.currency !== undefined) plain.push(sql`orders.currency = ${filter.currency}`)
  if (filter.amountFrom !== undefined) plain.push(sql`orders.total >= ${filter.amountFrom}::numeric`)
  if (filter.amountTo !== undefined) plain.push(sql`orders.total <= ${filter.amountTo}::numeric`)

  const narrowings = filter.problem === undefined ? [] : [await withProblem(db, filter.problem)]
  const text = filter.search?.trim() || null
  const search = text === null ? null : await readSearch(db, text)
  if (search !== null) narrowings.push(search)
  return {
    status: filter.status ?? [],
    plain,
    narrowings,
    search,
    named: search?.named ?? [],
    placed,
    connection,
    isBroad: plain.length === broad && narrowings.length === 0,
    isSearchAlone: search !== null && plain.length === 1 && narrowings.length === 1,
  }
}

/** By which the filter that holds an order is named, where its field, operator and values are too much to say. */
export const keyOfFilter = (hold: RawBuilder<unknown>): RawBuilder<unknown> => sql`md5(${hold} ->> 'filter')`

export const statusIs = (status: Status[]): Condition[] =>
  status.length === 0 ? [] : [sql`orders.status = ANY(${status})`]

async function connectionNamed(db: Db, name: string): Promise<{ id: string; role: string } | null> {
  const row = await db
    .selectFrom('connections')
    .select(['id', 'role'])
    .where('account_id', '=', mainAccount)
    .where('name', '=', name)
    .executeTakeFirst()
  return row ?? null
}

async function withProblem(db: Db, problem: string): Promise<Narrowing> {
  const open = sql`problems.account_id = ${mainAccount} AND problems.closed_at IS NULL
    AND (problems.code = ${problem} OR problems.fingerprint = ${problem})`
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM problems WHERE ${open}`.execute(db)
  return {
    orders: rows[0]!.n,
    looked: rows[0]!.n,
    holds: (id) => sql`(SELECT count(*) > 0 FROM problems WHERE problems.order_id = ${id} AND ${open})`,
    ids: () => sql`SELECT DISTINCT order_id FROM problems WHERE order_id IS NOT NULL AND ${open}`,
  }
}
