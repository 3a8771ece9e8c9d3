import { Big } from 'big.js'
import type { Json, JsonObject } from './http.ts'
import type { Shop, ShopTaxRate } from './state.ts'

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
  coupons: { id: number; code: string; kind: 'percent' | 'fixed_cart'; amount: string }[]
}

/** Everything of an order that is computed, in the shape in which WooCommerce shows it. */
export interface PricedOrder {
  totals: JsonObject
  line_items: JsonObject[]
  tax_lines: JsonObject[]
  shipping_lines: JsonObject[]
  fee_lines: JsonObject[]
  coupon_lines: JsonObject[]
}

/** Decimals in which the currency's prices are kept. */
const decimalsOf = (currency: string): number => (currency === 'JPY' ? 0 : currency === 'KWD' ? 3 : 2)

/**
 * Computes an order as WooCommerce does with its default settings: tax rounded on every line (half up, half down
 * where prices include it), coupons taken off each line before tax, shipping taxed like the goods.
 * recordings/woocommerce-11.0.1 order.json: create rich order.
 */
export function priceOrder(shop: Shop, draft: OrderDraft): PricedOrder {
  const digits = decimalsOf(draft.currency)
  const shown = Math.max(2, digits)
  const money = (amount: Big): string => amount.toFixed(shown)
  const round = (amount: Big): Big => amount.round(digits, Big.roundHalfUp)
  const roundTax = (amount: Big): Big => roundHalfDown(amount, digits)
  const rates = shop.taxRates.filter((rate) => rate.country === draft.taxCountry)
  const rateFor = (taxClass: string): ShopTaxRate | undefined =>
    rates.find((rate) => rate.taxClass === taxClass)
  const taxOf = (amount: Big, rate: ShopTaxRate | undefined): Big =>
    rate ? round(amount.times(rate.percent).div(100)) : new Big(0)
  const taxes = new Map<number, { rate: ShopTaxRate; goods: Big; shipping: Big }>()
  const collect = (rate: ShopTaxRate | undefined, kind: 'goods' | 'shipping', amount: Big): void => {
    if (!rate) return
    const row = taxes.get(rate.id) ?? { rate, goods: new Big(0), shipping: new Big(0) }
    row[kind] = row[kind].plus(amount)
    taxes.set(rate.id, row)
  }

  const entered = draft.lines.map((line) =>
    round(line.amount === undefined ? new Big(line.price).times(line.quantity) : new Big(line.amount)),
  )
  const discounts = discountLines(entered, draft, digits)
  const lines = draft.lines.map((line, index) => {
    const rate = rateFor(line.taxClass)
    const split = (amount: Big): { net: Big; tax: Big } => {
      if (!draft.pricesIncludeTax) return { net: amount, tax: taxOf(amount, rate) }
      const net = rate ? amount.div(new Big(rate.percent).div(100).plus(1)) : amount
      const tax = roundTax(amount.minus(net))
      return { net: amount.minus(tax), tax }
    }
    const before = split(entered[index]!)
    const after = split(entered[index]!.minus(discounts.perLine[index]!))
    collect(rate, 'goods', after.tax)
    return { line, rate, before, after }
  })

  const shippingRate = rateFor(draft.lines.some((line) => line.taxClass === '') ? '' : 'reduced-rate')
  const shipping = draft.shipping.map((method) => {
    const net = round(new Big(method.price))
    const tax = taxOf(net, shippingRate)
    collect(shippingRate, 'shipping', tax)
    return { method, net, tax }
  })
  const fees = draft.fees.map((fee) => {
    const net = round(new Big(fee.amount))
    const rate = fee.taxed ? rateFor('') : undefined
    const tax = taxOf(net, rate)
    collect(rate, 'goods', tax)
    return { fee, net, tax, rate }
  })

  const sum = (amounts: Big[]): Big => amounts.reduce((total, amount) => total.plus(amount), new Big(0))
  const goodsNet = sum(lines.map(({ after }) => after.net))
  const discountNet = sum(lines.map(({ before, after }) => before.net.minus(after.net)))
  const discountTax = sum(lines.map(({ before, after }) => before.tax.minus(after.tax)))
  const shippingNet = sum(shipping.map(({ net }) => net))
  const shippingTax = sum(shipping.map(({ tax }) => tax))
  const cartTax = sum([...lines.map(({ after }) => after.tax), ...fees.map(({ tax }) => tax)])
  const total = sum([goodsNet, shippingNet, ...fees.map(({ net }) => net), cartTax, shippingTax])

  const taxRow = (rate: ShopTaxRate | undefined, amount: Big, before: Big | null): JsonObject[] =>
    rate ? [{ id: rate.id, total: money(amount), subtotal: before === null ? '' : money(before) }] : []
  return {
    totals: {
      discount_total: money(discountNet),
      discount_tax: money(discountTax),
      shipping_total: money(shippingNet),
      shipping_tax: money(shippingTax),
      cart_tax: money(cartTax),
      total: money(total),
      total_tax: money(cartTax.plus(shippingTax)),
    },
    line_items: lines.map(({ line, rate, before, after }) => ({
      id: shop.ids.item++,
      name: line.name,
      product_id: line.productId,
      variation_id: line.variationId ?? 0,
      quantity: Number(line.quantity),
      tax_class: line.taxClass,
      subtotal: money(before.net),
      subtotal_tax: money(before.tax),
      total: money(after.net),
      total_tax: money(after.tax),
      taxes: taxRow(rate, after.tax, before.tax),
      meta_data: (line.meta ?? []).map(({ key, value, displayKey }) => ({
        id: shop.ids.meta++,
        key,
        value,
        display_key: displayKey ?? key,
        display_value: typeof value === 'string' ? escapeHtml(value) : value,
      })),
      sku: line.sku,
      global_unique_id: line.sku === null ? null : '',
      price: Number(after.net.div(line.quantity).toPrecision(17)),
      image: { id: line.sku === null ? 0 : '', src: '' },
      parent_name: line.parentName ?? null,
    })),
    tax_lines: [...taxes.values()].map(({ rate, goods, shipping }) => ({
      id: shop.ids.item++,
      rate_code: `${rate.country}-${rate.label.toUpperCase()}-1`,
      rate_id: rate.id,
      label: rate.label,
      compound: false,
      tax_total: money(goods),
      shipping_tax_total: money(shipping),
      rate_percent: Number(rate.percent),
      meta_data: [],
    })),
    shipping_lines: shipping.map(({ method, net, tax }) => ({
      id: shop.ids.item++,
      method_title: method.title,
      method_id: method.methodId,
      instance_id: method.instanceId,
      total: money(net),
      total_tax: money(tax),
      taxes: taxRow(shippingRate, tax, null),
      tax_status: 'taxable',
      meta_data: [],
    })),
    fee_lines: fees.map(({ fee, net, tax, rate }) => ({
      id: shop.ids.item++,
      name: fee.name,
      tax_class: '',
      tax_status: fee.taxed ? 'taxable' : 'none',
      amount: '',
      total: money(net),
      total_tax: money(tax),
      taxes: taxRow(rate, tax, null),
      meta_data: [],
    })),
    coupon_lines: draft.coupons.map((coupon, index) => {
      const share = (of: Big): Big => portion(of, discounts.perCoupon, index, digits)
      return couponLine(shop, coupon, share(discountNet), share(discountTax))
    }),
  }
}

