import { type RawBuilder, sql, type SqlBool } from 'kysely'
import type { Status } from '../../order/status.ts'
import { type Db, mainAccount } from '../database.ts'
import { idsInBackend, idsInChannel } from './order-names.ts'

export interface OrderFilter {
  status?: Status[] | undefined
  search?: string | undefined
  /** The name of a channel or backend connection. */
  connection?: string | undefined
  /** A fingerprint or a code. */
  problem?: string | undefined
  /** Orders about which a person has to decide: changed or cancelled in the shop after they were posted. */
  decision?: Decision | undefined
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

type Condition = RawBuilder<SqlBool>

/** In one expression for the list and for its count. */
export const toDecide: Record<Decision, Condition> = {
  changed: sql`(orders.changed_after_posting_at IS NOT NULL AND orders.record_id IS NOT NULL)`,
  cancelled: sql`(orders.cancel_requested_at IS NOT NULL AND orders.record_id IS NOT NULL)`,
  any: sql`((orders.changed_after_posting_at IS NOT NULL OR orders.cancel_requested_at IS NOT NULL)
    AND orders.record_id IS NOT NULL)`,
}

/**
 * Orders that are known by rows beside them. There are two ways to them: from the orders, trying each, which is quick
 * where many match, and from the rows, which is quick where few do.
 */
export interface Narrowing {
  /** Whether the order with this id is one. No join that could be planned the other way round. */
  holds(id: RawBuilder<unknown>): Condition
  /** A query for their ids, each once, as `order_id`. */
  ids: RawBuilder<unknown>
}

/** A filter whose names are looked up: what orders say about themselves, and what is said beside them. */
export interface Prepared {
  status: Status[]
  /** Without the status. */
  plain: Condition[]
  /** The one to begin from, where they are begun from, comes first. */
  narrowings: Narrowing[]
  /** Orders that the search names exactly. */
  named: string[]
  connectionId: string | null
  /** Whether only the status and the connection matter. */
  isBroad: boolean
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
  if (filter.placedFrom !== undefined) plain.push(sql`orders.placed_at >= ${filter.placedFrom}`)
  if (filter.placedTo !== undefined) plain.push(sql`orders.placed_at < ${filter.placedTo}`)
  if (filter.currency !== undefined) plain.push(sql`orders.currency = ${filter.currency}`)
  if (filter.amountFrom !== undefined) plain.push(sql`orders.total >= ${filter.amountFrom}::numeric`)
  if (filter.amountTo !== undefined) plain.push(sql`orders.total <= ${filter.amountTo}::numeric`)

  const narrowings = filter.problem === undefined ? [] : [withProblem(filter.problem)]
  const search = filter.search?.trim() || null
  const named = search === null ? [] : await idsNamed(db, search)
  if (search !== null) {
    const found = await foundBy(db, search, named)
    if ('plain' in found) plain.push(found.plain)
    else narrowings.push(found)
  }
  return {
    status: filter.status ?? [],
    plain,
    narrowings,
    named,
    connectionId: connection?.id ?? null,
    isBroad: plain.length === broad && narrowings.length === 0,
  }
}

export const all = (conditions: Condition[]): Condition => sql`${sql.join(conditions, sql` AND `)}`

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

function withProblem(problem: string): Narrowing {
  const open = sql`problems.account_id = ${mainAccount} AND problems.closed_at IS NULL
    AND (problems.code = ${problem} OR problems.fingerprint = ${problem})`
  return {
    holds: (id) => sql`(SELECT count(*) > 0 FROM problems WHERE problems.order_id = ${id} AND ${open})`,
    ids: sql`SELECT DISTINCT order_id FROM problems WHERE order_id IS NOT NULL AND ${open}`,
  }
}

async function idsNamed(db: Db, search: string): Promise<string[]> {
  return [...new Set([...(await idsInChannel(db, search)), ...(await idsInBackend(db, search))])]
}

/**
 * The orders of which a name has the text in it. Trigrams are of three letters or digits: a text that has not three
 * in a row finds what begins with it, and one without any the numbers that do.
 */
async function foundBy(db: Db, search: string, named: string[]): Promise<Narrowing | { plain: Condition }> {
  const { rows } = await sql<{
    text: string
  }>`SELECT search_form(${search.replace(/^#/, '')}) AS text`.execute(db)
  const escaped = literal(rows[0]!.text)
  const isNamed = (id: RawBuilder<unknown>) => sql<SqlBool>`${id} = ANY(${named}::uuid[])`
  if (!/[a-z0-9]/.test(escaped))
    return { plain: sql`(orders.number LIKE ${`${literal(search)}%`} OR ${isNamed(sql`orders.id`)})` }
  const pattern = /[a-z0-9]{3}/.test(escaped) ? `%${escaped}%` : `%\n${escaped}%`
  return {
    holds: (id) => sql`(${isNamed(id)} OR coalesce(
      (SELECT bool_or(s.text LIKE ${pattern}) FROM order_search AS s WHERE s.order_id = ${id}), false))`,
    ids: sql`SELECT s.order_id FROM order_search AS s
      WHERE s.account_id = ${mainAccount} AND s.text LIKE ${pattern} AND s.order_id <> ALL(${named}::uuid[])
        AND (s.part = 'order' OR NOT (SELECT other.text LIKE ${pattern} FROM order_search AS other
          WHERE other.order_id = s.order_id AND other.part = 'order'))
      UNION ALL SELECT unnest(${named}::uuid[])`,
  }
}

/** The text in a pattern of LIKE, no character of it special. */
const literal = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`)
