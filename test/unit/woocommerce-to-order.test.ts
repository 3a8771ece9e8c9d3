import { readFileSync } from 'node:fs'
import { Big } from 'big.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elementsOf } from '../../src/connectors/woocommerce/raw-json.ts'
import { roundTo } from '../../src/connectors/woocommerce/rounding.ts'
import { readable } from '../../src/connectors/woocommerce/text.ts'
import { toOrder } from '../../src/connectors/woocommerce/to-order.ts'
import type { Order } from '../../src/order/order.ts'
import { totalsDifference, totalsOf } from '../../src/order/totals.ts'
import { bodyText, payload, payloadsAbsent, recordings, recordingsAbsent } from './woocommerce-recordings.ts'

const read = (body: string) => toOrder({ id: '1', body, modifiedAt: null })

function orderOf(body: unknown): Order {
  const order = read(bodyText(body))
  if (!order.ok) throw new Error(order.error.problem.detail)
  return order.value
}

/** The order bodies of a payload file: mobile apps wrap them in `data`. */
function bodiesOf(file: string): string[] {
  const text = payload(file).trim()
  const wrapped = /^\{\s*"data"\s*:\s*/.exec(text)
  const inner = wrapped ? text.slice(wrapped[0].length, -1).trim() : text
  return inner.startsWith('[') ? elementsOf(inner)! : [inner]
}

const holds = 'holds'
const apart = (difference: string) => `differs by ${difference}`
const unreadable = (path: string) => `unreadable at ${path}`

describe.skipIf(payloadsAbsent)('real order bodies (../shared/payloads/woocommerce)', () => {
  it.each([
    ['live-wc11-order-refunded-coupon-fee.json', '30', holds],
    ['ios-order-with-line-item-attributes-before-API-support.json', '154', holds],
    ['ios-order-with-all-addon-types.json', '159', holds],
    ['ios-order-with-charge.json', '211', holds],
    ['ios-order-details-partially-refunded.json', '324', holds],
    ['ios-orders-load-all.json', '560', holds],
    ['ios-orders-load-all.json', '960', holds],
    ['ios-orders-load-all.json', '961', holds],
    ['ios-order-with-attribution-info.json', '459', holds],
    // Lines were taken out of these bodies by those who recorded them: the shop's total still has them.
    ['ios-order-with-bundled-line-items.json', '357', apart('45.00')],
    ['ios-order-with-faulty-attributes.json', '656', apart('7.62')],
    // Shipping and a fee were added to these by hand, without the total.
    ['ios-order.json', '963', apart('-258.50')],
    ['ios-order-auto-draft-status.json', '963', apart('-258.50')],
    ['ios-orders-load-all.json', '963', apart('-258.50')],
    ['ios-broken-order.json', '85', unreadable('date_created_gmt')],
    ['ios-broken-orders.json', '85', unreadable('date_created_gmt')],
    ['ios-order-with-deleted-refunds.json', '', unreadable('line 151, column 5')],
    ['ios-order-with-line-item-attributes.json', '', unreadable('line 147, column 5')],
  ])('%s: order %s %s', (file, id, expected) => {
    const told = bodiesOf(file)
      .map(read)
      .filter((result) => !result.ok || result.value.channelOrderId === id)
      .map((result) => {
        if (!result.ok) return unreadable(result.error.path)
        const difference = totalsDifference(result.value)
        return difference === null ? holds : apart(difference.difference)
      })
    expect(told).toEqual([expected])
  })

  it('30: coupon, tip, tax and refund are where they belong', () => {
    const order = orderOf(bodiesOf('live-wc11-order-refunded-coupon-fee.json')[0])
    expect(order).toMatchObject({
      number: '30',
      channelStatus: 'completed',
      placedAt: '2026-11-23T06:35:28.000Z',
      currency: 'EUR',
      total: '68.86',
      coupons: ['tenmwsw61o4'],
      refunds: [{ id: '32', reason: 'Kratzer', amount: '5' }],
      customer: { id: null, name: "Zoë O'Ångström", email: 'zoe@example.com' },
    })
    expect(order.lines.map(({ kind, sku, net, discount, tax }) => [kind, sku, net, discount, tax])).toEqual([
      ['product', 'MUG-mwsw61o4', '33.29', '3.7', '6.33'],
      ['product', 'TS-mwsw61o4-M', '17.99', '2', '3.42'],
      ['tip', null, '2', '0', '0'],
      ['shipping', null, '4.9', '0', '0.93'],
    ])
    expect(order.lines[1]!.attributes).toEqual([
      { name: 'Size', value: 'M' },
      { name: 'Gravur', value: '愛 & ❤' },
    ])
    expect(totalsOf(order)).toEqual({
      lines: '58.98',
      discounts: '5.7',
      shipping: '4.9',
      fees: '0',
      tax: '10.68',
      total: '68.86',
    })
  })

  it('357: a bundle names its parts', () => {
    const order = orderOf(bodiesOf('ios-order-with-bundled-line-items.json')[0])
    expect(order.lines.map(({ id, parentId }) => [id, parentId])).toEqual([
      ['752', null],
      ['753', '752'],
      ['757', null],
    ])
    expect(order.billing?.line2).toBe('632 O’Conner Skyway')
  })

  it('459: gift cards reduce the total, and their codes are kept to themselves', () => {
    const order = orderOf(bodiesOf('ios-order-with-attribution-info.json')[0])
    const cards = order.lines.filter((line) => line.kind === 'gift_card')
    expect(cards.map(({ name, net }) => [name, net])).toEqual([
      ['Gift card …EZFT', '-20'],
      ['Gift card …ZKS9', '-4'],
    ])
    expect(JSON.stringify(order)).not.toContain('SU9F-MGB5')
  })
})

describe.skipIf(recordingsAbsent)('orders recorded from a real shop', () => {
  it('all of them hold', () => {
    const whole = ['order', 'listing', 'webhooks']
      .flatMap(recordings)
      .flatMap((entry) => [entry.response?.body, entry.request?.body].flat())
      .filter(
        (body) =>
          typeof body === 'object' &&
          body !== null &&
          'line_items' in body &&
          'total' in body &&
          'date_created_gmt' in body,
      )
    const orders = whole.map(orderOf)
    expect(orders.map(totalsDifference)).toEqual(orders.map(() => null))
    expect(orders.length).toBeGreaterThan(4)
  })
})

describe('an order as plug-ins send it', () => {
  const text = readFileSync(
    new URL('../../src/connectors/woocommerce/fixtures/as-plugins-send-it.json', import.meta.url),
    'utf8',
  )
  const order = orderOf(text)

  it('is read whole, and holds', () => {
    expect(totalsDifference(order)).toBeNull()
    expect(order).toMatchObject({
      channelOrderId: '5012',
      number: 'RE-2026-05012',
      channelStatus: 'packed',
      currency: 'EUR',
      pricesIncludeTax: true,
      total: '64.9',
      totalTax: '10.36',
      customerNote: 'Bitte klingeln',
      customer: { id: '17', name: 'José O’Brien', company: 'Fish & Sons', phone: null },
      billing: { line2: null, region: null, postcode: '24937', country: 'DE' },
      shipping: null,
      payment: { code: 'stripe', title: 'Karte \uFFFD', transactionId: 'pi_123' },
      coupons: [],
      refunds: [{ id: '31', reason: null, amount: '5' }],
    })
  })

  it('has its local dates moved to UTC by the offset its other dates show', () => {
    expect([order.placedAt, order.modifiedAt, order.paidAt]).toEqual([
      '2026-11-20T14:30:00.000Z',
      '2026-11-20T15:00:00.000Z',
      '2026-11-20T14:31:00.000Z',
    ])
  })

  it('has its lines by kind, with exact prices', () => {
    expect(
      order.lines.map(({ kind, name, sku, code, quantity, net, tax }) => [
        kind,
        name,
        sku,
        code,
        quantity,
        net,
        tax,
      ]),
    ).toEqual([
      ['product', 'Tea set', 'SET-1', null, '1', '42.02', '7.98'],
      ['product', 'Sencha, loose', null, null, '0.25', '8.29', '1.58'],
      ['discount', 'Treuerabatt', null, null, '1', '-2.97', '0'],
      ['tip', 'Trinkgeld', null, null, '1', '3', '0'],
      ['shipping', 'DHL Paket', null, 'flat_rate:4', '1', '4.2', '0.8'],
    ])
    const [set, tea] = order.lines
    expect(tea).toMatchObject({ unitPrice: '50', discount: '4.21', parentId: '11', productId: null })
    expect(set!.taxes).toEqual([{ id: '3', label: 'MwSt', rate: '19', amount: '7.98' }])
    expect(tea!.attributes).toEqual([{ name: 'Harvest', value: 'spring' }])
  })

  it('offers its further fields to a mapping', () => {
    expect(order.fields).toMatchObject({
      created_via: 'checkout',
      transaction_id: 'pi_123',
      billing_company: 'Fish & Sons',
      shipping_method: 'DHL Paket',
      'meta._billing_vat_number': 'DE123456789',
      'meta._subscription_renewal': '5001',
      'meta.gift': 'true',
    })
    expect(order.fields).not.toHaveProperty('meta._wcml')
  })
})

describe('an order in a currency that the customer chose', () => {
  const inPounds = (meta: object[], more: object = {}) =>
    orderOf(
      JSON.stringify({
        ...JSON.parse(
          readFileSync(
            new URL('../../src/connectors/woocommerce/fixtures/as-plugins-send-it.json', import.meta.url),
            'utf8',
          ),
        ),
        currency: 'gbp',
        meta_data: meta,
        ...more,
      }),
    )
  const wooPayments = (currency: unknown, rate: unknown) => [
    { id: 1, key: '_wcpay_multi_currency_order_exchange_rate', value: rate },
    { id: 2, key: '_wcpay_multi_currency_order_default_currency', value: currency },
  ]

  it.each([
    ['WooPayments', wooPayments('USD', '0.81')],
    [
      'FOX',
      [
        { id: 1, key: '_woocs_order_rate', value: 0.81 },
        { id: 2, key: '_woocs_order_base_currency', value: 'usd' },
      ],
    ],
  ])('names the currency of the shop and the rate, as %s keeps them, and converts nothing', (_, meta) => {
    const order = inPounds(meta)
    expect(order.presentment).toEqual({ currency: 'GBP', total: '64.9', shopCurrency: 'USD', rate: '0.81' })
    expect(order).toMatchObject({ currency: 'GBP', total: '64.9' })
    expect(order.fields).toMatchObject({ shop_currency: 'USD', exchange_rate: '0.81' })
    expect(totalsDifference(order)).toBeNull()
  })

  it.each(['', '0', '-1', '1e5', '0,81', { a: 1 }, null])('leaves out a rate that is none: %j', (rate) => {
    const order = inPounds(wooPayments('USD', rate))
    expect(order.presentment).toMatchObject({ shopCurrency: 'USD', rate: null })
    expect(order.fields).not.toHaveProperty('exchange_rate')
  })

  it.each([['GBP'], ['gbp'], ['dollars'], [null]])(
    'is no other one when the shop is said to keep %s',
    (own) => {
      const order = inPounds(wooPayments(own, '0.81'))
      expect(order.presentment).toBeNull()
      expect(order.fields).not.toHaveProperty('shop_currency')
    },
  )
})

describe('what an order cannot be without', () => {
  const base = {
    id: 1,
    status: 'processing',
    currency: 'EUR',
    total: '0.00',
    date_created_gmt: '2026-11-23T06:35:28',
    line_items: [],
  }
  const line = { id: 1, name: 'Mug', quantity: 1, subtotal: '0', total: '0', total_tax: '0', taxes: [] }

  it('is little', () => {
    expect(read(JSON.stringify(base)).ok).toBe(true)
  })

  it.each([
    ['total', { ...base, total: '' }],
    ['total', { ...base, total: '1.234,50' }],
    ['total', { ...base, total: null }],
    ['currency', { ...base, currency: '' }],
    ['status', { ...base, status: null }],
    ['id', { ...base, id: undefined }],
    ['date_created_gmt', { ...base, date_created_gmt: '0000-00-00T00:00:00' }],
    ['line_items', { ...base, line_items: 'none' }],
    ['line_items[1]', { ...base, line_items: [line, null] }],
    ['line_items[1].total', { ...base, line_items: [line, { ...line, total: 'a lot' }] }],
    ['line_items[0].quantity', { ...base, line_items: [{ ...line, quantity: {} }] }],
    [
      'shipping_lines[0].taxes[0].total',
      { ...base, shipping_lines: [{ id: 2, total: '1', taxes: [{ id: 1, total: 'x' }] }] },
    ],
  ])('%s: an unreadable one is named by its place', (path, body) => {
    expect(read(JSON.stringify(body))).toMatchObject({
      ok: false,
      error: {
        path,
        problem: { code: 'unreadable_order', subject: path, detail: expect.stringContaining(path) },
      },
    })
  })
})

/** An order as WooCommerce computes one: exact inside, every amount rounded to be shown. */
interface Bought {
  cents: number
  quantity: number
  rate: number
}

function asWooCommerceComputes(
  bought: Bought[],
  shop: {
    inclusive: boolean
    roundAtSubtotal: boolean
    discountPercent: number
    shippingCents: number
    roundsLines: boolean
  },
) {
  const sum = (values: Big[]) => values.reduce((a, b) => a.plus(b), new Big(0))
  const lines = bought.map(({ cents, quantity, rate }, i) => {
    const full = new Big(cents).div(100).times(quantity)
    const subtotal = shop.inclusive ? full.div(1 + rate / 100).round(6) : full
    const total = subtotal
      .times(100 - shop.discountPercent)
      .div(100)
      .round(6)
    const exact = total.times(rate).div(100).round(6)
    return { id: i + 1, rate, quantity, subtotal, total, tax: shop.roundAtSubtotal ? exact : exact.round(2) }
  })
  const shipping = new Big(shop.shippingCents).div(100)
  const shippingTax = shipping.times('0.19').round(shop.roundAtSubtotal ? 6 : 2)
  const cartTax = sum(lines.map((line) => line.tax)).round(2)
  const items = sum(lines.map((line) => (shop.roundsLines ? line.total.round(2) : line.total)))
  return {
    id: 1,
    status: 'processing',
    currency: 'EUR',
    date_created_gmt: '2026-11-23T06:35:28',
    total: items.plus(shipping).plus(cartTax).plus(shippingTax.round(2)).round(2).toFixed(2),
    total_tax: cartTax.plus(shippingTax.round(2)).toFixed(2),
    cart_tax: cartTax.toFixed(2),
    shipping_tax: shippingTax.toFixed(2),
    line_items: lines.map((line) => ({
      id: line.id,
      name: 'Mug',
      sku: `M${line.id}`,
      quantity: line.quantity,
      subtotal: line.subtotal.toFixed(2),
      total: line.total.toFixed(2),
      total_tax: line.tax.toFixed(2),
      taxes: [{ id: line.rate, total: line.tax.toFixed() }],
      price: line.total.div(line.quantity).toNumber(),
    })),
    shipping_lines: [
      {
        id: 99,
        method_id: 'flat_rate',
        method_title: 'DHL',
        total: shipping.toFixed(2),
        total_tax: shippingTax.toFixed(2),
        taxes: [{ id: 19, total: shippingTax.toFixed() }],
      },
    ],
    tax_lines: [{ rate_id: 19, label: 'MwSt', rate_percent: 19 }],
  }
}

describe('rounding', () => {
  const bought = fc.array(
    fc.record({
      cents: fc.integer({ min: 1, max: 30_000 }),
      quantity: fc.integer({ min: 1, max: 7 }),
      rate: fc.constantFrom(0, 7, 19, 20, 8.875),
    }),
    { minLength: 1, maxLength: 12 },
  )
  const shop = fc.record({
    inclusive: fc.boolean(),
    roundAtSubtotal: fc.boolean(),
    discountPercent: fc.constantFrom(0, 0, 10, 33),
    shippingCents: fc.integer({ min: 0, max: 2000 }),
    roundsLines: fc.boolean(),
  })

  it('never keeps an order from holding, nor moves a line by more than a cent', () => {
    fc.assert(
      fc.property(bought, shop, (lines, settings) => {
        const body = asWooCommerceComputes(lines, settings)
        const order = orderOf(body)
        expect(totalsDifference(order)).toBeNull()
        expect(totalsOf(order).tax).toBe(new Big(body.total_tax).toFixed())
        for (const line of order.lines) {
          const shown = [...body.line_items, ...body.shipping_lines].find(({ id }) => String(id) === line.id)!
          expect(new Big(line.net).minus(shown.total).abs().lte('0.01')).toBe(true)
          expect(new Big(line.tax).minus(shown.total_tax).abs().lte('0.01')).toBe(true)
          expect(
            new Big(line.unitPrice)
              .times(line.quantity)
              .minus(line.discount)
              .minus(line.net)
              .abs()
              .lt('0.000001'),
          ).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('hides no real difference: an order whose total is off by more stays off', () => {
    fc.assert(
      fc.property(bought, shop, fc.constantFrom('-1', '-0.5', '0.5', '1', '7.62'), (lines, settings, off) => {
        const body = asWooCommerceComputes(lines.slice(0, 6), settings)
        const order = orderOf({ ...body, total: new Big(body.total).plus(off).toFixed(2) })
        expect(totalsDifference(order)).not.toBeNull()
      }),
    )
  })

  it('says what it moved', () => {
    const lines = Array.from({ length: 3 }, () => ({ cents: 999, quantity: 1, rate: 19 }))
    const settings = {
      inclusive: true,
      roundAtSubtotal: true,
      discountPercent: 0,
      shippingCents: 0,
      roundsLines: false,
    }
    const order = orderOf(asWooCommerceComputes(lines, settings))
    expect(order.total).toBe('29.97')
    expect(totalsDifference(order)).toBeNull()
    expect(order.fields['rounding_difference']).toBe('0.01')
  })

  it('gives amounts their sum exactly, or says that it cannot', () => {
    const amounts = fc.array(
      fc.integer({ min: -99_999_999, max: 99_999_999 }).map((n) => new Big(n).div(1e4).toFixed()),
      { minLength: 1, maxLength: 20 },
    )
    const total = (values: string[]) => values.reduce((a, b) => a.plus(b), new Big(0))
    fc.assert(
      fc.property(amounts, fc.integer({ min: -3, max: 3 }), (exact, cents) => {
        const target = total(exact).round(2).plus(new Big(cents).div(100)).toFixed()
        const rounded = roundTo(exact, target, 2)
        if (cents === 0 && rounded === null) throw new Error('the sum rounded is always within reach')
        if (rounded === null) return
        expect(total(rounded).eq(target)).toBe(true)
        for (const [i, amount] of rounded.entries())
          expect(new Big(amount).minus(exact[i]!).abs().lte('0.015')).toBe(true)
      }),
    )
  })

  it.each(['JPY', 'KWD', 'USD'])('keeps to the decimals of %s', (currency) => {
    const digits = { JPY: 0, KWD: 3, USD: 2 }[currency]!
    const total = (n: string) => new Big(n).toFixed(digits)
    const body = {
      id: 1,
      status: 'processing',
      currency,
      total: total('1350'),
      cart_tax: total('122.727273'),
      date_created_gmt: '2026-11-23T06:35:28',
      line_items: [
        {
          id: 1,
          name: 'Mug',
          quantity: 3,
          total: total('1227.272727'),
          total_tax: total('122.727273'),
          price: 409.090909,
          taxes: [{ id: 1, total: '122.727273' }],
        },
      ],
    }
    const order = orderOf(body)
    expect(totalsDifference(order)).toBeNull()
    expect((order.lines[0]!.net.split('.')[1] ?? '').length).toBeLessThanOrEqual(digits)
  })
})

describe('text', () => {
  it.each([
    ['Fruits &amp; Nuts', 'Fruits & Nuts'],
    ['O&#8217;Brien &#x41;', 'O’Brien A'],
    ['<b>DHL</b> Paket', 'DHL Paket'],
    ['1 < 2 & 3 > 2', '1 < 2 & 3 > 2'],
    ['&unknown; &#0; &#55357;', '&unknown; &#0; &#55357;'],
    ['  愛  ', '愛'],
  ])('%s reads %s', (stored, shown) => {
    expect(readable(stored)).toBe(shown)
  })
})
