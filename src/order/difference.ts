import type { Address } from './address.ts'
import { add, type Decimal } from './money.ts'
import type { Order, OrderLine } from './order.ts'

/** What a difference is about. */
export const differenceAreas = [
  'lines',
  'shipping',
  'totals',
  'addresses',
  'customer',
  'payment',
  'notes',
  'refunds',
  'status',
  'details',
] as const
export type DifferenceArea = (typeof differenceAreas)[number]

/** One field of two versions of an order. Null stands for "not there". */
export interface Difference {
  /** Which one, such as "shipping.line1" or "lines.42.quantity"; `fieldOf` reads it from either version. */
  field: string
  area: DifferenceArea
  /** The same for people. */
  label: string
  before: string | null
  after: string | null
}

type Field = Pick<Difference, 'area' | 'label'> & { value: string | null }

/** Channels touch these with every step of an order, also when nobody has edited anything. */
const unasked: DifferenceArea[] = ['status', 'details']

/** Areas that decide what is delivered and what it costs: a record of it is made anew, never rewritten. */
const substance: DifferenceArea[] = ['lines', 'shipping', 'totals', 'payment']

/** What is different in `after`, field by field; empty when both are the same order. When it was changed is no difference. */
export const differencesBetween = (before: Order, after: Order): Difference[] =>
  sideBySide(before, after).filter((one) => one.before !== one.after)

/** Every field that either version has, with what both say. */
export function sideBySide(before: Order, after: Order): Difference[] {
  const [old, fresh] = [fieldsOf(before), fieldsOf(after)]
  const all = new Map([...old, ...fresh])
  return [...all]
    .map(([field, { area, label }]) => ({
      field,
      area,
      label,
      before: old.get(field)?.value ?? null,
      after: fresh.get(field)?.value ?? null,
    }))
    .filter((one) => isItsOwn(one.field, old, fresh))
    .toSorted((a, b) => differenceAreas.indexOf(a.area) - differenceAreas.indexOf(b.area))
}

/** The value of a field that a difference names; null where the order has none. */
export function fieldOf(order: Order, field: string): string | null {
  return fieldsOf(order).get(field)?.value ?? null
}

/** Those that somebody has to know of: what the channel does by itself with every order is none of them. */
export const edits = (differences: Difference[]): Difference[] =>
  differences.filter(({ area }) => !unasked.includes(area))

/** Those that no record can take over as it stands: another record has to be made. */
export const needingReplacement = (differences: Difference[]): Difference[] =>
  differences.filter(({ area, field }) => substance.includes(area) || field === 'customer.id')

/** A line that one side alone has is one difference; one that both have is told by its parts. */
function isItsOwn(field: string, old: Map<string, Field>, fresh: Map<string, Field>): boolean {
  const [, line, part] = /^(lines\.[^/]*)(?:\/(.+))?$/s.exec(field) ?? []
  if (line === undefined) return true
  const inBoth = old.has(line) && fresh.has(line)
  return part === undefined ? !inBoth : inBoth
}

function fieldsOf(order: Order): Map<string, Field> {
  const fields = new Map<string, Field>()
  const put = (area: DifferenceArea, field: string, label: string, value: string | null) => {
    if (value !== null && value !== '') fields.set(field, { area, label, value })
  }
  for (const line of order.lines) putLine(put, line)
  put('totals', 'total', 'Total', plain(order.total))
  put('totals', 'totalTax', 'Tax', plain(order.totalTax))
  put('totals', 'currency', 'Currency', order.currency)
  put('notes', 'coupons', 'Coupons', order.coupons.join(', '))
  for (const { id, amount, reason } of order.refunds)
    put(
      'refunds',
      `refunds.${id}`,
      'Refund',
      `${plain(amount)} ${order.currency}${reason ? ` (${reason})` : ''}`,
    )
  putAddress(put, 'shipping', 'Ships to', order.shipping)
  putAddress(put, 'billing', 'Billing', order.billing)
  const { customer, payment, presentment } = order
  put('customer', 'customer.id', 'Customer in the shop', customer.id)
  put('customer', 'customer.name', 'Customer', customer.name)
  put('customer', 'customer.company', 'Customer: company', customer.company)
  put('customer', 'customer.email', 'Customer: e-mail', customer.email)
  put('customer', 'customer.phone', 'Customer: phone', customer.phone)
  put('payment', 'payment', 'Payment', payment && (payment.title || payment.code))
  put('payment', 'payment.code', 'Payment method', payment && payment.code)
  put('notes', 'note', 'Customer’s note', order.customerNote)
  put('notes', 'number', 'Order number', order.number)
  put('status', 'status', 'Status in the shop', order.channelStatus)
  put('details', 'payment.transactionId', 'Transaction of the payment', payment && payment.transactionId)
  put('details', 'placedAt', 'Placed', order.placedAt)
  put('details', 'paidAt', 'Paid', order.paidAt)
  put('details', 'pricesIncludeTax', 'Prices include tax', String(order.pricesIncludeTax))
  put(
    'details',
    'presentment',
    'Seen by the customer',
    presentment && `${plain(presentment.total)} ${presentment.currency}`,
  )
  for (const [name, value] of Object.entries(order.fields)) put('details', `fields.${name}`, name, value)
  return fields
}

type Put = (area: DifferenceArea, field: string, label: string, value: string | null) => void

function putLine(put: Put, line: OrderLine): void {
  const area = line.kind === 'shipping' ? 'shipping' : 'lines'
  const name = line.sku ? `${line.name} (${line.sku})` : line.name
  const field = `lines.${line.id.replaceAll('/', '_')}`
  put(area, field, name || line.kind, `${plain(line.quantity)} × ${name}: ${plain(line.net)}`)
  const part = (key: string, label: string, value: string | null) =>
    put(area, `${field}/${key}`, `${name || line.kind}: ${label}`, value)
  part('quantity', 'quantity', plain(line.quantity))
  part('name', 'name', line.name)
  part('sku', 'SKU', line.sku)
  part('unitPrice', 'price', plain(line.unitPrice))
  part('discount', 'discount', plain(line.discount))
  part('net', 'amount', plain(line.net))
  part('tax', 'tax', plain(line.tax))
  part('taxes', 'taxes', line.taxes.map((tax) => `${tax.label} [${tax.id}] ${tax.rate ?? ''}`).join(', '))
  part('kind', 'kind', line.kind)
  part('code', 'method', line.code)
  part('productId', 'product', line.productId)
  part('parentId', 'part of', line.parentId)
  part('attributes', 'choices', line.attributes.map((one) => `${one.name}: ${one.value}`).join(', '))
}

function putAddress(put: Put, key: 'shipping' | 'billing', label: string, address: Address | null): void {
  if (address === null) return
  const parts: [keyof Address, string][] = [
    ['name', 'name'],
    ['company', 'company'],
    ['line1', 'street'],
    ['line2', 'second line'],
    ['postcode', 'postcode'],
    ['city', 'town'],
    ['region', 'region'],
    ['country', 'country'],
    ['phone', 'phone'],
    ['email', 'e-mail'],
  ]
  for (const [part, words] of parts) put('addresses', `${key}.${part}`, `${label}: ${words}`, address[part])
}

/** One spelling for one amount: "1.50" and "1.5" are no difference. */
const plain = (amount: Decimal): Decimal => add(amount, '0')
