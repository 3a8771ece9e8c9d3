import type { z } from 'zod'
import type { Result } from '../result.ts'
import type { Decimal } from '../order/money.ts'
import type { Order } from '../order/order.ts'
import type { Problem } from '../order/problems.ts'
import type { Tracking } from '../order/tracking.ts'

/** What went wrong in a call. Retry policy reads the kind and nothing else. */
export type FailureKind =
  /** Credentials or permissions are refused. Systemic. */
  | 'auth'
  /** The other side wants fewer calls. Systemic, passes by itself. */
  | 'throttled'
  /** Surely not done: not reachable, or refused before anything happened. Systemic. */
  | 'unavailable'
  /** It may have been done: the answer was lost. Look before sending again. */
  | 'unknown_outcome'
  | 'not_found'
  /** The other side refuses this order (or shipment), and says why. */
  | 'rejected'
  /** An answer that cannot be read. On a write its outcome is unknown: use `unknown_outcome` there. */
  | 'invalid_response'

export interface Failure {
  kind: FailureKind
  /** What is shown. For `rejected` of an order there may be several; there is always one. */
  problems: [Problem, ...Problem[]]
  /** HTTP status, where there was an answer. */
  status?: number
  /** How long the other side asked to wait. */
  retryAfterMs?: number
  /** With `address_moved`: where it redirects to, without the query. */
  movedTo?: string
}

export type Outcome<T> = Result<T, Failure>

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  headers?: Record<string, string>
  body?: string
  /** Default: the connection's own time-out. */
  timeoutMs?: number
}

export interface HttpResponse {
  status: number
  headers: Record<string, string>
  body: string
  /** The address that answered, after redirects within the same host. */
  url: string
}

/**
 * The only way out. Sends one request: checks the address after DNS, follows redirects within the same host for GET
 * only, and records the exchange (redacted) for the waybill. Any HTTP status is a value; a failure means there was no
 * whole answer: `unavailable` when nothing can have been processed (name, refused connection, certificate),
 * `unknown_outcome` when a write may have been, `unavailable` for reads.
 */
export type Http = (request: HttpRequest) => Promise<Outcome<HttpResponse>>

export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface Ctx<Config> {
  config: Config
  http: Http
  now: () => Date
  /** A fresh random id (for OAuth nonces and the like). */
  randomId: () => string
  log: Log
  signal: AbortSignal
  /** What a connector may keep between calls of one process (a token, an item cache): lost at any time without harm. */
  memory: Map<string, unknown>
}

/** Requests per second and at once. `concurrency` is one budget for the account over all processes. */
export interface Limits {
  concurrency: number
  requestsPerSecond?: number
}

/** What ends by itself, and when: null where nobody has said it yet. */
export interface Validity {
  endsAt: Date | null
}

export interface AccountIdentity {
  /** Permanent: survives a new address, a new name, new credentials. */
  id: string
  /** What `id` would be where the account tells less of itself: it may have told less, or more, when it was first asked. */
  also?: string[]
  name: string
  /** IANA zone or fixed offset of the account. */
  timeZone: string
  currency: string | null
  /** What a person should know though it works: token-based login that ends, a certificate about to expire. */
  warnings: string[]
}

export interface SameShop {
  verdict: 'same' | 'another' | 'unknown'
  /** What the shop there calls itself. */
  name: string
}

export interface OrderRef {
  id: string
  /** UTC. When the channel last changed the order. */
  modifiedAt: string
  /** The order itself where the list gave it whole: as fresh as a fetch. The exact bytes of this order. */
  raw?: RawOrder
}

/** An order as the channel sent it: kept byte for byte. */
export interface RawOrder {
  /** The channel's id, as far as it could be read. */
  id: string
  body: string
  modifiedAt: string | null
}

/** Where reading stands: the last row read. `exclude` are the ids already read of that same second. */
export interface Cursor {
  modifiedAt: string
  id: string
}

export interface ReadWindow {
  /** Exclusive: rows changed at or after this time (less the overlap the flow took off). */
  from: string
  /** Inclusive upper end for a backfill; absent means "up to now". */
  to?: string
}

/** Opaque to the flow, JSON: what the connector needs to go on where the page ended. */
export type Page = Record<string, unknown>

export interface ChangedPage {
  refs: OrderRef[]
  /** Present when there may be more. */
  next?: Page
  /** The channel's own clock when it answered (UTC), where it tells. */
  channelTime: string | null
}

