import { sql } from 'kysely'
import { giveDates } from '../ledger/ageing.ts'
import type { Tx } from '../ledger/database.ts'
import { changeStatuses, dropWaitingJobs } from '../ledger/many-orders.ts'
import { changeStatus, type OrderRow } from '../ledger/orders.ts'
import { replaceProblems } from '../ledger/problems.ts'
import { type PersonsHold, personsHold } from '../order/rules.ts'
import type { Status } from '../order/status.ts'
import type { Deps } from './deps.ts'
import { enqueuePosts } from './enqueue-for-orders.ts'
import { nameOf } from './explanation.ts'
import { judge, type Place } from './judge-order.ts'
import { storedVersion } from './newer-version.ts'

/**
 * Keeps orders of which nothing is in the backend from going on, until a person lets them. What the shop changes is taken
 * in meanwhile; their problems stay as they are, and count no more among what waits for a person.
 */
export async function hold(
  deps: Deps,
  tx: Tx,
  orders: OrderRow[],
  actor: string,
  why: string | undefined,
): Promise<void> {
  const at = deps.now()
  const detail = `Held by ${nameOf(actor)}${why === undefined ? '' : `: “${why}”`}`
  const held: Omit<PersonsHold, 'before'> = {
    rule: 'person',
    detail,
    by: actor,
    at: at.toISOString(),
    why: why ?? null,
  }
  await changeStatuses(tx, orders, {
    to: 'held',
    at,
    actor,
    kind: 'put_on_hold',
    detail: () => ({ why }),
    set: {
      reason: detail,
      // The right side is read before the change: the status it had.
      hold: sql`${JSON.stringify(held)}::jsonb || jsonb_build_object('before', status)`,
      next_attempt_at: null,
    },
  })
  await dropWaitingJobs(
    tx,
    orders.map((order) => order.id),
  )
}

/** Lets orders that a person holds go on: each to where it was, or where the route's rules send it by now. */
export async function release(deps: Deps, tx: Tx, orders: OrderRow[], actor: string): Promise<void> {
  const at = deps.now()
  const goOn: OrderRow[] = []
  const stopped: string[] = []
  for (const order of orders) {
    const { before } = personsHold(order.hold)!
    const place = await placeOfReleased(deps, tx, order, before)
    await changeStatus(tx, {
      orderId: order.id,
      to: place.status,
      from: ['held'],
      at,
      actor,
      kind: 'let_go_on',
      detail: { reason: place.reason, problem: place.problem?.detail },
      set: {
        reason: place.reason,
        hold: place.hold && JSON.stringify(place.hold),
        cancel_reason: place.status === 'cancelled' ? 'at_channel' : null,
        next_attempt_at: place.status === 'scheduled' ? at : null,
      },
    })
    // Back where it was, what stopped it there still does.
    if (place.status !== before)
      await replaceProblems(tx, {
        orderId: order.id,
        connectionId: order.channel_id,
        problems: place.problem ? [place.problem] : [],
        at,
        newId: deps.newId,
      })
    if (place.status === 'scheduled') goOn.push(order)
    if (place.status === 'post_error') stopped.push(order.id)
  }
  await enqueuePosts(tx, goOn, at)
  await giveDates(tx, { orderIds: stopped }, at)
}

/** Judged by the route's rules of now. Where a person posts its orders, one that was on its way is so again. */
async function placeOfReleased(deps: Deps, tx: Tx, order: OrderRow, before: Status): Promise<Place> {
  // What cannot be read is read again when the shop sends it anew.
  if (before === 'import_error') return { status: before, reason: null, hold: null, problem: null }
  const { place } = judge(deps, await storedVersion(tx, order), { ...order, status: before, hold: null })
  const wasSent = before === 'scheduled' || before === 'post_error'
  return place.status === 'imported' && wasSent ? { ...place, status: before } : place
}
