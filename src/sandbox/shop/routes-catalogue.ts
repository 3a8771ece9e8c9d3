import type { Json, JsonObject, WpError } from './http.ts'
import { wpError } from './http.ts'
import { textOf } from './php.ts'
import { linkBase } from './render.ts'
import { demand, itemReply, listReply, paged, type Call, type Reply, type Route } from './rest.ts'
import { allows, homeOf } from './routes-site.ts'
import type { Product } from './state.ts'

/** What the shop sells and how: reading only. */
export const catalogueRoutes: Route[] = [
  { name: '/wc/v3/payment_gateways', methods: { GET: allows('list', paymentGateways) } },
  { name: '/wc/v3/shipping_methods', methods: { GET: allows('list', shippingMethodList) } },
  { name: '/wc/v3/products', methods: { GET: allows('list', products) } },
  { name: '/wc/v3/products/(?P<id>[\\d]+)', methods: { GET: product } },
  { name: '/wc/v3/products/(?P<product_id>[\\d]+)/variations', methods: { GET: allows('list', variations) } },
  { name: '/wc/v3/taxes', methods: { GET: allows('list', taxes) } },
]

function paymentGateways(call: Call): Reply {
  return listed(call, call.shop.paymentGateways)
}

function shippingMethodList(call: Call): Reply {
  return listed(call, [
    { id: 'flat_rate', title: 'Flat rate' },
    { id: 'free_shipping', title: 'Free shipping' },
    { id: 'local_pickup', title: 'Local pickup' },
    { id: 'pickup_location', title: 'Local pickup' },
  ])
}

/** WooCommerce gives these lists whole: their total is that of the one page. */
function listed(call: Call, items: JsonObject[]): Reply {
  return listReply(call, items, { 'x-wp-total': String(items.length), 'x-wp-totalpages': '1' })
}

function products(call: Call): Reply {
  const sku = textOf(call.request.query, 'sku')
  const search = textOf(call.request.query, 'search')?.toLowerCase()
  const found = call.shop.products.filter(
    (one) =>
      (sku === undefined || one.sku === sku || one.variations.some((variation) => variation.sku === sku)) &&
      (search === undefined || one.name.toLowerCase().includes(search)),
  )
  const { items, headers } = paged(call, found)
  return listReply(
    call,
    items.map((item) => productJson(call, item)),
    headers,
  )
}

function product(call: Call): Reply | WpError {
  const found = call.shop.products.find((one) => one.id === Number(call.params[0]))
  if (!found) return wpError(404, 'woocommerce_rest_product_invalid_id', 'Invalid ID.')
  return demand(call, 'view') ?? itemReply(call, productJson(call, found))
}

function productJson(call: Call, one: Product): JsonObject {
  const base = `${linkBase(call.shop, call.request)}/wp-json/wc/v3/products`
  return {
    id: one.id,
    name: one.name,
    slug: one.sku.toLowerCase(),
    permalink: `${homeOf(call.shop)}/product/${one.id}/`,
    type: one.type,
    status: 'publish',
    sku: one.sku,
    price: one.price,
    regular_price: one.price,
    tax_status: 'taxable',
    tax_class: one.taxClass,
    stock_status: 'instock',
    weight: one.weight,
    categories: [{ name: one.category }],
    variations: one.variations.map((variation) => variation.id),
    meta_data: [],
    _links: { self: [{ href: `${base}/${one.id}` }], collection: [{ href: base }] },
  }
}

function variations(call: Call): Reply | WpError {
  const parent = call.shop.products.find((one) => one.id === Number(call.params[0]))
  if (!parent) return wpError(404, 'woocommerce_rest_product_invalid_id', 'Invalid ID.')
  const { items, headers } = paged(call, parent.variations)
  const json = items.map((one): JsonObject => ({
    id: one.id,
    name: one.value,
    sku: one.sku,
    price: one.price,
    regular_price: one.price,
    attributes: [{ name: one.attribute, option: one.value }],
    parent_id: parent.id,
  }))
  return listReply(call, json, headers)
}

function taxes(call: Call): Reply {
  const { items, headers } = paged(call, call.shop.taxRates)
  const json = items.map((rate): { [key: string]: Json } => ({
    id: rate.id,
    country: rate.country,
    state: '',
    postcode: '',
    city: '',
    rate: `${rate.percent}.0000`.replace(/(\.\d+)\.0000$/, '$1'),
    name: rate.label,
    priority: 1,
    compound: false,
    shipping: true,
    order: rate.id,
    class: rate.taxClass === '' ? 'standard' : rate.taxClass,
  }))
  return listReply(call, json, headers)
}