/** The limit of what a channel lists: a scope that is missing, or an age that its API does not go beyond. */
export interface Reach {
  /** UTC. Changes before this time are not listed. */
  from: string
  /** What sets the limit, and what would lift it: "the scope read_all_orders". */
  limit: string
}

/** An order as a listing by the time of placing shows it. */
export interface PlacedRef {
  /** Null: the channel fails on this order, and does not tell which it is. */
  id: string | null
  /** UTC. For an order that does not tell it, that of the order before. */
  placedAt: string
  /** The order itself where the list gave it whole, as in `OrderRef`. */
  raw?: RawOrder
}

export interface ChannelStatus {
  code: string
  label: string
  /** Whether a shop owner would expect such orders in the backend. */
  importByDefault: boolean
}

/** What a route's rules may want of an order before it is mapped. */
export interface ToOrderFailure {
  problem: Problem
  /** Where in the payload, such as "line_items[2].total". */
  path: string
}

export interface Shipment {
  /** Ours and permanent: derived from the backend's fulfilment, written into the channel, looked for before writing. */
  id: string
  channelOrderId: string
  carrier: string | null
  trackingNumbers: string[]
  /** What the channel was told of it last, as far as we know; null where it was not told yet. */
  told: Tracking | null
  trackingUrl: string | null
  shippedAt: string
  lines: { channelLineId: string; sku: string | null; quantity: Decimal }[]
  /** Whether the order has fully left with this one. */
  completesOrder: boolean
}

export interface FoundShipment extends SentShipment {
  /** Whether it says the carrier and tracking numbers of now. What was only taken away from them may stand there still. */
  upToDate: boolean
}

export interface SentShipment {
  /** The channel's id of what carries it (a fulfilment, a note). */
  id: string
}

export interface SubscriptionHealth {
  active: boolean
  detail: string
  /** Whether a subscription was missing or switched off, so that changes may not have been announced. */
  mended: boolean
}

/** A place that sells. Stateless: everything it needs is in `ctx`. */
export interface Channel<Config> {
  kind: string
  label: string
  /** Address, credentials, settings; every field described. Fields in `secrets` are encrypted at rest. */
  config: z.ZodType<Config>
  secrets: string[]
  limits(config: Config): Limits
  /** Pure. Whether the answer refuses a call for being too many. Absent: by its status, 429. */
  isThrottled?(answer: HttpResponse): boolean
  /** Pure. Until when the credentials are valid. Absent, or null: they do not end by themselves. */
  validity?(config: Config): Validity | null
  timeoutMs(config: Config): number
  /** How long the other side may go on working on a call that was given up. */
  requestLimitMs(config: Config): number
  reading: { overlapMs: number; lagMs: number; maxWindowMs: number; paging: 'keyset' | 'offset' }
  identify(ctx: Ctx<Config>): Promise<Outcome<AccountIdentity>>
  changed(ctx: Ctx<Config>, window: ReadWindow, page?: Page): Promise<Outcome<ChangedPage>>
  /** How far back `changed` lists, where the channel or the credentials set a limit. Absent: to its first order. */
  reach?(ctx: Ctx<Config>): Promise<Outcome<Reach | null>>
  /**
   * Every order placed in a window, whatever its status, from `from` on and before `to` (UTC, whole seconds); oldest
   * first. An order that is edited, placed or taken away during the reading hides no other.
   */
  placed(
    ctx: Ctx<Config>,
    window: { from: string; to: string },
    page?: Page,
  ): Promise<Outcome<{ refs: PlacedRef[]; next?: Page }>>
  /** By the channel's id, else by order number. Null: the channel says there is none. */
  fetch(ctx: Ctx<Config>, idOrNumber: string): Promise<Outcome<RawOrder | null>>
  /** Pure. Reads the raw body; never throws on bad input. */
  toOrder(raw: RawOrder): Result<Order, ToOrderFailure>
  /** Pure, forgiving: id, number and status as far as they can be read from an unreadable order. */
  glance(raw: RawOrder): { number: string | null; channelStatus: string | null; placedAt: string | null }
  statuses(ctx: Ctx<Config>): Promise<Outcome<ChannelStatus[]>>
  defaultStatuses: ChannelStatus[]
  /** Status words that mean nobody wants the order any more. */
  cancelledStatuses: string[]
  /** Following a shop to another address; absent where a redirect is not to be followed. */
  moving?: {
    /** The field of the configuration that holds the address. */
    field: string & keyof Config
    addressOf(config: Config): string
    /**
     * The configuration at the address that a redirect names. Calls made with it give away nothing by which whoever
     * answers could enter the shop. Null when the address may not be asked at all: less protected than the present one.
     */
    at(config: Config, redirectedTo: string): { address: string; config: Config } | null
    /**
     * Whether the shop at this address is the one of that identity, proved by what it tells only those whom it lets in;
     * what anybody could copy proves nothing. Reads only.
     */
    prove(ctx: Ctx<Config>, identity: string): Promise<Outcome<SameShop>>
  }
  /** The page of the order in the channel's admin. */
  orderUrl(config: Config, channelOrderId: string): string
  webhooks?: {
    verify(request: { headers: Record<string, string>; body: Buffer }, secret: string): WebhookVerdict
    ensure(ctx: Ctx<Config>, hook: { url: string; secret: string }): Promise<Outcome<SubscriptionHealth>>
  }
  shipping?: {
    /** What the channel has of this shipment of ours. Null: nothing. */
    find(ctx: Ctx<Config>, shipment: Shipment): Promise<Outcome<FoundShipment | null>>
    /** Tells the channel of a shipment, once: one that it has already is left as it is. */
    send(ctx: Ctx<Config>, shipment: Shipment): Promise<Outcome<SentShipment>>
    /**
     * Tells carrier and tracking numbers of a shipment that the channel has, as they are now: in place, or by one more
     * message. Nothing else of the order changes, and what it says already is not said again.
     */
    update(ctx: Ctx<Config>, shipment: Shipment): Promise<Outcome<SentShipment>>
  }
}

