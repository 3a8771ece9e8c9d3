import type { Coupon } from './discounts.ts'
import type { Faults } from './faults.ts'
import type { JsonObject } from './http.ts'
import type { Journal, RequestWatcher } from './journal.ts'
import type { OrderDraft } from './price-order.ts'
import type { Seconds, Zone } from './time.ts'

export interface ApiKey {
  consumerKey: string
  consumerSecret: string
  permissions: 'read' | 'write' | 'read_write'
  /** The WordPress user the key belongs to: demoted to a customer its orders are 403, deleted the key is unknown. */
  user: 'shop_manager' | 'customer' | 'deleted'
}

export interface Order {
  id: number
  status: string
  createdAt: Seconds
  modifiedAt: Seconds
  /** The order as WooCommerce shows it, without `_links`; null when a loaded body is not JSON. */
  body: JsonObject | null
  /** A loaded body, byte for byte; gone once the order was written to. */
  raw?: string
  /** What it was computed from; absent for loaded orders. */
  draft?: OrderDraft
  /** Before this time lists leave the order out (a shop whose list lags); by id it answers. */
  listedFrom?: Seconds
  /** The status before it was put into the trash. */
  trashedStatus?: string
}

export interface Note {
  id: number
  author: string
  note: string
  customerNote: boolean
  createdAt: Seconds
}

export interface Refund {
  id: number
  orderId: number
  createdAt: Seconds
  amount: string
  body: JsonObject
}

export interface FulfillmentMeta {
  id: number
  key: string
  value: JsonObject[string]
}

export interface Fulfillment {
  id: number
  orderId: number
  fulfilled: boolean
  updatedAt: Seconds
  deletedAt: Seconds | null
  meta: FulfillmentMeta[]
}

export interface Webhook {
  id: number
  name: string
  status: 'active' | 'paused' | 'disabled'
  topic: string
  deliveryUrl: string
  secret: string
  createdAt: Seconds
  modifiedAt: Seconds | null
  failures: number
}

export interface Product {
  id: number
  name: string
  type: 'simple' | 'variable'
  sku: string
  /** As entered, in the shop's currency: without tax, or with it where the shop's prices include tax. */
  price: string
  weight: string
  taxClass: '' | 'reduced-rate'
  category: string
  variations: { id: number; sku: string; name: string; price: string; attribute: string; value: string }[]
}

export interface ShopTaxRate {
  id: number
  country: string
  label: string
  /** In percent: "19", "25.5". */
  percent: string
  taxClass: '' | 'reduced-rate'
}

/** The counters from which WooCommerce's tables would take their ids. */
export interface Ids {
  post: number
  item: number
  meta: number
  note: number
  fulfillment: number
  webhook: number
}

export type OrderTopic = 'created' | 'updated' | 'deleted' | 'restored'

export interface Shop {
  now: () => Date
  random: () => number
  log: (line: string) => void

  name: string
  description: string
  storeId: string
  /** The shop's own address without a trailing slash: what `url` and `home` say and OAuth is checked against. */
  home: string
  /** Folder of the site, "" or "/shop". */
  prefix: string
  zone: Zone
  currency: string
  country: string
  pricesIncludeTax: boolean
  plainPermalinks: boolean
  /** A TLS-terminating proxy stands in front: what arrives over HTTP counts as HTTPS for the login. */
  basicOverHttp: boolean
  fulfillmentsOn: boolean
  /** Properties that WooCommerce would ignore are refused. */
  closedBodies: boolean
  /** Statuses added by plug-ins, slug to label. */
  customStatuses: Map<string, string>

  keys: ApiKey[]
  usedNonces: Map<string, Seconds>
  orders: Map<number, Order>
  notes: Map<number, Note[]>
  refunds: Map<number, Refund[]>
  fulfillments: Map<number, Fulfillment>
  webhooks: Map<number, Webhook>
  products: Product[]
  taxRates: ShopTaxRate[]
  coupons: Coupon[]
  paymentGateways: { id: string; title: string; enabled: boolean }[]
  ids: Ids

  faults: Faults
  journal: Journal
  watchers: Set<RequestWatcher>
  /** Goes up with every change of an order: what is derived from all orders is kept until then. */
  revision: number
  /** Tells the webhooks what happened to an order. */
  emit: (topic: OrderTopic, order: Order) => void
  /** Sends a new webhook its ping. */
  ping: (webhook: Webhook) => void
}

export const coreStatuses: [slug: string, label: string][] = [
  ['pending', 'Pending payment'],
  ['processing', 'Processing'],
  ['on-hold', 'On hold'],
  ['completed', 'Completed'],
  ['cancelled', 'Cancelled'],
  ['refunded', 'Refunded'],
  ['failed', 'Failed'],
]

/** The statuses `status=any` shows: all that are registered, without drafts and the trash. */
export const visibleStatuses = (shop: Shop): string[] => [
  ...coreStatuses.map(([slug]) => slug),
  ...shop.customStatuses.keys(),
]

/** WooCommerce's own label of a status, as its notes say it. */
export const statusLabel = (shop: Shop, slug: string): string =>
  coreStatuses.find(([core]) => core === slug)?.[1] ?? shop.customStatuses.get(slug) ?? slug
