import { add, isZero, negate, sum, type Decimal } from '../../order/money.ts'
import type { LineTax, Order, OrderLine } from '../../order/order.ts'
import type { Problem } from '../../order/problems.ts'
import type { NetSuiteLookups } from './lookups.ts'
import { mapped, taxItem, type ItemKind, type NetSuiteMapping } from './mapping.ts'
import { taxCodeOf, type LineTaxCode } from './taxes.ts'

/** A line of the sales order before its amounts are rounded. */
export interface PlannedLine {
  /** The order's line it carries; null for what Waybill adds (a tax or rounding line). */
  channelLineId: string | null
  item: string
  /** Null where the item knows none (discounts). */
  quantity: Decimal | null
  /** Exact, excluding tax. */
  net: Decimal
  taxes: LineTax[]
  taxCode: LineTaxCode
  description: string
}

export interface PlannedShipping {
  method: string
  cost: Decimal
  taxes: LineTax[]
  taxCode: LineTaxCode
}

export interface Plan {
  lines: PlannedLine[]
  shipping: PlannedShipping | null
}

interface Given {
  order: Order
  mapping: NetSuiteMapping
  lookups: NetSuiteLookups
  problems: Problem[]
}

/**
 * Which lines the sales order gets. `discounts`: as lines of their own with the item for discounts, or folded into
 * the prices. What cannot be planned is added to `problems`.
 */
export function planLines(given: Given, discounts: 'lines' | 'folded'): Plan {
  const { order, mapping, problems } = given
  const lines = order.lines
    .filter((line) => line.kind !== 'shipping' && !isNothing(line))
    .flatMap((line) => planLine(given, line, discounts))
  const { shipping, further } = planShipping(given)
  lines.push(...further)
  if (mapping.tax.mode === 'taxItemLine') lines.push(...taxLine(given))
  if (lines.length === 0 && problems.length === 0)
    problems.push({
      code: 'no_lines',
      subject: '',
      detail: 'Every line of the order has the quantity 0.',
      vendorMessage: null,
    })
  return { lines, shipping }
}

/** What an edit in the shop left behind: a line without quantity and amount, a fee or discount of nothing. */
function isNothing(line: OrderLine): boolean {
  const sold = line.kind === 'product' || line.kind === 'custom'
  return (!sold || isZero(line.quantity)) && isZero(line.net) && isZero(line.tax) && isZero(line.discount)
}

function planLine(given: Given, line: OrderLine, discounts: 'lines' | 'folded'): PlannedLine[] {
  const item = itemOf(given, line)
  const taxCode = taxCodeOf(given, line)
  if (isZero(line.quantity))
    given.problems.push({
      code: 'line_without_quantity',
      subject: line.name,
      detail: `The line "${line.name}" has the quantity 0 and the amount ${line.net}.`,
      vendorMessage: null,
    })
  if (item === null) return []
  const reduced = line.kind === 'discount' || line.kind === 'gift_card'
  const asLines = discounts === 'lines' && !isZero(line.discount) && !reduced
  const planned: PlannedLine = {
    channelLineId: line.id,
    item,
    quantity: reduced ? null : line.quantity,
    net: asLines ? add(line.net, line.discount) : line.net,
    taxes: line.taxes,
    taxCode,
    description: describe(line, !asLines && !reduced && !isZero(line.discount)),
  }
  if (!asLines) return [planned]
  const discountItem = kindItem(given, 'discount')
  if (discountItem === null) return []
  return [
    planned,
    {
      channelLineId: null,
      item: discountItem,
      quantity: null,
      net: negate(line.discount),
      taxes: [],
      taxCode,
      description: `Discount on ${line.name}${couponText(given.order)}`,
    },
  ]
}

const couponText = (order: Order) => (order.coupons.length > 0 ? ` (${order.coupons.join(', ')})` : '')

function describe(line: OrderLine, showDiscount: boolean): string {
  const attributes = line.attributes.map(({ name, value }) => `${name}: ${value}`)
  const discount = showDiscount ? [`less ${line.discount} discount`] : []
  return [line.name, ...attributes, ...discount].filter((part) => part !== '').join(', ')
}

function itemOf(given: Given, line: OrderLine): string | null {
  const sku = line.sku?.trim() ?? ''
  if (line.kind === 'product') return sku === '' ? withoutSku(given, line) : bySku(given, sku)
  if (line.kind === 'custom' && sku !== '') {
    const found = mapped(given.mapping.items.bySku, sku) ?? given.lookups.items[sku]?.[0]?.id
    if (found !== undefined) return found
  }
  return kindItem(given, line.kind)
}

function withoutSku(given: Given, line: OrderLine): string | null {
  const item = given.mapping.items.byKind.withoutSku
  if (item !== undefined) return item
  given.problems.push({
    code: 'line_without_sku',
    subject: line.name,
    detail: `Line "${line.name}"${line.productId ? ` (product ${line.productId})` : ''} has no SKU.`,
    vendorMessage: null,
  })
  return null
}

