import {
  type Expression,
  type ExpressionBuilder,
  type RawBuilder,
  type Selectable,
  sql,
  type SqlBool,
} from 'kysely'
import type { Status } from '../../order/status.ts'
import { type Database, type Db, mainAccount } from '../database.ts'
import type { OrderRow } from '../orders.ts'
import { withOpenChange } from '../record-changes.ts'

export type ProblemRow = Selectable<Database['problems']>
export type ShipmentRow = Selectable<Database['shipments']>

/** An order with what is shown beside it. */
export interface OrderView extends OrderRow {
  channel_name: string
  channel_kind: string
  backend_name: string
  backend_kind: string
  route_name: string
  /** Open ones, oldest first. */
  problems: ProblemRow[]
  shipments: ShipmentRow[]
  /** Whether its record is being changed. */
  changing: boolean
}

export interface OrderFilter {
  status?: Status[] | undefined
  search?: string | undefined
  /** The name of a channel or backend connection. */
  connection?: string | undefined
  /** A fingerprint or a code. */
  problem?: string | undefined
  /** Orders about which a person has to decide: changed or cancelled in the shop after they were posted. */
  decision?: Decision | undefined
}

export const decisions = ['changed', 'cancelled', 'any'] as const
export type Decision = (typeof decisions)[number]

/** In one expression for the list and for its count. */
const toDecide: Record<Decision, RawBuilder<SqlBool>> = {
  changed: sql`(orders.changed_after_posting_at IS NOT NULL AND orders.record_id IS NOT NULL)`,
  cancelled: sql`(orders.cancel_requested_at IS NOT NULL AND orders.record_id IS NOT NULL)`,
  any: sql`((orders.changed_after_posting_at IS NOT NULL OR orders.cancel_requested_at IS NOT NULL)
    AND orders.record_id IS NOT NULL)`,
}

/** Where a page of orders ended: newest first by the time they were placed, those without one before all. */
export interface OrderCursor {
  placedAt: string | null
  id: string
}

type Where = ExpressionBuilder<Database, 'orders'>

const ours = (db: Db) => db.selectFrom('orders').where('orders.account_id', '=', mainAccount)

const withNames = (db: Db) =>
  ours(db)
    .innerJoin('connections as channel', 'channel.id', 'orders.channel_id')
    .innerJoin('connections as backend', 'backend.id', 'orders.backend_id')
    .innerJoin('routes as route', 'route.id', 'orders.route_id')
    .selectAll('orders')
    .select([
      'channel.name as channel_name',
      'channel.kind as channel_kind',
      'backend.name as backend_name',
      'backend.kind as backend_kind',
      'route.name as route_name',
    ])

/** Orders that come from or go to the connection of that name. */
const atConnection = (name: string): Expression<SqlBool> => sql<SqlBool>`EXISTS (
  SELECT 1 FROM connections AS named WHERE named.account_id = orders.account_id AND named.name = ${name}
    AND named.id IN (orders.channel_id, orders.backend_id))`

function matches(filter: OrderFilter, where: Where): Expression<SqlBool> {
  const all: Expression<SqlBool>[] = []
  if (filter.status?.length) all.push(where('orders.status', 'in', filter.status))
  if (filter.connection !== undefined) all.push(atConnection(filter.connection))
  if (filter.problem !== undefined)
    all.push(
      where.exists(
        where
          .selectFrom('problems')
          .select(sql`1`.as('one'))
          .whereRef('problems.order_id', '=', 'orders.id')
          .where('problems.closed_at', 'is', null)
          .where((of) =>
            of.or([
              of('problems.fingerprint', '=', filter.problem!),
              of('problems.code', '=', filter.problem!),
            ]),
          ),
      ),
    )
  if (filter.decision !== undefined) all.push(toDecide[filter.decision])
  if (filter.search) all.push(found(filter.search))
  return where.and(all)
}

