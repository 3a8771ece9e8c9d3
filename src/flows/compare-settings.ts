import { isDeepStrictEqual } from 'node:util'
import type { Order } from '../order/order.ts'
import { fingerprintOf, type Problem } from '../order/problems.ts'
import { type HoldingRule, holdingRule, type ImportRules } from '../order/rules.ts'
import type { OrderRow } from '../ledger/orders.ts'
import { err, ok, type Result } from '../result.ts'
import { isHeldByPerson } from './available-actions.ts'
import { totalsProblem } from './judge-order.ts'
import type { Prepared } from './prepare-draft.ts'

/** What of a route decides where an order goes. */
export interface Settings extends ImportRules {
  mapping: unknown
}

export const trialOutcomes = [
  'as_before',
  'would_post',
  'would_stop',
  'stops_otherwise',
  'would_be_held',
  'no_longer_held',
] as const

/** What other settings mean for one order. */
export interface Comparison {
  outcome: (typeof trialOutcomes)[number]
  /** What stops it by the new settings; for `would_post`, what stops it by those of today. */
  problems: readonly Problem[]
  /** The rule that would hold it. */
  rule: HoldingRule | null
}

const asBefore: Comparison = { outcome: 'as_before', problems: [], rule: null }

type Prepare = (mapping: unknown) => Promise<Prepared>
/** What a backend said that could not be asked; it is not about the order. */
export type NotTold = Extract<Prepared, { ok: false }>

/**
 * How an order fares by other settings: both are held against the same order, so that only what the settings change is
 * told. `prepare` makes its draft by a mapping, and is called only where mappings decide.
 */
export async function compareSettings(
  { row, order }: { row: OrderRow; order: Order | null },
  { before, after }: { before: Settings; after: Settings },
  prepare: Prepare,
): Promise<Result<Comparison, NotTold>> {
  // An order that cannot be read, that a person holds, or that nobody wants any more, goes nowhere by any settings.
  if (order === null || row.status === 'cancelled' || isHeldByPerson(row)) return ok(asBefore)
  const [ruleBefore, ruleAfter] = rulesOn(row, order, before, after)
  if (ruleAfter) return ok(ruleBefore ? asBefore : { ...asBefore, outcome: 'would_be_held', rule: ruleAfter })
  const difference = totalsProblem(order)
  const problemsBy = async (mapping: unknown): Promise<Result<readonly Problem[], NotTold>> => {
    if (difference) return ok([difference])
    const prepared = await prepare(mapping)
    if (prepared.ok) return ok([])
    const isOfOrder = prepared.failure === undefined || prepared.failure.kind === 'rejected'
    return isOfOrder ? ok(prepared.problems) : err(prepared)
  }
  if (!ruleBefore && isDeepStrictEqual(before.mapping, after.mapping)) return ok(asBefore)
  const then = await problemsBy(after.mapping)
  if (!then.ok) return then
  if (ruleBefore) return ok({ outcome: 'no_longer_held', problems: then.value, rule: null })
  const now = await problemsBy(before.mapping)
  if (!now.ok) return now
  return ok(byProblems(now.value, then.value))
}

function byProblems(now: readonly Problem[], then: readonly Problem[]): Comparison {
  if (then.length === 0)
    return now.length === 0 ? asBefore : { outcome: 'would_post', problems: now, rule: null }
  const causes = (problems: readonly Problem[]) => problems.map(fingerprintOf).toSorted()
  if (isDeepStrictEqual(causes(now), causes(then))) return asBefore
  return { outcome: now.length === 0 ? 'would_stop' : 'stops_otherwise', problems: then, rule: null }
}

/** The rules that keep it out, by both. What came in with another status than it has now tells nothing of the rules. */
function rulesOn(
  row: OrderRow,
  order: Order,
  before: ImportRules,
  after: ImportRules,
): [HoldingRule | null, HoldingRule | null] {
  if (row.import_anyway) return [null, null]
  const now = holdingRule(order, before)
  if (row.status !== 'held' && now) return [null, null]
  return [now, holdingRule(order, after)]
}
