import {
  absolute,
  add,
  compare,
  type Decimal,
  divide,
  multiply,
  round,
  subtract,
  sum,
} from '../../order/money.ts'

/** Differences beyond what the exact amounts explain are made up for up to this many of the smallest unit. */
const fewUnits = 3

/**
 * Rounds amounts to `digits` so that they add up to `target`. WooCommerce adds up exact amounts and rounds the sum, but
 * shows each rounded: the rounding is given to the amounts it moved furthest, at most one unit each. Null when the
 * difference is more than rounding can be: then the amounts do not belong to this sum.
 */
export function roundTo(amounts: Decimal[], target: Decimal, digits: number): Decimal[] | null {
  const rounded = amounts.map((amount) => round(amount, digits))
  const unit = divide('1', `1${'0'.repeat(digits)}`, digits)
  const units = Number(divide(subtract(target, sum(rounded)), unit, 6))
  if (units === 0) return rounded
  if (!Number.isInteger(units) || Math.abs(units) > amounts.length) return null
  const explained = compare(absolute(subtract(target, sum(amounts))), multiply(unit, '0.5')) <= 0
  if (!explained && Math.abs(units) > Math.min(fewUnits, Math.floor(amounts.length / 2))) return null

  const direction = units > 0 ? unit : multiply(unit, '-1')
  const owed = amounts.map((amount, i) => subtract(amount, rounded[i]!))
  const first = owed
    .map((_, i) => i)
    .sort((a, b) => {
      const byRounding = compare(owed[b]!, owed[a]!) * (units > 0 ? 1 : -1)
      return byRounding || compare(absolute(rounded[b]!), absolute(rounded[a]!)) || a - b
    })
    .slice(0, Math.abs(units))
  return rounded.map((amount, i) => (first.includes(i) ? add(amount, direction) : amount))
}
