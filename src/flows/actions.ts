import { sql } from 'kysely'
import type { Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import { connectionById } from '../ledger/health.ts'
import {
  changeStatuses,
  closeOrderProblems,
  dropWaitingJobs,
  lockOrders,
  openProblemCodes,
  releaseShipments,
  shipmentsOf,
} from '../ledger/many-orders.ts'
import { type OrderRow, updateOrder } from '../ledger/orders.ts'
import { withOpenChange } from '../ledger/record-changes.ts'
import { sentOrders } from '../ledger/tombstones.ts'
import type { ProblemCode } from '../order/problems.ts'
import { isHeldByPerson, type OrderAction, whyNot } from './available-actions.ts'
import type { Deps } from './deps.ts'
import { enqueueChecks, enqueuePosts, enqueueShipments } from './enqueue-for-orders.ts'
import { deletedBefore, deleteForGood } from './delete-order.ts'
import { hold, release } from './hold.ts'
import { keepRecord } from './later-version.ts'
import { startImport } from './import-by-id.ts'
import { postAnew } from './post-anew.ts'
import { askForChanges } from './record-change.ts'
import { followShipments } from './shipping-status.ts'
import { uncancel } from './uncancel.ts'

export interface Asked {
  action: OrderAction
  orderIds: readonly string[]
  /** Who asks, as the waybill names it. */
  actor: string
  /** Why, in that person's words. */
  why?: string | undefined
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

/** Does it with orders that allow it; gives back those with which it could not be done after all. */
type Action = (
  deps: Deps,
  tx: Tx,
  orders: OrderRow[],
  actor: string,
  why: string | undefined,
) => Promise<Skipped[] | void>

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

async function actInTransaction(deps: Deps, tx: Tx, asked: Asked): Promise<Acted> {
  const { action, orderIds, actor } = asked
  const orders = await lockOrders(tx, orderIds)
  const codes = await openProblemCodes(tx, orderIds)
  const changing = await withOpenChange(tx, orderIds)
  const sent = await sentOrders(tx, orderIds)
  const allowed: OrderRow[] = []
  const skipped: Skipped[] = []
  for (const order of orders) {
    const why = whyNot(action, {
      status: order.status,
      linked: order.record_id !== null,
      heldByPerson: isHeldByPerson(order),
      letBe: order.missing_accepted,
      problems: (codes.get(order.id) ?? []) as ProblemCode[],
      changed: order.changed_after_posting_at !== null,
      cancelRequested: order.cancel_requested_at !== null,
      changing: changing.has(order.id),
      sent: sent.has(order.id),
    })
    if (why === null) allowed.push(order)
    else skipped.push({ id: order.id, number: order.number, why })
  }
  const late = (await actions[action](deps, tx, allowed, actor, asked.why)) ?? []
  const done = allowed.map((order) => order.id).filter((id) => late.every((one) => one.id !== id))
  // Those that are deleted already are as they are wanted.
  if (action === 'delete') done.push(...(await deletedBefore(tx, orderIds, done)))
  return { done, skipped: [...skipped, ...late] }
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

  uncancel,
  hold,
  release,

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

  delete: deleteForGood,
}

const idsOf = (orders: OrderRow[]) => orders.map((order) => order.id)

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
