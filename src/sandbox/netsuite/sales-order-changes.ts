import { Big } from 'big.js'
import { ok } from '../../result.ts'
import { transact, type Account } from './account.ts'
import { userError, type Outcome } from './answers.ts'
import { externalIdTaken } from './lookups.ts'
import type { ReadRequest, SalesOrderRequest } from './requests.ts'
import { itemLines, negative, rememberCustomFields, touch, type TransactionRow } from './sales-orders.ts'
import { computeTotals } from './totals.ts'

/** What a PATCH changes here; a real account takes more. */
const changeable = new Set([
  'memo',
  'externalId',
  'otherRefNum',
  'email',
  'orderStatus',
  'billingAddress',
  'shippingAddress',
  'item',
])

/**
 * PATCH: what is said on the order, its external id, its addresses (part by part, null empties a part), its status,
 * custom fields, and lines that are closed or get another quantity by their `line`.
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_159795512874.html
 */
export function updateSalesOrder(
  account: Account,
  order: TransactionRow,
  { value: request, custom, cleared }: ReadRequest<SalesOrderRequest>,
): Outcome<true> {
  const other = [...Object.keys(request), ...cleared].find((name) => !changeable.has(name.split('.')[0]!))
  if (other !== undefined) return userError(`This sandbox does not change the field ${other}.`, other)
  if (order.locked === 1) return userError('This record has been locked by a user defined workflow.')
  const { externalId } = request
  const isOther = externalId !== undefined && externalId !== order.external_id
  if (isOther && externalIdTaken(account, 'ns_transaction', externalId))
    return userError('This entity already exists.')
  const lines = itemLines(account, order.id)
  for (const [at, change] of (request.item?.items ?? []).entries())
    if (change.line === undefined || !lines.some((line) => line.line === change.line))
      return userError(
        `You have entered an Invalid Field Value ${change.line} for the following field: line.`,
        `item.items[${at}]`,
      )
  for (const field of ['billingAddress', 'shippingAddress'] as const) {
    const country = request[field]?.country
    if (country !== undefined && !/^[A-Z]{2}$/.test(country))
      return userError(`Invalid country reference key ${country}.`, `${field}.country`)
  }
  const given = (field: 'memo' | 'otherRefNum' | 'email', before: string | null): string | null =>
    request[field] ?? (cleared.includes(field) ? null : before)
  rememberCustomFields(account, custom)
  transact(account, () => {
    for (const change of request.item?.items ?? []) changeLine(account, order.id, change)
    account
      .sql(
        `UPDATE ns_transaction SET memo = ?, other_ref_num = ?, email = ?, external_id = ?, status = COALESCE(?, status),
           body = json_patch(body, ?) WHERE id = ?`,
      )
      .run(
        given('memo', order.memo),
        given('otherRefNum', order.other_ref_num),
        given('email', order.email),
        externalId ?? order.external_id,
        request.orderStatus ?? null,
        JSON.stringify({ ...custom, ...addresses(request, cleared) }),
        order.id,
      )
    followLines(account, order.id)
    recompute(account, order)
    touch(account, order.id)
  })
  return ok(true)
}

/** As json_patch wants them: null takes a part away. */
function addresses(request: SalesOrderRequest, cleared: string[]): Record<string, unknown> {
  const names = ['billingAddress', 'shippingAddress'] as const
  return Object.fromEntries(
    names
      .filter((name) => request[name] !== undefined || cleared.includes(name))
      .map((name) => {
        const gone = cleared
          .filter((path) => path.startsWith(`${name}.`))
          .map((path) => [path.slice(name.length + 1), null])
        return [name, cleared.includes(name) ? null : { ...request[name], ...Object.fromEntries(gone) }]
      }),
  )
}

/** An order whose lines are all closed is closed; one with a line that was opened again is open. */
function followLines(account: Account, order: number): void {
  const lines = itemLines(account, order)
  const nothingLeft = lines.every((line) => line.fulfilled === '0')
  if (lines.every((line) => line.closed === 1) && nothingLeft)
    account.sql("UPDATE ns_transaction SET status = 'H' WHERE id = ?").run(order)
  else account.sql("UPDATE ns_transaction SET status = 'B' WHERE id = ? AND status = 'H'").run(order)
}

function changeLine(
  account: Account,
  order: number,
  change: { line?: number | undefined; isClosed?: boolean | undefined; quantity?: string | undefined },
): void {
  if (change.isClosed !== undefined)
    account
      .sql('UPDATE ns_line SET closed = ? WHERE transaction_id = ? AND line = ?')
      .run(change.isClosed ? 1 : 0, order, change.line ?? 0)
  if (change.quantity !== undefined)
    account
      .sql('UPDATE ns_line SET quantity = ? WHERE transaction_id = ? AND line = ?')
      .run(negative(change.quantity), order, change.line ?? 0)
}

/** The totals again after a line has changed. */
function recompute(account: Account, order: TransactionRow): void {
  const lines = itemLines(account, order.id)
  const digits = Number(
    account.sql('SELECT digits FROM ns_currency WHERE id = ?').get(order.currency)?.['digits'],
  )
  const percent = (code: number | null): string =>
    code === null ? '0' : String(account.sql('SELECT rate FROM ns_tax_code WHERE id = ?').get(code)?.['rate'])
  const shippingTax = new Big(order.shipping_tax ?? 0)
  const totals = computeTotals({
    digits,
    lines: lines.map((line) => ({
      ...(line.quantity === null ? {} : { quantity: negative(line.quantity) }),
      ...(line.rate === null ? { amount: negative(line.amount) } : { rate: line.rate }),
      taxPercent: percent(line.tax_code),
    })),
    discount: order.discount_total ?? '0',
    shippingCost: order.shipping_cost ?? '0',
  })
  lines.forEach((line, at) =>
    account
      .sql('UPDATE ns_line SET amount = ?, tax_amount = ? WHERE key = ?')
      .run(negative(totals.lines[at]!.amount), totals.lines[at]!.taxAmount, line.key),
  )
  account
    .sql('UPDATE ns_transaction SET subtotal = ?, tax_total = ?, total = ? WHERE id = ?')
    .run(
      totals.subtotal,
      new Big(totals.taxTotal).plus(shippingTax).toFixed(digits),
      new Big(totals.total).plus(shippingTax).toFixed(digits),
      order.id,
    )
}

/** DELETE: what is fulfilled cannot go. */
export function deleteTransaction(account: Account, transaction: TransactionRow): Outcome<true> {
  const dependent = account.sql('SELECT 1 FROM ns_link WHERE previous_doc = ?').get(transaction.id)
  if (dependent !== undefined)
    return userError('This record cannot be deleted because it has dependent records.')
  transact(account, () => account.sql('DELETE FROM ns_transaction WHERE id = ?').run(transaction.id))
  return ok(true)
}
