import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify'
import type { Deps } from '../flows/deps.ts'
import type { OrderFilter } from '../ledger/views/order-filter.ts'
import { listOrders, type OrderCursor, type Sort } from '../ledger/views/order-pages.ts'
import { ordersJson } from './order-json.ts'
import type { OrderJson } from './schemas.ts'

const pageSize = 500

/** The columns, each with what an order has in it. Times are UTC, amounts as in the shop. */
const columns: Record<string, (order: OrderJson) => string | null | undefined> = {
  Order: (order) => order.number,
  Shop: (order) => order.connection,
  'Shop id': (order) => order.channelOrderId,
  'Status in the shop': (order) => order.channelStatus,
  'Placed (UTC)': (order) => order.placedAt,
  Customer: (order) => order.customer?.name,
  'E-mail': (order) => order.customer?.email,
  Total: (order) => order.total?.amount,
  Currency: (order) => order.total?.currency,
  Status: (order) => order.label,
  Reason: (order) => order.reason,
  Problem: (order) => order.problem?.title,
  Fix: (order) => order.problem?.fix,
  'Cancelled by itself on (UTC)': (order) => order.cancelsAt,
  Record: (order) => order.record?.number,
  'Record id': (order) => order.record?.id,
  'Record total': (order) => order.record?.total?.amount,
  'Posted (UTC)': (order) => order.postedAt,
  'Tracking numbers': (order) => order.shipments.flatMap((one) => one.trackingNumbers).join(' '),
}

/**
 * All orders that match, in the sequence of the list, as a CSV file for spreadsheets: with the mark by which Excel knows
 * UTF-8, and with nothing that a spreadsheet would take for a formula. However many they are, one page is in memory.
 */
export function ordersCsv(deps: Deps, filter: OrderFilter, sort: Sort): Readable {
  const file = stringify({
    header: true,
    columns: Object.keys(columns),
    bom: true,
    escape_formulas: true,
    record_delimiter: 'windows',
  })
  return Readable.from(rows(deps, filter, sort)).compose<Readable>(file)
}

async function* rows(deps: Deps, filter: OrderFilter, sort: Sort): AsyncGenerator<(string | null)[]> {
  let after: OrderCursor | null = null
  do {
    const page: Awaited<ReturnType<typeof listOrders>> = await listOrders(deps.db, filter, {
      limit: pageSize,
      sort,
      after,
    })
    for (const order of await ordersJson(deps, page.orders))
      yield Object.values(columns).map((valueOf) => valueOf(order) ?? null)
    after = page.next
  } while (after !== null)
}
