import type { DraftShown } from '../connectors/contract.ts'
import { connectionById } from '../ledger/health.ts'
import type { OrderRow } from '../ledger/orders.ts'
import { readForPosting } from '../ledger/posting.ts'
import type { Order } from '../order/order.ts'
import type { Problem } from '../order/problems.ts'
import { personsHold } from '../order/rules.ts'
import { err, ok } from '../result.ts'
import { ask } from './ask-now.ts'
import { backendFor, type Deps } from './deps.ts'
import { canonicalFrom, draftToPost, type Prepared } from './prepare-draft.ts'

export type Preview = { at: Date; externalId: string; remark: string | null } & (
  | { outcome: 'ready'; shown: DraftShown; order: Order }
  /** Posting it now would stop at these. */
  | { outcome: 'stopped'; problems: readonly Problem[] }
  /** What preparing needs could not be asked of the backend. */
  | { outcome: 'cannot_ask'; why: string; problem: Problem | null }
)

/**
 * What would be sent to the backend if the order were posted now, by the mapping as it is now. Nothing is sent: the
 * backend is asked, within its account's budget, for what preparing has to look up.
 */
export async function previewOrder(deps: Deps, orderId: string): Promise<Preview> {
  const toPost = await readForPosting(deps.db, orderId)
  const connection = toPost && (await connectionById(deps.db, toPost.order.backend_id))
  if (!toPost || !connection) throw new Error(`order ${orderId} has lost its backend`)
  const { order } = toPost
  const backend = backendFor(deps, connection)
  const facts = { at: deps.now(), externalId: order.external_id, remark: remarkOn(order, backend.label) }
  const { order: canonical, problem } = canonicalFrom(deps, toPost.channel.kind, order, toPost.body)
  if (!canonical) return { ...facts, outcome: 'stopped', problems: [problem] }
  const told = await ask<Prepared>(deps, connection, async (ctx) => {
    const at = { order, connection, backend, call: { ctx } }
    const prepared = await draftToPost(deps, at, { ...toPost, canonical })
    const failure = prepared.ok ? undefined : prepared.failure
    return failure && failure.kind !== 'rejected' ? err(failure) : ok(prepared)
  })
  if (!told.asked) return { ...facts, outcome: 'cannot_ask', why: told.why, problem: told.problem }
  return told.found.ok
    ? { ...facts, outcome: 'ready', shown: backend.show(told.found.draft), order: canonical }
    : { ...facts, outcome: 'stopped', problems: told.found.problems }
}

/** Why it is not what happens next; null where it is. */
function remarkOn(order: OrderRow, backend: string): string | null {
  if (order.record_id !== null)
    return `It is in ${backend} as ${order.record_number ?? order.record_id}: this is what another record would say now`
  switch (order.status) {
    case 'held':
      return personsHold(order.hold)
        ? 'A person has put it on hold: nothing is sent until it is let go on'
        : 'A rule holds it: nothing is sent until it is imported'
    case 'imported':
      return 'Automatic posting is off: it is sent when a person posts it'
    case 'cancelled':
      return 'It is cancelled: nothing is sent unless it is taken up again'
    case 'posting':
    case 'verifying':
      return `It may have been sent already: ${backend} is asked for it before anything is sent again`
    default:
      return null
  }
}
