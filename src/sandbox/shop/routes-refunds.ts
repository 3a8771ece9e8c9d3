import { Big } from 'big.js'
import type { JsonObject, WpError } from './http.ts'
import { invalidParam, wpError } from './http.ts'
import { objectsIn, textIn } from './order-input.ts'
import { addNote, setStatus, touch } from './orders.ts'
import { textOf } from './php.ts'
import { restUrl } from './render.ts'
import { demand, itemReply, listReply, paged, type Call, type Reply, type Route } from './rest.ts'
import type { Order, Refund, Shop } from './state.ts'
import { gmtText, localText, toSeconds } from './time.ts'

export const refundRoutes: Route[] = [
  { name: '/wc/v3/orders/(?P<order_id>[\\d]+)/refunds', methods: { GET: list, POST: create } },
  {
    name: '/wc/v3/orders/(?P<order_id>[\\d]+)/refunds/(?P<id>[\\d]+)',
    methods: { GET: read, DELETE: remove },
  },
  { name: '/wc/v3/refunds', methods: { GET: listAll } },
]

function refundJson(call: Call, refund: Refund): JsonObject {
  const order = restUrl(call.shop, call.request, `/wc/v3/orders/${refund.orderId}`)
  return {
    id: refund.id,
    date_created: localText(call.shop.zone, refund.createdAt),
    date_created_gmt: gmtText(refund.createdAt),
    amount: refund.amount,
    ...refund.body,
    _links: {
      self: [{ href: `${order}/refunds/${refund.id}`, targetHints: { allow: ['GET', 'DELETE'] } }],
      collection: [{ href: `${order}/refunds` }],
      up: [{ href: order }],
    },
  }
}

/** Refunds of an order that does not exist are an empty list: README fact 25. */
function list(call: Call): Reply | WpError {
  const refusal = demand(call, 'list')
  if (refusal) return refusal
  const refunds = [...(call.shop.refunds.get(Number(call.params[0])) ?? [])].reverse()
  const { items, headers } = paged(call, refunds)
  return listReply(
    call,
    items.map((refund) => refundJson(call, refund)),
    headers,
  )
}

function listAll(call: Call): Reply | WpError {
  const refusal = demand(call, 'list')
  if (refusal) return refusal
  const all = [...call.shop.refunds.values()].flat().sort((a, b) => b.id - a.id)
  const { items, headers } = paged(call, all, [['dp', '2']])
  return listReply(
    call,
    items.map((refund) => ({ ...refundJson(call, refund), parent_id: refund.orderId })),
    headers,
  )
}

function find(call: Call): Refund | undefined {
  return call.shop.refunds.get(Number(call.params[0]))?.find((refund) => refund.id === Number(call.params[1]))
}

const unknownRefund = (): WpError =>
  wpError(404, 'woocommerce_rest_invalid_order_refund_id', 'Invalid order refund ID.')

function read(call: Call): Reply | WpError {
  const refusal = demand(call, 'view')
  if (refusal) return refusal
  const refund = find(call)
  return refund ? itemReply(call, refundJson(call, refund)) : unknownRefund()
}

/** recordings writes.json: refund … (the errors are 500 with `data: 500`, README fact 25). */
function create(call: Call): Reply | WpError {
  const { shop, input } = call
  if (input['amount'] !== undefined && typeof input['amount'] !== 'string')
    return invalidParam('amount', 'amount is not of type string.', 'rest_invalid_type', { param: 'amount' })
  const refusal = demand(call, 'create')
  if (refusal) return refusal
  const order = shop.orders.get(Number(call.params[0]))
  if (!order?.body) return wpError(404, 'woocommerce_rest_invalid_order_id', 'Invalid order ID.')
  if (input['api_refund'] !== false) {
    const gateway = shop.paymentGateways.some((one) => one.id === order.body?.['payment_method'])
    return refundError(
      gateway
        ? 'The payment gateway for this order does not support automatic refunds.'
        : 'The payment gateway for this order does not exist.',
    )
  }
  const amount = textIn(input, 'amount') || '0'
  const left = new Big(String(order.body['total'])).minus(refundedOf(shop, order))
  if (!/^\d+(\.\d+)?$/.test(amount) || left.lte(0) || new Big(amount).gt(left))
    return refundError('Invalid refund amount.')
  const refund = addRefund(shop, order, {
    amount,
    reason: textIn(input, 'reason'),
    lines: objectsIn(input, 'line_items'),
  })
  const location = restUrl(shop, call.request, `/wc/v3/orders/(?P<order_id>[\\d]+)/refunds/${refund.id}`)
  return itemReply(call, refundJson(call, refund), 201, { location })
}

