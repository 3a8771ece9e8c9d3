import type { Json, JsonObject } from './http.ts'
import { addFault, noFaults, type FaultSpec } from './faults.ts'
import { newJournal, type JournalEntry, type RequestWatcher } from './journal.ts'
import { loadOrders, topLevelMembers } from './load.ts'
import { writeInput } from './order-input.ts'
import { deleteOrder, placeOrder, restoreOrder, trashOrder, type NewOrder } from './orders.ts'
import { randomOrder, type OrderWish } from './random-order.ts'
import { addRefund } from './routes-refunds.ts'
import type { ApiKey, Order, Shop, Webhook } from './state.ts'
import { gmtText, toSeconds } from './time.ts'
import type { Webhooks } from './webhooks.ts'

export interface OrderSummary {
  id: number
  number: string
  status: string
  total: string
  currency: string
  customer: string
  createdAt: string
  modifiedAt: string
  loaded: boolean
}

/** What a test or a person does to the shop from behind; the control endpoints call the same functions. */
export interface ShopControl {
  /** A new believable order, or one with the trouble asked for; it is placed now unless `at` says otherwise. */
  newOrder: (wish?: OrderWish) => OrderSummary
  /** Exactly this order. */
  placeOrder: (order: NewOrder) => OrderSummary
  /** A random order to change before it is placed. */
  draftOrder: (wish?: OrderWish) => NewOrder
  /** New orders like those of this text: new ids and dates, all else as given. Throws when it holds no readable order. */
  orderLike: (text: string) => OrderSummary[]
  /** The orders of this text, byte for byte, under their own ids. Throws when it holds none. */
  load: (text: string) => OrderSummary[]
  /** Writes to an order as a PUT with this body would. */
  edit: (id: number, input: JsonObject) => OrderSummary
  cancel: (id: number) => OrderSummary
  refund: (id: number, amount: string, reason?: string) => void
  trash: (id: number) => void
  restore: (id: number) => void
  /** Gone for good; no webhook tells. */
  remove: (id: number) => void
  orders: () => OrderSummary[]
  order: (id: number) => Order | undefined

  /** Closes the listening socket ("refused"), ends every connection ("reset") or shows WordPress' maintenance page. */
  down: (mode: 'refused' | 'reset' | 'maintenance') => Promise<void>
  up: () => Promise<void>
  /** @param onMet told of each request that it meets; from inside only */
  fault: (spec: FaultSpec, onMet?: () => void) => void
  /** All trouble ends; orders, keys and webhooks stay as they are. */
  reset: () => Promise<void>
  /** The shop has this address now; the old one (this one) goes on answering, or redirects. Null: moved back. */
  move: (to: { home: string; mode: 'answers' | 'redirect' } | null) => void
  /** The next so many deliveries are dropped or sent twice. */
  webhookFaults: (faults: { drop?: number; duplicate?: number }) => void
  /** Resolves when no webhook delivery is under way. */
  webhooksIdle: () => Promise<void>
  webhooks: () => Webhook[]
  /** Somebody deletes a webhook in the shop's settings. */
  removeWebhook: (id: number) => void
  /** A create that was sent twice. */
  copyWebhook: (id: number) => void
  setKey: (change: Partial<Pick<ApiKey, 'permissions' | 'user'>>) => void
  /** Orders placed from now on appear in lists this much later. */
  listLate: (seconds: number) => void
  stripAuthorization: (on: boolean) => void
  /** WooCommerce is switched off in WordPress. */
  deactivate: (on: boolean) => void
  setFulfillments: (on: boolean) => void
  setPlainPermalinks: (on: boolean) => void
  /** A plug-in that adds a status comes or goes; orders keep it. */
  addStatus: (slug: string, label?: string) => void
  forgetStatus: (slug: string) => void

  /** A new order now and then: one in five with some trouble. */
  startDrip: (intervalMs: number) => void
  stopDrip: () => void

  /** Tells of every step of every request at the moment it is taken; the answer ends that. From inside only. */
  watch: (watcher: RequestWatcher) => () => void
  requests: () => { entries: JournalEntry[]; inFlight: number; mostInFlight: number; count: number }
  clearRequests: () => void
}

interface Listener {
  stopListening: () => Promise<void>
  listenAgain: () => Promise<void>
}

