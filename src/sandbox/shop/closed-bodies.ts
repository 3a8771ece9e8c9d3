import type { Json, JsonObject, WpError } from './http.ts'
import { wpError } from './http.ts'

/** The properties WooCommerce 11.0.1 declares for what one may send it, by route and nested where it says so. */
export interface KnownProperties {
  [name: string]: KnownProperties | true
}

const named = (names: string): KnownProperties =>
  Object.fromEntries(names.split(' ').map((name) => [name, true]))

const meta = named('id key value')
const address = 'first_name last_name company address_1 address_2 city state postcode country'

const order: KnownProperties = {
  ...named(
    'id parent_id created_via status currency customer_id customer_note payment_method payment_method_title',
  ),
  ...named('transaction_id set_paid manual_update'),
  billing: named(`${address} email phone`),
  shipping: named(address),
  meta_data: meta,
  line_items: {
    ...named(
      'id name product_id variation_id quantity tax_class subtotal subtotal_tax total total_tax taxes sku price',
    ),
    ...named('global_unique_id image parent_name'),
    meta_data: meta,
  },
  shipping_lines: {
    ...named('id method_title method_id instance_id total total_tax taxes'),
    meta_data: meta,
  },
  fee_lines: { ...named('id name tax_class tax_status total total_tax taxes'), meta_data: meta },
  coupon_lines: {
    ...named('id code discount discount_tax discount_type nominal_amount free_shipping'),
    meta_data: meta,
  },
}

const fulfillment: KnownProperties = {
  ...named('status is_fulfilled notify_customer'),
  meta_data: meta,
}

export const knownProperties: Record<string, KnownProperties> = {
  '/wc/v3/orders': order,
  '/wc/v3/orders/(?P<id>[\\d]+)': order,
  '/wc/v3/orders/batch': { create: order, update: order, delete: true },
  '/wc/v3/orders/(?P<order_id>[\\d]+)/notes': named('note customer_note added_by_user'),
  // WooCommerce declares no line_items here, and reads them: recordings order.json, "partial refund with line".
  '/wc/v3/orders/(?P<order_id>[\\d]+)/refunds': {
    ...named('amount reason refunded_by api_refund api_restock fee_lines shipping_lines line_items'),
    meta_data: meta,
  },
  '/wc/v3/orders/(?P<order_id>[\\d]+)/fulfillments': fulfillment,
  '/wc/v3/orders/(?P<order_id>[\\d]+)/fulfillments/(?P<fulfillment_id>[\\d]+)': {
    ...fulfillment,
    customer_note: true,
  },
  '/wc/v3/webhooks': named('name topic delivery_url secret status'),
  '/wc/v3/webhooks/(?P<id>[\\d]+)': named('name topic delivery_url secret status'),
}

/**
 * Refuses a property that WooCommerce does not know. A real shop ignores it without a word (recordings writes.json:
 * unknown property), so a misspelt one would never be noticed.
 */
export function unknownProperty(routeName: string, input: JsonObject): WpError | null {
  const known = knownProperties[routeName]
  const path = known ? findUnknown(input, known, '') : null
  if (path === null) return null
  return wpError(
    400,
    'sandbox_unknown_property',
    `WooCommerce knows no property "${path}" here, and would ignore it.`,
  )
}

function findUnknown(value: Json, known: KnownProperties, path: string): string | null {
  if (Array.isArray(value)) return first(value, (item) => findUnknown(item, known, path))
  if (typeof value !== 'object' || value === null) return null
  return first(Object.entries(value), ([name, inner]) => {
    const inside = known[name]
    const here = path === '' ? name : `${path}.${name}`
    if (inside === undefined) return here
    return inside === true ? null : findUnknown(inner, inside, here)
  })
}

function first<T>(items: T[], find: (item: T) => string | null): string | null {
  for (const item of items) {
    const found = find(item)
    if (found !== null) return found
  }
  return null
}
