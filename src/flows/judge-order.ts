import type { RawOrder } from '../connectors/contract.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import type { OrderRow } from '../ledger/orders.ts'
import { type RouteRow, rulesOf } from '../ledger/routes.ts'
import type { Order } from '../order/order.ts'
import type { Problem } from '../order/problems.ts'
import { type Hold, holdingRule, holdOfCancelled, type PersonsHold, personsHold } from '../order/rules.ts'
import type { Status } from '../order/status.ts'
import { totalsDifference } from '../order/totals.ts'
import { err, type Result } from '../result.ts'
import { type AnyChannel, channelFor, type Deps } from './deps.ts'

export interface ImportInput {
  connection: ConnectionRow
  route: RouteRow
  raw: RawOrder
  /** Who or what brought it: 'poll', 'gap', 'webhook', 'person'. */
  source: string
  /** What is caught up with must not hold up the orders of today: it is posted when nothing else waits. */
  background?: boolean
  /** A person asked for it although a rule holds it. */
  anyway?: boolean
  /** When a person asked for it by its id or number, although it may be deleted: what was deleted before comes back. */
  bringBack?: Date
  /** It was fetched after this version was known: it is newer, though its time may be earlier. */
  over?: string
  /** Keep it as unreadable for this reason: the ledger itself could not hold what it says. */
  unreadable?: string
}

/** Where the order belongs before it is posted: what stops it, if anything does. */
export interface Place {
  status: Status
  reason: string | null
  hold: Hold | null
  problem: Problem | null
}

export interface Judgement {
  place: Place
  /** Null: it cannot be read. */
  order: Order | null
  facts: ReturnType<typeof factsOf>
}

/** Reads the order and decides its place. `known` is what the ledger has of it already. */
export function judge(deps: Deps, input: ImportInput, known: OrderRow | null): Judgement {
  const channel = channelFor(deps, input.connection)
  const reading =
    input.unreadable === undefined ? read(deps, channel, input.raw) : unreadable(input.unreadable)
  const anyway = input.anyway === true || known?.import_anyway === true
  const hold = personsHold(known?.hold)
  const isHeld = known?.status === 'held' && hold !== null
  const place = placeOf(reading, {
    input,
    channel,
    anyway,
    known: isHeld ? { ...known, status: hold.before } : known,
  })
  return {
    place: hold === null ? place : stillHeld(place, hold),
    facts: factsOf(reading, channel, input, anyway),
    order: reading.ok ? reading.value : null,
  }
}

/** Nothing that the shop sends ends a person's hold but its cancellation. */
function stillHeld(place: Place, hold: PersonsHold): Place {
  if (place.status === 'cancelled') return { ...place, hold: holdOfCancelled(hold) }
  return { ...place, status: 'held', reason: hold.detail, hold: { ...hold, before: place.status } }
}

type Reading = Result<Order, { problem: Problem; path: string }>

/** A bug in a connector's mapping must not stop the orders beside it: the order is kept as unreadable, and shown. */
function read(deps: Deps, channel: AnyChannel, raw: RawOrder): Reading {
  try {
    return channel.toOrder(raw)
  } catch (error) {
    deps.log.error({ err: error, channelOrderId: raw.id }, 'the mapping of an order failed')
    return unreadable(`Reading it failed: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const unreadable = (detail: string): Reading =>
  err({ path: '', problem: { code: 'unreadable_order', subject: '', detail, vendorMessage: null } })

interface Circumstances {
  input: ImportInput
  channel: AnyChannel
  anyway: boolean
  known: OrderRow | null
}

function placeOf(reading: Reading, { input, channel, anyway, known }: Circumstances): Place {
  const { route } = input
  const none = { reason: null, hold: null, problem: null }
  if (!reading.ok) return { ...none, status: 'import_error', problem: reading.error.problem }
  const order = reading.value
  const rule = holdingRule(order, rulesOf(route))
  const accepted = known !== null && ['imported', 'scheduled', 'post_error'].includes(known.status)
  const cancelledThere = known?.status === 'cancelled' && known.cancel_reason === 'at_channel'
  // Who wants an order in spite of a rule wants it as it was then: the shop can still cancel it afterwards.
  const wanted =
    input.anyway === true || (anyway && !cancelledThere && known?.channel_status === order.channelStatus)
  if ((accepted || cancelledThere) && channel.cancelledStatuses.includes(order.channelStatus) && !wanted)
    return {
      ...none,
      status: 'cancelled',
      reason: `Its status in the shop went to "${order.channelStatus}" before it was posted`,
    }
  // What was accepted once stays accepted when the shop moves on: an outage of the backend must not turn it away.
  if (rule && !anyway && !accepted) return { ...none, status: 'held', reason: rule.detail, hold: rule }
  const problem = totalsProblem(order)
  if (problem) return { ...none, status: 'post_error', problem }
  // A person decides about orders that wait for one: a change in the shop does not post them.
  const waits = known?.status === 'imported' && input.anyway !== true
  return { ...none, status: route.post_automatic && !waits ? 'scheduled' : 'imported' }
}

/** What stops an order whose lines do not come to its total; null where they do. */
export function totalsProblem(order: Order): Problem | null {
  const difference = totalsDifference(order)
  return (
    difference && {
      code: 'totals_do_not_add_up',
      subject: '',
      detail: `The lines come to ${difference.computed} ${order.currency}, the shop says ${difference.stated} ${order.currency}: a difference of ${difference.difference}`,
      vendorMessage: null,
    }
  )
}

/** What the ledger keeps beside the payload, to list and find the order by. */
function factsOf(reading: Reading, channel: AnyChannel, { raw, unreadable }: ImportInput, anyway: boolean) {
  if (!reading.ok) {
    const glance = unreadable === undefined ? channel.glance(raw) : { number: null, channelStatus: null }
    return {
      number: glance.number ?? raw.id,
      channel_status: glance.channelStatus,
      placed_at: null,
      modified_at: raw.modifiedAt === null ? null : new Date(raw.modifiedAt),
      currency: null,
      total: null,
      customer_name: null,
      customer_email: null,
      skus: [] as string[],
      import_anyway: anyway,
    }
  }
  const order = reading.value
  return {
    number: order.number,
    channel_status: order.channelStatus,
    placed_at: new Date(order.placedAt),
    modified_at: new Date(order.modifiedAt),
    currency: order.currency,
    total: order.total,
    customer_name: order.customer.name || order.customer.company || null,
    customer_email: order.customer.email,
    skus: [...new Set(order.lines.flatMap((line) => (line.sku ? [line.sku] : [])))],
    import_anyway: anyway,
  }
}
