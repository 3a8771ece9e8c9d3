import { sql } from 'kysely'
import type { Problem } from '../order/problems.ts'
import { type Db, mainAccount, type Tx } from './database.ts'
import type { RouteRow } from './routes.ts'

/** An order in error whose end has a date. */
export interface Ageing {
  id: string
  number: string
  total: string | null
  currency: string | null
  cancels_at: Date
  /** What it stopped for first. */
  problem: Pick<Problem, 'code' | 'subject'> | null
}

const firstProblem = sql<Ageing['problem']>`
  (SELECT jsonb_build_object('code', code, 'subject', subject) FROM problems
   WHERE order_id = orders.id AND closed_at IS NULL ORDER BY opened_at, problems.id LIMIT 1)`

/** How long after it stopped an order is given up, and how long before that it is said. Milliseconds. */
export interface AutoCancel {
  afterMs: number
  warnMs: number[]
}

export const autoCancelOf = (route: Pick<RouteRow, 'auto_cancel'>): AutoCancel | null =>
  route.auto_cancel as AutoCancel | null

/** The route, kept from changing its rules until the transaction ends. */
export async function lockAgeingRoute(tx: Tx, routeId: string): Promise<RouteRow | null> {
  const row = await tx
    .selectFrom('routes')
    .selectAll()
    .where('id', '=', routeId)
    .where('removed_at', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst()
  return row ?? null
}

export async function setAgedUntil(tx: Tx, routeId: string, at: Date): Promise<void> {
  await tx.updateTable('routes').set({ aged_until: at }).where('id', '=', routeId).execute()
}

/**
 * Orders in error that nothing of is in the backend, and that have no date yet, get one by the rule of their route; their
 * old warnings are void.
 */
export async function giveDates(tx: Tx, which: { orderIds: string[] } | { routeId: string }, at: Date) {
  const these =
    'orderIds' in which
      ? sql`orders.id = ANY(${which.orderIds}::uuid[])`
      : sql`orders.route_id = ${which.routeId}`
  await sql`
    WITH dated AS (
      UPDATE orders SET cancels_at = ${at}::timestamptz + (auto_cancel ->> 'afterMs')::bigint * interval '1 millisecond'
      FROM routes
      WHERE ${these} AND routes.id = orders.route_id AND auto_cancel IS NOT NULL
        AND status = 'post_error' AND record_id IS NULL AND cancels_at IS NULL
      RETURNING orders.id)
    DELETE FROM cancel_warnings USING dated WHERE order_id = dated.id`.execute(tx)
}

/** No order of the route is given up any more. */
export async function takeDates(tx: Tx, routeId: string): Promise<void> {
  await sql`
    WITH freed AS (
      UPDATE orders SET cancels_at = NULL WHERE route_id = ${routeId} AND cancels_at IS NOT NULL RETURNING id)
    DELETE FROM cancel_warnings USING freed WHERE order_id = freed.id`.execute(tx)
}

/** No order of the route has been warned of. */
export async function voidWarnings(tx: Tx, routeId: string): Promise<void> {
  await sql`DELETE FROM cancel_warnings USING orders WHERE orders.id = order_id AND route_id = ${routeId}`.execute(
    tx,
  )
}

/** Every date of the route is so much later, and none earlier than `notBefore`. */
export async function moveDates(
  tx: Tx,
  routeId: string,
  { byMs, notBefore }: { byMs: number; notBefore: Date },
): Promise<void> {
  await sql`
    UPDATE orders SET cancels_at = greatest(cancels_at + ${byMs} * interval '1 millisecond', ${notBefore})
    WHERE route_id = ${routeId} AND cancels_at IS NOT NULL`.execute(tx)
}

/** Orders that would be cancelled before `before`, and that have not had the warning of `warnMs`. */
export async function toWarn(
  tx: Tx,
  routeId: string,
  { before, warnMs, limit }: { before: Date; warnMs: number; limit: number },
): Promise<Ageing[]> {
  const rows = await ageing(tx, routeId)
    .where('cancels_at', '<=', before)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('cancel_warnings')
            .select('before_ms')
            .whereRef('order_id', '=', 'orders.id')
            .where('before_ms', '=', String(warnMs)),
        ),
      ),
    )
    .limit(limit)
    .forUpdate()
    .execute()
  return rows as Ageing[]
}