/** A part of any of the order's names, capitals aside. No pattern is built, so that no character is special. */
function found(search: string): Expression<SqlBool> {
  const text = search.toLowerCase()
  const number = text.replace(/^#/, '')
  return sql<SqlBool>`(
    strpos(lower(orders.number), ${number}) > 0 OR strpos(lower(orders.channel_order_id), ${number}) > 0
    OR strpos(lower(orders.record_number), ${number}) > 0 OR lower(orders.record_id) = ${number}
    OR lower(orders.external_id) = ${text}
    OR strpos(lower(orders.customer_name), ${text}) > 0 OR strpos(lower(orders.customer_email), ${text}) > 0
    OR EXISTS (SELECT 1 FROM unnest(orders.skus) AS sku WHERE strpos(lower(sku), ${text}) > 0))`
}

/** A page of orders, newest first; `next` is null on the last one. Stable while orders come in. */
export async function listOrders(
  db: Db,
  filter: OrderFilter,
  { limit, after }: { limit: number; after: OrderCursor | null },
): Promise<{ orders: OrderView[]; next: OrderCursor | null }> {
  let query = withNames(db)
    .where((where) => matches(filter, where))
    .orderBy(sql`orders.placed_at DESC NULLS FIRST`)
    .orderBy('orders.id', 'desc')
    .limit(limit + 1)
  if (after && after.placedAt === null)
    query = query.where(
      sql<SqlBool>`(orders.placed_at IS NOT NULL OR (orders.placed_at IS NULL AND orders.id < ${after.id}))`,
    )
  if (after && after.placedAt !== null)
    query = query.where(
      sql<SqlBool>`(orders.placed_at, orders.id) < (${new Date(after.placedAt)}::timestamptz, ${after.id}::uuid)`,
    )
  const rows = await query.execute()
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const more = rows.length > limit && last !== undefined
  return {
    orders: await complete(db, page),
    next: more ? { placedAt: last.placed_at?.toISOString() ?? null, id: last.id } : null,
  }
}

/** Adds open problems and shipments. */
async function complete<Row extends { id: string; status: string }>(
  db: Db,
  rows: Row[],
): Promise<(Row & Pick<OrderView, 'status' | 'problems' | 'shipments' | 'changing'>)[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  const problems = await db
    .selectFrom('problems')
    .selectAll()
    .where('order_id', 'in', ids)
    .where('closed_at', 'is', null)
    .orderBy('opened_at')
    .orderBy('id')
    .execute()
  const shipments = await db
    .selectFrom('shipments')
    .selectAll()
    .where('order_id', 'in', ids)
    .orderBy('shipped_at')
    .orderBy('id')
    .execute()
  const changing = await withOpenChange(db, ids)
  const problemsOf = Map.groupBy(problems, (problem) => problem.order_id)
  const shipmentsOf = Map.groupBy(shipments, (shipment) => shipment.order_id)
  return rows.map((row) => ({
    ...row,
    status: row.status as Status,
    problems: problemsOf.get(row.id) ?? [],
    shipments: shipmentsOf.get(row.id) ?? [],
    changing: changing.has(row.id),
  }))
}

export async function orderViews(db: Db, ids: string[]): Promise<OrderView[]> {
  if (ids.length === 0) return []
  return complete(db, await withNames(db).where('orders.id', 'in', ids).execute())
}

/** How many orders there are of each status, for the filter without its own statuses. */
export async function countOrders(db: Db, filter: OrderFilter): Promise<Map<Status, number>> {
  const rows = await ours(db)
    .where((where) => matches({ ...filter, status: undefined }, where))
    .select(['orders.status', sql<number>`count(*)::int`.as('n')])
    .groupBy('orders.status')
    .execute()
  return new Map(rows.map((row) => [row.status as Status, row.n]))
}

/** How many orders wait for a person's decision, for the filter without its own. */
export async function countDecisions(
  db: Db,
  filter: OrderFilter,
): Promise<{ changed: number; cancelled: number }> {
  return ours(db)
    .where((where) => matches({ ...filter, status: undefined, decision: 'any' }, where))
    .select([
      sql<number>`(count(*) FILTER (WHERE ${toDecide.changed}))::int`.as('changed'),
      sql<number>`(count(*) FILTER (WHERE ${toDecide.cancelled}))::int`.as('cancelled'),
    ])
    .executeTakeFirstOrThrow()
}

/** The ids of the orders the filter finds, at most `limit`, oldest first: the order in which they were made. */
export async function orderIds(db: Db, filter: OrderFilter, limit: number): Promise<string[]> {
  const rows = await ours(db)
    .where((where) => matches(filter, where))
    .select('orders.id')
    .orderBy('orders.id')
    .limit(limit)
    .execute()
  return rows.map((row) => row.id)
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * The orders that a name may mean: Waybill's id, else the channel's id or the order number, else the record's number or
 * id or the external id. At most 20.
 */
export async function ordersNamed(db: Db, name: string, connection?: string): Promise<OrderView[]> {
  const text = name.trim()
  if (uuid.test(text)) {
    const exact = await orderViews(db, [text])
    if (exact.length > 0) return exact
  }
  const number = text.replace(/^#/, '')
  const named = async (condition: Expression<SqlBool>) => {
    let query = withNames(db).where(condition)
    if (connection !== undefined) query = query.where(atConnection(connection))
    return query.orderBy('orders.id', 'desc').limit(20).execute()
  }
  const inChannel = await named(
    sql<SqlBool>`(orders.number = ${number} OR orders.channel_order_id = ${number})`,
  )
  if (inChannel.length > 0) return complete(db, inChannel)
  const inBackend = await named(
    sql<SqlBool>`(upper(orders.record_number) = upper(${number}) OR orders.record_id = ${number} OR orders.external_id = ${text})`,
  )
  return complete(db, inBackend)
}