const refundError = (message: string): WpError =>
  wpError(500, 'woocommerce_rest_cannot_create_order_refund', message, 500)

const refundedOf = (shop: Shop, order: Order): Big =>
  (shop.refunds.get(order.id) ?? []).reduce((sum, refund) => sum.plus(refund.amount), new Big(0))

/** Refunds part of an order, or all that is left; then its status becomes `refunded` by itself. */
export function addRefund(
  shop: Shop,
  order: Order,
  { amount, reason, lines }: { amount: string; reason: string; lines: JsonObject[] },
): Refund {
  const whole = new Big(String(order.body?.['total'] ?? '0')).eq(refundedOf(shop, order).plus(amount))
  const refund: Refund = {
    id: shop.ids.post++,
    orderId: order.id,
    createdAt: toSeconds(shop.now()),
    amount: new Big(amount).toFixed(2),
    body: {
      reason,
      refunded_by: 1,
      refunded_payment: false,
      meta_data: [{ id: shop.ids.meta++, key: '_refund_type', value: whole ? 'full' : 'partial' }],
      line_items: lines.flatMap((line) => refundLine(shop, order, line)),
      shipping_lines: [],
      tax_lines: [],
      fee_lines: [],
    },
  }
  shop.refunds.set(order.id, [...(shop.refunds.get(order.id) ?? []), refund])
  touch(shop, order)
  addNote(shop, order, 'Email "Refunded order" sent.')
  if (whole && new Big(amount).gt(0)) setStatus(shop, order, 'refunded')
  shop.emit('updated', order)
  return refund
}

/** A refunded line: negative quantity and totals. recordings writes.json: refund of one piece. */
function refundLine(shop: Shop, order: Order, line: JsonObject): JsonObject[] {
  const item = objectsIn(order.body ?? {}, 'line_items').find(
    (one) => String(one['id']) === textIn(line, 'id'),
  )
  if (!item) return []
  const quantity = Number(line['quantity'] ?? 0)
  const total = new Big(textIn(line, 'refund_total') || '0')
  const id = textIn(line, 'id')
  return [
    {
      ...item,
      id: shop.ids.item++,
      quantity: -quantity,
      subtotal: total.times(-1).toFixed(2),
      subtotal_tax: '0.00',
      total: total.times(-1).toFixed(2),
      total_tax: '0.00',
      taxes: [],
      meta_data: [
        {
          id: shop.ids.meta++,
          key: '_refunded_item_id',
          value: id,
          display_key: '_refunded_item_id',
          display_value: id,
        },
      ],
      price: quantity === 0 ? 0 : Number(total.div(quantity)),
    },
  ]
}

/** Deleting a refund does not move the order's modified date: README fact 18. */
function remove(call: Call): Reply | WpError {
  const refusal = demand(call, 'delete')
  if (refusal) return refusal
  if (textOf(call.request.query, 'force') !== 'true')
    return wpError(501, 'woocommerce_rest_trash_not_supported', 'Order refunds do not support trashing.')
  const refund = find(call)
  if (!refund) return unknownRefund()
  const rest = (call.shop.refunds.get(refund.orderId) ?? []).filter((one) => one !== refund)
  call.shop.refunds.set(refund.orderId, rest)
  return itemReply(call, refundJson(call, refund))
}
