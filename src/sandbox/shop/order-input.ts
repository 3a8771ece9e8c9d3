import type { Json, JsonObject } from './http.ts'
import { emptyAddress, placeOrder, reprice, setStatus, sortMeta, touch, type Address } from './orders.ts'
import type { DraftLine, OrderDraft } from './price-order.ts'
import type { Order, Shop } from './state.ts'

/** Makes an order from the body of `POST /orders`. Unknown properties are ignored, as WooCommerce does. */
export function createFromInput(shop: Shop, input: JsonObject): Order {
  const text = (name: string): string => textIn(input, name)
  const billing = addressIn(input, 'billing')
  const shipping = addressIn(input, 'shipping')
  const paid = input['set_paid'] === true
  const status = text('status') || (paid ? 'processing' : 'pending')
  return placeOrder(shop, {
    draft: {
      currency: text('currency') || shop.currency,
      pricesIncludeTax: shop.pricesIncludeTax,
      taxCountry: shipping.country || billing.country || shop.country,
      lines: objectsIn(input, 'line_items').map((line) => draftLine(shop, line)),
      shipping: objectsIn(input, 'shipping_lines').map((line) => ({
        methodId: textIn(line, 'method_id'),
        instanceId: textIn(line, 'instance_id'),
        title: textIn(line, 'method_title'),
        price: textIn(line, 'total') || '0',
      })),
      fees: objectsIn(input, 'fee_lines').map((line) => ({
        name: textIn(line, 'name'),
        amount: textIn(line, 'total') || '0',
        taxed: textIn(line, 'tax_status') !== 'none',
      })),
      coupons: objectsIn(input, 'coupon_lines').flatMap(
        (line) => shop.coupons.find((coupon) => coupon.code === textIn(line, 'code')) ?? [],
      ),
    },
    status,
    customerId: Number(input['customer_id'] ?? 0) || 0,
    billing: { ...billing, email: textIn(objectIn(input, 'billing'), 'email') },
    shipping,
    paymentMethod: text('payment_method'),
    paymentMethodTitle: text('payment_method_title'),
    transactionId: text('transaction_id'),
    customerNote: text('customer_note'),
    createdVia: 'rest-api',
    meta: objectsIn(input, 'meta_data').map((meta) => ({
      key: textIn(meta, 'key'),
      value: meta['value'] ?? '',
    })),
  })
}

