import { toCurrency } from '../../order/money.ts'
import type { Order } from '../../order/order.ts'
import { valueAt } from '../../order/order-values.ts'
import type { Problem } from '../../order/problems.ts'
import { limits, whole } from './address.ts'
import type { NetSuiteMapping } from './mapping.ts'

/**
 * The custom fields that the mapping fills. A value the order lacks is left out, for NetSuite says if it insists on it,
 * unless the mapping says what happens then.
 */
export function customFields(
  order: Order,
  mapping: NetSuiteMapping,
  problems: Problem[],
): Record<string, unknown> {
  const values = Object.entries(mapping.fields).map(([field, source]): [string, unknown] => {
    if (typeof source === 'object' && 'id' in source) return [field, { id: source.id }]
    if (typeof source === 'object' && 'value' in source) return [field, source.value]
    const { from, otherwise } = typeof source === 'string' ? { from: source, otherwise: 'leave_out' } : source
    const text = whole(valueAt(order, from), limits.customText, field, problems)
    if (text !== '') return [field, text]
    if (typeof otherwise === 'object') return [field, otherwise.value]
    if (otherwise === 'stop')
      problems.push({
        code: 'missing_field',
        subject: field,
        detail: `The order has no ${from}, and the route says that such orders stop.`,
        vendorMessage: null,
      })
    return [field, undefined]
  })
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

/** The memo by its template. */
export function memoOf(order: Order, template: string): string {
  const refunded = order.refunds.map(
    ({ amount, reason }) =>
      `${toCurrency(amount, order.currency)} ${order.currency}${reason ? ` (${reason})` : ''}`,
  )
  const parts: Record<string, string> = {
    refunds: refunded.length > 0 ? `; refunded in the shop: ${refunded.join(', ')}` : '',
    coupons: order.coupons.length > 0 ? `; coupons: ${order.coupons.join(', ')}` : '',
    note: order.customerNote?.trim() ? `; note: ${order.customerNote.trim()}` : '',
  }
  return template.replaceAll(/\{([\w.\- ]+)\}/g, (_, name: string) => parts[name] ?? valueAt(order, name))
}
