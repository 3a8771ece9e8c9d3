import type { Address } from './address.ts'
import type { Decimal } from './money.ts'

/** What a line is; a backend decides by this which item carries it. */
export const lineKinds = ['product', 'shipping', 'fee', 'discount', 'tip', 'gift_card', 'custom'] as const
export type LineKind = (typeof lineKinds)[number]

/** One tax on one line. `rate` is in percent ("25" is 25 %), null where the channel does not tell. */
export interface LineTax {
  id: string
  label: string
  rate: Decimal | null
  amount: Decimal
}

export interface OrderLine {
  /** The channel's own id of the line, unique within the order. */
  id: string
  kind: LineKind
  /** Null for lines without one: custom lines, fees, deleted products. */
  sku: string | null
  name: string
  /** May be fractional; 1 for shipping, fees and the like. */
  quantity: Decimal
  /** Price of one before discounts, excluding tax; not rounded to the currency. */
  unitPrice: Decimal
  /** What discounts took off this line, excluding tax; zero or more for lines that are sold. */
  discount: Decimal
  /** What the line adds to the order after discounts, excluding tax; negative for discount and gift card lines. */
  net: Decimal
  /** The sum of `taxes`. */
  tax: Decimal
  taxes: LineTax[]
  /** The line this one is part of (a bundle's or a composite's container), or null. */
  parentId: string | null
  /** The channel's product and method codes, as far as a mapping may want them. */
  productId: string | null
  code: string | null
  attributes: { name: string; value: string }[]
}

export interface Refund {
  id: string
  reason: string | null
  /** What was given back, as a positive amount including tax. */
  amount: Decimal
}

/** Two currencies of one order, which are never mixed: no amount is converted here. */
export interface Presentment {
  /** What the customer saw and agreed to. */
  currency: string
  total: Decimal
  shopCurrency: string
  /** Units of the customer's currency for one of the shop's, as the channel reckoned; null where it does not tell. */
  rate: Decimal | null
}

export interface Customer {
  /** The channel's id of a registered customer; null for a guest. */
  id: string | null
  name: string
  company: string | null
  email: string | null
  phone: string | null
}

/** An order as every channel and every backend sees it. All amounts are in `currency`. */
export interface Order {
  /** The channel's permanent id of the order. */
  channelOrderId: string
  /** What the merchant and the customer call it. */
  number: string
  /** The channel's own word for its status. */
  channelStatus: string
  placedAt: string
  modifiedAt: string
  paidAt: string | null
  currency: string
  pricesIncludeTax: boolean
  /** Where the customer saw another currency than the shop keeps its books in. `currency` is one of the two. */
  presentment: Presentment | null
  total: Decimal
  totalTax: Decimal
  customer: Customer
  billing: Address | null
  shipping: Address | null
  payment: { code: string; title: string; transactionId: string | null } | null
  lines: OrderLine[]
  coupons: string[]
  refunds: Refund[]
  customerNote: string | null
  /** The channel's further fields by name, which a mapping to custom fields may read. */
  fields: Record<string, string>
}
