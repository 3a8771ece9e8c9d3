import { z } from 'zod'
import { parseDecimal } from '../../order/money.ts'
import { utc } from './glance.ts'

/**
 * An order as real shops send it, after `parseExactly`. Ids come as numbers or texts, amounts as
 * texts or numbers, lists as objects where PHP lost count of them, and plug-ins put anything into meta data. What an
 * order cannot be without (id, status, currency, total, a date, readable amounts) is demanded; all else may be missing.
 */

/** Text without what PostgreSQL or a backend cannot hold: NUL characters and lone surrogates. */
const clean = (text: string): string => text.replaceAll('\u0000', '').toWellFormed()

/** PHP says `false` where there is nothing. */
const scalar = (value: unknown): unknown =>
  typeof value === 'number' ? String(value) : typeof value === 'boolean' ? '' : (value ?? '')

/** Any scalar as text; missing, null and structures are empty. */
const text = z
  .preprocess((value) => (typeof value === 'object' ? '' : scalar(value)), z.string().transform(clean))
  .catch('')

const required = (what: string) =>
  z.preprocess(
    scalar,
    z
      .string({ error: `${what} is no text` })
      .trim()
      .min(1, `${what} is missing`)
      .transform(clean),
  )

const decimal = (value: unknown, context: z.core.$RefinementCtx): string => {
  const parsed = parseDecimal(value)
  if (parsed !== null) return parsed
  context.addIssue({ code: 'custom', message: `${JSON.stringify(value)} is no amount` })
  return z.NEVER
}

/** An amount or a quantity; missing, null and empty are zero. */
const amount = z.preprocess((value) => (value === '' ? '0' : (value ?? '0')), z.unknown().transform(decimal))
/** One that may be missing: null then. */
const optionalAmount = z.preprocess(
  (value) => (value === '' || value === undefined ? null : value),
  z.union([z.null(), z.unknown().transform(decimal)]),
)
const requiredAmount = z
  .unknown()
  .superRefine((value, context) => {
    if (value === undefined || value === null || value === '')
      context.addIssue({ code: 'custom', message: 'the amount is missing' })
  })
  .pipe(z.unknown().transform(decimal))

const flag = z.preprocess(
  (value) => value === true || value === 1 || value === '1' || value === 'true' || value === 'yes',
  z.boolean(),
)

const time = z.preprocess((value) => (typeof value === 'string' ? utc(value) : null), z.string().nullable())

/** A list; PHP sends an object when its keys have holes, and null or "" when there is nothing. */
const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => {
    if (value === null || value === undefined || value === '' || value === false) return []
    return typeof value === 'object' && !Array.isArray(value) ? Object.values(value) : value
  }, z.array(item))

const meta = z.object({ key: text, value: z.unknown(), display_key: text })
/** Meta data of any shape: what is no key with a value is left out. */
const metaData = z.preprocess(
  (value) => (typeof value === 'object' && value !== null ? Object.values(value).filter(isRecord) : []),
  z.array(meta),
)

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const tax = z.object({ id: text, total: optionalAmount })

const money = { id: text, total: amount, total_tax: amount, taxes: list(tax), meta_data: metaData }

const lineItem = z.object({
  ...money,
  name: text,
  product_id: text,
  variation_id: text,
  quantity: z.preprocess((value) => value ?? '1', z.unknown().transform(decimal)),
  subtotal: optionalAmount,
  sku: text,
  price: text,
  bundled_by: text,
  composite_parent: text,
})

const feeLine = z.object({ ...money, name: text })

const shippingLine = z.object({ ...money, method_id: text, instance_id: text, method_title: text })

const taxLine = z.object({
  rate_id: text,
  rate_code: text,
  label: text,
  rate_percent: text,
  tax_total: optionalAmount,
  shipping_tax_total: optionalAmount,
})

const address = z.preprocess(
  (value) => (isRecord(value) ? value : {}),
  z.object({
    first_name: text,
    last_name: text,
    company: text,
    address_1: text,
    address_2: text,
    city: text,
    state: text,
    postcode: text,
    country: text,
    email: text,
    phone: text,
  }),
)

export const rawOrder = z.object({
  id: required('the id'),
  number: text,
  status: required('the status'),
  currency: required('the currency'),
  total: requiredAmount,
  total_tax: optionalAmount,
  cart_tax: optionalAmount,
  shipping_tax: optionalAmount,
  prices_include_tax: flag,
  date_created: time,
  date_created_gmt: time,
  date_modified: time,
  date_modified_gmt: time,
  date_paid: time,
  date_paid_gmt: time,
  customer_id: text,
  customer_note: text,
  billing: address,
  shipping: address,
  payment_method: text,
  payment_method_title: text,
  transaction_id: text,
  created_via: text,
  version: text,
  meta_data: metaData,
  line_items: list(lineItem),
  fee_lines: list(feeLine),
  shipping_lines: list(shippingLine),
  tax_lines: list(taxLine),
  coupon_lines: list(z.object({ code: text })),
  gift_cards: list(z.object({ id: text, code: text, amount })),
  refunds: list(z.object({ id: text, reason: text, total: amount })),
})

export type RawWooOrder = z.infer<typeof rawOrder>
export type RawLineItem = z.infer<typeof lineItem>
export type RawAddress = z.infer<typeof address>
export type RawMeta = z.infer<typeof meta>
