import {
  absolute,
  add,
  compare,
  currencyDigits,
  type Decimal,
  divide,
  equals,
  isNegative,
  isZero,
  multiply,
  negate,
  parseDecimal,
  round,
  subtract,
  sum,
} from '../../order/money.ts'
import type { LineKind, LineTax, OrderLine } from '../../order/order.ts'
import type { RawLineItem, RawMeta, RawWooOrder } from './raw-order.ts'
import { roundTo } from './rounding.ts'
import { readable } from './text.ts'

/** A line on its way: amounts as exact as the shop shows them. */
interface Draft {
  line: Omit<OrderLine, 'unitPrice' | 'net' | 'tax' | 'taxes'>
  net: Decimal
  taxes: LineTax[]
}

/**
 * The order's lines with amounts that are rounded to the currency and add up to its total wherever only rounding stands
 * between them. `rounding` is what was moved between a line's shown amount and the one here, summed; "0" mostly.
 */
export function linesOf(order: RawWooOrder): { lines: OrderLine[]; rounding: Decimal } {
  const digits = Math.max(currencyDigits(order.currency), order.total.split('.')[1]?.length ?? 0)
  const rates = ratesOf(order)
  const items = order.line_items.map((raw, i) => productDraft(raw, i, order.line_items, rates, digits))
  const fees = order.fee_lines.map((raw, i) => feeDraft(raw, i, rates, digits))
  const shipping = order.shipping_lines.map((raw, i) => shippingDraft(raw, i, rates, digits))
  settleTaxes([...items, ...fees], order.cart_tax, digits)
  settleTaxes(shipping, order.shipping_tax, digits)
  const drafts = [...items, ...fees, ...shipping]
  const shown = drafts.map((draft) => round(draft.net, digits))
  const taxes = sum(drafts.flatMap((draft) => draft.taxes.map((tax) => tax.amount)))
  const cards = giftCards(order, subtract(order.total, add(sum(shown), taxes)))
  const target = subtract(subtract(order.total, taxes), sum(cards.map((card) => card.net)))
  const nets =
    roundTo(
      drafts.map((draft) => draft.net),
      target,
      digits,
    ) ?? shown
  const rounding = sum(nets.map((net, i) => absolute(subtract(net, shown[i]!))))
  return { lines: [...drafts.map((draft, i) => finished(draft, nets[i]!)), ...cards], rounding }
}

function finished({ line, taxes }: Draft, net: Decimal): OrderLine {
  const gross = add(net, line.discount)
  const unitPrice = isZero(line.quantity) ? gross : divide(gross, line.quantity, 10)
  return { ...line, unitPrice, net, taxes, tax: sum(taxes.map((tax) => tax.amount)) }
}

type Rates = Map<string, { label: string; rate: Decimal | null }>

function ratesOf(order: RawWooOrder): Rates {
  return new Map(
    order.tax_lines.map((line) => [
      line.rate_id,
      { label: readable(line.label || line.rate_code), rate: parseDecimal(line.rate_percent) },
    ]),
  )
}

interface Taxed {
  total_tax: Decimal
  taxes: { id: string; total: Decimal | null }[]
}

/**
 * A line's taxes by rate, exact (`taxes[].total` keeps what `total_tax` shows rounded). Where the two are more than a
 * rounding apart, `total_tax` counts: it is what the shop's own total was made of.
 */
function taxesOf(raw: Taxed, rates: Rates, digits: number): LineTax[] {
  const known = raw.taxes.flatMap(({ id, total }): LineTax[] =>
    total === null
      ? []
      : [{ id, label: rates.get(id)?.label || 'Tax', rate: rates.get(id)?.rate ?? null, amount: total }],
  )
  const apart = absolute(subtract(sum(known.map((tax) => tax.amount)), raw.total_tax))
  if (compare(multiply(apart, `1${'0'.repeat(digits)}`), '1') <= 0) return known
  const [only] = known
  if (known.length === 1 && only) return [{ ...only, amount: raw.total_tax }]
  return isZero(raw.total_tax) ? [] : [{ id: '', label: 'Tax', rate: null, amount: raw.total_tax }]
}

/** Rounds the taxes of a group of lines so that they add up to the tax the order states for it. */
function settleTaxes(drafts: Draft[], stated: Decimal | null, digits: number): void {
  const taxes = drafts.flatMap((draft) => draft.taxes)
  const exact = taxes.map((tax) => tax.amount)
  const settled =
    (stated === null ? null : roundTo(exact, stated, digits)) ?? exact.map((amount) => round(amount, digits))
  for (const [i, tax] of taxes.entries()) tax.amount = settled[i]!
}

