import { Big } from 'big.js'
import { findTransaction, itemLines, type LineRow, type TransactionRow } from './sales-orders.ts'
import { nameOf, showSalesOrder } from './sales-order-view.ts'
import type { Account } from './account.ts'
import { findFulfillment, showFulfillment } from './fulfillments.ts'

/** A sales order as the account holds it; amounts are exact decimals. */
export interface OrderRecord {
  id: string
  tranId: string
  externalId: string | null
  customer: { id: string; name: string }
  currency: string
  status: string
  tranDate: string
  createdDate: string
  subtotal: string
  discountTotal: string
  shippingCost: string
  taxTotal: string
  total: string
  memo: string | null
  lines: OrderLineRecord[]
}

export interface OrderLineRecord {
  line: number
  item: string
  description: string | null
  /** As ordered, positive. */
  quantity: string | null
  rate: string | null
  amount: string
  taxCode: string | null
  taxAmount: string | null
  fulfilled: string
  closed: boolean
}

export interface FulfillmentRecord {
  id: string
  tranId: string
  order: string
  status: string
  tracking: string[]
  lines: { orderLine: number; item: string; quantity: string }[]
}

/** Questions that tests and the page ask of the tables. */
export interface Records {
  /** All sales orders, newest first. */
  orders(): OrderRecord[]
  order(idOrExternalId: string): OrderRecord | undefined
  /** The order with all its fields, as the record API shows it. */
  orderFields(id: string): Record<string, unknown> | undefined
  customers(): {
    id: string
    externalId: string | null
    name: string
    email: string | null
    subsidiary: string
  }[]
  fulfillments(order?: string): FulfillmentRecord[]
  fulfillmentFields(id: string): Record<string, unknown> | undefined
  items(): { id: string; itemId: string; type: string; inactive: boolean }[]
  counts(): { orders: number; customers: number; fulfillments: number; items: number }
}

const unsigned = (amount: string | null): string | null =>
  amount === null ? null : amount.startsWith('-') ? amount.slice(1) : amount === '0' ? '0' : `-${amount}`

export function makeRecords(account: Account): Records {
  const transactions = (type: string) =>
    account
      .sql('SELECT * FROM ns_transaction WHERE type = ? ORDER BY id DESC')
      .all(type) as unknown as TransactionRow[]
  const find = (key: string) =>
    findTransaction(account, 'SalesOrd', key) ?? findTransaction(account, 'SalesOrd', `eid:${key}`)
  const count = (table: string) => Number(account.sql(`SELECT count(*) n FROM ${table}`).get()?.['n'])

  const order = (row: TransactionRow): OrderRecord => ({
    id: String(row.id),
    tranId: row.tran_id,
    externalId: row.external_id,
    customer: { id: String(row.entity), name: nameOf(account, 'ns_customer', 'entity_id', row.entity) ?? '' },
    currency: nameOf(account, 'ns_currency', 'symbol', row.currency) ?? '',
    status: row.status,
    tranDate: row.tran_date.slice(1, 11),
    createdDate: row.created,
    subtotal: row.subtotal ?? '0',
    discountTotal: row.discount_total ?? '0',
    shippingCost: row.shipping_cost ?? '0',
    taxTotal: row.tax_total ?? '0',
    total: row.total,
    memo: row.memo,
    lines: itemLines(account, row.id).map((line) => orderLine(line, row.total.split('.')[1]?.length ?? 0)),
  })
  const orderLine = (line: LineRow, digits: number): OrderLineRecord => ({
    line: line.line,
    item: nameOf(account, 'ns_item', 'item_id', line.item) ?? '',
    description: line.description,
    quantity: unsigned(line.quantity),
    rate: line.rate,
    amount: new Big(line.amount).times(-1).plus(0).toFixed(digits),
    taxCode: line.tax_code === null ? null : (nameOf(account, 'ns_tax_code', 'name', line.tax_code) ?? null),
    taxAmount: line.tax_amount,
    fulfilled: line.fulfilled,
    closed: line.closed === 1,
  })
  const fulfillment = (row: TransactionRow): FulfillmentRecord => ({
    id: String(row.id),
    tranId: row.tran_id,
    order: String(row.created_from),
    status: row.status,
    tracking: account
      .sql(
        'SELECT n.number FROM ns_tracking_map m JOIN ns_tracking n ON n.id = m.tracking WHERE m.transaction_id = ?',
      )
      .all(row.id)
      .map((each) => String(each['number'])),
    lines: itemLines(account, row.id).map((line) => ({
      orderLine: line.order_line ?? 0,
      item: nameOf(account, 'ns_item', 'item_id', line.item) ?? '',
      quantity: unsigned(line.quantity) ?? '0',
    })),
  })

  return {
    orders: () => transactions('SalesOrd').map(order),
    order: (key) => {
      const row = find(key)
      return row && order(row)
    },
    orderFields: (id) => {
      const row = find(id)
      return (
        row && (JSON.parse(JSON.stringify(showSalesOrder(account, row, true))) as Record<string, unknown>)
      )
    },
    customers: () =>
      account
        .sql('SELECT id, external_id, entity_id, email, subsidiary FROM ns_customer ORDER BY id')
        .all()
        .map((row) => ({
          id: String(row['id']),
          externalId: row['external_id'] as string | null,
          name: String(row['entity_id']),
          email: row['email'] as string | null,
          subsidiary: String(row['subsidiary']),
        })),
    fulfillments: (orderId) =>
      transactions('ItemShip')
        .filter((row) => orderId === undefined || String(row.created_from) === orderId)
        .map(fulfillment),
    fulfillmentFields: (id) => {
      const row = findFulfillment(account, id)
      return (
        row && (JSON.parse(JSON.stringify(showFulfillment(account, row, true))) as Record<string, unknown>)
      )
    },
    items: () =>
      account
        .sql('SELECT id, item_id, type, inactive FROM ns_item ORDER BY id')
        .all()
        .map((row) => ({
          id: String(row['id']),
          itemId: String(row['item_id']),
          type: String(row['type']),
          inactive: row['inactive'] === 1,
        })),
    counts: () => ({
      orders: count("ns_transaction WHERE type = 'SalesOrd'"),
      customers: count('ns_customer'),
      fulfillments: count("ns_transaction WHERE type = 'ItemShip'"),
      items: count('ns_item'),
    }),
  }
}