function bySku(given: Given, sku: string): string | null {
  const chosen = mapped(given.mapping.items.bySku, sku)
  if (chosen !== undefined) return chosen
  const found = Object.hasOwn(given.lookups.items, sku) ? given.lookups.items[sku]! : []
  const field = given.mapping.items.skuField
  const problem = (code: Problem['code'], detail: string) => {
    given.problems.push({ code, subject: sku, detail, vendorMessage: null })
    return null
  }
  const [item, second] = found
  if (item === undefined) return problem('unknown_sku', `No item has "${sku}" in the field ${field}.`)
  if (item.inactive) return problem('inactive_item', `Item ${item.id} (${item.name}) is inactive.`)
  if (second !== undefined)
    return problem(
      'ambiguous_sku',
      `Items ${found.map(({ id }) => id).join(', ')} have "${sku}" in ${field}.`,
    )
  return item.id
}

/** Kinds that may share the item of a nearby one. */
const standIns: Partial<Record<string, ItemKind>> = { tip: 'fee', custom: 'withoutSku' }

function kindItem(given: Given, kind: OrderLine['kind']): string | null {
  const { byKind } = given.mapping.items
  const standIn = standIns[kind]
  const item = byKind[kind as ItemKind] ?? (standIn && byKind[standIn])
  if (item !== undefined) return item
  const known = given.problems.some(({ code, subject }) => code === 'unmapped_item_kind' && subject === kind)
  if (!known)
    given.problems.push({
      code: 'unmapped_item_kind',
      subject: kind,
      detail: `The route's mapping names no item for it (items.byKind.${kind}).`,
      vendorMessage: null,
    })
  return null
}

/** The method that the mapping names for a shipping line: an id, leave_out, or undefined where nobody said. */
function methodOf(mapping: NetSuiteMapping, line: OrderLine): string | undefined {
  const names = [line.code, line.code?.split(':')[0], line.name]
  const named = names
    .map((name) => (name ? mapped(mapping.shipping.methods, name) : undefined))
    .find((method) => method !== undefined)
  return named ?? (mapping.shipping.otherwise === 'stop' ? undefined : mapping.shipping.otherwise)
}

/**
 * Shipping goes into the head of the sales order (method and cost). On lines of its own goes what the head cannot
 * hold: a cost without a method, and a second cost with another tax.
 */
function planShipping(given: Given): { shipping: PlannedShipping | null; further: PlannedLine[] } {
  const { mapping } = given
  const ownItem = mapping.items.byKind.shipping
  const parts = given.order.lines
    .filter(({ kind }) => kind === 'shipping')
    .map((line) => ({ line, method: methodOf(mapping, line), taxCode: shippingTaxCode(given, line) }))
    .filter(({ line, method }) => method !== undefined || ownItem !== undefined || unmapped(given, line))

  const [head] = parts.filter(({ method }) => method !== undefined && method !== 'leave_out')
  const fitsHead = (part: (typeof parts)[number]) =>
    head !== undefined &&
    part.taxCode.id === head.taxCode.id &&
    (part.method === head.method || (ownItem === undefined && part.method !== 'leave_out'))
  const together = parts.filter(fitsHead).map(({ line }) => line)
  const apart = parts
    .filter((part) => !fitsHead(part))
    .filter(({ line }) => !isZero(line.net) || !isZero(line.tax))

  const further = apart.flatMap(({ line, taxCode }): PlannedLine[] => {
    const item = kindItem(given, 'shipping')
    const { id, net, taxes, name } = line
    return item === null
      ? []
      : [{ channelLineId: id, item, quantity: '1', net, taxes, taxCode, description: name }]
  })
  const shipping = head && {
    method: head.method!,
    cost: sum(together.map((line) => line.net)),
    taxes: together.flatMap((line) => line.taxes),
    taxCode: head.taxCode,
  }
  return { shipping: shipping ?? null, further }
}

const shippingTaxCode = (given: Given, line: OrderLine): LineTaxCode =>
  given.mapping.tax.shippingTaxCode === undefined
    ? taxCodeOf(given, line)
    : { id: given.mapping.tax.shippingTaxCode, key: null }

function unmapped(given: Given, line: OrderLine): false {
  given.problems.push({
    code: 'unmapped_shipping_method',
    subject: line.code ?? line.name,
    detail: `The order is shipped by "${line.name}".`,
    vendorMessage: null,
  })
  return false
}

/** The whole tax as one line with its own item. */
function taxLine(given: Given): PlannedLine[] {
  const { order, mapping } = given
  const tax = sum(order.lines.map((line) => line.tax))
  if (isZero(tax)) return []
  const item = mapping.tax.item
  if (item === undefined) {
    given.problems.push({
      code: 'unmapped_item_kind',
      subject: taxItem,
      detail: "The route's mapping names no item for the tax line (tax.item).",
      vendorMessage: null,
    })
    return []
  }
  const labels = new Set(order.lines.flatMap((line) => line.taxes.map(({ label }) => label)).filter(Boolean))
  return [
    {
      channelLineId: null,
      item,
      quantity: '1',
      net: tax,
      taxes: [],
      taxCode: { id: mapping.tax.none ?? null, key: null },
      description: [...labels].join(', ') || 'Tax',
    },
  ]
}
