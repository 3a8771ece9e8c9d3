import type { JsonObject, WpError } from './http.ts'
import { invalidParam, isWpError, wpError } from './http.ts'
import { listOrders, notInEnum } from './list-orders.ts'
import { createFromInput, writeInput } from './order-input.ts'
import { deleteOrder, trashOrder } from './orders.ts'
import { textOf } from './php.ts'
import { fieldsOf, linkBase, orderJson, orderText, restUrl, withDecimals } from './render.ts'
import { demand, itemReply, pageHeaders, type Call, type Reply, type Route } from './rest.ts'
import { visibleStatuses, type Order, type Shop } from './state.ts'

const maxBatch = 100

export const orderRoutes: Route[] = [
  { name: '/wc/v3/orders', methods: { GET: list, POST: create } },
  {
    name: '/wc/v3/orders/(?P<id>[\\d]+)',
    methods: { GET: read, POST: update, PUT: update, PATCH: update, DELETE: remove },
  },
  { name: '/wc/v3/orders/batch', methods: { POST: batch, PUT: batch, PATCH: batch } },
]

function list(call: Call): Reply | WpError {
  const page = listOrders(call.shop, withBody(call))
  if (isWpError(page)) return page
  const refusal = demand(call, 'list')
  if (refusal) return refusal
  const fields = fieldsOf(call.request)
  const texts = page.orders.map((order) => orderText(call.shop, call.request, order, fields))
  const defaults: [string, string][] = [
    ['status', 'any'],
    ['dp', '2'],
    ['context', 'view'],
  ]
  return { headers: pageHeaders(call, page, defaults), text: `[${texts.join(',')}]` }
}

/** Parameters in a JSON body count for a GET as well: WP_REST_Request::get_parameter_order. */
function withBody({ request, input }: Call): Call['request'] {
  const query = new Map(request.query)
  for (const [name, value] of Object.entries(input))
    if (Array.isArray(value)) query.set(name, new Map(value.map((one, i) => [String(i), String(one)])))
    else query.set(name, String(value))
  return { ...request, query }
}

const orderOf = (call: Call): Order | undefined =>
  call.request.ordersTableMissing ? undefined : call.shop.orders.get(Number(call.params[0]))

/** Reading an unknown order is 404, writing to one 400: recordings order.json, "unknown id". */
export const unknownOrder = (status: 400 | 404): WpError =>
  wpError(status, 'woocommerce_rest_shop_order_invalid_id', status === 404 ? 'Invalid ID.' : 'ID is invalid.')

function read(call: Call): Reply | WpError {
  const order = orderOf(call)
  if (!order) return unknownOrder(404)
  return demand(call, 'view') ?? orderReply(call, order)
}

function orderReply(call: Call, order: Order, status = 200, headers: Record<string, string> = {}): Reply {
  const fields = fieldsOf(call.request)
  if (order.raw === undefined)
    return itemReply(
      call,
      withDecimals(call.request, orderJson(call.shop, linkBase(call.shop, call.request), order)),
      status,
      headers,
    )
  return { status, headers, text: orderText(call.shop, call.request, order, fields) }
}

function create(call: Call): Reply | WpError {
  const refusal = statusFault(call.shop, call.input) ?? demand(call, 'create')
  if (refusal) return refusal
  if (call.request.ordersTableMissing)
    return wpError(500, 'internal_server_error', 'There has been a critical error on this website.')
  const order = createFromInput(call.shop, call.input)
  return orderReply(call, order, 201, {
    location: restUrl(call.shop, call.request, `/wc/v3/orders/${order.id}`),
  })
}

function update(call: Call): Reply | WpError {
  const wrong = statusFault(call.shop, call.input)
  if (wrong) return wrong
  const order = orderOf(call)
  if (!order) return demand(call, 'edit') ?? unknownOrder(400)
  const refusal = demand(call, 'edit')
  if (refusal) return refusal
  if (!order.body)
    return wpError(500, 'internal_server_error', 'There has been a critical error on this website.')
  writeInput(call.shop, order, call.input)
  return orderReply(call, order)
}

/** recordings writes.json: status nonsense; status of the wrong type. */
function statusFault(shop: Shop, input: JsonObject): WpError | null {
  const status = input['status']
  if (status === undefined) return null
  if (typeof status !== 'string')
    return invalidParam('status', 'status is not of type string.', 'rest_invalid_type', { param: 'status' })
  const allowed = writableStatuses(shop)
  return allowed.includes(status) ? null : notInEnum('status', 'status', allowed)
}

const writableStatuses = (shop: Shop): string[] => ['auto-draft', ...visibleStatuses(shop), 'checkout-draft']

function remove(call: Call): Reply | WpError {
  const order = orderOf(call)
  if (!order) return unknownOrder(404)
  const refusal = demand(call, 'delete')
  if (refusal) return refusal
  const before = orderReply(call, order)
  if (textOf(call.request.query, 'force') === 'true' || call.input['force'] === true) {
    deleteOrder(call.shop, order)
    return before
  }
  if (order.status === 'trash')
    return wpError(410, 'woocommerce_rest_already_trashed', 'The shop_order has already been deleted.')
  trashOrder(call.shop, order)
  return before
}

/** recordings writes.json: batch mixed (errors inside a 200, an unknown status becomes pending), batch with _fields. */
function batch(call: Call): Reply | WpError {
  const refusal = demand(call, 'batch')
  if (refusal) return refusal
  const items = (name: string): unknown[] => (Array.isArray(call.input[name]) ? call.input[name] : [])
  const [creates, updates, deletes] = [items('create'), items('update'), items('delete')]
  if (creates.length + updates.length + deletes.length > maxBatch)
    return wpError(
      413,
      'woocommerce_rest_request_entity_too_large',
      `Unable to accept more than ${maxBatch} items for this request.`,
    )
  const base = linkBase(call.shop, call.request)
  const failed = (id: number, error: WpError): JsonObject => ({
    id,
    error: { code: error.code, message: error.message, data: { status: error.status } },
  })
  const result: JsonObject = {}
  if (creates.length > 0)
    result['create'] = creates.map((input) =>
      orderJson(call.shop, base, createFromInput(call.shop, asObject(input))),
    )
  if (updates.length > 0)
    result['update'] = updates.map((item) => {
      const input = asObject(item)
      const id = Number(input['id'])
      const order = call.shop.orders.get(id)
      if (!order?.body) return failed(id, unknownOrder(400))
      const known =
        input['status'] === undefined || writableStatuses(call.shop).includes(String(input['status']))
      writeInput(call.shop, order, known ? input : { ...input, status: 'pending' })
      return orderJson(call.shop, base, order)
    })
  if (deletes.length > 0)
    result['delete'] = deletes.map((item) => {
      const id = Number(typeof item === 'object' && item !== null && 'id' in item ? item.id : item)
      const order = call.shop.orders.get(id)
      if (!order) return failed(id, unknownOrder(404))
      const before = orderJson(call.shop, base, order)
      trashOrder(call.shop, order)
      return before
    })
  const empty = Object.keys(result).length === 0 || fieldsOf(call.request) !== null
  return { json: empty ? [] : result }
}

const asObject = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
