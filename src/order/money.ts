import { Big } from 'big.js'

/** An amount as a decimal string with its currency: exact, never a float. */
export interface Money {
  amount: string
  currency: string
}

/** An exact decimal number as a string, such as "12.30", "-4" or "0.333333". */
export type Decimal = string

const digitsOf = new Map<string, number>()
for (const code of 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '))
  digitsOf.set(code, 0)
for (const code of 'BHD IQD JOD KWD LYD OMR TND'.split(' ')) digitsOf.set(code, 3)

/** How many decimals the currency has in use (ISO 4217): 0 for JPY, 3 for KWD, 2 for most. */
export function currencyDigits(currency: string): number {
  return digitsOf.get(currency) ?? 2
}

/** No amount has as many digits; reckoning with millions of them would stop everything else. */
const longestAmount = 100

/** Reads a decimal from a string or a finite number; null when it is neither. Empty text is null. */
export function parseDecimal(value: unknown): Decimal | null {
  if (typeof value === 'number') return Number.isFinite(value) ? new Big(value).toFixed() : null
  if (typeof value !== 'string') return null
  const text = value.trim()
  if (text.length > longestAmount) return null
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?$/i.test(text)
    ? new Big(text.replace(/^\+/, '')).toFixed()
    : null
}

export const add = (a: Decimal, b: Decimal): Decimal => new Big(a).plus(b).toFixed()
export const subtract = (a: Decimal, b: Decimal): Decimal => new Big(a).minus(b).toFixed()
export const multiply = (a: Decimal, b: Decimal): Decimal => new Big(a).times(b).toFixed()
export const negate = (a: Decimal): Decimal => new Big(a).times(-1).toFixed()
export const absolute = (a: Decimal): Decimal => new Big(a).abs().toFixed()
export const sum = (values: Iterable<Decimal>): Decimal => {
  let total = new Big(0)
  for (const value of values) total = total.plus(value)
  return total.toFixed()
}
export const compare = (a: Decimal, b: Decimal): -1 | 0 | 1 => new Big(a).cmp(b)
export const equals = (a: Decimal, b: Decimal): boolean => new Big(a).eq(b)
export const isZero = (a: Decimal): boolean => new Big(a).eq(0)
export const isNegative = (a: Decimal): boolean => new Big(a).lt(0)

/** a / b to `digits` decimals, half up. Throws on division by zero. */
export function divide(a: Decimal, b: Decimal, digits: number): Decimal {
  const previous = Big.DP
  Big.DP = digits + 10
  try {
    return new Big(a).div(b).round(digits, Big.roundHalfUp).toFixed()
  } finally {
    Big.DP = previous
  }
}

/** Rounds half up (away from zero) to the currency's own decimals and pads to them: "1.5" USD is "1.50". */
export function toCurrency(amount: Decimal, currency: string): Decimal {
  const digits = currencyDigits(currency)
  // Added to zero, what rounds to nothing has no sign: "-0.00" would be shown otherwise.
  return new Big(amount).round(digits, Big.roundHalfUp).plus(0).toFixed(digits)
}

/** Rounds half up (away from zero) to a number of decimals, without padding. */
export function round(amount: Decimal, digits: number): Decimal {
  return new Big(amount).round(digits, Big.roundHalfUp).toFixed()
}
