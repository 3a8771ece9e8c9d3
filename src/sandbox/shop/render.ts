import { Big } from 'big.js'
import type { Json, JsonObject, ShopRequest } from './http.ts'
import { isHttps } from './auth.ts'
import { phpJson, textOf } from './php.ts'
import type { Order, Shop } from './state.ts'
import { gmtText, localText, readGmt } from './time.ts'

/** The address under which this request's links are written: the shop's home, in the scheme the shop saw. */
export function linkBase(shop: Shop, request: ShopRequest): string {
  const home = shop.faults.movedTo?.home ?? shop.home
  return isHttps(shop, request) ? home.replace(/^http:/, 'https:') : home
}

/** The Link header by which WordPress names its REST API. */
export function apiLink(shop: Shop, request: ShopRequest): string {
  const root = shop.plainPermalinks ? '/index.php?rest_route=/' : '/wp-json/'
  return `<${linkBase(shop, request)}${root}>; rel="https://api.w.org/"`
}

export const restUrl = (shop: Shop, request: ShopRequest, route: string): string =>
  `${linkBase(shop, request)}/wp-json${route}`

export const itemAllow = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

function orderLinks(base: string, order: Order): JsonObject {
  const self = `${base}/wp-json/wc/v3/orders/${order.id}`
  return {
    self: [{ href: self, targetHints: { allow: itemAllow } }],
    collection: [{ href: `${base}/wp-json/wc/v3/orders` }],
    email_templates: [{ embeddable: true, href: `${self}/actions/email_templates` }],
    ...customerLink(base, order),
  }
}

function customerLink(base: string, order: Order): JsonObject {
  const customer = order.body?.['customer_id']
  if (!customer) return {}
  return { customer: [{ href: `${base}/wp-json/wc/v3/customers/${String(customer as number)}` }] }
}

/** An order as the REST API and the webhooks show it, with its dates in UTC and in the shop's zone. */
export function orderJson(shop: Shop, base: string, order: Order): JsonObject {
  const body: JsonObject = { ...order.body }
  const date = (name: string, at: number | null): void => {
    body[`date_${name}`] = at === null ? null : localText(shop.zone, at)
    body[`date_${name}_gmt`] = at === null ? null : gmtText(at)
  }
  date('created', order.createdAt)
  date('modified', order.modifiedAt)
  for (const name of ['completed', 'paid']) {
    date(name, readGmt(body[`date_${name}_gmt`]))
  }
  body['status'] = order.status
  const refunds = (shop.refunds.get(order.id) ?? []).map((refund) => ({
    id: refund.id,
    reason: refund.body['reason'] ?? '',
    total: `-${refund.amount}`,
    total_tax: '0.00',
  }))
  body['refunds'] = [...(Array.isArray(body['refunds']) ? body['refunds'] : []), ...refunds]
  body['payment_url'] =
    `${base}/checkout/order-pay/${order.id}/?pay_for_order=true&key=${String(body['order_key'])}`
  body['_links'] = orderLinks(base, order)
  return body
}

/** The text of an order in an answer: a loaded one byte for byte, any other as WooCommerce writes it. */
export function orderText(shop: Shop, request: ShopRequest, order: Order, fields: string[] | null): string {
  if (order.raw !== undefined && (fields === null || order.body === null)) return order.raw
  const base = linkBase(shop, request)
  const whole =
    order.raw === undefined ? withDecimals(request, orderJson(shop, base, order)) : (order.body as JsonObject)
  return phpJson(fields === null ? whole : pick(whole, fields))
}

const amountNames = /^(total|subtotal|discount|amount|.*_(total|tax))$/

/** `dp=4`: amounts with so many decimals. recordings order.json: dp=4. */
export function withDecimals(request: ShopRequest, order: JsonObject): JsonObject {
  const digits = textOf(request.query, 'dp')
  if (digits === undefined || !/^\d$/.test(digits)) return order
  const walk = (value: Json, name: string): Json => {
    if (Array.isArray(value)) return value.map((item) => walk(item, name))
    if (isObject(value))
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, key)]))
    if (typeof value !== 'string' || !amountNames.test(name) || !/^-?\d+(\.\d+)?$/.test(value)) return value
    return new Big(value).toFixed(Number(digits), Big.roundHalfUp)
  }
  return walk(order, '') as JsonObject
}

/** The names in `_fields`, or null when it is absent or empty. */
export function fieldsOf(request: ShopRequest): string[] | null {
  const fields = (textOf(request.query, '_fields') ?? '').split(',').map((field) => field.trim())
  const named = fields.filter((field) => field !== '')
  return named.length > 0 ? named : null
}

/** `_fields=id,billing.email`: nested names work in objects and drop lists (recordings listing.json, "_fields nested"). */
export function pick(value: JsonObject, fields: string[]): JsonObject {
  const result: JsonObject = {}
  for (const [key, inner] of Object.entries(value)) {
    if (fields.includes(key)) {
      result[key] = inner
      continue
    }
    const nested = fields
      .filter((field) => field.startsWith(`${key}.`))
      .map((field) => field.slice(key.length + 1))
    if (nested.length > 0 && isObject(inner)) result[key] = pick(inner, nested)
  }
  return result
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