/** These orders have had a warning. */
export async function noteWarned(
  tx: Tx,
  orders: readonly Ageing[],
  { noticeId, warnMs }: { noticeId: string; warnMs: readonly number[] },
): Promise<void> {
  await tx
    .insertInto('cancel_warnings')
    .values(
      orders.flatMap((order) =>
        warnMs.map((ms) => ({
          order_id: order.id,
          account_id: mainAccount,
          before_ms: String(ms),
          notice_id: noticeId,
        })),
      ),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Orders whose date has come, with the time at which a person had the last of their warnings; null: not all of them. */
export async function dueOrders(
  tx: Tx,
  routeId: string,
  { now, warnings, limit }: { now: Date; warnings: number; limit: number },
): Promise<(Ageing & { told_at: Date | null })[]> {
  const { rows } = await sql<Ageing & { told_at: Date | null }>`
    SELECT id, number, total, currency, cancels_at, ${firstProblem} AS problem,
      (SELECT CASE WHEN count(delivered_at) >= ${warnings} THEN max(delivered_at) END
       FROM cancel_warnings JOIN notices ON notices.id = notice_id WHERE order_id = orders.id) AS told_at
    FROM orders
    WHERE route_id = ${routeId} AND status = 'post_error' AND record_id IS NULL AND cancels_at <= ${now}
    ORDER BY id LIMIT ${limit} FOR UPDATE`.execute(tx)
  return rows
}

/** The order is cancelled later. */
export async function postpone(tx: Tx, orderId: string, until: Date): Promise<void> {
  await tx.updateTable('orders').set({ cancels_at: until }).where('id', '=', orderId).execute()
}

/** How many orders of the route are in error, without a record in the backend. */
export async function countAgeing(db: Db, routeId: string): Promise<number> {
  const row = await db
    .selectFrom('orders')
    .select(({ fn }) => fn.countAll<string>().as('n'))
    .where('route_id', '=', routeId)
    .where('status', '=', 'post_error')
    .where('record_id', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(row.n)
}

/** When the first order of the route would be cancelled; null: none has a date. */
export async function firstEnd(db: Db, routeId: string): Promise<Date | null> {
  const row = await db
    .selectFrom('orders')
    .select(({ fn }) => fn.min('cancels_at').as('at'))
    .where('route_id', '=', routeId)
    .where('cancels_at', 'is not', null)
    .executeTakeFirstOrThrow()
  return row.at
}

/** When the next warning of the route, or the next end of an order, is due; null: none has a date. */
export async function nextMoment(tx: Tx, routeId: string, warnMs: readonly number[]): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`
    SELECT min(cancels_at - before_ms * interval '1 millisecond') AS at
    FROM orders, unnest(${[0, ...warnMs]}::bigint[]) AS before_ms
    WHERE route_id = ${routeId} AND status = 'post_error' AND record_id IS NULL AND cancels_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM cancel_warnings w WHERE w.order_id = orders.id AND w.before_ms = before_ms.before_ms)`.execute(
    tx,
  )
  return rows[0]!.at
}

const ageing = (tx: Tx, routeId: string) =>
  tx
    .selectFrom('orders')
    .select(['id', 'number', 'total', 'currency', 'cancels_at', firstProblem.as('problem')])
    .where('route_id', '=', routeId)
    .where('status', '=', 'post_error')
    .where('record_id', 'is', null)
    .where('cancels_at', 'is not', null)
    .orderBy('id')
