import { Big } from 'big.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalogue, customers, paymentMethods, taxRates } from '../../src/sandbox/catalogue.ts'
import { startSandboxShop, type SandboxShop } from '../../src/sandbox/shop/index.ts'
import { numbersFrom } from '../support/chance.ts'
import { basic } from './shop-replay.ts'

interface Line {
  sku?: string
  subtotal: string
  subtotal_tax: string
  total: string
  total_tax: string
  taxes: { id: number; total: string }[]
}
interface WooOrder {
  id: number
  status: string
  currency: string
  prices_include_tax: boolean
  total: string
  total_tax: string
  discount_total: string
  discount_tax: string
  shipping_total: string
  shipping_tax: string
  cart_tax: string
  customer_id: number
  billing: { phone: string; country: string; first_name: string; last_name: string }
  payment_method: string
  date_created_gmt: string
  date_modified_gmt: string
  line_items: Line[]
  shipping_lines: Line[]
  fee_lines: Line[]
  tax_lines: { rate_id: number; tax_total: string; shipping_tax_total: string }[]
  coupon_lines: { discount: string }[]
  refunds: unknown[]
}

const now = new Date('2026-03-02T10:00:00Z')

async function all(shop: SandboxShop): Promise<WooOrder[]> {
  const authorization = basic({ key: shop.consumerKey, secret: shop.consumerSecret })
  const answer = await fetch(`${shop.url}/wp-json/wc/v3/orders?per_page=100&order=asc`, {
    headers: { authorization },
  })
  return (await answer.json()) as WooOrder[]
}

const sum = (amounts: string[]): Big => amounts.reduce((total, amount) => total.plus(amount), new Big(0))

let shop: SandboxShop
let orders: WooOrder[]
beforeAll(async () => {
  shop = await startSandboxShop({ port: 0, now: () => now, random: numbersFrom(42) })
  orders = await all(shop)
})
afterAll(() => shop.close())

const missing = new Set(catalogue.filter((item) => item.missingInNetSuite).map((item) => item.sku))
const surcharged = new Set(catalogue.filter((item) => item.surchargeInNetSuite).map((item) => item.sku))
const inactive = new Set(catalogue.filter((item) => item.inactive).map((item) => item.sku))
const mapped = new Set(paymentMethods.filter((method) => method.netsuiteName).map((method) => method.id))
const forgotten = new Set(taxRates.filter((rate) => rate.netsuiteRate).map((rate) => rate.country))
const elsewhere = new Set(
  customers.filter((one) => (one.netsuiteSubsidiary ?? '1') !== '1').map((one) => one.id),
)
const has = (order: WooOrder, skus: Set<string>): boolean =>
  order.line_items.some(({ sku }) => skus.has(sku ?? ''))

const trouble = {
  unknown_sku: (order: WooOrder) => has(order, missing),
  inactive_item: (order: WooOrder) => has(order, inactive),
  unmapped_payment: (order: WooOrder) => !mapped.has(order.payment_method),
  other_subsidiary: (order: WooOrder) => elsewhere.has(order.customer_id),
  missing_field: (order: WooOrder) => order.billing.phone === '',
  total_differs: (order: WooOrder) => forgotten.has(order.billing.country),
  surcharge: (order: WooOrder) => has(order, surcharged),
  held_status: (order: WooOrder) => !['processing', 'completed'].includes(order.status),
}

describe('the demo shop', () => {
  it('has some sixty orders of the last three weeks', () => {
    expect(orders).toHaveLength(67)
    const times = orders.map((order) => Date.parse(`${order.date_created_gmt}Z`))
    expect(Math.min(...times)).toBeGreaterThanOrEqual(now.getTime() - 21 * 86_400_000)
    expect(Math.max(...times)).toBeLessThan(now.getTime())
    expect(orders.every((order) => Date.parse(`${order.date_modified_gmt}Z`) <= now.getTime())).toBe(true)
  })

  it('can be posted but for one to five orders of each kind of trouble', () => {
    const count = Object.fromEntries(
      Object.entries(trouble).map(([name, is]) => [name, orders.filter(is).length]),
    )
    expect(count).toEqual({
      unknown_sku: 3,
      inactive_item: 2,
      unmapped_payment: 2,
      other_subsidiary: 2,
      missing_field: 2,
      total_differs: 2,
      surcharge: 1,
      held_status: 5,
    })
    const fine = orders.filter((order) => !Object.values(trouble).some((is) => is(order)))
    expect(fine.length).toBeGreaterThanOrEqual(48)
  })

  it('adds up to the cent in every order', () => {
    for (const order of orders) {
      const lines = [...order.line_items, ...order.shipping_lines, ...order.fee_lines]
      const total = sum(lines.flatMap((line) => [line.total, line.total_tax]))
      expect([order.id, total.eq(order.total)]).toEqual([order.id, true])
      expect(sum(lines.map((line) => line.total_tax)).eq(order.total_tax)).toBe(true)
      const before = sum(order.line_items.map((line) => line.subtotal))
      const after = sum(order.line_items.map((line) => line.total))
      expect(before.minus(after).eq(order.discount_total)).toBe(true)
      expect(sum(order.coupon_lines.map((coupon) => coupon.discount)).eq(order.discount_total)).toBe(true)
      const taxes = sum(order.tax_lines.flatMap((line) => [line.tax_total, line.shipping_tax_total]))
      expect(taxes.eq(order.total_tax)).toBe(true)
    }
  })

  it('charges on every line the rounded tax of its rate, so that the same sum comes out elsewhere', () => {
    const rateOf = new Map(taxRates.map((rate) => [rate.id, rate.rate]))
    for (const order of orders) {
      const digits = order.currency === 'JPY' ? 0 : order.currency === 'KWD' ? 3 : 2
      for (const line of [...order.line_items, ...order.shipping_lines, ...order.fee_lines]) {
        const [tax] = line.taxes
        const expected = tax
          ? new Big(line.total).times(rateOf.get(tax.id)!).round(digits, Big.roundHalfUp)
          : new Big(0)
        expect([order.id, expected.eq(line.total_tax)]).toEqual([order.id, true])
      }
    }
  })

  it('sells in several currencies and scripts, with coupons, fees, refunds, and prices with tax in its past', () => {
    expect(new Set(orders.map((order) => order.currency))).toEqual(
      new Set(['EUR', 'USD', 'GBP', 'JPY', 'KWD']),
    )
    const names = orders.map((order) => `${order.billing.first_name} ${order.billing.last_name}`).join(' ')
    for (const script of ['Han', 'Hangul', 'Thai', 'Arabic', 'Hebrew', 'Cyrillic', 'Greek'])
      expect(names).toMatch(new RegExp(`\\p{Script=${script}}`, 'u'))
    expect(names).toMatch(/[ßøéå]/)
    expect(orders.some((order) => order.coupon_lines.length > 0)).toBe(true)
    expect(orders.some((order) => order.fee_lines.length > 0)).toBe(true)
    expect(orders.some((order) => order.refunds.length > 0)).toBe(true)
    expect(orders.some((order) => order.prices_include_tax)).toBe(true)
    expect(orders.some((order) => order.customer_id === 0)).toBe(true)
  })

  it('is the same shop for the same seed', async () => {
    const twin = await startSandboxShop({ port: 0, now: () => now, random: numbersFrom(42) })
    const plain = (found: WooOrder[], from: SandboxShop): string =>
      JSON.stringify(found).replaceAll(from.url, '')
    expect(plain(await all(twin), twin)).toBe(plain(orders, shop))
    expect(twin.consumerKey).toBe(shop.consumerKey)
    await twin.close()
  })
})
