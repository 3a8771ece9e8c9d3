import { isDeepStrictEqual } from 'node:util'
import { formatDuration } from '../config/durations.ts'
import {
  type Ageing,
  type AutoCancel,
  autoCancelOf,
  countAgeing,
  dueOrders,
  firstEnd,
  giveDates,
  lockAgeingRoute,
  moveDates,
  nextMoment,
  noteWarned,
  postpone,
  setAgedUntil,
  takeDates,
  toWarn,
  voidWarnings,
} from '../ledger/ageing.ts'
import type { Db, Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import { connectionById } from '../ledger/health.ts'
import { enqueue, finish, type Job, type NewJob } from '../ledger/jobs.ts'
import { changeStatuses, dropWaitingJobs, lockOrders } from '../ledger/many-orders.ts'
import { addNotice } from '../ledger/notices.ts'
import type { RouteRow } from '../ledger/routes.ts'
import type { Deps } from './deps.ts'

const everyMs = 15 * 60_000
const shortestMs = 1000
/** A sweep that is later than this was kept from its work: that time does not count against the orders. */
const latestMs = 2 * everyMs
const atOnce = 200

/** The recurring job of a route: it warns, and gives up on orders that stayed in error. */
export const cancelAgedJob = (route: Pick<RouteRow, 'id' | 'backend_id'>, runAt: Date): NewJob => ({
  kind: 'cancel-aged',
  key: route.id,
  connectionId: route.backend_id,
  runAt,
})

/**
 * Warns of orders in error that are going to be cancelled, and cancels those whose date has come: never while one of their
 * connections does not work, nor before a person has had every warning for as long as the last one is to come ahead. A sweep
 * is one transaction; what is left of many orders is done by the next one, a moment later.
 */
export async function cancelAged(deps: Deps, job: Job): Promise<void> {
  const at = deps.now()
  await deps.db.transaction().execute(async (tx) => {
    const route = await lockAgeingRoute(tx, job.key)
    if (route === null) return finish(tx, job, deps.workerId)
    const rule = autoCancelOf(route)
    let next: Date | null = null
    if (rule !== null && (await bothWork(tx, route))) {
      await countTime(tx, route, rule, at)
      await giveDates(tx, { routeId: route.id }, at)
      await warn(deps, tx, route, rule)
      await cancelDue(deps, tx, route, rule)
      next = await nextMoment(tx, route.id, rule.warnMs)
    }
    const latest = at.getTime() + everyMs
    const runAt = new Date(Math.max(at.getTime() + shortestMs, Math.min(latest, next?.getTime() ?? latest)))
    return finish(tx, job, deps.workerId, { runAt, countAttempt: false, anew: true })
  })
}

async function bothWork(tx: Tx, route: RouteRow): Promise<boolean> {
  const ends = await Promise.all([connectionById(tx, route.channel_id), connectionById(tx, route.backend_id)])
  return ends.every((end) => end?.health === 'healthy' && end.paused_at === null)
}

/** While nothing could be posted, or nobody was there to warn, no order grows older. */
async function countTime(tx: Tx, route: RouteRow, { warnMs }: AutoCancel, at: Date): Promise<void> {
  const stoodMs = route.aged_until === null ? 0 : at.getTime() - route.aged_until.getTime()
  if (stoodMs > latestMs)
    await moveDates(tx, route.id, {
      byMs: stoodMs,
      notBefore: new Date(at.getTime() + Math.min(...warnMs)),
    })
  await setAgedUntil(tx, route.id, at)
}

/** One notice for the orders whose warning is due; of several due ones an order gets the last. */
async function warn(deps: Deps, tx: Tx, route: RouteRow, { warnMs }: AutoCancel): Promise<void> {
  const at = deps.now()
  const fromLast = warnMs.toSorted((a, b) => a - b)
  for (const [n, ms] of fromLast.entries()) {
    const before = new Date(at.getTime() + ms)
    const orders = await toWarn(tx, route.id, { before, warnMs: ms, limit: atOnce })
    if (orders.length === 0) continue
    const noticeId = deps.newId()
    const first = orders.map((order) => order.cancels_at.getTime()).toSorted((a, b) => a - b)[0]!
    await addNotice(tx, {
      id: noticeId,
      kind: 'cancel_warning',
      connectionId: route.channel_id,
      at,
      detail: { route: route.name, orders: orders.map(noticed), cancelsAt: new Date(first).toISOString() },
    })
    // What was to be said earlier has been said with it.
    await noteWarned(tx, orders, { noticeId, warnMs: fromLast.slice(n) })
    await addEvents(
      tx,
      orders.map((order) => ({
        orderId: order.id,
        at,
        kind: 'cancel_announced',
        actor: 'waybill',
        detail: { cancelsAt: order.cancels_at.toISOString() },
      })),
    )
  }
}

const noticed = ({ id, number, total, currency, problem }: Ageing) => ({
  id,
  number,
  total,
  currency,
  problem,
})

/** Gives up on the orders whose date has come, on so many of them. */
async function cancelDue(deps: Deps, tx: Tx, route: RouteRow, rule: AutoCancel): Promise<void> {
  const at = deps.now()
  const lastMs = Math.min(...rule.warnMs)
  const due = await dueOrders(tx, route.id, { now: at, warnings: rule.warnMs.length, limit: atOnce })
  /** From when on it may be given up: a person has had the last warning for long enough. */
  const endOf = ({ told_at: told }: (typeof due)[number]) => new Date((told ?? at).getTime() + lastMs)
  const aged = due.filter((order) => endOf(order) <= at)
  for (const order of due) if (endOf(order) > at) await postpone(tx, order.id, endOf(order))
  const orders = await lockOrders(
    tx,
    aged.map((order) => order.id),
  )
  if (orders.length === 0) return
  const within = formatDuration(rule.afterMs)
  await changeStatuses(tx, orders, {
    to: 'cancelled',
    at,
    actor: 'waybill',
    kind: 'aged_out',
    detail: () => ({ after: within }),
    set: {
      reason: `Cancelled by Waybill: its problem was not solved within ${within}`,
      cancel_reason: 'aged_out',
      status_before_cancel: 'post_error',
      next_attempt_at: null,
    },
  })
  await dropWaitingJobs(
    tx,
    orders.map((order) => order.id),
  )
  await addNotice(tx, {
    id: deps.newId(),
    kind: 'auto_cancelled',
    connectionId: route.channel_id,
    at,
    detail: { route: route.name, orders: aged.map(noticed) },
  })
}

/**
 * The rule of a route has changed, in the transaction that stores it: orders in error get their date by the new one, with
 * time enough for every warning.
 */
export async function ageByNewRule(
  tx: Tx,
  route: Pick<RouteRow, 'id' | 'backend_id'>,
  { before, after, at }: { before: AutoCancel | null; after: AutoCancel | null; at: Date },
): Promise<void> {
  if (after === null) return takeDates(tx, route.id)
  // What was announced by the old rule was announced for another date.
  await voidWarnings(tx, route.id)
  if (before !== null)
    await moveDates(tx, route.id, {
      byMs: after.afterMs - before.afterMs,
      notBefore: new Date(at.getTime() + Math.max(...after.warnMs)),
    })
  else await setAgedUntil(tx, route.id, at)
  await enqueue(tx, [cancelAgedJob(route, at)])
}

/** What the rules of a file mean for the orders that are in error now, a sentence for each route that gets another one. */
export async function whatWouldAge(
  db: Db,
  wanted: readonly { name: string; autoCancel: AutoCancel | null }[],
  known: readonly RouteRow[],
  now: Date,
): Promise<string[]> {
  const sentences: string[] = []
  for (const { name, autoCancel: rule } of wanted) {
    const row = known.find((route) => route.name === name)
    if (!row || isDeepStrictEqual(rule, row.removed_at === null ? autoCancelOf(row) : null)) continue
    const count = await countAgeing(db, row.id)
    if (count === 0) continue
    const orders = `${count} ${count === 1 ? 'order' : 'orders'} in error now`
    if (rule === null) sentences.push(`Route ${name}: none of the ${orders} is cancelled by itself any more.`)
    else {
      const warned = rule.warnMs.map((ms) => formatDuration(ms)).join(' and ')
      const earliest = await earliestEnd(db, row.id, { before: autoCancelOf(row), after: rule, now })
      sentences.push(
        `Route ${name}: ${orders} would be cancelled, the first on ${earliest.toISOString().slice(0, 10)}, unless the problems are solved; you are warned ${warned} before.`,
      )
    }
  }
  return sentences
}

/** As `ageByNewRule` would give the dates. */
async function earliestEnd(
  db: Db,
  routeId: string,
  { before, after, now }: { before: AutoCancel | null; after: AutoCancel; now: Date },
): Promise<Date> {
  const first = await firstEnd(db, routeId)
  if (before === null || first === null) return new Date(now.getTime() + after.afterMs)
  const moved = first.getTime() + after.afterMs - before.afterMs
  return new Date(Math.max(moved, now.getTime() + Math.max(...after.warnMs)))
}
