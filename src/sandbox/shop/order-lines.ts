import type { Big } from 'big.js'
import type { JsonObject } from './http.ts'
import { decimalsOf, priceDraft, type OrderDraft, type Priced, type PricedLine } from './price-order.ts'
import type { Shop, ShopTaxRate } from './state.ts'

/** Everything of an order that is computed, in the shape in which WooCommerce shows it. */
export interface OrderLines {
  totals: JsonObject
  line_items: JsonObject[]
  tax_lines: JsonObject[]
  shipping_lines: JsonObject[]
  fee_lines: JsonObject[]
  coupon_lines: JsonObject[]
}

/** Computes a draft and numbers its lines, in the order in which WooCommerce does: goods, shipping, fees, taxes, coupons. */
export function orderLines(shop: Shop, draft: OrderDraft): OrderLines {
  const priced = priceDraft(shop.taxRates, draft)
  const shown = Math.max(2, decimalsOf(draft.currency))
  const money = (amount: Big): string => amount.toFixed(shown)
  const id = (): number => shop.ids.item++
  const taxRow = (rate: ShopTaxRate | null, amount: Big, before: Big | null): JsonObject[] =>
    rate ? [{ id: rate.id, total: money(amount), subtotal: before === null ? '' : money(before) }] : []

  const goods = priced.lines.map((line) => ({
    id: id(),
    ...lineItem(line, money),
    taxes: taxRow(line.after.rate, line.after.tax, line.before.tax),
    meta_data: lineMeta(shop, line),
    ...lineProduct(line),
  }))
  const shipping = priced.shipping.map(({ method, net, tax, rate }) => ({
    id: id(),
    method_title: method.title,
    method_id: method.methodId,
    instance_id: method.instanceId,
    total: money(net),
    total_tax: money(tax),
    taxes: taxRow(rate, tax, null),
    tax_status: 'taxable',
    meta_data: [],
  }))
  const fees = priced.fees.map(({ fee, net, tax, rate }) => ({
    id: id(),
    name: fee.name,
    tax_class: '',
    tax_status: fee.taxed ? 'taxable' : 'none',
    amount: '',
    total: money(net),
    total_tax: money(tax),
    taxes: taxRow(rate, tax, null),
    meta_data: [],
  }))
  const taxes = priced.taxes.map(({ rate, goods: onGoods, shipping: onShipping }) => ({
    id: id(),
    rate_code: `${rate.country}-${rate.label.toUpperCase()}-1`,
    rate_id: rate.id,
    label: rate.label,
    compound: false,
    tax_total: money(onGoods),
    shipping_tax_total: money(onShipping),
    rate_percent: Number(rate.percent),
    meta_data: [],
  }))
  return {
    totals: totalsOf(priced, money),
    line_items: goods,
    tax_lines: taxes,
    shipping_lines: shipping,
    fee_lines: fees,
    coupon_lines: priced.coupons.map((row) => ({ id: id(), ...couponLine(shop, row) })),
  }
}

const totalsOf = (priced: Priced, money: (amount: Big) => string): JsonObject => ({
  discount_total: money(priced.discount.net),
  discount_tax: money(priced.discount.tax),
  shipping_total: money(priced.shippingTotal.net),
  shipping_tax: money(priced.shippingTotal.tax),
  cart_tax: money(priced.cartTax),
  total: money(priced.total),
  total_tax: money(priced.cartTax.plus(priced.shippingTotal.tax)),
})

const lineItem = ({ line, before, after }: PricedLine, money: (amount: Big) => string): JsonObject => ({
  name: line.name,
  product_id: line.productId,
  variation_id: line.variationId ?? 0,
  quantity: Number(line.quantity),
  tax_class: line.taxClass,
  subtotal: money(before.net),
  subtotal_tax: money(before.tax),
  total: money(after.net),
  total_tax: money(after.tax),
})

const lineMeta = (shop: Shop, { line }: PricedLine): JsonObject[] =>
  (line.meta ?? []).map(({ key, value, displayKey }) => ({
    id: shop.ids.meta++,
    key,
    value,
    display_key: displayKey ?? key,
    display_value: typeof value === 'string' ? escapeHtml(value) : value,
  }))

/** The price of one piece is the one amount that WooCommerce computes and shows as a float: total by quantity. */
const lineProduct = ({ line, after }: PricedLine): JsonObject => ({
  sku: line.sku,
  global_unique_id: line.sku === null ? null : '',
  price: Number(line.quantity) === 0 ? 0 : Number(after.net) / Number(line.quantity),
  image: { id: line.sku === null || line.variationId !== undefined ? 0 : '', src: '' },
  parent_name: line.parentName ?? null,
})

function couponLine(shop: Shop, { coupon, discount, tax }: Priced['coupons'][number]): JsonObject {
  const info = JSON.stringify([coupon.id, coupon.code, coupon.kind, Number(coupon.amount)])
  return {
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
