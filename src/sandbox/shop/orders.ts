import type { Json, JsonObject } from './http.ts'
import { orderLines } from './order-lines.ts'
import type { OrderDraft } from './price-order.ts'
import { statusLabel, type Note, type Order, type Shop } from './state.ts'
import { gmtText, toSeconds, type Seconds } from './time.ts'

export interface Address {
  first_name: string
  last_name: string
  company: string
  address_1: string
  address_2: string
  city: string
  state: string
  postcode: string
  country: string
  phone: string
}

export const emptyAddress: Address = {
  first_name: '',
  last_name: '',
  company: '',
  address_1: '',
  address_2: '',
  city: '',
  state: '',
  postcode: '',
  country: '',
  phone: '',
}

/** An order to be placed; all that WooCommerce computes or numbers is left to the shop. */
export interface NewOrder {
  draft: OrderDraft
  status: string
  customerId: number
  billing: Partial<Address> & { email?: string }
  shipping: Partial<Address>
  paymentMethod: string
  paymentMethodTitle: string
  transactionId: string
  customerNote: string
  createdVia: 'checkout' | 'rest-api' | 'admin' | 'subscription'
  meta: { key: string; value: Json }[]
  /** Absent: now. */
  createdAt?: Seconds
  /** What a plug-in shows as the order's number; absent: the id. */
  number?: string
}

const paidStatuses = ['processing', 'completed']

/** Places an order: numbers it, computes it, and tells the webhooks. */
export function placeOrder(shop: Shop, wanted: NewOrder): Order {
  const id = shop.ids.post++
  const at = wanted.createdAt ?? toSeconds(shop.now())
  const paid = paidStatuses.includes(wanted.status)
  const order: Order = {
    id,
    status: wanted.status,
    createdAt: at,
    modifiedAt: at,
    draft: wanted.draft,
    body: {},
  }
  const { totals, ...lines } = orderLines(shop, wanted.draft)
  const meta =
    shop.fulfillmentsOn && paid
      ? [{ key: '_auto_fulfill_processed', value: '1' }, ...wanted.meta]
      : wanted.meta
  order.body = {
    id,
    parent_id: 0,
    status: wanted.status,
    currency: wanted.draft.currency,
    version: '11.0.1',
    prices_include_tax: wanted.draft.pricesIncludeTax,
    date_created: null,
    date_modified: null,
    ...totals,
    customer_id: wanted.customerId,
    order_key: `wc_order_${randomText(shop, 13)}`,
    billing: billingOf(wanted.billing),
    shipping: { ...emptyAddress, ...wanted.shipping },
    payment_method: wanted.paymentMethod,
    payment_method_title: wanted.paymentMethodTitle,
    transaction_id: wanted.transactionId,
    customer_ip_address: wanted.createdVia === 'checkout' ? '203.0.113.7' : '',
    customer_user_agent: wanted.createdVia === 'checkout' ? 'Mozilla/5.0' : '',
    created_via: wanted.createdVia,
    customer_note: wanted.customerNote,
    date_completed: null,
    date_paid: null,
    cart_hash: wanted.createdVia === 'checkout' ? randomText(shop, 32).toLowerCase() : '',
    number: wanted.number ?? String(id),
    meta_data: sortMeta(meta.map(({ key, value }) => ({ id: shop.ids.meta++, key, value }))),
    ...lines,
    refunds: [],
    payment_url: '',
    is_editable: false,
    needs_payment: false,
    needs_processing: true,
    date_created_gmt: null,
    date_modified_gmt: null,
    date_completed_gmt: wanted.status === 'completed' ? gmtText(at) : null,
    date_paid_gmt: paid ? gmtText(at) : null,
    currency_symbol: symbols[wanted.draft.currency] ?? wanted.draft.currency,
  }
  setFlags(order)
  if (shop.faults.listedLateSeconds > 0) order.listedFrom = at + shop.faults.listedLateSeconds
  shop.orders.set(id, order)
  shop.revision += 1
  if (wanted.status !== 'pending') {
    addNote(shop, order, changeNote(shop, 'pending', wanted.status), { at })
    for (const mail of mailsOf('New order', wanted.status))
      addNote(shop, order, `Email "${mail}" sent.`, { at })
  }
  shop.emit('created', order)
  shop.emit('updated', order)
  return order
}

const symbols: Record<string, string> = { EUR: '€', USD: '$', GBP: '£', JPY: '¥', KWD: 'د.ك' }

