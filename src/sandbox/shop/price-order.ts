import { Big } from 'big.js'
import { discountLines, portion, type Coupon } from './discounts.ts'
import type { Json } from './http.ts'
import type { ShopTaxRate } from './state.ts'

/** One line as a customer puts it into the basket. Amounts are decimal strings in the order's currency. */
export interface DraftLine {
  name: string
  productId: number
  variationId?: number
  sku: string | null
  quantity: string
  /** Of one piece, as the shop enters prices: with tax where the order's prices include it, else without. */
  price: string
  /** What is charged for the whole line where that is not price times quantity. */
  amount?: string
  taxClass: '' | 'reduced-rate'
  parentName?: string
  meta?: { key: string; value: Json; displayKey?: string }[]
}

export interface OrderDraft {
  currency: string
  pricesIncludeTax: boolean
  /** Country that is taxed; rates are those of the shop for it. */
  taxCountry: string
  lines: DraftLine[]
  /** Net prices. */
  shipping: { methodId: string; instanceId: string; title: string; price: string }[]
  fees: { name: string; amount: string; taxed: boolean }[]
  coupons: Coupon[]
}

interface Amount {
  net: Big
  tax: Big
  rate: ShopTaxRate | null
}

export interface PricedLine {
  line: DraftLine
  /** Before and after coupons. */
  before: Amount
  after: Amount
}

export interface Priced {
  lines: PricedLine[]
  shipping: (Amount & { method: OrderDraft['shipping'][number] })[]
  fees: (Amount & { fee: OrderDraft['fees'][number] })[]
  coupons: { coupon: Coupon; discount: Big; tax: Big }[]
  taxes: { rate: ShopTaxRate; goods: Big; shipping: Big }[]
  discount: { net: Big; tax: Big }
  shippingTotal: { net: Big; tax: Big }
  cartTax: Big
  total: Big
}

/** Decimals in which the currency's prices are kept. */
export const decimalsOf = (currency: string): number => (currency === 'JPY' ? 0 : currency === 'KWD' ? 3 : 2)

const sum = (amounts: Big[]): Big => amounts.reduce((total, amount) => total.plus(amount), new Big(0))
const sumOf = (amounts: Amount[]): { net: Big; tax: Big } => ({
  net: sum(amounts.map(({ net }) => net)),
  tax: sum(amounts.map(({ tax }) => tax)),
})

/**
 * Computes an order as WooCommerce does with its default settings: tax rounded on every line (half up, half down
 * where prices include it), coupons taken off each line before tax, shipping taxed like the goods.
 * recordings/woocommerce-11.0.1 order.json: create rich order.
 */
export function priceDraft(taxRates: ShopTaxRate[], draft: OrderDraft): Priced {
  const digits = decimalsOf(draft.currency)
  const round = (amount: Big): Big => amount.round(digits, Big.roundHalfUp)
  const rateFor = (taxClass: string): ShopTaxRate | null =>
    taxRates.find((rate) => rate.country === draft.taxCountry && rate.taxClass === taxClass) ?? null
  const withTax = (net: Big, rate: ShopTaxRate | null): Amount => ({
    net,
    tax: rate ? round(net.times(rate.percent).div(100)) : new Big(0),
    rate,
  })
  const taxInside = (gross: Big, rate: ShopTaxRate | null): Amount => {
    const net = rate ? gross.div(new Big(rate.percent).div(100).plus(1)) : gross
    const tax = roundHalfDown(gross.minus(net), digits)
    return { net: gross.minus(tax), tax, rate }
  }
  const priced = draft.pricesIncludeTax ? taxInside : withTax

  const entered = draft.lines.map(({ amount, price, quantity }) =>
    round(amount === undefined ? new Big(price).times(quantity) : new Big(amount)),
  )
  const discounts = discountLines(entered, draft.coupons, digits)
  const lines = draft.lines.map((line, index) => {
    const rate = rateFor(line.taxClass)
    const full = entered[index]!
    return { line, before: priced(full, rate), after: priced(full.minus(discounts.perLine[index]!), rate) }
  })
  const shippingRate = rateFor(draft.lines.some((line) => line.taxClass === '') ? '' : 'reduced-rate')
  const shipping = draft.shipping.map((method) => ({
    method,
    ...withTax(round(new Big(method.price)), shippingRate),
  }))
  const fees = draft.fees.map((fee) => ({
    fee,
    ...withTax(round(new Big(fee.amount)), fee.taxed ? rateFor('') : null),
  }))

  const before = sumOf(lines.map((line) => line.before))
  const after = sumOf(lines.map((line) => line.after))
  const discount = { net: before.net.minus(after.net), tax: before.tax.minus(after.tax) }
  const shippingTotal = sumOf(shipping)
  const feeTotal = sumOf(fees)
  return {
    lines,
    shipping,
    fees,
    coupons: draft.coupons.map((coupon, index) => ({
      coupon,
      discount: portion(discount.net, discounts.perCoupon, index, digits),
      tax: portion(discount.tax, discounts.perCoupon, index, digits),
    })),
    taxes: taxesOf([...lines.map((line) => line.after), ...fees], shipping),
    discount,
    shippingTotal,
    cartTax: after.tax.plus(feeTotal.tax),
    total: sum([after.net, after.tax, feeTotal.net, feeTotal.tax, shippingTotal.net, shippingTotal.tax]),
  }
}

/** The tax of each rate, on goods and on shipping. */
function taxesOf(goods: Amount[], shipping: Amount[]): Priced['taxes'] {
  const rates = new Map(
    [...goods, ...shipping].flatMap(({ rate }) => (rate ? [[rate.id, rate] as const] : [])),
  )
  const taxAt = (amounts: Amount[], id: number): Big =>
    sum(amounts.filter(({ rate }) => rate?.id === id).map(({ tax }) => tax))
  return [...rates].map(([id, rate]) => ({ rate, goods: taxAt(goods, id), shipping: taxAt(shipping, id) }))
}

/** PHP_ROUND_HALF_DOWN, by which WooCommerce takes the tax out of prices that include it. */
function roundHalfDown(amount: Big, digits: number): Big {
  const rounded = amount.round(digits, Big.roundHalfUp)
  const unit = new Big(10).pow(-digits)
  return rounded.minus(amount).times(2).eq(unit) ? rounded.minus(unit) : rounded
}
