import {
  add,
  currencyDigits,
  type Decimal,
  equals,
  isZero,
  round,
  subtract,
  sum,
  toCurrency,
} from './money.ts'
import type { LineKind, Order } from './order.ts'

export interface Totals {
  /** Lines sold, before discounts. */
  lines: Decimal
  discounts: Decimal
  shipping: Decimal
  fees: Decimal
  tax: Decimal
  total: Decimal
}

const sold: LineKind[] = ['product', 'custom', 'tip']

/**
 * The order's totals from its lines: lines − discounts + shipping + tax + fees = total. Discount and gift card
 * lines count as discounts. `total` is computed here, not taken from the order.
 */
export function totalsOf(order: Pick<Order, 'lines' | 'currency'>): Totals {
  const of = (kinds: LineKind[]) => order.lines.filter((line) => kinds.includes(line.kind))
  const gross = sum(of(sold).map((line) => add(line.net, line.discount)))
  const discounts = subtract(
    sum(order.lines.map((line) => line.discount)),
    sum(of(['discount', 'gift_card']).map((line) => add(line.net, line.discount))),
  )
  const shipping = sum(of(['shipping']).map((line) => add(line.net, line.discount)))
  const fees = sum(of(['fee']).map((line) => add(line.net, line.discount)))
  const tax = sum(order.lines.map((line) => line.tax))
  const total = add(subtract(gross, discounts), add(add(shipping, fees), tax))
  return { lines: gross, discounts, shipping, fees, tax, total }
}

/** Null when the order's lines add up to its total to the cent; else both sums, as the currency writes them. */
export function totalsDifference(
  order: Pick<Order, 'lines' | 'currency' | 'total'>,
): { computed: Decimal; stated: Decimal; difference: Decimal } | null {
  const computed = round(totalsOf(order).total, currencyDigits(order.currency))
  const difference = subtract(order.total, computed)
  if (isZero(difference) || equals(round(order.total, currencyDigits(order.currency)), computed)) return null
  return {
    computed: toCurrency(computed, order.currency),
    stated: toCurrency(order.total, order.currency),
    difference: toCurrency(difference, order.currency),
  }
}
