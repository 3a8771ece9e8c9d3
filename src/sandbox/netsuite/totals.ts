import { Big } from 'big.js'

/** Exact decimal text, such as "12.30" or "-4". */
export type Decimal = string

export interface LineSums {
  quantity?: Decimal
  rate?: Decimal
  /** Given by the caller: stands instead of quantity × rate. */
  amount?: Decimal
  /** Percent, such as "19" or "8.875". */
  taxPercent: Decimal
}

export interface OrderSums {
  /** Decimals of the currency: 2 for EUR, 0 for JPY, 3 for KWD. */
  digits: number
  lines: LineSums[]
  /** The header's discount: an amount (negative) or a percentage of the subtotal ("-10%"). */
  discount?: Decimal | `${string}%`
  shippingCost?: Decimal
  shippingTaxPercent?: Decimal
  handlingCost?: Decimal
  /** SuiteTax with overridden details: these taxes stand instead of the computed ones. */
  taxDetails?: Decimal[]
}

export interface OrderTotals {
  lines: { amount: Decimal; taxAmount: Decimal }[]
  subtotal: Decimal
  discountTotal: Decimal
  shippingCost: Decimal
  shippingTax: Decimal
  handlingCost: Decimal
  taxTotal: Decimal
  total: Decimal
}

/**
 * The totals that NetSuite computes by itself: amount = quantity × rate rounded to the currency, tax rounded on every
 * line, the header's discount on the sum of the lines (it does not touch the tax).
 */
export function computeTotals(order: OrderSums): OrderTotals {
  const round = (value: Big) => value.round(order.digits, Big.roundHalfUp)
  const tax = (amount: Big, percent: Decimal) => round(amount.times(percent).div(100))

  const lines = order.lines.map((line) => {
    const amount = round(
      line.amount === undefined ? new Big(line.quantity ?? 1).times(line.rate ?? 0) : new Big(line.amount),
    )
    return { amount, taxAmount: order.taxDetails ? new Big(0) : tax(amount, line.taxPercent) }
  })
  const subtotal = lines.reduce((sum, line) => sum.plus(line.amount), new Big(0))
  const discount = order.discount ?? '0'
  const discountTotal = round(
    discount.endsWith('%') ? subtotal.times(discount.slice(0, -1)).div(100) : new Big(discount),
  )
  const shippingCost = round(new Big(order.shippingCost ?? 0))
  const shippingTax = order.taxDetails ? new Big(0) : tax(shippingCost, order.shippingTaxPercent ?? '0')
  const handlingCost = round(new Big(order.handlingCost ?? 0))
  const taxTotal = order.taxDetails
    ? order.taxDetails.reduce((sum, amount) => sum.plus(round(new Big(amount))), new Big(0))
    : lines.reduce((sum, line) => sum.plus(line.taxAmount), shippingTax)

  const text = (value: Big) => (value.eq(0) ? new Big(0) : value).toFixed(order.digits)
  return {
    lines: lines.map((line) => ({ amount: text(line.amount), taxAmount: text(line.taxAmount) })),
    subtotal: text(subtotal),
    discountTotal: text(discountTotal),
    shippingCost: text(shippingCost),
    shippingTax: text(shippingTax),
    handlingCost: text(handlingCost),
    taxTotal: text(taxTotal),
    total: text(subtotal.plus(discountTotal).plus(shippingCost).plus(handlingCost).plus(taxTotal)),
  }
}
