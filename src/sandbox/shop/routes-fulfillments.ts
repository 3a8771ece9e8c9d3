import type { Json, JsonObject, WpError } from './http.ts'
import { missingParam, wpError } from './http.ts'
import { objectsIn, textIn } from './order-input.ts'
import { addNote, sortMeta, touch } from './orders.ts'
import { demand, itemReply, listReply, refused, type Call, type Reply, type Route } from './rest.ts'
import type { Fulfillment, FulfillmentMeta, Order, Shop } from './state.ts'
import { gmtText, toSeconds } from './time.ts'

const base = '/wc/v3/orders/(?P<order_id>[\\d]+)/fulfillments'
const when = (shop: Shop): boolean => shop.fulfillmentsOn

/** The feature off means no such route: recordings fulfillments.json, "off: …"; README fact 23. */
export const fulfillmentRoutes: Route[] = [
  { name: base, when, methods: { GET: list, POST: create } },
  {
    name: `${base}/(?P<fulfillment_id>[\\d]+)`,
    when,
    methods: { GET: read, POST: update, PUT: update, PATCH: update, DELETE: remove },
  },
  { name: `${base}/(?P<fulfillment_id>[\\d]+)/metadata`, when, methods: { GET: readMeta } },
  { name: `${base}/lookup`, when, methods: { GET: lookup } },
]

/** A stored row shows `is_fulfilled` as the database has it, a fresh answer as a boolean. */
function rowJson(fulfillment: Fulfillment, fresh: boolean): JsonObject {
  return {
    id: fulfillment.id,
    entity_type: 'WC_Order',
    entity_id: String(fulfillment.orderId),
    status: fulfillment.fulfilled ? 'fulfilled' : 'unfulfilled',
    is_fulfilled: fresh ? fulfillment.fulfilled : fulfillment.fulfilled ? '1' : '0',
    date_updated: `${gmtText(fulfillment.updatedAt)}Z`,
    date_deleted: fulfillment.deletedAt === null ? null : `${gmtText(fulfillment.deletedAt)}Z`,
    meta_data: fulfillment.meta.map(({ id, key, value }): JsonObject => ({ id, key, value })),
  }
}

/** The order of this call, once the caller may do the deed. Its `data.status` is a text: recordings, "unknown order". */
function orderOf(call: Call): Order | WpError {
  const refusal = demand(call, 'view_many')
  if (refusal) return refusal
  const order = call.shop.orders.get(Number(call.params[0]))
  if (order?.body) return order
  return refused(wpError(404, 'woocommerce_rest_order_invalid_id', 'Invalid order ID.', { status: '404' }))
}

const isOrder = (value: Order | WpError): value is Order => 'body' in value

const notFound = (code: number): WpError => wpError(400, code, 'Fulfillment not found.')

function list(call: Call): Reply | WpError {
  const order = orderOf(call)
  if (!isOrder(order)) return order
  const rows = [...call.shop.fulfillments.values()].filter(
    (one) => one.orderId === order.id && one.deletedAt === null,
  )
  return listReply(
    call,
    rows.map((row) => rowJson(row, false)),
  )
}

function find(call: Call, order: Order): Fulfillment | undefined {
  const row = call.shop.fulfillments.get(Number(call.params[1]))
  return row?.orderId === order.id ? row : undefined
}

function read(call: Call): Reply | WpError {
  const order = orderOf(call)
  if (!isOrder(order)) return order
  const row = find(call, order)
  if (!row) return notFound(0)
  return row.deletedAt === null ? itemReply(call, rowJson(row, false)) : notFound(404)
}

function readMeta(call: Call): Reply | WpError {
  const order = orderOf(call)
  if (!isOrder(order)) return order
  const row = find(call, order)
  if (!row || row.deletedAt !== null) return notFound(row ? 404 : 0)
  return { json: row.meta.map(({ id, key, value }): JsonObject => ({ id, key, value })) }
}

/** The shop's guess at a carrier; the real one guessed nothing for a UPS number (recordings: lookup tracking number). */
function lookup(call: Call): Reply | WpError {
  const order = orderOf(call)
  return isOrder(order) ? { json: [] } : order
}

/** recordings fulfillments.json: create … Too many pieces, unknown items and repeats are all accepted. */
function create(call: Call): Reply | WpError {
  const { shop, input } = call
  if (input['meta_data'] === undefined) return missingParam('meta_data')
  const order = orderOf(call)
  if (!isOrder(order)) return order
  const items = itemsIn(metaIn(input))
  if (items.length === 0) return noItems()
  const row: Fulfillment = {
    id: shop.ids.fulfillment++,
    orderId: order.id,
    fulfilled: isFulfilled(input),
    updatedAt: toSeconds(shop.now()),
    deletedAt: null,
    meta: metaIn(input).map(({ key, value }) => ({ id: shop.ids.meta++, key, value })),
  }
  stampFulfilled(shop, row)
  shop.fulfillments.set(row.id, row)
  const what = `Fulfillment #${row.id} created (status: ${row.fulfilled ? 'Fulfilled' : 'Unfulfilled'}).`
  settle(shop, order)
  addNote(shop, order, `${what} ${describe(order, row)}`)
  return itemReply(call, rowJson(row, true), 201)
}

const noItems = (): WpError => wpError(400, 0, 'The fulfillment should contain at least one item.')

/** A status nobody knows is unfulfilled: recordings fulfillments.json, "create bad status". */
const isFulfilled = (input: JsonObject): boolean => textIn(input, 'status') === 'fulfilled'

interface MetaInput {
  id: number | null
  key: string
  value: Json
}