function productDraft(
  raw: RawLineItem,
  index: number,
  all: RawLineItem[],
  rates: Rates,
  digits: number,
): Draft {
  const subtotal = raw.subtotal ?? raw.total
  const discount = subtract(round(subtotal, digits), round(raw.total, digits))
  return {
    line: {
      id: raw.id || `line-${index + 1}`,
      kind: 'product',
      sku: raw.sku.trim() === '' ? null : raw.sku.trim(),
      name: readable(raw.name) || 'Product without a name',
      quantity: isZero(raw.quantity) && !isZero(subtotal) ? '1' : raw.quantity,
      // A plug-in may raise a line above its list price: that is no discount.
      discount: isNegative(discount) ? '0' : discount,
      parentId: parentOf(raw, all),
      productId: idOf(raw.variation_id) ?? idOf(raw.product_id),
      code: null,
      attributes: attributesOf(raw.meta_data),
    },
    net: exactNet(raw, digits),
    taxes: taxesOf(raw, rates, digits),
  }
}

/** `price` is the exact total by one piece: it tells what `total` was before it was rounded to be shown. */
function exactNet(raw: RawLineItem, digits: number): Decimal {
  const price = parseDecimal(raw.price)
  if (price === null) return raw.total
  const exact = round(multiply(price, raw.quantity), digits + 6)
  return equals(round(exact, digits), raw.total) ? exact : raw.total
}

const tipNames = /^(tip|tips|trinkgeld|gratuity|pourboire|propina|mancia|fooi|dricks|drikkepenge)\b/i

function feeDraft(raw: RawWooOrder['fee_lines'][number], index: number, rates: Rates, digits: number): Draft {
  const name = readable(raw.name)
  const kind: LineKind = isNegative(raw.total) ? 'discount' : tipNames.test(name) ? 'tip' : 'fee'
  return {
    line: {
      ...plainLine,
      id: raw.id || `fee-${index + 1}`,
      kind,
      name: name || 'Fee',
      attributes: attributesOf(raw.meta_data),
    },
    net: raw.total,
    taxes: taxesOf(raw, rates, digits),
  }
}

function shippingDraft(
  raw: RawWooOrder['shipping_lines'][number],
  index: number,
  rates: Rates,
  digits: number,
): Draft {
  return {
    line: {
      ...plainLine,
      id: raw.id || `shipping-${index + 1}`,
      kind: 'shipping',
      name: readable(raw.method_title) || 'Shipping',
      code:
        raw.method_id === ''
          ? null
          : [raw.method_id, raw.instance_id].filter((part) => part !== '').join(':'),
      attributes: attributesOf(raw.meta_data),
    },
    net: raw.total,
    taxes: taxesOf(raw, rates, digits),
  }
}

/**
 * Gift cards that the total is already reduced by ("Gift Cards" plug-in, order body's `gift_cards`); none when the total
 * does not show them, as where a plug-in takes them for a payment. The code is as good as money: only its end is kept.
 */
function giftCards(order: RawWooOrder, missing: Decimal): OrderLine[] {
  const all = sum(order.gift_cards.map((card) => card.amount))
  const reduces = compare(absolute(add(missing, all)), absolute(missing)) < 0
  if (!reduces) return []
  return order.gift_cards.map((card, i) => ({
    ...plainLine,
    id: `gift-card-${card.id || i + 1}`,
    kind: 'gift_card',
    name: `Gift card …${card.code.slice(-4)}`,
    unitPrice: negate(card.amount),
    net: negate(card.amount),
    tax: '0',
    taxes: [],
  }))
}

const plainLine = {
  sku: null,
  quantity: '1',
  discount: '0',
  parentId: null,
  productId: null,
  code: null,
  attributes: [],
} satisfies Partial<OrderLine>

/**
 * The bundle or composite a line is part of: by `bundled_by` or `composite_parent` (recent versions of the plug-ins),
 * else by the cart keys in the meta data.
 */
function parentOf(raw: RawLineItem, all: RawLineItem[]): string | null {
  const named = idOf(raw.bundled_by) ?? idOf(raw.composite_parent)
  if (named !== null && all.some((line) => line.id === named)) return named
  for (const [child, parent] of [
    ['_bundled_by', '_bundle_cart_key'],
    ['_composite_parent', '_composite_cart_key'],
  ] as const) {
    const key = metaText(raw.meta_data, child)
    const container = key && all.find((line) => line !== raw && metaText(line.meta_data, parent) === key)
    if (container) return container.id
  }
  return null
}

const idOf = (text: string): string | null => (text === '' || text === '0' ? null : text)

/** A meta value that is one word, number or sentence; structures are null. */
export function metaText(meta: RawMeta[], key: string): string | null {
  const value = meta.find((entry) => entry.key === key)?.value
  if (typeof value === 'string') return value.replaceAll('\u0000', '').toWellFormed()
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : null
}

/** What a person chose or typed; keys that begin with "_" are the plug-ins' own. */
function attributesOf(meta: RawMeta[]): OrderLine['attributes'] {
  return meta.flatMap((entry) => {
    const { key, display_key } = entry
    const value = key === '' || key.startsWith('_') ? null : metaText([entry], key)
    return value === null || value === ''
      ? []
      : [{ name: readable(display_key || key), value: readable(value) }]
  })
}