interface Discounts {
  perLine: Big[]
  perCoupon: Big[]
}

/** Takes the coupons off the lines, in the smallest unit of the currency, so that their sum is the coupon's. */
function discountLines(amounts: Big[], draft: OrderDraft, digits: number): Discounts {
  const unit = new Big(10).pow(-digits)
  const whole = amounts.reduce((total, amount) => total.plus(amount), new Big(0))
  const perLine = amounts.map(() => new Big(0))
  const perCoupon = draft.coupons.map((coupon) => {
    if (whole.eq(0)) return new Big(0)
    const percent = coupon.kind === 'percent'
    const asked = percent ? whole.times(coupon.amount).div(100) : new Big(coupon.amount)
    const target = (asked.gt(whole) ? whole : asked).round(digits, Big.roundHalfUp)
    const shares = amounts.map((amount) =>
      percent
        ? amount.times(coupon.amount).div(100).round(digits, Big.roundHalfUp)
        : amount.times(target).div(whole).round(digits, Big.roundDown),
    )
    let rest = target.minus(shares.reduce((total, share) => total.plus(share), new Big(0)))
    let taken = new Big(0)
    shares.forEach((share, index) => {
      const extra = rest.gte(unit) && share.lt(amounts[index]!) ? unit : new Big(0)
      rest = rest.minus(extra)
      taken = taken.plus(share).plus(extra)
      perLine[index] = perLine[index]!.plus(share).plus(extra)
    })
    return taken
  })
  return { perLine, perCoupon }
}

/** What of `amount` falls to one coupon; the last one takes what rounding left. */
function portion(amount: Big, perCoupon: Big[], index: number, digits: number): Big {
  const all = perCoupon.reduce((total, one) => total.plus(one), new Big(0))
  const part = (at: number): Big =>
    all.eq(0) ? new Big(0) : amount.times(perCoupon[at]!).div(all).round(digits, Big.roundDown)
  if (index < perCoupon.length - 1) return part(index)
  return perCoupon.slice(0, -1).reduce((rest, _, at) => rest.minus(part(at)), amount)
}

/** PHP_ROUND_HALF_DOWN, by which WooCommerce takes the tax out of prices that include it. */
function roundHalfDown(amount: Big, digits: number): Big {
  const rounded = amount.round(digits, Big.roundHalfUp)
  const half = new Big(10).pow(-digits).div(2)
  return rounded.minus(amount).eq(half) ? rounded.minus(half).minus(half) : rounded
}

function couponLine(shop: Shop, coupon: OrderDraft['coupons'][number], discount: Big, tax: Big): JsonObject {
  const info = JSON.stringify([coupon.id, coupon.code, coupon.kind, Number(coupon.amount)])
  return {
    id: shop.ids.item++,
    code: coupon.code,
    // Not padded, unlike every other amount: recordings order.json, "create rich order".
    discount: discount.toString(),
    discount_tax: tax.toString(),
    meta_data: [
      {
        id: shop.ids.meta++,
        key: 'coupon_info',
        value: info,
        display_key: 'coupon_info',
        display_value: info,
      },
    ],
    discount_type: coupon.kind,
    nominal_amount: Number(coupon.amount),
    free_shipping: false,
  }
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