/** A line as asked: a product by id or SKU. An unknown one becomes an empty line (recordings order.json). */
function draftLine(shop: Shop, line: JsonObject): DraftLine {
  const sku = textIn(line, 'sku')
  const productId = Number(line['product_id'] ?? 0)
  const variationId = Number(line['variation_id'] ?? 0)
  const product = shop.products.find(
    (one) =>
      one.id === productId || (sku !== '' && (one.sku === sku || one.variations.some((v) => v.sku === sku))),
  )
  const variation = product?.variations.find(
    (one) => one.id === variationId || (sku !== '' && one.sku === sku),
  )
  const quantity = String(line['quantity'] ?? 1)
  const amount = textIn(line, 'total') || textIn(line, 'subtotal')
  const given = objectsIn(line, 'meta_data').map((meta) => ({
    key: textIn(meta, 'key'),
    value: meta['value'] ?? '',
  }))
  return {
    name: textIn(line, 'name') || (variation?.name ?? product?.name ?? ''),
    productId: product?.id ?? 0,
    ...(variation && { variationId: variation.id, parentName: product!.name }),
    sku: variation?.sku ?? product?.sku ?? null,
    quantity,
    price: variation?.price ?? product?.price ?? '0',
    ...(amount !== '' && { amount }),
    taxClass: product?.taxClass ?? '',
    meta: [
      ...(variation
        ? [{ key: variation.attribute, value: variation.value, displayKey: capital(variation.attribute) }]
        : []),
      ...given,
    ],
  }
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

/** Writes the body of `PUT /orders/{id}`; the modified date moves even for `{}`. Unknown properties are ignored. */
export function writeInput(shop: Shop, order: Order, input: JsonObject): void {
  const body = order.body
  if (!body) return
  const wasTrash = order.status === 'trash'
  touch(shop, order)
  for (const name of [
    'customer_note',
    'payment_method',
    'payment_method_title',
    'transaction_id',
    'currency',
  ])
    if (typeof input[name] === 'string') body[name] = input[name]
  if (input['customer_id'] !== undefined) body['customer_id'] = Number(input['customer_id']) || 0
  for (const name of ['billing', 'shipping'] as const)
    if (input[name] !== undefined) Object.assign(objectIn(body, name), textsOf(objectIn(input, name)))
  writeMeta(shop, body, objectsIn(input, 'meta_data'), order)
  writeLines(shop, order, objectsIn(input, 'line_items'))
  if (typeof input['status'] === 'string') setStatus(shop, order, input['status'])
  else if (input['set_paid'] === true && ['pending', 'on-hold', 'failed'].includes(order.status))
    setStatus(shop, order, 'processing')
  // A PUT that brings an order back from the trash fires no webhook: README fact 20.
  if (!wasTrash) shop.emit('updated', order)
}

/**
 * By id or by key; an existing key is overwritten (its duplicates go), null removes, and keys that WooCommerce
 * keeps for itself reach the address instead. recordings writes.json: meta_data …
 */
export function writeMeta(shop: Shop, holder: JsonObject, entries: JsonObject[], order?: Order): void {
  let meta = objectsIn(holder, 'meta_data')
  for (const entry of entries) {
    const key = textIn(entry, 'key')
    const value = entry['value'] ?? null
    const internal = /^_(billing|shipping)_(\w+)$/.exec(key)
    if (internal && order?.body) {
      objectIn(order.body, internal[1]!)[internal[2]!] = String(value as string)
      continue
    }
    const id = entry['id']
    const old = meta.find((one) => (id === undefined || id === null ? one['key'] === key : one['id'] === id))
    meta = meta.filter((one) => one === old || one['key'] !== key || (id !== undefined && id !== null))
    if (value === null) meta = meta.filter((one) => one !== old)
    else if (old) old['value'] = value
    else meta.push({ id: shop.ids.meta++, key, value })
  }
  holder['meta_data'] = sortMeta(meta)
}

function writeLines(shop: Shop, order: Order, lines: JsonObject[]): void {
  const body = order.body
  if (!body || lines.length === 0) return
  const present = objectsIn(body, 'line_items')
  let draft: OrderDraft | undefined
  const change = (): OrderDraft | undefined =>
    (draft ??= order.draft && { ...order.draft, lines: [...order.draft.lines] })
  for (const line of lines) {
    const at = present.findIndex((one) => one['id'] === line['id'] || String(one['id']) === line['id'])
    if (line['id'] === undefined) change()?.lines.push(draftLine(shop, line))
    if (at < 0) continue
    writeMeta(shop, present[at]!, objectsIn(line, 'meta_data'))
    if (line['quantity'] !== undefined) {
      const changed = change()
      const { amount: _, ...old } = changed?.lines[at] ?? {}
      if (changed) changed.lines[at] = { ...old, quantity: String(line['quantity'] as number) } as DraftLine
    }
  }
  if (!draft) return
  reprice(shop, order, { ...draft, lines: draft.lines.filter((line) => Number(line.quantity) > 0) })
}

export const textIn = (input: JsonObject, name: string): string => {
  const value = input[name]
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

export const objectIn = (input: JsonObject, name: string): JsonObject => {
  const value = input[name]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

export const objectsIn = (input: JsonObject, name: string): JsonObject[] => {
  const value: Json | undefined = input[name]
  if (!Array.isArray(value)) return []
  return value.filter(
    (item): item is JsonObject => typeof item === 'object' && item !== null && !Array.isArray(item),
  )
}

const textsOf = (input: JsonObject): JsonObject =>
  Object.fromEntries(Object.keys(input).map((name) => [name, textIn(input, name)]))

function addressIn(input: JsonObject, name: string): Address {
  const given = objectIn(input, name)
  const address = { ...emptyAddress }
  for (const field of Object.keys(emptyAddress) as (keyof Address)[]) address[field] = textIn(given, field)
  return address
}
