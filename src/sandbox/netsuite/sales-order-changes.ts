import { Big } from 'big.js'
import { ok } from '../../result.ts'
import { transact, type Account } from './account.ts'
import { userError, type Outcome } from './answers.ts'
import { externalIdTaken } from './lookups.ts'
import type { SalesOrderRequest } from './requests.ts'
import { itemLines, negative, rememberCustomFields, touch, type TransactionRow } from './sales-orders.ts'
import { computeTotals } from './totals.ts'

/** PATCH: memo, reference, external id, status, custom fields, and lines that are closed or get another quantity by their `line`. */
export function updateSalesOrder(
  account: Account,
  order: TransactionRow,
  request: SalesOrderRequest,
  custom: Record<string, unknown>,
): Outcome<true> {
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
  rememberCustomFields(account, custom)
  transact(account, () => {
    for (const change of request.item?.items ?? []) changeLine(account, order.id, change)
    account
      .sql(
        `UPDATE ns_transaction SET memo = COALESCE(?, memo), other_ref_num = COALESCE(?, other_ref_num),
           external_id = COALESCE(?, external_id), status = COALESCE(?, status), body = json_patch(body, ?) WHERE id = ?`,
      )
      .run(
        request.memo ?? null,
        request.otherRefNum ?? null,
        request.externalId ?? null,
        request.orderStatus ?? null,
        JSON.stringify(custom),
        order.id,
      )
    recompute(account, order)
    touch(account, order.id)
  })
  return ok(true)
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
