import { Big } from 'big.js'
import { reference, selfLink, type Account } from './account.ts'
import { statusNames } from './suiteql/views.ts'
import { itemLines, type LineRow, type TransactionRow } from './sales-orders.ts'

/** JSON has numbers where the tables keep exact text. */
const number = (value: string | null): number | undefined => (value === null ? undefined : Number(value))
const positive = (value: string): number => Number(new Big(value).times(-1).toFixed())

export const nameOf = (
  account: Account,
  table: string,
  column: string,
  id: number | null,
): string | undefined =>
  id === null
    ? undefined
    : String(account.sql(`SELECT ${column} n FROM ${table} WHERE id = ?`).get(id)?.['n'] ?? id)

/** Keeps the fields that `?fields=` names, beside the id and the links. */
export function onlyFields(
  record: Record<string, unknown>,
  fields: string | undefined,
): Record<string, unknown> {
  if (fields === undefined) return record
  const wanted = new Set(['links', 'id', ...fields.split(',').map((field) => field.trim().toLowerCase())])
  return Object.fromEntries(Object.entries(record).filter(([name]) => wanted.has(name.toLowerCase())))
}

/** The record as `GET /salesOrder/{id}` shows it; sublists and addresses are links unless they are expanded. */
export function showSalesOrder(
  account: Account,
  order: TransactionRow,
  expand: boolean,
): Record<string, unknown> {
  const path = `salesOrder/${order.id}`
  const body = JSON.parse(order.body) as Record<string, unknown>
  const { billingAddress, shippingAddress, taxDetails, ...rest } = body
  const currency = account
    .sql('SELECT symbol, name, digits FROM ns_currency WHERE id = ?')
    .get(order.currency)
  const status = { id: order.status, refName: statusNames['SalesOrd']![order.status] }
  return {
    ...selfLink(account, path),
    ...showReferences(account, rest),
    id: String(order.id),
    externalId: order.external_id ?? undefined,
    tranId: order.tran_id,
    tranDate: order.tran_date.slice(1, 11),
    createdDate: order.created,
    lastModifiedDate: order.modified,
    entity: reference(
      account,
      'customer',
      order.entity,
      nameOf(account, 'ns_customer', 'entity_id', order.entity),
    ),
    subsidiary: reference(
      account,
      'subsidiary',
      order.subsidiary,
      nameOf(account, 'ns_subsidiary', 'name', order.subsidiary),
    ),
    currency: reference(account, 'currency', order.currency, String(currency?.['name'])),
    currencyName: currency?.['name'],
    currencyPrecision: currency?.['digits'],
    currencysymbol: currency?.['symbol'],
    exchangeRate: number(order.exchange_rate),
    status,
    orderStatus: status,
    memo: order.memo ?? undefined,
    otherRefNum: order.other_ref_num ?? undefined,
    email: order.email ?? undefined,
    shipMethod: reference(
      account,
      'shipItem',
      order.ship_method,
      nameOf(account, 'ns_item', 'item_id', order.ship_method),
    ),
    subtotal: number(order.subtotal),
    discountTotal: number(order.discount_total),
    shippingCost: number(order.shipping_cost),
    altShippingCost: number(order.shipping_cost),
    shippingTaxAmount: number(order.shipping_tax),
    taxTotal: number(order.tax_total),
    total: number(order.total),
    billingAddress: subrecord(account, `${path}/billingAddress`, billingAddress, expand),
    shippingAddress: subrecord(account, `${path}/shippingAddress`, shippingAddress, expand),
    ...(taxDetails === undefined
      ? {}
      : { taxDetails: subrecord(account, `${path}/taxDetails`, taxDetails, expand) }),
    item: showLines(account, order, expand),
  }
}

const records: Record<string, [record: string, table: string, column: string]> = {
  shippingTaxCode: ['salesTaxItem', 'ns_tax_code', 'name'],
  discountItem: ['discountItem', 'ns_item', 'item_id'],
}

function showReferences(account: Account, body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => {
      const id = (value as { id?: string } | null)?.id
      if (typeof id !== 'string' || name.startsWith('cust')) return [name, value]
      const [record, table, column] = records[name] ?? [name, undefined, undefined]
      const title = table === undefined ? undefined : nameOf(account, table, column!, Number(id))
      return [name, reference(account, record, id, title)]
    }),
  )
}

const subrecord = (account: Account, path: string, value: unknown, expand: boolean): object => ({
  ...selfLink(account, path),
  ...(expand && typeof value === 'object' ? showCountry({ ...value }) : {}),
})

const showCountry = (address: { country?: unknown }): object =>
  typeof address.country === 'string'
    ? { ...address, country: { id: address.country, refName: address.country } }
    : address

function showLines(account: Account, order: TransactionRow, expand: boolean): object {
  const path = `salesOrder/${order.id}/item`
  if (!expand) return selfLink(account, path)
  const items = itemLines(account, order.id).map((line) => showLine(account, path, line))
  return {
    ...selfLink(account, path),
    items,
    count: items.length,
    hasMore: false,
    offset: 0,
    totalResults: items.length,
  }
}

function showLine(account: Account, path: string, line: LineRow): object {
  const amount = positive(line.amount)
  const rate = line.tax_code === null ? undefined : nameOf(account, 'ns_tax_code', 'rate', line.tax_code)
  const price = (JSON.parse(line.body) as { price?: string }).price
  return {
    ...selfLink(account, `${path}/${line.line}`),
    line: line.line,
    lineUniqueKey: String(line.key),
    item: reference(account, 'inventoryItem', line.item, nameOf(account, 'ns_item', 'item_id', line.item)),
    itemType: line.item_type === null ? undefined : { id: line.item_type, refName: line.item_type },
    description: line.description ?? undefined,
    quantity: line.quantity === null ? undefined : positive(line.quantity),
    rate: number(line.rate),
    amount,
    price: price === undefined ? undefined : { id: price, refName: price === '-1' ? 'Custom' : 'Base Price' },
    taxCode: reference(
      account,
      'salesTaxItem',
      line.tax_code,
      nameOf(account, 'ns_tax_code', 'name', line.tax_code),
    ),
    taxRate1: rate === undefined ? undefined : Number(rate),
    tax1Amt: number(line.tax_amount),
    grossAmt: Number(
      new Big(line.amount)
        .times(-1)
        .plus(line.tax_amount ?? 0)
        .toFixed(),
    ),
    quantityFulfilled: number(line.fulfilled),
    isClosed: line.closed === 1,
    location: reference(account, 'location', line.location, undefined),
  }
}
