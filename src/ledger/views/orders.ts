import type { Selectable } from 'kysely'
import type { Status } from '../../order/status.ts'
import { isId } from '../../ids.ts'
import { type Database, type Db, mainAccount } from '../database.ts'
import type { OrderRow } from '../orders.ts'
import { withOpenChange } from '../record-changes.ts'
import type { ShipmentRow } from '../shipments.ts'
import { sentOrders } from '../tombstones.ts'
import { idsInBackend, idsInChannel } from './order-names.ts'

export type ProblemRow = Selectable<Database['problems']>

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
  /** Whether it was sent to its backend without it being certain that nothing of it is there. */
  sent: boolean
}

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

/** Adds open problems and shipments. */
async function complete<Row extends { id: string; status: string }>(
  db: Db,
  rows: Row[],
): Promise<(Row & Pick<OrderView, 'status' | 'problems' | 'shipments' | 'changing' | 'sent'>)[]> {
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
  const sent = await sentOrders(db, ids)
  const problemsOf = Map.groupBy(problems, (problem) => problem.order_id)
  const shipmentsOf = Map.groupBy(shipments, (shipment) => shipment.order_id)
  return rows.map((row) => ({
    ...row,
    status: row.status as Status,
    problems: problemsOf.get(row.id) ?? [],
    shipments: shipmentsOf.get(row.id) ?? [],
    changing: changing.has(row.id),
    sent: sent.has(row.id),
  }))
}

/** The orders with these ids, in no certain sequence. */
export async function orderViews(db: Db, ids: string[]): Promise<OrderView[]> {
  if (ids.length === 0) return []
  return complete(db, await withNames(db).where('orders.id', 'in', ids).execute())
}

/**
 * The orders that a name may mean: Waybill's id, else the channel's id or the order number, else the record's number or
 * id or the external id. At most 20.
 */
export async function ordersNamed(db: Db, name: string, connection?: string): Promise<OrderView[]> {
  const text = name.trim()
  if (isId(text)) {
    const exact = await orderViews(db, [text])
    if (exact.length > 0) return exact
  }
  const named = async (ids: string[]) => {
    if (ids.length === 0) return []
    let query = withNames(db).where('orders.id', 'in', ids)
    if (connection !== undefined)
      query = query.where((where) =>
        where.or([where('channel.name', '=', connection), where('backend.name', '=', connection)]),
      )
    return query.orderBy('orders.id', 'desc').limit(20).execute()
  }
  const inChannel = await named(await idsInChannel(db, text))
  if (inChannel.length > 0) return complete(db, inChannel)
  return complete(db, await named(await idsInBackend(db, text)))
}
