import { withSurcharges } from './scripts.ts'
import { Big } from 'big.js'
import { ok } from '../../result.ts'
import { isoSeconds, localDay, localTime, transact, type Account } from './account.ts'
import type { Outcome } from './answers.ts'
import { nextNumber } from './lookups.ts'
import type { SalesOrderRequest } from './requests.ts'
import { checkSalesOrder, type CheckedLine, type CheckedOrder } from './sales-order-check.ts'
import { createViews } from './suiteql/views.ts'

/** A row of ns_transaction. */
export interface TransactionRow {
  id: number
  type: 'SalesOrd' | 'ItemShip'
  tran_id: string
  external_id: string | null
  entity: number
  subsidiary: number
  currency: number
  exchange_rate: string
  tran_date: string
  status: string
  memo: string | null
  other_ref_num: string | null
  email: string | null
  subtotal: string | null
  discount_total: string | null
  shipping_cost: string | null
  shipping_tax: string | null
  tax_total: string | null
  total: string
  ship_method: number | null
  ship_carrier: string | null
  created_from: number | null
  locked: number
  body: string
  created: string
  modified: string
}

export interface LineRow {
  key: number
  transaction_id: number
  line: number
  item: number | null
  item_type: string | null
  quantity: string | null
  rate: string | null
  amount: string
  tax_code: number | null
  tax_amount: string | null
  description: string | null
  closed: number
  fulfilled: string
  created_from: number | null
  order_line: number | null
  location: number | null
  body: string
}

/** Creates a sales order; its id is the answer. Everything is checked first, and written in one transaction. */
export function createSalesOrder(
  account: Account,
  request: SalesOrderRequest,
  custom: Record<string, unknown>,
): Outcome<number> {
  const checked = checkSalesOrder(account, withSurcharges(account, request), custom)
  if (!checked.ok) return checked
  rememberCustomFields(account, custom)
  return ok(transact(account, () => insertOrder(account, checked.value)))
}

