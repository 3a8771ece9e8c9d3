import { Big } from 'big.js'
import {
  catalogue,
  currencies,
  customers,
  exemptTaxCode,
  mandatoryField,
  paymentMethods,
  shippingMethods,
  subsidiaries,
  taxRates,
  type Customer,
} from '../catalogue.ts'
import type { SeedData } from './seed.ts'

const idsFrom = (first: number, names: Iterable<string>): Record<string, string> =>
  Object.fromEntries([...new Set(names)].map((name, at) => [name, String(first + at)]))

const percent = (fraction: string) => new Big(fraction).times(100).toFixed()

const taxPercents = new Map<string, string>([
  ...taxRates.map((rate) => [rate.netsuiteCode, percent(rate.netsuiteRate ?? rate.rate)] as const),
  [exemptTaxCode.netsuiteCode, percent(exemptTaxCode.rate)],
])

/** Ids of what the demo's account holds, as strings, so that the demo's mapping can name them. */
export const demoIds = {
  subsidiaries: Object.fromEntries(subsidiaries.map((each) => [each.name, each.id])),
  /** By ISO code. */
  currencies: idsFrom(
    1,
    currencies.map((each) => each.code),
  ),
  /** By the code's name, such as VAT_DE_S. */
  taxCodes: idsFrom(11, taxPercents.keys()),
  /** By the name of the ship item. */
  shipItems: idsFrom(
    51,
    shippingMethods.map((each) => each.netsuiteName),
  ),
  /** By NetSuite's name. */
  paymentMethods: idsFrom(
    1,
    paymentMethods.flatMap((each) => each.netsuiteName ?? []),
  ),
  /** Items for what is no product. `discountLine` stands on a line, `discount` in the order's header. */
  items: {
    fee: '91',
    shipping: '92',
    tip: '93',
    giftCard: '94',
    tax: '95',
    discount: '96',
    discountLine: '97',
    custom: '98',
  },
  customForm: '101',
  location: '1',
  priceLevels: { base: '1', custom: '-1' },
} as const

const number = (ids: Record<string, string>, name: string): number => Number(ids[name])

/** The account of the catalogue's business: most orders pass, each kind of trouble is there. */
export function demoSeed(): SeedData {
  const special = [
    { id: demoIds.items.fee, itemId: 'FEE', displayName: 'Order fee', type: 'OthCharge' as const },
    { id: demoIds.items.shipping, itemId: 'SHIPPING', displayName: 'Shipping', type: 'OthCharge' as const },
    { id: demoIds.items.tip, itemId: 'TIP', displayName: 'Tip', type: 'OthCharge' as const },
    { id: demoIds.items.giftCard, itemId: 'GIFT-CARD', displayName: 'Gift card', type: 'OthCharge' as const },
    { id: demoIds.items.tax, itemId: 'SALES-TAX', displayName: 'Sales tax', type: 'OthCharge' as const },
    {
      id: demoIds.items.discount,
      itemId: 'ORDER-DISCOUNT',
      displayName: 'Order discount',
      type: 'Discount' as const,
    },
    {
      id: demoIds.items.discountLine,
      itemId: 'DISCOUNT',
      displayName: 'Discount',
      type: 'OthCharge' as const,
    },
    {
      id: demoIds.items.custom,
      itemId: 'CUSTOM',
      displayName: 'Custom product',
      type: 'NonInvtPart' as const,
    },
  ]
  return {
    currencies: currencies.map((each) => ({
      id: number(demoIds.currencies, each.code),
      symbol: each.code,
      name: currencyNames[each.code] ?? each.code,
      digits: each.decimals,
      exchangeRate: perUnit(each.perEuro),
    })),
    subsidiaries: subsidiaries.map((each, at) => ({
      id: Number(each.id),
      name: each.name,
      currency: number(demoIds.currencies, each.currency),
      country: each.country,
      ...(at === 0 ? {} : { parent: Number(subsidiaries[0]!.id) }),
    })),
    taxCodes: [...taxPercents].map(([name, rate]) => ({ id: number(demoIds.taxCodes, name), name, rate })),
    items: [
      ...Object.entries(demoIds.shipItems).map(([name, id]) => ({
        id: Number(id),
        itemId: name,
        displayName: name,
        type: 'ShipItem' as const,
      })),
      ...special.map((item) => ({ ...item, id: Number(item.id) })),
      ...catalogue
        .filter((item) => item.missingInNetSuite !== true)
        .map((item, at) => ({
          id: 201 + at,
          itemId: item.sku,
          displayName: item.name,
          type: 'InvtPart' as const,
          basePrice: item.price,
          inactive: item.inactive === true,
        })),
    ],
    customers: customers.map(demoCustomer).filter((each) => each !== undefined),
    lists: {
      location: [{ id: Number(demoIds.location), name: 'Flensburg warehouse' }],
      paymentmethod: Object.entries(demoIds.paymentMethods).map(([name, id]) => ({ id: Number(id), name })),
      pricelevel: [{ id: Number(demoIds.priceLevels.base), name: 'Base Price' }],
      customform: [{ id: Number(demoIds.customForm), name: 'Nordlys web order' }],
      department: [{ id: 1, name: 'Web shop' }],
    },
    mandatoryFields: [{ field: mandatoryField.netsuiteField, label: mandatoryField.label }],
    surcharges: catalogue.flatMap(({ sku, surchargeInNetSuite: amount }) =>
      amount === undefined ? [] : [{ item: sku, as: Number(demoIds.items.fee), amount }],
    ),
    orderStatus: 'A',
  }
}

const currencyNames: Record<string, string> = {
  EUR: 'Euro',
  USD: 'US Dollar',
  GBP: 'British Pound',
  JPY: 'Japanese Yen',
  KWD: 'Kuwaiti Dinar',
}

/** What one unit of the currency is worth in the company's own. */
function perUnit(perEuro: string): string {
  return new Big(1).div(perEuro).round(6).toFixed()
}

function demoCustomer(customer: Customer): Record<string, unknown> | undefined {
  if (customer.netsuiteSubsidiary === undefined) return undefined
  const address = {
    addressee: customer.company ?? `${customer.firstName} ${customer.lastName}`,
    addr1: customer.address1,
    ...(customer.address2 === undefined ? {} : { addr2: customer.address2 }),
    city: customer.city,
    ...(customer.state === undefined ? {} : { state: customer.state }),
    zip: customer.postcode,
    country: { id: customer.country },
  }
  return {
    isPerson: customer.company === undefined,
    firstName: customer.firstName,
    lastName: customer.lastName,
    ...(customer.company === undefined ? {} : { companyName: customer.company }),
    email: customer.email,
    ...(customer.phone === undefined ? {} : { phone: customer.phone }),
    subsidiary: { id: customer.netsuiteSubsidiary },
    currencyList: {
      items: Object.values(demoIds.currencies).map((id) => ({ currency: { id } })),
    },
    addressBook: { items: [{ defaultBilling: true, defaultShipping: true, addressBookAddress: address }] },
  }
}
