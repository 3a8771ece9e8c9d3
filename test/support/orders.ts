import { sum } from '../../src/order/money.ts'
import type { LineTax, Order, OrderLine } from '../../src/order/order.ts'
import { totalsOf } from '../../src/order/totals.ts'

/** A line of the canonical order; only what differs from one plain product needs to be said. */
export function line(id: string, given: Partial<OrderLine> & Pick<OrderLine, 'net'>): OrderLine {
  const taxes = given.taxes ?? []
  return {
    id,
    kind: 'product',
    sku: null,
    name: `Line ${id}`,
    quantity: '1',
    unitPrice: given.net,
    discount: '0',
    tax: sum(taxes.map((tax) => tax.amount)),
    parentId: null,
    productId: null,
    code: null,
    attributes: [],
    ...given,
    taxes,
  }
}

export const tax = (id: string, rate: string | null, amount: string): LineTax => ({
  id,
  label: `Tax ${id}`,
  rate,
  amount,
})

/** A canonical order of the given lines; its total is what they add up to unless another is given. */
export function orderOf(lines: OrderLine[], given: Partial<Order> = {}): Order {
  const currency = given.currency ?? 'EUR'
  const { total, tax: totalTax } = totalsOf({ lines, currency })
  const address = {
    name: 'Zoë van den IJssel',
    company: null,
    line1: 'Prinsengracht 263',
    line2: null,
    city: 'Amsterdam',
    region: null,
    postcode: '1016 GV',
    country: 'NL',
    phone: '+31 20 555 0121',
    email: 'zoe@example.com',
  }
  return {
    channelOrderId: '1001',
    number: '1001',
    channelStatus: 'processing',
    placedAt: '2026-03-01T22:30:00Z',
    modifiedAt: '2026-03-01T22:31:00Z',
    paidAt: null,
    pricesIncludeTax: false,
    presentment: null,
    total,
    totalTax,
    customer: { id: null, name: address.name, company: null, email: address.email, phone: address.phone },
    billing: address,
    shipping: address,
    payment: null,
    coupons: [],
    refunds: [],
    customerNote: null,
    fields: {},
    ...given,
    currency,
    lines,
  }
}