function insertOrder(account: Account, order: CheckedOrder): number {
  const { request, totals } = order
  const now = account.now()
  const inserted = account
    .sql(
      `INSERT INTO ns_transaction (type, record_type, tran_id, external_id, entity, subsidiary, currency,
         exchange_rate, tran_date, status, memo, other_ref_num, email, subtotal, discount_total, shipping_cost,
         shipping_tax, tax_total, total, ship_method, body, created, modified, created_local, modified_local)
       VALUES ('SalesOrd', 'salesorder', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      request.tranId ?? nextNumber(account, 'SO'),
      request.externalId ?? null,
      order.customer.id,
      order.subsidiary.id,
      order.currency.id,
      request.exchangeRate ?? order.currency.exchange_rate,
      localDay(order.tranDate),
      order.status,
      request.memo ?? null,
      request.otherRefNum ?? null,
      request.email ?? order.customer.email,
      totals.subtotal,
      totals.discountTotal,
      totals.shippingCost,
      totals.shippingTax,
      totals.taxTotal,
      totals.total,
      order.shipItem?.id ?? null,
      JSON.stringify(remembered(order)),
      isoSeconds(now),
      isoSeconds(now),
      localTime(account, now),
      localTime(account, now),
    )
  const id = Number(inserted.lastInsertRowid)
  insertMainLine(account, id, totals.total)
  order.lines.forEach((line, at) => insertLine(account, id, at + 1, line, order.totals.lines[at]!))
  insertClosingLines(account, id, order)
  return id
}

const keptFields = [
  'billingAddress',
  'shippingAddress',
  'customForm',
  'class',
  'department',
  'location',
  'paymentOption',
  'terms',
  'discountItem',
  'discountRate',
  'shipDate',
  'shipComplete',
  'shippingTaxCode',
  'handlingCost',
  'message',
  'taxDetailsOverride',
  'taxDetails',
  'toBeEmailed',
  'toBePrinted',
] as const satisfies (keyof SalesOrderRequest)[]

/** What the record shows and no column holds. */
function remembered(order: CheckedOrder): Record<string, unknown> {
  const { request } = order
  const values = keptFields
    .filter((name) => request[name] !== undefined)
    .map((name) => [name, request[name]] as const)
  return { ...Object.fromEntries(values), ...order.custom }
}

function insertMainLine(account: Account, order: number, total: string): void {
  account
    .sql('INSERT INTO ns_line (transaction_id, line, main, amount) VALUES (?, 0, 1, ?)')
    .run(order, total)
}

export const negative = (amount: string): string => new Big(amount).times(-1).toFixed()

function insertLine(
  account: Account,
  order: number,
  number: number,
  line: CheckedLine,
  sums: { amount: string; taxAmount: string },
): void {
  account
    .sql(
      `INSERT INTO ns_line (transaction_id, line, item, item_type, quantity, rate, amount, tax_code, tax_amount,
         description, closed, location, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      order,
      number,
      line.item.id,
      line.item.type,
      line.quantity === undefined ? null : negative(line.quantity),
      line.rate ?? null,
      negative(sums.amount),
      line.taxCode?.id ?? null,
      sums.taxAmount,
      line.request.description ?? line.item.display_name,
      line.request.isClosed === true ? 1 : 0,
      line.request.location?.id === undefined ? null : Number(line.request.location.id),
      JSON.stringify({ price: line.request.price?.id ?? '-1' }),
    )
}

/** Shipping and tax have lines of their own at the end, as SuiteQL shows them. */
function insertClosingLines(account: Account, order: number, checked: CheckedOrder): void {
  let number = checked.lines.length
  const insert = account.sql(
    `INSERT INTO ns_line (transaction_id, line, tax_line, item, item_type, amount) VALUES (?, ?, ?, ?, ?, ?)`,
  )
  if (checked.shipItem !== undefined)
    insert.run(order, ++number, 0, checked.shipItem.id, 'ShipItem', negative(checked.totals.shippingCost))
  if (!new Big(checked.totals.taxTotal).eq(0))
    insert.run(order, ++number, 1, null, 'TaxItem', negative(checked.totals.taxTotal))
}

/** Custom body fields that were never seen become columns of SuiteQL's `transaction`. */
export function rememberCustomFields(account: Account, custom: Record<string, unknown>): void {
  const fields = Object.keys(custom).filter((name) => /^custbody\w+$/.test(name))
  const insert = account.sql('INSERT INTO ns_custom_field (name, label) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const added = fields.filter((name) => insert.run(name.toLowerCase(), name).changes > 0)
  if (added.length > 0) createViews(account.db)
}

/** A transaction by its internal id (digits) or `eid:` and its external id. */
export function findTransaction(
  account: Account,
  type: TransactionRow['type'],
  key: string,
): TransactionRow | undefined {
  if (key.startsWith('eid:'))
    return account
      .sql('SELECT * FROM ns_transaction WHERE external_id = ? AND type = ?')
      .get(key.slice(4), type) as unknown as TransactionRow | undefined
  if (!/^\d{1,15}$/.test(key)) return undefined
  return account
    .sql('SELECT * FROM ns_transaction WHERE id = ? AND type = ?')
    .get(Number(key), type) as unknown as TransactionRow | undefined
}

/** The item lines of a transaction: neither its main line nor shipping, tax or cost-of-goods lines. */
export const itemLines = (account: Account, transaction: number): LineRow[] =>
  account
    .sql(
      `SELECT * FROM ns_line WHERE transaction_id = ? AND main = 0 AND tax_line = 0 AND cogs = 0
         AND item_type <> 'ShipItem' ORDER BY line`,
    )
    .all(transaction) as unknown as LineRow[]

/** Marks a record as changed now. */
export function touch(account: Account, id: number): void {
  const now = account.now()
  account
    .sql('UPDATE ns_transaction SET modified = ?, modified_local = ? WHERE id = ?')
    .run(isoSeconds(now), localTime(account, now), id)
}
