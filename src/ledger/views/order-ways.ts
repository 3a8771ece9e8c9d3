import { type RawBuilder, sql, type SqlBool } from 'kysely'
import { type Db, mainAccount } from '../database.ts'
import { plannedAnew } from '../prepared.ts'
import type { StatusCount } from '../status-counts.ts'
import { all, type Condition, type Finding } from './narrowing.ts'
import type { Prepared } from './order-filter.ts'

/**
 * What there is to choose between, in the time that it takes to look up an order, or what a search has found in its
 * index: each is somewhere else in its table. Measured at a million orders.
 */
const cost = { entryOfIndex: 0.05, nameInSequence: 0.15, orderTried: 1 }

/** How many orders its statuses and its connection leave. */
export const leftBy = (filter: Pick<Prepared, 'status' | 'connection'>, kept: StatusCount[]): number =>
  kept
    .filter(({ status }) => filter.status.length === 0 || filter.status.includes(status))
    .filter(
      ({ channelId, backendId }) =>
        filter.connection === null || [channelId, backendId].includes(filter.connection.id),
    )
    .reduce((sum, { n }) => sum + n, 0)

const mostGoneThrough = 120_000

/**
 * The condition that leaves so few orders that going through them in an index takes less than looking up those that the
 * first narrowing finds; null where there is none.
 */
export function narrowest(filter: Prepared, kept: StatusCount[]): Condition | null {
  const { status, connection } = filter
  const byStatus = {
    left: status.length > 0 ? leftBy({ status, connection: null }, kept) : Infinity,
    condition: sql<SqlBool>`orders.status = ANY(${status})`,
  }
  const byChannel = {
    // There is no index of the orders of a backend.
    left: connection?.role === 'channel' ? leftBy({ status: [], connection }, kept) : Infinity,
    condition: sql<SqlBool>`orders.channel_id = ${connection?.id}`,
  }
  const { left, condition } = byChannel.left < byStatus.left ? byChannel : byStatus
  const isQuicker = left * cost.entryOfIndex < (filter.narrowings[0]?.looked ?? 0)
  return left < mostGoneThrough && isQuicker
    ? sql<SqlBool>`orders.account_id = ${mainAccount} AND ${condition}`
    : null
}

/**
 * So many of the newest orders to try one by one, until as many as are wanted should be found; null where beginning from
 * what the first narrowing finds takes less.
 */
export function ordersToTry(filter: Prepared, wanted: number, kept: StatusCount[]): number | null {
  const [first, second] = filter.narrowings
  if (first === undefined) return null
  const total = leftBy({ status: [], connection: null }, kept)
  const expected = second === undefined ? (wanted * total) / first.orders : Infinity
  const tried = Math.min(Math.ceil(expected), leftBy(filter, kept) + 1)
  return tried * cost.orderTried < first.looked ? tried : null
}

/** So few orders of a time are looked through whatever their sequence. */
export const fewInTime = 30_000
const namesOfOrder = 2

/** How to find the rows of the first narrowing. */
export async function findingOf(db: Db, filter: Prepared): Promise<Finding> {
  const { placed, narrowings } = filter
  const inTime = placed(sql`orders.placed_at`)
  if (inTime.length === 0) return { isRead: false, placed }
  const { rows } = await sql<{ n: number }>`
    ${sql.raw(plannedAnew)} SELECT count(*)::int AS n FROM (
      SELECT FROM orders WHERE orders.account_id = ${mainAccount} AND ${all(inTime)} LIMIT ${fewInTime}) AS orders`.execute(
    db,
  )
  const { n } = rows[0]!
  const takes = n * namesOfOrder * cost.nameInSequence
  return { isRead: n < fewInTime && takes < (narrowings[0]?.looked ?? 0), placed }
}

/** Without a filter of times. */
export const anyTime = (isRead: boolean): Finding => ({ isRead, placed: () => [] })

/** Has them at hand as `hits`: those among the few that the condition leaves, gone through in an index, where it is given. */
export const withHits = (ids: RawBuilder<unknown>, few: Condition | null): RawBuilder<unknown> =>
  few === null
    ? sql`WITH hits AS MATERIALIZED (${ids})`
    : sql`WITH found AS MATERIALIZED (${ids}), hits AS MATERIALIZED (
        SELECT orders.id AS order_id FROM orders
        WHERE ${few} AND (orders.id IN (SELECT order_id FROM found)) IS TRUE)`
