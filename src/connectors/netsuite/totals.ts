import { Big } from 'big.js'
import {
  absolute,
  add,
  compare,
  divide,
  equals,
  isZero,
  multiply,
  round,
  subtract,
  sum,
  type Decimal,
} from '../../order/money.ts'
import type { Plan, PlannedLine } from './lines.ts'
import type { NetSuiteMapping } from './mapping.ts'

/** A plan with amounts as they are sent, and what NetSuite will make of them. */
export interface Fitted {
  lines: (PlannedLine & { amount: Decimal })[]
  shipping: (NonNullable<Plan['shipping']> & { amount: Decimal }) | null
  sums: Sums
}

export interface Sums {
  lines: Decimal
  shipping: Decimal
  tax: Decimal
  total: Decimal
}

interface Rules {
  /** Decimals of the currency. */
  digits: number
  mode: NetSuiteMapping['tax']['mode']
  /** Percent by tax code. */
  rates: Record<string, Decimal>
}

/** Something that carries an exact amount and its tax. */
type Part = Pick<PlannedLine, 'net' | 'taxes' | 'taxCode'> & { amount: Decimal }

/**
 * Rounds the amounts so that NetSuite comes to the wanted total. Each is rounded half up first; where that misses the
 * total, amounts that had to be rounded go to their other neighbour, those nearest the middle first. Amounts that are
 * exact already are never touched, so at most the roundings move, each by less than one unit of the currency.
 */
export function fit(plan: Plan, wanted: Decimal, rules: Rules): Fitted {
  const fitted: Fitted = {
    lines: plan.lines.map((line) => ({ ...line, amount: round(line.net, rules.digits) })),
    shipping: plan.shipping && { ...plan.shipping, amount: round(plan.shipping.cost, rules.digits) },
    sums: { lines: '0', shipping: '0', tax: '0', total: '0' },
  }
  const parts: Part[] = [...fitted.lines]
  const movable = parts
    .filter((part) => !equals(part.amount, part.net))
    .map((part) => ({ part, other: otherNeighbour(part, rules.digits) }))
    .toSorted((a, b) => compare(distance(a), distance(b)))
  let missing = subtract(wanted, sumsOf(fitted, rules).total)
  for (const { part, other } of movable) {
    if (isZero(missing)) break
    const before = part.amount
    part.amount = other
    const left = subtract(wanted, sumsOf(fitted, rules).total)
    if (compare(absolute(left), absolute(missing)) < 0) missing = left
    else part.amount = before
  }
  return { ...fitted, sums: sumsOf(fitted, rules) }
}

/** The representable amount on the other side of the exact one. */
function otherNeighbour(part: Part, digits: number): Decimal {
  const unit = new Big(10).pow(-digits)
  const up = new Big(part.amount).lt(part.net)
  return (up ? new Big(part.amount).plus(unit) : new Big(part.amount).minus(unit)).toFixed()
}

const distance = ({ part, other }: { part: Part; other: Decimal }): Decimal =>
  absolute(subtract(part.net, other))

/**
 * What NetSuite will compute: the sum of the lines, tax by the rate of each line's code rounded per line, shipping
 * and its tax. Where the rate of a code is not known, the shop's tax stands in for it.
 */
export function sumsOf(fitted: Omit<Fitted, 'sums'>, rules: Rules): Sums {
  const shippingPart: Part[] = fitted.shipping ? [{ ...fitted.shipping, net: fitted.shipping.cost }] : []
  const lines = sum(fitted.lines.map((line) => line.amount))
  const shipping = sum(shippingPart.map((part) => part.amount))
  const tax = sum([...fitted.lines, ...shippingPart].map((part) => taxOf(part, rules)))
  return { lines, shipping, tax, total: sum([lines, shipping, tax]) }
}

function taxOf(part: Part, rules: Rules): Decimal {
  if (rules.mode === 'taxItemLine') return '0'
  const charged = round(sum(part.taxes.map((tax) => tax.amount)), rules.digits)
  if (rules.mode === 'suiteTaxOverride') return sum(part.taxes.map((tax) => round(tax.amount, rules.digits)))
  const code = part.taxCode.id
  if (code === null) return '0'
  const rate = rules.rates[code]
  return rate === undefined ? charged : round(multiply(part.amount, divide(rate, '100', 12)), rules.digits)
}

/** The tax whose code has another rate than the shop charged: the likeliest reason why totals differ. */
export function differingRate(
  plan: Plan,
  rates: Record<string, Decimal>,
): { key: string; code: string; ours: Decimal; theirs: Decimal } | null {
  for (const { taxCode, taxes } of [...plan.lines, ...(plan.shipping ? [plan.shipping] : [])]) {
    const theirs = taxCode.id === null ? undefined : rates[taxCode.id]
    if (theirs === undefined || taxCode.key === null || taxes.some((tax) => tax.rate === null)) continue
    const charged = taxes.filter((tax) => !isZero(tax.amount))
    if (charged.length === 0) continue
    const ours = charged.reduce((total, tax) => add(total, tax.rate ?? '0'), '0')
    if (!equals(ours, theirs)) return { key: taxCode.key, code: taxCode.id!, ours, theirs }
  }
  return null
}
