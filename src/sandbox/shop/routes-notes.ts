import type { JsonObject, WpError } from './http.ts'
import { missingParam, wpError } from './http.ts'
import { textIn } from './order-input.ts'
import { addNote } from './orders.ts'
import { textOf } from './php.ts'
import { restUrl } from './render.ts'
import { demand, itemReply, listReply, type Call, type Reply, type Route } from './rest.ts'
import type { Note, Order } from './state.ts'
import { gmtText, localText } from './time.ts'

export const noteRoutes: Route[] = [
  { name: '/wc/v3/orders/(?P<order_id>[\\d]+)/notes', methods: { GET: list, POST: create } },
  { name: '/wc/v3/orders/(?P<order_id>[\\d]+)/notes/(?P<id>[\\d]+)', methods: { GET: read, DELETE: remove } },
]

/** recordings order.json: unknown id notes. */
const unknownOrder = (): WpError =>
  wpError(404, 'woocommerce_rest_shop_order_invalid_id', 'Invalid order ID.')

const orderOf = (call: Call): Order | undefined => call.shop.orders.get(Number(call.params[0]))

function noteJson(call: Call, order: Order, note: Note): JsonObject {
  const parent = restUrl(call.shop, call.request, `/wc/v3/orders/${order.id}`)
  return {
    id: note.id,
    author: note.author,
    date_created: localText(call.shop.zone, note.createdAt),
    date_created_gmt: gmtText(note.createdAt),
    note: note.note,
    customer_note: note.customerNote,
    _links: {
      self: [{ href: `${parent}/notes/${note.id}`, targetHints: { allow: ['GET', 'DELETE'] } }],
      collection: [{ href: `${parent}/notes` }],
      up: [{ href: parent }],
    },
  }
}

function list(call: Call): Reply | WpError {
  const order = orderOf(call)
  const refusal = demand(call, 'list')
  if (refusal) return refusal
  if (!order) return unknownOrder()
  const type = textOf(call.request.query, 'type') ?? 'any'
  const notes = (call.shop.notes.get(order.id) ?? [])
    .filter((note) => type === 'any' || note.customerNote === (type === 'customer'))
    .sort((a, b) => b.createdAt - a.createdAt || a.id - b.id)
  return listReply(
    call,
    notes.map((note) => noteJson(call, order, note)),
  )
}

function create(call: Call): Reply | WpError {
  if (call.input['note'] === undefined) return missingParam('note')
  const refusal = demand(call, 'create')
  if (refusal) return refusal
  const order = orderOf(call)
  if (!order) return unknownOrder()
  const customerNote = call.input['customer_note'] === true || call.input['customer_note'] === 'true'
  const text = textIn(call.input, 'note').replace(/<\/?(?:script|style|iframe)[^>]*>/gi, '')
  const note = addNote(call.shop, order, text, { customerNote })
  if (customerNote) addNote(call.shop, order, 'Email "Customer note" sent.')
  const location = restUrl(call.shop, call.request, `/wc/v3/orders/${order.id}/notes/${note.id}`)
  return itemReply(call, noteJson(call, order, note), 201, { location })
}

function found(call: Call): { order: Order; note: Note } | WpError {
  const order = orderOf(call)
  if (!order) return unknownOrder()
  const note = call.shop.notes.get(order.id)?.find((one) => one.id === Number(call.params[1]))
  return note ? { order, note } : wpError(404, 'woocommerce_rest_invalid_id', 'Invalid resource ID.')
}

function read(call: Call): Reply | WpError {
  const refusal = demand(call, 'view')
  if (refusal) return refusal
  const result = found(call)
  return 'note' in result ? itemReply(call, noteJson(call, result.order, result.note)) : result
}

function remove(call: Call): Reply | WpError {
  const refusal = demand(call, 'delete')
  if (refusal) return refusal
  // The words are WooCommerce's own: recordings writes.json, "note delete without force".
  if (textOf(call.request.query, 'force') !== 'true')
    return wpError(501, 'woocommerce_rest_trash_not_supported', 'Webhooks do not support trashing.')
  const result = found(call)
  if (!('note' in result)) return result
  const rest = (call.shop.notes.get(result.order.id) ?? []).filter((note) => note !== result.note)
  call.shop.notes.set(result.order.id, rest)
  return itemReply(call, noteJson(call, result.order, result.note))
}