export function newControl(shop: Shop, webhooks: Webhooks, listener: Listener): ShopControl {
  let drip: NodeJS.Timeout | null = null
  let listening = true
  const known = (id: number): Order => {
    const order = shop.orders.get(id)
    if (!order) throw new Error(`The shop has no order ${id}.`)
    return order
  }
  const control: ShopControl = {
    newOrder: (wish = {}) => summary(placeOrder(shop, randomOrder(shop, wish))),
    placeOrder: (order) => summary(placeOrder(shop, order)),
    draftOrder: (wish = {}) => randomOrder(shop, wish),
    orderLike: (text) => copies(shop, text).map(summary),
    load: (text) => loadOrders(shop, text).map(summary),
    edit: (id, input) => {
      const order = known(id)
      writeInput(shop, order, input)
      return summary(order)
    },
    cancel: (id) => control.edit(id, { status: 'cancelled' }),
    refund: (id, amount, reason = '') => {
      addRefund(shop, known(id), { amount, reason, lines: [] })
    },
    trash: (id) => trashOrder(shop, known(id)),
    restore: (id) => restoreOrder(shop, known(id)),
    remove: (id) => deleteOrder(shop, known(id)),
    orders: () => [...shop.orders.values()].map(summary),
    order: (id) => shop.orders.get(id),

    down: async (mode) => {
      if (mode !== 'refused') return addFault(shop.faults, { kind: mode })
      if (listening) await listener.stopListening()
      listening = false
    },
    up: async () => {
      shop.faults.active = shop.faults.active.filter(({ kind }) => kind !== 'reset' && kind !== 'maintenance')
      if (!listening) await listener.listenAgain()
      listening = true
    },
    fault: (spec, onMet) => addFault(shop.faults, spec, onMet),
    reset: async () => {
      shop.faults = noFaults()
      await control.up()
    },
    move: (to) => {
      shop.faults.movedTo = to && { ...to, home: to.home.replace(/\/$/, '') }
    },
    webhookFaults: (faults) => Object.assign(shop.faults.webhooks, faults),
    webhooksIdle: () => webhooks.idle(),
    webhooks: () => [...shop.webhooks.values()],
    removeWebhook: (id) => void shop.webhooks.delete(id),
    copyWebhook: (id) => {
      const copy = shop.ids.webhook++
      shop.webhooks.set(copy, { ...shop.webhooks.get(id)!, id: copy })
    },
    setKey: (change) => Object.assign(shop.keys[0]!, change),
    listLate: (seconds) => {
      shop.faults.listedLateSeconds = seconds
    },
    stripAuthorization: (on) => {
      shop.faults.stripAuthorization = on
    },
    deactivate: (on) => {
      shop.faults.deactivated = on
    },
    setFulfillments: (on) => {
      shop.fulfillmentsOn = on
    },
    setPlainPermalinks: (on) => {
      shop.plainPermalinks = on
    },
    addStatus: (slug, label = slug) => {
      shop.customStatuses.set(slug, label)
    },
    forgetStatus: (slug) => {
      shop.customStatuses.delete(slug)
    },

    startDrip: (intervalMs) => {
      control.stopDrip()
      const unusual: OrderWish['trouble'][] = [
        'unknown_sku',
        'unmapped_payment',
        'held_status',
        'missing_field',
      ]
      drip = setInterval(() => {
        const trouble = shop.random() < 0.2 ? unusual[Math.floor(shop.random() * unusual.length)] : undefined
        control.newOrder(trouble ? { trouble } : {})
      }, intervalMs)
      drip.unref()
    },
    stopDrip: () => {
      if (drip) clearInterval(drip)
      drip = null
    },

    watch: (watcher) => {
      shop.watchers.add(watcher)
      return () => void shop.watchers.delete(watcher)
    },
    requests: () => ({ ...shop.journal, entries: [...shop.journal.entries] }),
    clearRequests: () => {
      Object.assign(shop.journal, newJournal(), { inFlight: shop.journal.inFlight })
    },
  }
  return control
}

function summary(order: Order): OrderSummary {
  const text = (name: string): string => {
    const value: Json | undefined = order.body?.[name]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  const billing = order.body?.['billing']
  const customer = billing && typeof billing === 'object' && !Array.isArray(billing) ? billing : {}
  return {
    id: order.id,
    number: text('number') || String(order.id),
    status: order.status,
    total: text('total'),
    currency: text('currency'),
    customer: [customer['first_name'], customer['last_name']].filter(Boolean).join(' '),
    createdAt: `${gmtText(order.createdAt)}Z`,
    modifiedAt: `${gmtText(order.modifiedAt)}Z`,
    loaded: order.raw !== undefined,
  }
}

/** Copies under new ids, as of now. */
function copies(shop: Shop, text: string): Order[] {
  const scratch = { ...shop, orders: new Map<number, Order>(), ids: { ...shop.ids } }
  const now = toSeconds(shop.now())
  return loadOrders(scratch, text).map((like) => {
    if (!like.body) throw new Error(`Order ${like.id} is not valid JSON: load it as it is instead.`)
    const id = shop.ids.post++
    const order: Order = {
      id,
      status: like.status,
      createdAt: now,
      modifiedAt: now,
      body: { ...like.body, id },
    }
    if (topLevelMembers(like.raw ?? '').has('number')) order.body!['number'] = String(id)
    shop.orders.set(id, order)
    shop.revision += 1
    shop.emit('created', order)
    shop.emit('updated', order)
    return order
  })
}
