import { z } from 'zod'
import { err, ok, type Result } from '../../result.ts'
import type { Address } from '../../order/address.ts'
import { absolute, isZero, sum } from '../../order/money.ts'
import type { Customer, Order } from '../../order/order.ts'
import type { RawOrder, ToOrderFailure } from '../contract.ts'
import { linesOf, metaText } from './lines.ts'
import { presentmentOf } from './presentment.ts'
import { parseExactly, placeOfSyntaxError } from './raw-json.ts'
import { type RawAddress, rawOrder, type RawWooOrder } from './raw-order.ts'
import { readable } from './text.ts'

/**
 * Reads an order as WooCommerce's REST API v3 sends it. Its total is the shop's own; whether the lines add up to it is
 * for `totalsDifference` to say. Fails with the place in the payload when something an order needs cannot be read.
 */
export function toOrder(raw: RawOrder): Result<Order, ToOrderFailure> {
  let json: unknown
  try {
    json = parseExactly(raw.body)
  } catch (error) {
    const place = placeOfSyntaxError(raw.body) ?? 'unknown place'
    return unreadable(
      place,
      `It is not valid JSON at ${place}: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  const refusal = shopError.safeParse(json)
  if (refusal.success)
    return unreadable('', `The shop fails when it is asked for this order: ${refusal.data.message}`)
  const parsed = rawOrder.safeParse(json)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const path = pathOf(issue?.path ?? [])
    return unreadable(path, `${path || 'The order'}: ${issue?.message ?? 'it cannot be read'}`)
  }
  const order = parsed.data
  const placedAt = inUtc(order, order.date_created_gmt, order.date_created)
  if (placedAt === null) return unreadable('date_created_gmt', 'date_created_gmt: the order has no date')
  return ok(canonical(order, placedAt, raw.modifiedAt))
}

/** WordPress' error in the place of an order. */
const shopError = z.object({ code: z.string(), message: z.string(), id: z.undefined().optional() })

function canonical(order: RawWooOrder, placedAt: string, listedAt: string | null): Order {
  const { lines, rounding } = linesOf(order)
  const billing = addressOf(order.billing)
  return {
    channelOrderId: order.id,
    number: order.number || order.id,
    channelStatus: order.status,
    placedAt,
    modifiedAt: inUtc(order, order.date_modified_gmt, order.date_modified) ?? listedAt ?? placedAt,
    paidAt: inUtc(order, order.date_paid_gmt, order.date_paid),
    currency: order.currency.toUpperCase(),
    pricesIncludeTax: order.prices_include_tax,
    presentment: presentmentOf(order),
    total: order.total,
    totalTax: order.total_tax ?? sum(lines.map((line) => line.tax)),
    customer: customerOf(order),
    billing,
    shipping: addressOf(order.shipping),
    payment:
      order.payment_method === '' && order.payment_method_title === ''
        ? null
        : {
            code: order.payment_method,
            title: readable(order.payment_method_title) || order.payment_method,
            transactionId: order.transaction_id || null,
          },
    lines,
    coupons: order.coupon_lines.map((coupon) => coupon.code).filter((code) => code !== ''),
    refunds: order.refunds.map(({ id, reason, total }) => ({
      id,
      reason: reason || null,
      amount: absolute(total),
    })),
    customerNote: order.customer_note.trim() || null,
    fields: fieldsOf(order, isZero(rounding) ? null : rounding),
  }
}

/** UTC where the shop tells it; else its local time, moved by the offset that another pair of its dates shows. */
function inUtc(order: RawWooOrder, gmt: string | null, local: string | null): string | null {
  if (gmt !== null || local === null) return gmt
  const pairs = [
    [order.date_created, order.date_created_gmt],
    [order.date_modified, order.date_modified_gmt],
    [order.date_paid, order.date_paid_gmt],
  ] as const
  const [there, here] = pairs.find(([a, b]) => a !== null && b !== null) ?? [null, null]
  const offset = there !== null && here !== null ? Date.parse(there) - Date.parse(here) : 0
  return new Date(Date.parse(local) - offset).toISOString()
}

function customerOf(order: RawWooOrder): Customer {
  const { billing, shipping } = order
  return {
    id: order.customer_id === '' || order.customer_id === '0' ? null : order.customer_id,
    name: nameOf(billing) || nameOf(shipping),
    company: readable(billing.company) || readable(shipping.company) || null,
    email: billing.email.trim() || null,
    phone: billing.phone.trim() || shipping.phone.trim() || null,
  }
}

const nameOf = (address: RawAddress) => readable(`${address.first_name.trim()} ${address.last_name.trim()}`)

/** Null for an address without anything a parcel could go by: digital goods and till sales have none. */
function addressOf(raw: RawAddress): Address | null {
  const places = [
    raw.address_1,
    raw.address_2,
    raw.city,
    raw.postcode,
    raw.first_name,
    raw.last_name,
    raw.company,
  ]
  if (places.every((part) => part.trim() === '')) return null
  return {
    name: nameOf(raw),
    company: readable(raw.company) || null,
    line1: readable(raw.address_1),
    line2: readable(raw.address_2) || null,
    city: readable(raw.city),
    region: readable(raw.state) || null,
    postcode: raw.postcode.trim(),
    country: raw.country.trim().toUpperCase(),
    phone: raw.phone.trim() || null,
    email: raw.email.trim() || null,
  }
}

const longestField = 1000

/** What a mapping to custom fields may read: named fields of the order, and its meta data as `meta.KEY`. */
function fieldsOf(order: RawWooOrder, rounding: string | null): Record<string, string> {
  const presentment = presentmentOf(order)
  const named: Record<string, string> = {
    created_via: order.created_via,
    transaction_id: order.transaction_id,
    payment_method: order.payment_method,
    payment_method_title: readable(order.payment_method_title),
    coupon_codes: order.coupon_lines.map((coupon) => coupon.code).join(', '),
    customer_id: order.customer_id === '0' ? '' : order.customer_id,
    billing_company: readable(order.billing.company),
    shipping_company: readable(order.shipping.company),
    shipping_method: order.shipping_lines.map((line) => readable(line.method_title)).join(', '),
    woocommerce_version: order.version,
    rounding_difference: rounding ?? '',
    shop_currency: presentment?.shopCurrency ?? '',
    exchange_rate: presentment?.rate ?? '',
  }
  // WordPress itself takes the first of several with one key.
  for (const entry of new Map(order.meta_data.toReversed().map((one) => [one.key, one])).values()) {
    const { key } = entry
    const value = key === '' ? null : metaText([entry], key)
    if (value !== null && value.length <= longestField) named[`meta.${key}`] = value
  }
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== ''))
}

function pathOf(path: z.core.$ZodIssue['path']): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('')
}

function unreadable(path: string, detail: string): Result<never, ToOrderFailure> {
  return err({ path, problem: { code: 'unreadable_order', subject: path, detail, vendorMessage: null } })
}
