import type { Order } from './order.ts'
import type { Status } from './status.ts'

/** Which of a channel's orders a route imports. */
export interface ImportRules {
  /** The channel's own status words. */
  statuses: string[]
  /** The day from which orders are imported (by the time they were placed), as an ISO time in UTC. */
  since: string
}

/** The rule that keeps an order out, as it is shown; `null` decides for import. */
export interface HoldingRule {
  rule: 'status' | 'before_start_date'
  detail: string
  /** What the rule met and what it wants, for the answer to "why". */
  found: string
  wanted: string
}

/** A person keeps the order from going on, whatever the rules say, until a person lets it go on. */
export interface PersonsHold {
  rule: 'person'
  detail: string
  /** Who put it on hold. */
  by: string
  /** UTC time. */
  at: string
  /** In the words of who put it on hold. */
  why: string | null
  /** The status it would have without the hold. */
  before: Status
}

export type Hold = HoldingRule | PersonsHold

/** The hold where a person put it; null where a rule did, or nothing holds. */
export function personsHold(hold: unknown): PersonsHold | null {
  const held = hold as Hold | null
  return held?.rule === 'person' ? held : null
}

/** What stays of a person's hold on an order that the shop cancels: wanted again, it has to pass the rules like a new one. */
export const holdOfCancelled = (hold: PersonsHold): PersonsHold => ({ ...hold, before: 'held' })

/** Decides whether the route imports the order. A refusal always names its rule. */
export function holdingRule(
  order: Pick<Order, 'channelStatus' | 'placedAt'>,
  rules: ImportRules,
): HoldingRule | null {
  if (Date.parse(order.placedAt) < Date.parse(rules.since))
    return {
      rule: 'before_start_date',
      detail: `Placed on ${order.placedAt.slice(0, 10)}; this route imports orders placed from ${rules.since.slice(0, 10)} on`,
      found: order.placedAt,
      wanted: rules.since,
    }
  if (!rules.statuses.includes(order.channelStatus))
    return {
      rule: 'status',
      detail: `Its status in the shop is "${order.channelStatus}"; this route imports ${rules.statuses.map((s) => `"${s}"`).join(', ')}`,
      found: order.channelStatus,
      wanted: rules.statuses.join(', '),
    }
  return null
}
