import type { RawOrder } from '../connectors/contract.ts'
import { orderExternalId } from '../ids.ts'
import type { Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { enqueue } from '../ledger/jobs.ts'
import {
  changeStatus,
  insertOrder,
  lockOrderOfChannel,
  type OrderChanges,
  type OrderRow,
  updateOrder,
} from '../ledger/orders.ts'
import { replaceProblems } from '../ledger/problems.ts'
import type { RouteRow } from '../ledger/routes.ts'
import { keepRaw } from '../ledger/raw.ts'
import type { Order } from '../order/order.ts'
import type { Problem } from '../order/problems.ts'
import { holdingRule, type HoldingRule } from '../order/rules.ts'
import type { Status } from '../order/status.ts'
import { totalsDifference } from '../order/totals.ts'
import { err, type Result } from '../result.ts'
import { type AnyChannel, channelFor, type Deps } from './deps.ts'

export interface ImportInput {
  connection: ConnectionRow
  route: RouteRow
  raw: RawOrder
  /** Who or what brought it: 'poll', 'webhook', 'person'. */
  source: string
  /** A person asked for it although a rule holds it. */
  anyway?: boolean
  /** Keep it as unreadable for this reason: the ledger itself could not hold what it says. */
  unreadable?: string
}

export interface ImportResult {
  orderId: string
  status: Status
  outcome: 'new' | 'changed' | 'unchanged'
}

/**
 * Takes an order as the channel sent it into the ledger, in the caller's transaction: a new one gets its place, a known
 * one its newer version. Whatever it looks like, it is in the ledger afterwards, with a status that says what it waits
 * for: unreadable ones too.
 */
export async function importOrder(deps: Deps, tx: Tx, input: ImportInput): Promise<ImportResult> {
  const channel = channelFor(deps, input.connection)
  const at = deps.now()
  const known = await lockOrderOfChannel(tx, input.connection.id, input.raw.id)
  const rawId = await keepRaw(tx, {
    id: deps.newId(),
    connectionId: input.connection.id,
    channelOrderId: input.raw.id,
    body: input.raw.body,
    receivedAt: at,
  })
  const anyway = input.anyway === true || known?.import_anyway === true
  if (known && known.raw_id === rawId && !(input.anyway && known.status === 'held'))
    return { orderId: known.id, status: known.status, outcome: 'unchanged' }

  const reading =
    input.unreadable === undefined ? readOrder(deps, channel, input.raw) : unreadable(input.unreadable)
  const place = placeFor(reading, input.route, channel, anyway, known)
  const facts = { ...factsOf(reading, channel, input), raw_id: rawId, import_anyway: anyway }
  if (!known) return insertNew(deps, tx, input, place, facts)
  return takeNewVersion(deps, tx, input, known, place, facts)
}

type Reading = Result<Order, { problem: Problem; path: string }>

/** A bug in a connector's mapping must not stop the orders beside it: the order is kept as unreadable, and shown. */
function readOrder(deps: Deps, channel: AnyChannel, raw: RawOrder): Reading {
  try {
    return channel.toOrder(raw)
  } catch (error) {
    deps.log.error({ err: error, channelOrderId: raw.id }, 'the mapping of an order failed')
    const detail = `Reading it failed: ${error instanceof Error ? error.message : String(error)}`
    return unreadable(detail)
  }
}

const unreadable = (detail: string): Reading =>
  err({ path: '', problem: { code: 'unreadable_order', subject: '', detail, vendorMessage: null } })

interface Place {
  status: Status
  reason: string | null
  hold: HoldingRule | null
  problem: Problem | null
}

/** Where the order belongs before it is posted: what stops it, if anything does. */
function placeFor(
  reading: Reading,
  route: RouteRow,
  channel: AnyChannel,
  anyway: boolean,
  known: OrderRow | null,
): Place {
  const none = { reason: null, hold: null, problem: null }
  if (!reading.ok) return { ...none, status: 'import_error', problem: reading.error.problem }
  const order = reading.value
  const rule = holdingRule(order, { statuses: route.statuses, since: route.since.toISOString() })
  const accepted = known !== null && ['imported', 'scheduled', 'post_error'].includes(known.status)
  if (accepted && channel.cancelledStatuses.includes(order.channelStatus) && !anyway)
    return {
      ...none,
      status: 'cancelled',
      reason: `Its status in the shop went to "${order.channelStatus}" before it was posted`,
    }
  // What was accepted once stays accepted when the shop moves on: an outage of the backend must not turn it away.
  if (rule && !anyway && !accepted) return { ...none, status: 'held', reason: rule.detail, hold: rule }
  const difference = totalsDifference(order)
  if (difference)
    return {
      ...none,
      status: 'post_error',
      problem: {
        code: 'totals_do_not_add_up',
        subject: '',
        detail: `The lines come to ${difference.computed} ${order.currency}, the shop says ${difference.stated} ${order.currency}: a difference of ${difference.difference}`,
        vendorMessage: null,
      },
    }
  return { ...none, status: route.post_automatic || anyway ? 'scheduled' : 'imported' }
}

function factsOf(reading: Reading, channel: AnyChannel, { raw, unreadable }: ImportInput) {
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
  }
}

