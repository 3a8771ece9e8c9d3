import { Big } from 'big.js'
import { ok } from '../../result.ts'
import {
  isoSeconds,
  localDay,
  localTime,
  reference,
  selfLink,
  today,
  transact,
  type Account,
} from './account.ts'
import { userError, type Outcome } from './answers.ts'
import { externalIdTaken, findListed, isExternalId, nextNumber, setting, shown } from './lookups.ts'
import type { FulfillmentRequest } from './requests.ts'
import { findTransaction, itemLines, touch, type LineRow, type TransactionRow } from './sales-orders.ts'
import { nameOf } from './sales-order-view.ts'
import { statusNames } from './suiteql/views.ts'

/** Item types that leave the house in a parcel. */
const shippable = new Set(['InvtPart', 'NonInvtPart', 'Assembly', 'Kit'])

export const findFulfillment = (account: Account, key: string): TransactionRow | undefined =>
  findTransaction(account, 'ItemShip', key)

interface Shipped {
  line: LineRow
  quantity: Big
  location: number | undefined
}

const remaining = (line: LineRow): Big => new Big(line.quantity ?? 0).times(-1).minus(line.fulfilled)

/** Lines of an order that can still be shipped. */
export const openLines = (account: Account, order: number): LineRow[] =>
  itemLines(account, order).filter(
    (line) => shippable.has(line.item_type ?? '') && line.closed === 0 && remaining(line).gt(0),
  )

/**
 * `POST /salesOrder/{id}/!transform/itemFulfillment`: all that is open, or the lines named by `orderLine`.
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_157901123882.html
 */
export function fulfillOrder(
  account: Account,
  order: TransactionRow,
  request: FulfillmentRequest,
): Outcome<number> {
  if (order.status === 'A' || order.status === 'C' || order.status === 'H')
    return userError(`You can not initialize itemfulfillment: invalid reference ${order.id}.`)
  if (request.externalId !== undefined) {
    if (!isExternalId(request.externalId)) return userError('Invalid external ID.', 'externalId')
    if (externalIdTaken(account, 'ns_transaction', request.externalId))
      return userError('This entity already exists.')
  }
  const day = request.tranDate ?? today(account)
  const lockedUntil = setting(account, 'periodLockedUntil')
  if (lockedUntil !== undefined && day <= lockedUntil)
    return userError(
      'The transaction date you specified is not within the date range of your accounting period.',
      'tranDate',
    )
  const shipped = chooseLines(account, order, request)
  if (!shipped.ok) return shipped
  return ok(transact(account, () => insertFulfillment(account, order, request, shipped.value, day)))
}

function chooseLines(
  account: Account,
  order: TransactionRow,
  request: FulfillmentRequest,
): Outcome<Shipped[]> {
  const named = request.item?.items
  const shipped: Shipped[] = []
  for (const line of openLines(account, order.id)) {
    const wanted = named?.find((each) => each.orderLine === line.line)
    if (wanted?.itemReceive === false || (named !== undefined && wanted === undefined)) continue
    const path = 'item'
    if (wanted?.location !== undefined && findListed(account, 'location', wanted.location) === undefined)
      return userError(`Invalid location reference key ${shown(wanted.location)}.`, path)
    const location = wanted?.location?.id === undefined ? line.location : Number(wanted.location.id)
    const places = Number(
      account.sql("SELECT count(*) n FROM ns_list WHERE kind = 'location' AND inactive = 0").get()?.['n'],
    )
    if (places > 1 && location === null)
      return userError('Please enter value(s) for: Items list: Location.', path)
    const quantity = new Big(wanted?.quantity ?? remaining(line))
    if (quantity.lte(0)) continue
    if (quantity.gt(remaining(line)))
      return userError('You cannot fulfill more than the quantity that is open on the order.', path)
    shipped.push({ line, quantity, location: location ?? undefined })
  }
  if (shipped.length === 0)
    return userError(
      'You must have at least one valid line item for this transaction.',
      'item',
      'VALID_LINE_ITEM_REQD',
    )
  return ok(shipped)
}

