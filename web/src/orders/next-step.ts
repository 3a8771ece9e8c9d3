import type { DoableAction, Order } from '../api/types.ts'
import { texts } from '../texts.ts'

/** The fixes a person makes on the order's page, by choosing a record of the backend. */
const chosen = new Set(['map_sku', 'map_payment', 'map_shipping', 'map_tax', 'map_item_kind'])

export const wantsChoice = (order: Pick<Order, 'problems'>): boolean =>
  order.problems.some((problem) => problem.fixes.some((fix) => chosen.has(fix.action)))

export type NextStep =
  /** Something to decide first: the order's page has the form. */
  { kind: 'fix'; label: string } | { kind: 'do'; action: DoableAction; label: string }

/** What the button in the rightmost column does: the obvious next thing, or nothing. */
export function nextStep(order: Order): NextStep | null {
  if (order.status === 'post_error' && wantsChoice(order)) return { kind: 'fix', label: texts.actions.fix }
  if (order.primaryAction === null) return null
  return { kind: 'do', action: order.primaryAction, label: labelOf(order, order.primaryAction) }
}

function labelOf(order: Order, action: DoableAction): string {
  if (action === 'uncancel' && order.record === null && order.hold === null)
    return texts.actions.uncancelAndPost
  if (action === 'post' && order.status === 'post_error') return texts.actions.post_again
  return texts.actions[action]
}

/** What a person has to decide about it: the order's page has what changed, and the choices. */
export function decision(order: Order): string | null {
  if (order.record === null) return null
  if (order.changing) return texts.orders.next.changing
  if (order.cancelRequestedAt !== null) return texts.orders.next.cancelled
  return order.changedAfterPostingAt === null ? null : texts.orders.next.changed
}

/** What happens to the order next, in words, where it is not a problem that says it. `when` is relative to now. */
export function outlook(order: Order, when: (iso: string) => string, now: Date): string | null {
  switch (order.status) {
    case 'scheduled':
      return order.nextAttemptAt === null || new Date(order.nextAttemptAt) <= now
        ? texts.orders.next.now
        : texts.orders.next.at(when(order.nextAttemptAt))
    case 'held':
      return order.hold?.at ? texts.orders.next.onHold(order.hold, when(order.hold.at)) : order.reason
    case 'verifying':
      return texts.orders.next.verifying
    default:
      return decision(order) ?? order.reason
  }
}
