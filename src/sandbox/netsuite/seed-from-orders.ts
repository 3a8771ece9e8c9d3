import { z } from 'zod'
import type { ItemSeed, SeedData } from './seed.ts'

/** The little of a WooCommerce order that an account needs to take it. Everything else passes unread. */
const orderSchema = z.looseObject({
  currency: z.string().catch(''),
  line_items: z.array(z.looseObject({ sku: z.unknown().optional() })).catch([]),
  tax_lines: z.array(z.looseObject({ rate_percent: z.unknown().optional() })).catch([]),
  shipping_lines: z.array(z.looseObject({ method_title: z.unknown().optional() })).catch([]),
  payment_method_title: z.unknown().optional(),
})

export interface OrdersSeed {
  seed: SeedData
  /** Ids by name, for a mapping. */
  ids: {
    /** By ISO code. */
    currencies: Record<string, string>
    /** By percentage, such as "4.5"; "0" is always there. */
    taxCodes: Record<string, string>
    /** By the title of the shipping method. */
    shipItems: Record<string, string>
    paymentMethods: Record<string, string>
    items: {
      fee: string
      shipping: string
      tip: string
      giftCard: string
      tax: string
      discount: string
      custom: string
    }
    subsidiary: string
  }
}

const noCents = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '))
const thousandths = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '))
const digits = (currency: string) => (noCents.has(currency) ? 0 : thousandths.has(currency) ? 3 : 2)

/** An account in which the given orders can exist: an item for every SKU, a tax code for every rate, the currencies. */
export function seedFromOrders(orders: unknown[]): OrdersSeed {
  const read = orders.flatMap((order) => {
    const parsed = orderSchema.safeParse(order)
    return parsed.success ? [parsed.data] : []
  })
  const named = (values: unknown[]): string[] =>
    [
      ...new Set(
        values.filter((value) => value !== null && value !== undefined).map((value) => String(value).trim()),
      ),
    ]
      .filter((value) => value !== '')
      .toSorted()
  const ids = (first: number, names: string[]) =>
    Object.fromEntries(names.map((name, at) => [name, String(first + at)]))

  const currencies = named([...read.map((order) => order.currency), 'USD'])
  const rates = named([
    '0',
    ...read.flatMap((order) => order.tax_lines.map((line) => line.rate_percent)),
  ]).filter((rate) => /^\d+(\.\d+)?$/.test(rate))
  const shipping = named([
    'Shipping',
    ...read.flatMap((order) => order.shipping_lines.map((line) => line.method_title)),
  ])
  const payments = named(read.map((order) => order.payment_method_title))
  const skus = named(read.flatMap((order) => order.line_items.map((line) => line.sku)))

  const currencyIds = ids(1, currencies)
  const taxIds = ids(101, rates)
  const shipIds = ids(301, shipping)
  const paymentIds = ids(1, payments)
  const special = {
    fee: '901',
    shipping: '902',
    tip: '903',
    giftCard: '904',
    tax: '905',
    discount: '906',
    custom: '907',
  }
  const charge = (id: string, itemId: string): ItemSeed => ({ id: Number(id), itemId, type: 'OthCharge' })
  return {
    seed: {
      currencies: currencies.map((symbol) => ({
        id: Number(currencyIds[symbol]),
        symbol,
        name: symbol,
        digits: digits(symbol),
      })),
      subsidiaries: [{ id: 1, name: 'Parent Company', currency: Number(currencyIds['USD']), country: 'US' }],
      taxCodes: rates.map((rate) => ({ id: Number(taxIds[rate]), name: `TAX_${rate}`, rate })),
      items: [
        ...shipping.map((name) => ({ id: Number(shipIds[name]), itemId: name, type: 'ShipItem' as const })),
        charge(special.fee, 'FEE'),
        charge(special.shipping, 'SHIPPING'),
        charge(special.tip, 'TIP'),
        charge(special.giftCard, 'GIFT-CARD'),
        charge(special.tax, 'SALES-TAX'),
        { id: Number(special.discount), itemId: 'DISCOUNT', type: 'Discount' },
        { id: Number(special.custom), itemId: 'CUSTOM', type: 'NonInvtPart' },
        ...skus.map((sku, at) => ({
          id: 1001 + at,
          itemId: sku,
          displayName: sku,
          type: 'InvtPart' as const,
        })),
      ],
      customers: [],
      lists: {
        pricelevel: [{ id: 1, name: 'Base Price' }],
        location: [{ id: 1, name: 'Main Warehouse' }],
        paymentmethod: payments.map((name) => ({ id: Number(paymentIds[name]), name })),
      },
      mandatoryFields: [],
      orderStatus: 'A',
    },
    ids: {
      currencies: currencyIds,
      taxCodes: taxIds,
      shipItems: shipIds,
      paymentMethods: paymentIds,
      items: special,
      subsidiary: '1',
    },
  }
}