export type WebhookVerdict =
  | { kind: 'ping' }
  | { kind: 'refused'; reason: string }
  /** `orderIds` empty: poll now. `instead`: what the channel said where the order should stand. */
  | {
      kind: 'accepted'
      subscription: string
      delivery: string
      topic: string
      orderIds: string[]
      instead?: string
    }

export interface RecordRef {
  id: string
  /** What people call it (SO1234); null until it is known. */
  number: string | null
  url: string
}

/** A record of the backend that carries an external id of ours. */
export interface ListedRecord {
  id: string
  number: string | null
  externalId: string
  /** UTC. When the record was made. */
  createdAt: string
}

/** What the backend computed. */
export interface BackendTotals {
  total: Decimal
  tax: Decimal | null
  currency: string
  /** UTC, where the backend tells: when the record was made. */
  createdAt: string | null
}

export interface BackendShipment {
  /** The backend's id of the fulfilment. */
  id: string
  recordId: string
  shippedAt: string
  modifiedAt: string
  carrier: string | null
  /** Each by itself, without commas and blanks around it. */
  trackingNumbers: string[]
  lines: { backendLine: string; sku: string | null; quantity: Decimal }[]
  /** Whether everything of the order has left with the shipments up to this one. */
  completesOrder: boolean
}

/** A record as it is now, for whoever wants to change it. */
export interface RecordState {
  ref: RecordRef
  /** Whether nothing of it can be delivered any more. */
  closed: boolean
  /** What has been made of it, or what else keeps it from being changed, in words that end a sentence; null: nothing. */
  untouchable: string | null
  /** The connector's own reading of it. */
  content: unknown
}

/** One field of a record: what Waybill sent, what stands there now, and what the newer version of the order wants. */
export interface RecordField {
  label: string
  sent: string | null
  found: string | null
  wanted: string | null
}

/** How a record would follow a newer version of its order. */
export interface UpdatePlan {
  /** What is written. Empty: the record says it all already. */
  fields: RecordField[]
  /** What is not as Waybill sent it: a person has edited it, and it is never overwritten. */
  conflicts: RecordField[]
  /** The connector's own form of `fields`. */
  patch: unknown
}

/** What `create` would send for a draft, for a person to look at before anything is sent. */
export interface DraftShown {
  /** The records it makes, in the order in which they are made. */
  records: { label: string; body: Record<string, unknown> }[]
  /** What the backend will make of it, as far as that can be foreseen. */
  totals: { lines: Decimal; shipping: Decimal; tax: Decimal; total: Decimal }
}

/** A fix a person chose: "SKU MUG-RED is item 1009". */
export interface MappingFix {
  action: 'map_sku' | 'map_payment' | 'map_shipping' | 'map_tax' | 'map_item_kind'
  subject: string
  /** The id of the chosen record, or 'leave_out' where that is allowed. */
  value: string
}