type Facts = ReturnType<typeof factsOf> & { raw_id: string; import_anyway: boolean }

async function insertNew(
  deps: Deps,
  tx: Tx,
  input: ImportInput,
  place: Place,
  facts: Facts,
): Promise<ImportResult> {
  const { connection, route, raw } = input
  const at = deps.now()
  if (connection.identity === null) throw new Error(`the identity of ${connection.name} is not known yet`)
  const id = await insertOrder(tx, {
    id: deps.newId(),
    route_id: route.id,
    channel_id: connection.id,
    backend_id: route.backend_id,
    channel_order_id: raw.id,
    status: place.status,
    reason: place.reason,
    hold: place.hold === null ? null : JSON.stringify(place.hold),
    first_seen_at: at,
    updated_at: at,
    external_id: orderExternalId(connection.kind, connection.identity, raw.id),
    next_attempt_at: place.status === 'scheduled' ? at : null,
    ...facts,
  })
  if (id === null) return importOrder(deps, tx, input)
  await addEvents(tx, [
    {
      orderId: id,
      at,
      kind: 'seen',
      actor: input.source,
      to: place.status,
      detail: { status: facts.channel_status, reason: place.reason, problem: place.problem?.detail },
    },
  ])
  await stopOrGo(deps, tx, input, id, place)
  return { orderId: id, status: place.status, outcome: 'new' }
}

/** A problem is opened, or the job to post is queued. */
async function stopOrGo(
  deps: Deps,
  tx: Tx,
  input: ImportInput,
  orderId: string,
  place: Place,
): Promise<void> {
  const at = deps.now()
  if (place.problem)
    await replaceProblems(tx, {
      orderId,
      connectionId: input.connection.id,
      problems: [place.problem],
      at,
      newId: deps.newId,
    })
  if (place.status === 'scheduled')
    await enqueue(tx, [
      { kind: 'post', key: orderId, connectionId: input.route.backend_id, orderId, runAt: at },
    ])
}

const beforePosting: Status[] = ['import_error', 'held', 'imported', 'scheduled', 'post_error']

async function takeNewVersion(
  deps: Deps,
  tx: Tx,
  input: ImportInput,
  known: OrderRow,
  place: Place,
  facts: Facts,
): Promise<ImportResult> {
  const at = deps.now()
  if (!beforePosting.includes(known.status) || known.record_id !== null)
    return noteLaterVersion(deps, tx, input, known, place, facts)
  await replaceProblems(tx, {
    orderId: known.id,
    connectionId: input.connection.id,
    problems: [],
    at,
    newId: deps.newId,
  })
  const set: OrderChanges = {
    ...facts,
    reason: place.reason,
    hold: place.hold === null ? null : JSON.stringify(place.hold),
    cancel_reason: place.status === 'cancelled' ? 'at_channel' : null,
    next_attempt_at: place.status === 'scheduled' ? at : null,
  }
  // A person decides about orders that wait for one: a change in the shop does not post them.
  const status =
    known.status === 'imported' && place.status === 'scheduled' && !input.anyway ? 'imported' : place.status
  const kind = known.status === 'held' && status !== 'held' ? 'released' : 'changed_at_channel'
  if (status === known.status) {
    await updateOrder(tx, known.id, at, set)
    await addEvents(tx, [
      {
        orderId: known.id,
        at,
        kind,
        actor: input.source,
        detail: { status: facts.channel_status, reason: place.reason },
      },
    ])
  } else {
    await changeStatus(tx, {
      orderId: known.id,
      to: status,
      from: [known.status],
      at,
      actor: input.source,
      kind: status === 'cancelled' ? 'cancelled' : kind,
      detail: { status: facts.channel_status, reason: place.reason, problem: place.problem?.detail },
      set,
    })
  }
  await stopOrGo(deps, tx, input, known.id, { ...place, status })
  return { orderId: known.id, status, outcome: 'changed' }
}

/** The order is on its way or in the backend (or cancelled here): the newer version is kept and shown beside it. */
async function noteLaterVersion(
  deps: Deps,
  tx: Tx,
  input: ImportInput,
  known: OrderRow,
  place: Place,
  facts: Facts,
): Promise<ImportResult> {
  const at = deps.now()
  const readable = place.status !== 'import_error'
  const amountsDiffer = readable && (known.total !== facts.total || known.currency !== facts.currency)
  await updateOrder(tx, known.id, at, {
    raw_id: facts.raw_id,
    channel_status: facts.channel_status,
    ...(facts.modified_at ? { modified_at: facts.modified_at } : {}),
    ...(amountsDiffer ? { changed_after_posting_at: at } : {}),
  })
  await addEvents(tx, [
    {
      orderId: known.id,
      at,
      kind: 'changed_at_channel',
      actor: input.source,
      detail: {
        status: facts.channel_status,
        before: known.channel_status,
        ...(amountsDiffer ? { total: facts.total, totalBefore: known.total } : {}),
        ...(place.problem ? { problem: place.problem.detail } : {}),
      },
    },
  ])
  return { orderId: known.id, status: known.status, outcome: 'changed' }
}