function billingOf(billing: NewOrder['billing']): JsonObject {
  const { phone, ...address } = { ...emptyAddress, ...billing }
  const { email = '', ...rest } = address
  return { ...rest, email, phone }
}

const changeNote = (shop: Shop, from: string, to: string): string =>
  `Order status changed from ${statusLabel(shop, from)} to ${statusLabel(shop, to)}.`

/** The mails WooCommerce sends at a status, each of which it notes. */
const mailsOf = (first: string, status: string): string[] => {
  const own = { processing: 'Processing order', 'on-hold': 'Order on-hold', completed: 'Completed order' }[
    status
  ]
  return [first, own].filter((mail) => mail !== undefined && mail !== '') as string[]
}

function setFlags(order: Order): void {
  if (!order.body) return
  order.body['is_editable'] = ['pending', 'on-hold', 'auto-draft'].includes(order.status)
  order.body['needs_payment'] =
    ['pending', 'failed'].includes(order.status) && Number(order.body['total']) > 0
}

/** Marks an order as written to now: its modified date moves, whatever was written (README fact 18). */
export function touch(shop: Shop, order: Order): void {
  if (order.body) delete order.raw
  order.modifiedAt = toSeconds(shop.now())
  shop.revision += 1
}

/** Gives the order another status, with the dates and the note that belong to it. */
export function setStatus(shop: Shop, order: Order, status: string): void {
  if (status === order.status || !order.body) return
  const at = toSeconds(shop.now())
  for (const mail of mailsOf('', status)) addNote(shop, order, `Email "${mail}" sent.`, { at })
  addNote(shop, order, changeNote(shop, order.status, status), { at })
  order.status = status
  order.body['status'] = status
  if (status === 'completed') order.body['date_completed_gmt'] = gmtText(at)
  if (paidStatuses.includes(status)) order.body['date_paid_gmt'] ??= gmtText(at)
  setFlags(order)
}

/** Computes the order anew from a changed draft; lines that stay keep their ids. */
export function reprice(shop: Shop, order: Order, draft: OrderDraft): void {
  if (!order.body) return
  const before = (order.body['line_items'] as JsonObject[]).slice()
  const { totals, ...lines } = orderLines(shop, draft)
  for (const line of lines.line_items) {
    const at = before.findIndex(
      (old) => old['product_id'] === line['product_id'] && old['variation_id'] === line['variation_id'],
    )
    if (at < 0) continue
    const [old] = before.splice(at, 1)
    line['id'] = old!['id']!
    line['meta_data'] = old!['meta_data']!
  }
  order.draft = draft
  Object.assign(order.body, totals, lines)
}

export function addNote(
  shop: Shop,
  order: Order,
  text: string,
  {
    customerNote = false,
    author = 'WooCommerce',
    at,
  }: { customerNote?: boolean; author?: string; at?: Seconds } = {},
): Note {
  const note: Note = {
    id: shop.ids.note++,
    author,
    note: text,
    customerNote,
    createdAt: at ?? toSeconds(shop.now()),
  }
  shop.notes.set(order.id, [...(shop.notes.get(order.id) ?? []), note])
  return note
}

/** Into the trash; lists leave it out, by id it still answers. recordings order.json: trash an order. */
export function trashOrder(shop: Shop, order: Order): void {
  order.trashedStatus = order.status
  order.status = 'trash'
  touch(shop, order)
  shop.emit('deleted', order)
}

/** Out of the trash, as the button in the shop's admin does. */
export function restoreOrder(shop: Shop, order: Order): void {
  if (order.status !== 'trash') return
  order.status = order.trashedStatus ?? 'pending'
  delete order.trashedStatus
  touch(shop, order)
  shop.emit('restored', order)
}

/** Gone for good: fires no webhook (README fact 20). */
export function deleteOrder(shop: Shop, order: Order): void {
  shop.orders.delete(order.id)
  shop.notes.delete(order.id)
  shop.refunds.delete(order.id)
  for (const fulfillment of shop.fulfillments.values())
    if (fulfillment.orderId === order.id) shop.fulfillments.delete(fulfillment.id)
  shop.revision += 1
}

/** WooCommerce shows meta in the order of its keys (recordings writes.json: meta_data write). */
export const sortMeta = (meta: JsonObject[]): JsonObject[] =>
  meta.sort((a, b) => compare(String(a['key']), String(b['key'])) || Number(a['id']) - Number(b['id']))

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export const randomText = (shop: Shop, length: number): string =>
  Array.from({ length }, () => letters[Math.floor(shop.random() * letters.length)]).join('')