/** A list of records from which a person chooses: for a fix, or for another part of the mapping. */
export type ChoiceList =
  MappingFix['action'] | 'customer' | 'subsidiary' | 'location' | 'department' | 'class' | 'price_level'

export interface Choice {
  id: string
  label: string
}

/** A system that receives orders. */
export interface Backend<Config, Mapping, Draft, Lookups> {
  kind: string
  label: string
  config: z.ZodType<Config>
  secrets: string[]
  mapping: z.ZodType<Mapping>
  limits(config: Config): Limits
  /** Pure. Whether the answer refuses a call for being too many. Absent: by its status, 429. */
  isThrottled?(answer: HttpResponse): boolean
  /** Pure. Until when the credentials are valid. Absent, or null: they do not end by themselves. */
  validity?(config: Config): Validity | null
  /**
   * How long a call may take here, how long the other side may go on working on a call we gave up, and how long `find` may
   * not see what is there already (0 where it reads the record itself).
   */
  timing(config: Config): { timeoutMs: number; requestLimitMs: number; settleMs: number }
  identify(ctx: Ctx<Config>): Promise<Outcome<AccountIdentity>>
  /** Reads the record itself by external id, never a search index. Null: there is none. */
  find(ctx: Ctx<Config>, externalId: string): Promise<Outcome<RecordRef | null>>
  /** Everything `prepare` has to know from the backend: items, customer, currency. Cached where that is safe. */
  lookups(
    ctx: Ctx<Config>,
    order: Order,
    mapping: Mapping,
    customerExternalId: string,
  ): Promise<Outcome<Lookups>>
  /** Pure. All problems at once, never the first alone. */
  prepare(input: {
    order: Order
    mapping: Mapping
    lookups: Lookups
    externalId: string
    customerExternalId: string
  }): Result<Draft, [Problem, ...Problem[]]>
  /** Pure. Which line of the record carries which line of the order, for shipments. */
  linesOf(draft: Draft): { backendLine: string; channelLineId: string }[]
  /** Pure. The bodies are what `create` sends. */
  show(draft: Draft): DraftShown
  /** Create-only. Makes the customer first where the draft says so. Never overwrites. */
  create(ctx: Ctx<Config>, draft: Draft): Promise<Outcome<RecordRef>>
  /** Reads back what the backend computed, and the record's number. */
  totals(ctx: Ctx<Config>, recordId: string): Promise<Outcome<BackendTotals & { ref: RecordRef }>>
  /**
   * The records whose external id begins with `prefix`, made at `createdFrom` or later; each once. A search: one that was
   * just made may not be in it yet, and one that is not in it is not proved absent.
   */
  records(
    ctx: Ctx<Config>,
    wanted: { prefix: string; createdFrom: string },
    page?: Page,
  ): Promise<Outcome<{ records: ListedRecord[]; next?: Page }>>
  /** Shipped fulfilments changed since `from` of the given records, ascending. */
  shipments(
    ctx: Ctx<Config>,
    window: ReadWindow,
    page?: Page,
  ): Promise<Outcome<{ shipments: BackendShipment[]; next?: Page; backendTime: string | null }>>
  /** Pure. The mapping with the fix applied. */
  applyFix(mapping: Mapping, fix: MappingFix): Mapping
  /** What a person may choose from; `search` narrows it. */
  choices(ctx: Ctx<Config>, list: ChoiceList, search: string): Promise<Outcome<Choice[]>>
  /** Forgets what `memory` holds of items and the like, so that the next lookup asks anew. */
  forget(memory: Map<string, unknown>): void
  recordUrl(config: Config, recordId: string): string
  /** What can be done with a record after it was made. Absent: people do it in the backend. */
  changing?: {
    /** Reads the record itself. Null: the backend says there is none. */
    look(ctx: Ctx<Config>, recordId: string): Promise<Outcome<RecordState | null>>
    /** Pure. What has to be written so that the record says what `wanted` says where it says what `sent` said. */
    plan(input: { sent: Order; wanted: Order; mapping: Mapping; record: RecordState }): UpdatePlan
    /** Writes these fields and no others. The same again changes nothing more. */
    update(ctx: Ctx<Config>, recordId: string, plan: UpdatePlan): Promise<Outcome<true>>
    /** Closes what is open of it. The same again changes nothing more. */
    close(ctx: Ctx<Config>, recordId: string, record: RecordState): Promise<Outcome<true>>
  }
}
