import { Big } from 'big.js'
import {
  catalogue,
  currencies,
  customers,
  customStatus,
  paymentMethods,
  shippingMethods,
  taxRates,
} from '../catalogue.ts'
import type { CatalogueItem, Customer } from '../catalogue.ts'
import type { Address, NewOrder } from './orders.ts'
import type { DraftLine } from './price-order.ts'
import type { Shop } from './state.ts'
import type { Seconds } from './time.ts'

/** What an operator meets on a common day, each on purpose. */
export const troubles = [
  'unknown_sku',
  'inactive_item',
  'unmapped_payment',
  'other_subsidiary',
  'missing_field',
  'total_differs',
  'surcharge',
  'held_status',
] as const
export type Trouble = (typeof troubles)[number]

export interface OrderWish {
  trouble?: Trouble
  at?: Seconds
  /** Where the customer lives; default: one's own country half of the time. */
  country?: string
  /** A customer without an account; the same number is the same one. */
  guest?: number
  /** Default: processing, or what the trouble wants. */
  status?: string
  /** Prices with tax, as the shop entered them until it changed that setting. */
  pricesIncludeTax?: boolean
}

const remarks = [
  'Please leave it with the neighbour 🍵',
  'Bitte als Geschenk verpacken 🎁',
  'Ring twice, the bell is shy',
  'プレゼント用です。よろしくお願いします。',
  'Livraison le matin si possible, merci !',
]

/** A believable order of the demo shop; one that can be posted, unless it is asked for trouble. */
export function randomOrder(shop: Shop, wish: OrderWish = {}): NewOrder {
  const { random } = shop
  const { trouble } = wish
  const chance = (oneIn: number): boolean => Math.floor(random() * oneIn) === 0
  const known = pick(random, customersFor(random, wish))
  const customer = wish.guest === undefined ? known : guestLike(known, wish.guest)
  const currency = currencies.find(({ code }) => code === currencyOf(customer.country)) ?? currencies[0]!
  const inclusive = wish.pricesIncludeTax ?? false
  const priceOf = (eur: string): string => convert(eur, currency)
  const items = itemsFor(random, trouble, inclusive)
  const lines = items.map((item) =>
    lineOf(item, priceOf, inclusive ? customer.country : null, 1 + Math.floor(random() * 2)),
  )
  const method = pick(random, methodsFor(customer, lines, chance(6)))
  const payment =
    trouble === 'unmapped_payment' ? paymentMethods.find(({ netsuiteName }) => !netsuiteName) : undefined
  const paidBy =
    payment ??
    pick(
      random,
      paymentMethods.filter(({ netsuiteName }) => netsuiteName),
    )
  const plain = inclusive || trouble !== undefined
  return {
    draft: {
      currency: currency.code,
      pricesIncludeTax: inclusive,
      taxCountry: customer.country,
      lines,
      shipping: [
        {
          methodId: method.id,
          instanceId: method.instanceId,
          title: method.title,
          price: priceOf(method.price),
        },
      ],
      fees:
        !plain && currency.code === 'EUR' && chance(9)
          ? [{ name: 'Gift wrapping', amount: '3.00', taxed: true }]
          : [],
      coupons:
        !plain && currency.code === 'EUR' && shop.coupons.length > 0 && chance(8)
          ? [pick(random, shop.coupons)]
          : [],
    },
    status:
      wish.status ??
      (trouble === 'held_status' ? pick(random, ['on-hold', 'pending', customStatus.slug]) : 'processing'),
    customerId: customer.id,
    billing: { ...addressOf(customer), email: customer.email },
    shipping: addressOf(customer),
    paymentMethod: paidBy.id,
    paymentMethodTitle: paidBy.title,
    transactionId:
      paidBy.id === 'bacs' ? '' : `${paidBy.id.slice(0, 2)}_${Math.floor(random() * 1e9).toString(36)}`,
    customerNote: chance(7) ? pick(random, remarks) : '',
    createdVia: 'checkout',
    meta: [
      {
        key: '_wc_order_attribution_source_type',
        value: pick(random, ['organic', 'typein', 'referral', 'utm']),
      },
      ...(currency === currencies[0] ? [] : chosenCurrency(currency)),
    ],
    ...(wish.at !== undefined && { createdAt: wish.at }),
  }
}

/** As WooPayments notes that the customer chose another currency than the shop's. */
const chosenCurrency = ({ perEuro }: { perEuro: string }) => [
  { key: '_wcpay_multi_currency_order_default_currency', value: currencies[0]!.code },
  { key: '_wcpay_multi_currency_order_exchange_rate', value: perEuro },
]

const currencyOf = (country: string): string =>
  ({ US: 'USD', GB: 'GBP', JP: 'JPY', KW: 'KWD' })[country] ?? 'EUR'

const forgottenRates = new Set(taxRates.filter((rate) => rate.netsuiteRate).map((rate) => rate.country))