function insertFulfillment(
  account: Account,
  order: TransactionRow,
  request: FulfillmentRequest,
  shipped: Shipped[],
  day: string,
): number {
  const now = account.now()
  const packages = request.package?.items ?? []
  const inserted = account
    .sql(
      `INSERT INTO ns_transaction (type, record_type, tran_id, external_id, entity, subsidiary, currency,
         exchange_rate, tran_date, status, memo, total, ship_method, ship_carrier, created_from, body, created,
         modified, created_local, modified_local)
       VALUES ('ItemShip', 'itemfulfillment', ?, ?, ?, ?, ?, ?, ?, ?, ?, '0', ?, 'nonups', ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      nextNumber(account, 'IF'),
      request.externalId ?? null,
      order.entity,
      order.subsidiary,
      order.currency,
      order.exchange_rate,
      localDay(day),
      request.shipStatus ?? 'C',
      request.memo ?? null,
      request.shipMethod?.id === undefined ? order.ship_method : Number(request.shipMethod.id),
      order.id,
      JSON.stringify({ package: packages }),
      isoSeconds(now),
      isoSeconds(now),
      localTime(account, now),
      localTime(account, now),
    )
  const id = Number(inserted.lastInsertRowid)
  account.sql('INSERT INTO ns_line (transaction_id, line, main) VALUES (?, 0, 1)').run(id)
  shipped.forEach((each, at) => insertShippedLine(account, order.id, id, at, each))
  for (const each of packages)
    if (each.packageTrackingNumber !== undefined) addTracking(account, id, each.packageTrackingNumber)
  updateOrderStatus(account, order.id)
  return id
}

/** Each shipped line stands twice, as in NetSuite: the stock that leaves (negative) and its cost of goods sold. */
function insertShippedLine(
  account: Account,
  order: number,
  fulfillment: number,
  at: number,
  shipped: Shipped,
): void {
  const { line, quantity } = shipped
  const insert = account.sql(
    `INSERT INTO ns_line (transaction_id, line, cogs, item, item_type, quantity, description, created_from, order_line,
       location) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const row = (number: number, cogs: number, amount: Big) =>
    insert.run(
      fulfillment,
      number,
      cogs,
      line.item,
      line.item_type,
      amount.toFixed(),
      line.description,
      order,
      line.line,
      shipped.location ?? null,
    )
  row(2 * at + 1, 0, quantity.times(-1))
  row(2 * at + 2, 1, quantity)
  account
    .sql("INSERT INTO ns_link VALUES (?, ?, ?, ?, 'ShipRcpt', ?)")
    .run(order, line.line, fulfillment, 2 * at + 1, localTime(account, account.now()))
  account
    .sql('UPDATE ns_line SET fulfilled = ? WHERE key = ?')
    .run(new Big(line.fulfilled).plus(quantity).toFixed(), line.key)
}

/** A tracking number is a record of its own, which a fulfilment points at. */
export function addTracking(account: Account, fulfillment: number, number: string): void {
  const tracking = account.sql('INSERT INTO ns_tracking (number) VALUES (?)').run(number)
  account
    .sql('INSERT INTO ns_tracking_map (transaction_id, tracking) VALUES (?, ?)')
    .run(fulfillment, tracking.lastInsertRowid)
}

function updateOrderStatus(account: Account, order: number): void {
  const status = openLines(account, order).length === 0 ? 'F' : 'D'
  account.sql('UPDATE ns_transaction SET status = ? WHERE id = ?').run(status, order)
  touch(account, order)
}

/** The record as `GET /itemFulfillment/{id}` shows it. */
export function showFulfillment(
  account: Account,
  row: TransactionRow,
  expand: boolean,
): Record<string, unknown> {
  const path = `itemFulfillment/${row.id}`
  const status = { id: row.status, refName: statusNames['ItemShip']![row.status] }
  const order =
    row.created_from === null ? undefined : findTransaction(account, 'SalesOrd', String(row.created_from))
  const body = JSON.parse(row.body) as { package: object[] }
  const sublist = (name: string, items: object[]) => ({
    ...selfLink(account, `${path}/${name}`),
    ...(expand ? { items, count: items.length, hasMore: false, offset: 0, totalResults: items.length } : {}),
  })
  return {
    ...selfLink(account, path),
    id: String(row.id),
    externalId: row.external_id ?? undefined,
    tranId: row.tran_id,
    tranDate: row.tran_date.slice(1, 11),
    createdDate: row.created,
    lastModifiedDate: row.modified,
    createdFrom: order && reference(account, 'salesOrder', order.id, `Sales Order #${order.tran_id}`),
    orderId: row.created_from ?? undefined,
    orderType: 'SalesOrd',
    entity: reference(
      account,
      'customer',
      row.entity,
      nameOf(account, 'ns_customer', 'entity_id', row.entity),
    ),
    memo: row.memo ?? undefined,
    shipStatus: status,
    status,
    shippedDate: row.status === 'C' ? row.tran_date.slice(1, 11) : undefined,
    shipMethod: reference(
      account,
      'shipItem',
      row.ship_method,
      nameOf(account, 'ns_item', 'item_id', row.ship_method),
    ),
    shipCarrier: row.ship_carrier === null ? undefined : { id: row.ship_carrier, refName: row.ship_carrier },
    item: sublist(
      'item',
      itemLines(account, row.id).map((line) => showLine(account, path, line)),
    ),
    package: sublist('package', body.package),
  }
}

function showLine(account: Account, path: string, line: LineRow): object {
  return {
    ...selfLink(account, `${path}/item/${line.line}`),
    line: line.line,
    orderLine: line.order_line ?? undefined,
    item: reference(account, 'inventoryItem', line.item, nameOf(account, 'ns_item', 'item_id', line.item)),
    itemName: nameOf(account, 'ns_item', 'item_id', line.item),
    description: line.description ?? undefined,
    quantity: Number(new Big(line.quantity ?? 0).times(-1).toFixed()),
    itemReceive: true,
    location: reference(account, 'location', line.location, undefined),
  }
}
