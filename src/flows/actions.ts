import { sql } from 'kysely'
import { orderExternalId } from '../ids.ts'
import type { Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import { connectionById } from '../ledger/health.ts'
import { enqueue, priorities } from '../ledger/jobs.ts'
import {
  changeStatuses,
  closeOrderProblems,
  dropWaitingJobs,
  lockOrders,
  openProblemCodes,
  releaseShipments,
  shipmentsOf,
} from '../ledger/many-orders.ts'
import { changeStatus, type OrderRow, updateOrder } from '../ledger/orders.ts'
import { withOpenChange } from '../ledger/record-changes.ts'
import type { ProblemCode } from '../order/problems.ts'
import { shippingStatuses, type Status, statusOfShipments } from '../order/status.ts'
import { type OrderAction, whyNot } from './available-actions.ts'
import type { Deps } from './deps.ts'
import { keepRecord } from './later-version.ts'
import { startImport } from './import-by-id.ts'
import { askForChanges } from './record-change.ts'
import { followShipments } from './shipping-status.ts'

export interface Asked {
  action: OrderAction
  orderIds: readonly string[]
  /** Who asks, as the waybill names it. */
  actor: string
}

export interface Skipped {
  id: string
  number: string
  why: string
}

export interface Acted {
  done: string[]
  /** Orders that do not allow the action now, with the reason in words. */
  skipped: Skipped[]
}

type Action = (deps: Deps, tx: Tx, orders: OrderRow[], actor: string) => Promise<void>

/** So many orders are one transaction: enough to be quick, few enough to keep no one waiting for their locks. */
const atOnce = 200

/**
 * Does what a person asks with orders, in transactions of 200 orders each: every change of status with its event and
 * its job. Orders that do not allow it are skipped with the reason; ids that name no order are ignored.
 */
export async function actOnOrders(deps: Deps, asked: Asked): Promise<Acted> {
  const ids = [...new Set(asked.orderIds)].sort()
  const acted: Acted = { done: [], skipped: [] }
  for (let from = 0; from < ids.length; from += atOnce) {
    const part = await deps.db
      .transaction()
      .execute((tx) => actInTransaction(deps, tx, { ...asked, orderIds: ids.slice(from, from + atOnce) }))
    acted.done.push(...part.done)
    acted.skipped.push(...part.skipped)
  }
  return acted
}

async function actInTransaction(deps: Deps, tx: Tx, { action, orderIds, actor }: Asked): Promise<Acted> {
  const orders = await lockOrders(tx, orderIds)
  const codes = await openProblemCodes(tx, orderIds)
  const changing = await withOpenChange(tx, orderIds)
  const allowed: OrderRow[] = []
  const skipped: Skipped[] = []
  for (const order of orders) {
    const why = whyNot(action, {
      status: order.status,
      linked: order.record_id !== null,
      letBe: order.missing_accepted,
      problems: (codes.get(order.id) ?? []) as ProblemCode[],
      changed: order.changed_after_posting_at !== null,
      cancelRequested: order.cancel_requested_at !== null,
      changing: changing.has(order.id),
    })
    if (why === null) allowed.push(order)
    else skipped.push({ id: order.id, number: order.number, why })
  }
  await actions[action](deps, tx, allowed, actor)
  return { done: allowed.map((order) => order.id), skipped }
}

const actions: Record<OrderAction, Action> = {
  post: async (deps, tx, orders, actor) => {
    const at = deps.now()
    await changeStatuses(tx, orders, {
      to: 'scheduled',
      at,
      actor,
      kind: 'post_requested',
      set: { reason: null, hold: null, next_attempt_at: at },
    })
    await closeOrderProblems(tx, idsOf(orders), at)
    await enqueuePosts(tx, orders, at)
  },

  post_anew: postAnew,

  let_be: async (deps, tx, orders, actor) => {
    const at = deps.now()
    const event = { at, actor, kind: 'let_be' }
    const set = { missing_accepted: true }
    const stopped = orders.filter((order) => order.status === 'post_error')
    const moving = orders.filter((order) => order.status !== 'post_error')
    await changeStatuses(tx, stopped, { to: 'posted', ...event, set })
    for (const order of moving) await updateOrder(tx, order.id, at, set)
    await note(tx, moving, event)
    await closeOrderProblems(tx, idsOf(orders), at)
    await followShipmentsOf(tx, stopped, { at, actor })
  },

  cancel: async (deps, tx, orders, actor) => {
    await changeStatuses(tx, orders, {
      to: 'cancelled',
      at: deps.now(),
      actor,
      kind: 'cancelled',
      set: {
        reason: 'Cancelled by a person',
        cancel_reason: 'by_person',
        // The right side is read before the change: the status it had.
        status_before_cancel: sql`status`,
        next_attempt_at: null,
      },
    })
    await dropWaitingJobs(tx, idsOf(orders))
  },

  uncancel: async (deps, tx, orders, actor) => {
    const at = deps.now()
    const places = await placesAfterUncancel(tx, orders)
    for (const [to, group] of Map.groupBy(orders, (order) => places.get(order.id)!)) {
      await changeStatuses(tx, group, {
        to,
        at,
        actor,
        kind: 'uncancelled',
        set: {
          reason: sql`hold ->> 'detail'`,
          cancel_reason: null,
          status_before_cancel: null,
          next_attempt_at: to === 'scheduled' ? at : null,
        },
      })
      if (to === 'scheduled') await enqueuePosts(tx, group, at)
    }
    await enqueueShipments(tx, orders, at)
    const unchecked = orders.filter((order) => order.record_id !== null && order.record_total === null)
    await enqueueChecks(tx, unchecked, at)
  },

  import_again: (deps, tx, orders, actor) => readAgain(deps, tx, orders, { actor, anyway: false }),
  import_anyway: (deps, tx, orders, actor) => readAgain(deps, tx, orders, { actor, anyway: true }),

  check_again: async (deps, tx, orders, actor) => {
    const at = deps.now()
    await note(tx, orders, { at, actor, kind: 'check_requested' })
    await enqueueChecks(tx, orders, at)
  },

  accept_total: async (deps, tx, orders, actor) => {
    const at = deps.now()
    const event = { at, actor, kind: 'total_accepted' }
    const detail = (order: OrderRow) => ({
      total: order.total,
      recordTotal: order.record_total,
      currency: order.currency,
    })
    const stopped = orders.filter((order) => order.status === 'post_error')
    const moving = orders.filter((order) => order.status !== 'post_error')
    const set = { total_accepted: true }
    await changeStatuses(tx, stopped, { to: 'posted', ...event, detail, set })
    for (const order of moving) await updateOrder(tx, order.id, at, set)
    await addEvents(
      tx,
      moving.map((order) => ({ orderId: order.id, ...event, detail: detail(order) })),
    )
    await closeOrderProblems(tx, idsOf(orders), at)
    await followShipmentsOf(tx, stopped, { at, actor })
  },

  resend_shipment: async (deps, tx, orders, actor) => {
    const at = deps.now()
    await note(tx, orders, { at, actor, kind: 'resend_requested' })
    await releaseShipments(tx, idsOf(orders), at)
    await enqueueShipments(tx, orders, at)
  },

  ignore_changes: async (deps, tx, orders, actor) => {
    const at = deps.now()
    for (const order of orders)
      await updateOrder(tx, order.id, at, {
        ignored_raw_id: order.raw_id,
        changed_after_posting_at: null,
      })
    await note(tx, orders, { at, actor, kind: 'changes_ignored' })
  },

  update_record: (deps, tx, orders, actor) => askForChanges(deps, tx, { kind: 'update', orders, actor }),
  replace_record: (deps, tx, orders, actor) => askForChanges(deps, tx, { kind: 'replace', orders, actor }),
  cancel_record: (deps, tx, orders, actor) => askForChanges(deps, tx, { kind: 'cancel', orders, actor }),

  keep_record: async (deps, tx, orders, actor) => {
    for (const order of orders) await keepRecord(tx, order.id, deps.now(), actor)
  },
}

const idsOf = (orders: OrderRow[]) => orders.map((order) => order.id)

/** Where each order was, and by its shipments where they move it; one cancelled before it got anywhere waits for a person. */
async function placesAfterUncancel(tx: Tx, orders: OrderRow[]): Promise<Map<string, Status>> {
  const shipments = Map.groupBy(await shipmentsOf(tx, idsOf(orders)), (one) => one.order_id)
  const placeOf = (order: OrderRow): Status => {
    const before = order.status_before_cancel as Status | null
    const waits = before !== null && !(shippingStatuses as readonly string[]).includes(before)
    if (waits || order.record_id === null) return before ?? 'imported'
    const own = shipments.get(order.id)
    return own ? statusOfShipments(own) : (before ?? 'posted')
  }
  return new Map(orders.map((order) => [order.id, placeOf(order)]))
}

/** What left the warehouse while the order waited for a person counts now. */
async function followShipmentsOf(
  tx: Tx,
  orders: OrderRow[],
  { at, actor }: { at: Date; actor: string },
): Promise<void> {
  const shipped = new Set((await shipmentsOf(tx, idsOf(orders))).map((shipment) => shipment.order_id))
  for (const orderId of shipped)
    await followShipments(tx, orderId, { at, actor, kind: 'shipments_counted', detail: {} })
}

/**
 * The record is gone, and a person wants another: under an external id of its own, so that the one that is gone, should it
 * come back, is not taken for it.
 */
async function postAnew(deps: Deps, tx: Tx, orders: OrderRow[], actor: string): Promise<void> {
  const at = deps.now()
  for (const order of orders) {
    const channel = await connectionById(tx, order.channel_id)
    if (!channel?.identity) throw new Error(`order ${order.id} has no identified channel`)
    const replacements = order.replacements + 1
    await changeStatus(tx, {
      orderId: order.id,
      to: 'scheduled',
      from: [order.status],
      at,
      actor,
      kind: 'post_anew_requested',
      detail: { record: order.record_number ?? order.record_id },
      set: {
        replacements,
        external_id: orderExternalId(channel.kind, channel.identity, order.channel_order_id, replacements),
        record_id: null,
        record_number: null,
        record_url: null,
        record_lines: null,
        record_total: null,
        posted_at: null,
        posted_raw_id: null,
        total_accepted: false,
        missing_accepted: false,
        changed_after_posting_at: null,
        reason: null,
        next_attempt_at: at,
      },
    })
  }
  await closeOrderProblems(tx, idsOf(orders), at)
  await enqueuePosts(tx, orders, at)
}

async function enqueuePosts(tx: Tx, orders: OrderRow[], at: Date): Promise<void> {
  await enqueue(
    tx,
    orders.map((order) => ({
      kind: 'post' as const,
      key: order.id,
      connectionId: order.backend_id,
      orderId: order.id,
      runAt: at,
      priority: priorities.person,
    })),
  )
}

async function enqueueChecks(tx: Tx, orders: OrderRow[], at: Date): Promise<void> {
  await enqueue(
    tx,
    orders.map((order) => ({
      kind: 'check-total' as const,
      key: order.id,
      connectionId: order.backend_id,
      orderId: order.id,
      runAt: at,
      priority: priorities.person,
    })),
  )
}

/** One job for each shipment that waits to be told; failed ones wait for a person. */
async function enqueueShipments(tx: Tx, orders: OrderRow[], at: Date): Promise<void> {
  const byId = new Map(orders.map((order) => [order.id, order]))
  const shipments = await shipmentsOf(tx, idsOf(orders))
  await enqueue(
    tx,
    shipments
      .filter((shipment) => shipment.status === 'pending' || shipment.status === 'sending')
      .map((shipment) => ({
        kind: 'ship' as const,
        key: shipment.id,
        connectionId: byId.get(shipment.order_id)!.channel_id,
        orderId: shipment.order_id,
        runAt: at,
        priority: priorities.person,
      })),
  )
}

/** Asks the channel for the orders anew, as an import of a person. */
async function readAgain(
  deps: Deps,
  tx: Tx,
  orders: OrderRow[],
  { actor, anyway }: { actor: string; anyway: boolean },
): Promise<void> {
  await note(tx, orders, {
    at: deps.now(),
    actor,
    kind: anyway ? 'import_anyway_requested' : 'import_requested',
  })
  for (const [channelId, group] of Map.groupBy(orders, (order) => order.channel_id)) {
    const connection = await connectionById(tx, channelId)
    if (!connection) throw new Error(`connection ${channelId} is gone`)
    const queries = group.map((order) => order.channel_order_id)
    await startImport(deps, tx, { connection, queries, anyway, actor })
  }
}

async function note(
  tx: Tx,
  orders: OrderRow[],
  event: { at: Date; actor: string; kind: string },
): Promise<void> {
  await addEvents(
    tx,
    orders.map((order) => ({ orderId: order.id, ...event })),
  )
}