/** Countries whose currency has other decimals than two: only on demand, they are few in a shop of this size. */
const rareCountries = new Set(['JP', 'KW'])

function customersFor(random: () => number, { trouble, country }: OrderWish): Customer[] {
  const inOther = (customer: Customer): boolean => (customer.netsuiteSubsidiary ?? '1') !== '1'
  const fine = customers.filter(
    (customer) => !inOther(customer) && customer.phone !== undefined && !forgottenRates.has(customer.country),
  )
  if (trouble === 'other_subsidiary') return customers.filter(inOther)
  if (trouble === 'missing_field') return customers.filter((customer) => customer.phone === undefined)
  if (trouble === 'total_differs') return customers.filter((customer) => forgottenRates.has(customer.country))
  if (country !== undefined) return fine.filter((customer) => customer.country === country)
  if (random() < 0.4) return fine.filter((customer) => customer.country === 'DE')
  return fine.filter((customer) => !rareCountries.has(customer.country))
}

function itemsFor(random: () => number, trouble: Trouble | undefined, wholeEuros: boolean): CatalogueItem[] {
  const good = catalogue.filter(
    (item) => !item.inactive && !item.missingInNetSuite && !item.surchargeInNetSuite,
  )
  const offered = wholeEuros ? good.filter((item) => item.price.endsWith('.00')) : good
  const count = 1 + Math.floor(random() * 3)
  const chosen = new Set<CatalogueItem>()
  while (chosen.size < count) chosen.add(pick(random, offered))
  // Standard-rated goods among the lines, so that a forgotten tax rate shows in the total.
  if (trouble === 'total_differs') chosen.add(offered.find((item) => item.sku === 'POT-STONE-1L')!)
  if (trouble === 'unknown_sku') chosen.add(catalogue.find((item) => item.missingInNetSuite)!)
  if (trouble === 'surcharge') chosen.add(catalogue.find((item) => item.surchargeInNetSuite)!)
  if (trouble === 'inactive_item') chosen.add(catalogue.find((item) => item.inactive)!)
  return [...chosen]
}

function lineOf(
  item: CatalogueItem,
  priceOf: (eur: string) => string,
  inclusiveCountry: string | null,
  quantity: number,
): DraftLine {
  const rate = taxRates.find((one) => one.country === inclusiveCountry && one.taxClass === item.taxClass)
  const net = priceOf(item.price)
  return {
    name: item.name,
    productId: item.productId,
    ...(item.variation && { variationId: item.variation.id, parentName: item.variation.parentName }),
    sku: item.sku,
    quantity: String(quantity),
    price: rate ? new Big(net).times(new Big(rate.rate).plus(1)).toFixed(2) : net,
    taxClass: item.taxClass === 'reduced' ? 'reduced-rate' : '',
    ...(item.variation && {
      meta: [{ key: item.variation.attribute, value: item.variation.value, displayKey: 'Glaze' }],
    }),
  }
}

/** A price in another currency, at a round figure: 2,400 JPY, 8.050 KWD, 26.40 USD. */
export function convert(eur: string, currency: { code: string; perEuro: string }): string {
  const amount = new Big(eur).times(currency.perEuro)
  if (currency.code === 'JPY') return amount.div(10).round(0, Big.roundHalfUp).times(10).toFixed(0)
  if (currency.code === 'KWD') return amount.times(20).round(0, Big.roundHalfUp).div(20).toFixed(3)
  return amount.toFixed(2)
}

function methodsFor(customer: Customer, lines: DraftLine[], express: boolean): typeof shippingMethods {
  const named = (title: string): typeof shippingMethods =>
    shippingMethods.filter((method) => method.title === title)
  const taxed = taxRates.some((rate) => rate.country === customer.country)
  if (!taxed) return named('DHL Paket International')
  if (customer.city === 'Flensburg') return [...named('Pick-up in Flensburg'), ...named('DHL Paket')]
  if (express) return named('UPS Express')
  const goods = lines.reduce((sum, line) => sum.plus(new Big(line.price).times(line.quantity)), new Big(0))
  return named(goods.gte(90) ? 'Free shipping' : 'DHL Paket')
}

/** Somebody who lives where this customer does, and has no account. */
const guestLike = (neighbour: Customer, guest: number): Customer => ({
  ...neighbour,
  id: 0,
  firstName: 'Guest',
  lastName: `Number ${guest}`,
  company: '',
  email: `guest-${guest}@example.org`,
})

function addressOf(customer: Customer): Address {
  return {
    first_name: customer.firstName,
    last_name: customer.lastName,
    company: customer.company ?? '',
    address_1: customer.address1,
    address_2: customer.address2 ?? '',
    city: customer.city,
    state: customer.state ?? '',
    postcode: customer.postcode,
    country: customer.country,
    phone: customer.phone ?? '',
  }
}

function pick<T>(random: () => number, from: T[]): T {
  const chosen = from[Math.floor(random() * from.length)]
  if (chosen === undefined) throw new Error('Nothing to choose from.')
  return chosen
}