const metaIn = (input: JsonObject): MetaInput[] =>
  objectsIn(input, 'meta_data').map((meta) => ({
    id: typeof meta['id'] === 'number' ? meta['id'] : null,
    key: textIn(meta, 'key'),
    value: meta['value'] ?? null,
  }))

function itemsIn(meta: { key: string; value: Json }[]): { itemId: number; quantity: number }[] {
  const holder = { items: meta.find(({ key }) => key === '_items')?.value ?? null }
  return objectsIn(holder, 'items').map((item) => ({
    itemId: Number(item['item_id']),
    quantity: Number(item['qty']),
  }))
}

function stampFulfilled(shop: Shop, row: Fulfillment): void {
  if (!row.fulfilled || row.meta.some(({ key }) => key === '_date_fulfilled')) return
  row.meta.push({ id: shop.ids.meta++, key: '_date_fulfilled', value: `${gmtText(row.updatedAt)}Z` })
}

/** The given meta replaces the old: keys that are left out go (recordings fulfillments.json: update). */
function update(call: Call): Reply | WpError {
  const { shop, input } = call
  const order = orderOf(call)
  if (!isOrder(order)) return order
  const row = find(call, order)
  if (!row || row.deletedAt !== null) return notFound(row ? 404 : 0)
  const given = metaIn(input)
  if (given.length > 0 && itemsIn(given).length === 0) return noItems()
  if (given.length > 0)
    row.meta = given.map(({ id, key, value }): FulfillmentMeta => {
      const old = row.meta.find((one) => (id === null ? one.key === key : one.id === id))
      return { id: old?.id ?? shop.ids.meta++, key, value }
    })
  if (input['status'] !== undefined) row.fulfilled = isFulfilled(input)
  row.updatedAt = toSeconds(shop.now())
  stampFulfilled(shop, row)
  settle(shop, order)
  addNote(shop, order, `Fulfillment #${row.id} updated. ${describe(order, row)}`)
  return itemReply(call, rowJson(row, true))
}

/** Deleting again answers 200 as well. */
function remove(call: Call): Reply | WpError {
  const order = orderOf(call)
  if (!isOrder(order)) return order
  const row = find(call, order)
  if (!row) return notFound(0)
  if (row.deletedAt === null) {
    row.deletedAt = toSeconds(call.shop.now())
    settle(call.shop, order)
    addNote(call.shop, order, `Fulfillment #${row.id} deleted.`)
  }
  return { json: { message: 'Fulfillment deleted successfully.' } }
}

/** The words of the note WooCommerce writes itself: recordings fulfillments.json, "order notes". */
function describe(order: Order, row: Fulfillment): string {
  const lines = objectsIn(order.body ?? {}, 'line_items')
  const items = itemsIn(row.meta).map(({ itemId, quantity }) => {
    const line = lines.find((one) => one['id'] === itemId)
    return `${line ? textIn(line, 'name') : `Item #${itemId}`} x${quantity}`
  })
  const meta = (key: string): Json => row.meta.find((one) => one.key === key)?.value ?? null
  const facts = [
    ['Tracking', meta('_tracking_number')],
    ['Provider', meta('_shipment_provider')],
    ['URL', meta('_tracking_url')],
  ].filter(([, value]) => typeof value === 'string' && value !== '')
  const tail =
    facts.length > 0
      ? ` ${facts.map(([name, value]) => `${String(name)}: ${String(value)}`).join(', ')}.`
      : ''
  return `Items: ${items.join(', ')}.${tail}`
}

const statusLabels = {
  no_fulfillments: 'No fulfillments',
  unfulfilled: 'Unfulfilled',
  partially_fulfilled: 'Partially fulfilled',
  fulfilled: 'Fulfilled',
}
type FulfillmentStatus = keyof typeof statusLabels

/** An unfulfilled draft among them makes it partial: recordings fulfillments.json, "order notes". */
function fulfillmentStatus(shop: Shop, order: Order): FulfillmentStatus {
  const rows = [...shop.fulfillments.values()].filter(
    (row) => row.orderId === order.id && row.deletedAt === null,
  )
  if (rows.length === 0) return 'no_fulfillments'
  const done = new Map<number, number>()
  for (const { itemId, quantity } of rows.filter((row) => row.fulfilled).flatMap((row) => itemsIn(row.meta)))
    done.set(itemId, (done.get(itemId) ?? 0) + quantity)
  if (done.size === 0) return 'unfulfilled'
  const whole = objectsIn(order.body ?? {}, 'line_items').every(
    (line) => (done.get(Number(line['id'])) ?? 0) >= Number(line['quantity']),
  )
  return whole && rows.every((row) => row.fulfilled) ? 'fulfilled' : 'partially_fulfilled'
}

/** Keeps `_fulfillment_status` of the order; its own status stays (README fact 23). The modified date moves. */
function settle(shop: Shop, order: Order): void {
  if (!order.body) return
  const meta = objectsIn(order.body, 'meta_data')
  const kept = meta.find((one) => one['key'] === '_fulfillment_status')
  const before = (kept?.['value'] ?? 'no_fulfillments') as FulfillmentStatus
  const status = fulfillmentStatus(shop, order)
  if (kept) kept['value'] = status
  else
    order.body['meta_data'] = sortMeta([
      ...meta,
      { id: shop.ids.meta++, key: '_fulfillment_status', value: status },
    ])
  if (status !== before)
    addNote(
      shop,
      order,
      `Order fulfillment status changed from ${statusLabels[before]} to ${statusLabels[status]}.`,
    )
  touch(shop, order)
  shop.emit('updated', order)
}
