import type { Address } from './address.ts'
import type { Order, OrderLine } from './order.ts'

export const filterOperators = [
  'is',
  'isNot',
  'contains',
  'doesNotContain',
  'includes',
  'doesNotInclude',
  'atLeast',
  'atMost',
  'isEmpty',
  'isNotEmpty',
] as const
export type FilterOperator = (typeof filterOperators)[number]

/** What an order has to be like for a route to import it. */
export interface Filter {
  /** One of `filterFields`, or `fields.` and the name of a further field of the channel. */
  field: string
  operator: FilterOperator
  /** As they were written; an amount alone for "atLeast" and "atMost", none where it is about being empty. */
  values: string[]
}

/** What a field is: one text, an amount, several texts, a time that is there or is not, or anything. */
export type FilterKind = 'text' | 'amount' | 'list' | 'time' | 'free'

export interface FilterField {
  field: string
  /** As it is called within a sentence; of a list in the plural. */
  label: string
  kind: FilterKind
  /** What the order has there. */
  of(order: Order): (string | null | undefined)[]
}

const ofText = ['is', 'isNot', 'contains', 'doesNotContain', 'isEmpty', 'isNotEmpty'] as const
const operatorsOf: Record<FilterKind, readonly FilterOperator[]> = {
  text: ofText,
  amount: ['is', 'isNot', 'atLeast', 'atMost'],
  list: ['includes', 'doesNotInclude', 'contains', 'doesNotContain', 'isEmpty', 'isNotEmpty'],
  time: ['isEmpty', 'isNotEmpty'],
  free: [...ofText, 'atLeast', 'atMost'],
}

type One = (order: Order) => string | null | undefined
type Many = (order: Order) => (string | null | undefined)[]
const text = (field: string, label: string, of: One): FilterField => ({
  field,
  label,
  kind: 'text',
  of: (order) => [of(order)],
})
const amount = (field: string, label: string, of: One): FilterField => ({
  ...text(field, label, of),
  kind: 'amount',
})
const list = (field: string, label: string, of: Many): FilterField => ({ field, label, kind: 'list', of })

const partsOfAddress: [keyof Address, string][] = [
  ['country', 'country'],
  ['region', 'region'],
  ['postcode', 'postcode'],
  ['city', 'town'],
  ['line1', 'street'],
  ['line2', 'second line'],
  ['name', 'name'],
  ['company', 'company'],
  ['email', 'e-mail'],
  ['phone', 'phone'],
]
const address = (key: 'shipping' | 'billing', words: string): FilterField[] =>
  partsOfAddress.map(([part, label]) =>
    text(`${key}.${part}`, `${words} ${label}`, (order) => order[key]?.[part]),
  )

const shippingLines = ({ lines }: Order): OrderLine[] => lines.filter(({ kind }) => kind === 'shipping')

/** The fields that filters know by name. */
export const filterFields: readonly FilterField[] = [
  text('number', 'order number', (order) => order.number),
  text('currency', 'currency', (order) => order.currency),
  amount('total', 'total', (order) => order.total),
  amount('totalTax', 'tax', (order) => order.totalTax),
  list('skus', 'SKUs', ({ lines }) => lines.map(({ sku }) => sku)),
  list('coupons', 'coupon codes', (order) => order.coupons),
  text('customerNote', 'customer note', (order) => order.customerNote),
  text('customer.name', 'customer name', (order) => order.customer.name),
  text('customer.company', 'customer company', (order) => order.customer.company),
  text('customer.email', 'customer e-mail', (order) => order.customer.email),
  text('customer.phone', 'customer phone', (order) => order.customer.phone),
  text('customer.id', 'customer account', (order) => order.customer.id),
  ...address('shipping', 'delivery'),
  ...address('billing', 'billing'),
  text('payment.code', 'payment method code', (order) => order.payment?.code),
  text('payment.title', 'payment method', (order) => order.payment?.title),
  { ...text('paidAt', 'time of payment', (order) => order.paidAt), kind: 'time' },
  // With its instance and without, as a mapping may name it, too.
  list('shippingMethod.code', 'shipping method codes', (order) =>
    shippingLines(order).flatMap(({ code }) => [code, code?.split(':')[0]]),
  ),
  list('shippingMethod.name', 'shipping methods', (order) => shippingLines(order).map(({ name }) => name)),
]

const known = new Map(filterFields.map((one) => [one.field, one]))

/** The beginning of the name of every field that only the channel knows. */
export const furtherFields = 'fields.'

/** What is known of a field; null where no order can have one of this name. */
export function filterField(field: string): FilterField | null {
  const own = known.get(field)
  if (own) return own
  const name = field.startsWith(furtherFields) ? field.slice(furtherFields.length) : ''
  if (name.trim() === '') return null
  const of: One = ({ fields }) => (Object.hasOwn(fields, name) ? fields[name] : null)
  return { ...text(field, `field “${name}”`, of), kind: 'free' }
}

/** What can be said of a field. */
export const operatorsFor = ({ kind }: Pick<FilterField, 'kind'>): readonly FilterOperator[] =>
  operatorsOf[kind]

/** Whether the operator needs nothing beside it. */
export const needsNoValue = (operator: FilterOperator): boolean =>
  operator === 'isEmpty' || operator === 'isNotEmpty'

/** Whether the operator compares amounts. */
export const isComparison = (operator: FilterOperator): boolean =>
  operator === 'atLeast' || operator === 'atMost'
