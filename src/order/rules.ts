import { type Filter, filterField } from './filter-fields.ts'
import { inShort, whatItHas, whatPasses } from './filter-words.ts'
import { filterThatHolds } from './filters.ts'
import { type Decimal, equals, toCurrency } from './money.ts'
import type { Order } from './order.ts'
import type { Status } from './status.ts'

/** Which of a channel's orders a route imports. */
export interface ImportRules {
  /** The channel's own status words. */
  statuses: string[]
  /** The day from which orders are imported (by the time they were placed), as an ISO time in UTC. */
  since: string
  /** All of them have to let an order through. */
  filters: Filter[]
}

/** The rule that keeps an order out, as it is shown; `null` decides for import. */
export interface HoldingRule {
  rule: 'status' | 'before_start_date' | 'filter'
  detail: string
  /** What the rule met and what it wants, for the answer to "why". */
  found: string
  wanted: string
  /** Which filter; absent where another rule holds it. */
  filter?: Filter
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
export function holdingRule(order: Order, rules: ImportRules): HoldingRule | null {
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
  const held = filterThatHolds(order, rules.filters)
  return held && ruleOfFilter(held.filter, held.found, order.currency)
}

function ruleOfFilter(filter: Filter, values: string[], currency: string): HoldingRule {
  const isAmount = filterField(filter.field)?.kind === 'amount'
  const found = isAmount ? values.map((value) => inCurrency(value, currency)) : values
  const has = whatItHas(filter.field, found)
  const wanted = whatPasses(filter)
  return {
    rule: 'filter',
    detail: `${has.charAt(0).toUpperCase()}${has.slice(1)}; this route imports an order only if ${wanted}`,
    found: inShort(found, 'and'),
    wanted,
    filter,
  }
}

/** As amounts are written, but never rounded: it may be a fraction that the filter is about. */
function inCurrency(amount: Decimal, currency: string): string {
  const written = toCurrency(amount, currency)
  return `${equals(written, amount) ? written : amount} ${currency}`
}
