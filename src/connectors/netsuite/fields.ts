import { toCurrency } from '../../order/money.ts'
import type { Order } from '../../order/order.ts'
import type { Problem } from '../../order/problems.ts'
import { limits, whole } from './address.ts'
import type { NetSuiteMapping } from './mapping.ts'

/** A value of the order by its path, such as `billing.phone`; empty when it has none. */
export function valueAt(order: Order, path: string): string {
  const [root = '', ...rest] = path.split('.')
  const name = rest.join('.')
  const sources: Record<string, object | null> = {
    order,
    billing: order.billing,
    shipping: order.shipping,
    customer: order.customer,
    payment: order.payment,
    fields: order.fields,
  }
  const source = sources[root]
  if (!source || !Object.hasOwn(source, name)) return ''
  const value: unknown = (source as Record<string, unknown>)[name]
  if (Array.isArray(value)) return value.every((entry) => typeof entry === 'string') ? value.join(', ') : ''
  return typeof value === 'string' ? value : typeof value === 'boolean' ? String(value) : ''
}

/** The custom fields that the mapping fills. A value the order lacks is left out: NetSuite says if it insists on it. */
export function customFields(
  order: Order,
  mapping: NetSuiteMapping,
  problems: Problem[],
): Record<string, unknown> {
  const values = Object.entries(mapping.fields).map(([field, source]): [string, unknown] => {
    if (typeof source !== 'string') return [field, 'id' in source ? { id: source.id } : source.value]
    const text = whole(valueAt(order, source), limits.customText, field, problems)
    return [field, text === '' ? undefined : text]
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
