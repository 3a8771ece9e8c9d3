import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { add, currencyDigits, negate, round, subtract, sum, toCurrency } from '../../src/order/money.ts'
import { type LineKind, lineKinds, type OrderLine } from '../../src/order/order.ts'
import { totalsDifference, totalsOf } from '../../src/order/totals.ts'

const currency = fc.constantFrom('EUR', 'JPY', 'KWD')
const amount = (code: string, min: number, max: number) =>
  fc.integer({ min, max }).map((units) => toCurrency(String(units / 10 ** currencyDigits(code)), code))

const lineOf = (code: string) =>
  fc.constantFrom<LineKind>(...lineKinds).chain((kind) => {
    const reduces = kind === 'discount' || kind === 'gift_card'
    return fc
      .record({
        net: reduces ? amount(code, 0, 50_000).map(negate) : amount(code, 0, 500_000),
        discount: reduces ? fc.constant('0') : amount(code, 0, 10_000),
        taxes: fc.array(amount(code, reduces ? -5_000 : 0, 50_000), { maxLength: 3 }),
      })
      .map(({ net, discount, taxes }): OrderLine => ({
        id: '1',
        kind,
        sku: null,
        name: kind,
        quantity: '1',
        unitPrice: add(net, discount),
        discount,
        net,
        tax: sum(taxes),
        taxes: taxes.map((tax, i) => ({ id: String(i), label: 'Tax', rate: null, amount: tax })),
        parentId: null,
        productId: null,
        code: null,
        attributes: [],
      }))
  })

const order = currency.chain((code) =>
  fc.record({ currency: fc.constant(code), lines: fc.array(lineOf(code), { maxLength: 10 }) }),
)

describe('totals', () => {
  it('hold their equation, and are what the lines add to the order', () => {
    fc.assert(
      fc.property(order, (made) => {
        const totals = totalsOf(made)
        const { lines, discounts, shipping, tax, fees } = totals
        expect(totals.total).toBe(sum([lines, negate(discounts), shipping, tax, fees]))
        expect(totals.total).toBe(sum(made.lines.flatMap((line) => [line.net, line.tax])))
      }),
    )
  })

  it('do not depend on the order of the lines, and add up over parts', () => {
    fc.assert(
      fc.property(order, fc.nat(10), ({ currency, lines }, cut) => {
        const whole = totalsOf({ currency, lines })
        expect(totalsOf({ currency, lines: lines.toReversed() })).toEqual(whole)
        const parts = [lines.slice(0, cut), lines.slice(cut)].map((part) =>
          totalsOf({ currency, lines: part }),
        )
        for (const key of Object.keys(whole) as (keyof typeof whole)[])
          expect(sum(parts.map((part) => part[key]))).toBe(whole[key])
      }),
    )
  })

  it('count every kind of line once', () => {
    for (const kind of lineKinds) {
      const [line] = fc.sample(lineOf('EUR'), 1)
      const { lines, discounts, shipping, fees } = totalsOf({
        currency: 'EUR',
        lines: [{ ...line!, kind, net: '10', discount: '0' }],
      })
      expect(sum([lines, negate(discounts), shipping, fees])).toBe('10')
      expect([lines, negate(discounts), shipping, fees].filter((part) => part !== '0')).toEqual(['10'])
    }
  })

  it('count a gift card and a discount line as discounts, and give the lines before discounts', () => {
    const [line] = fc.sample(lineOf('EUR'), 1)
    const bare = { ...line!, tax: '0', taxes: [] }
    const lines: OrderLine[] = [
      { ...bare, kind: 'product', net: '33.29', discount: '3.70' },
      { ...bare, kind: 'tip', net: '2', discount: '0' },
      { ...bare, kind: 'shipping', net: '4.90', discount: '0' },
      { ...bare, kind: 'fee', net: '1', discount: '0' },
      { ...bare, kind: 'discount', net: '-5', discount: '0' },
      { ...bare, kind: 'gift_card', net: '-20', discount: '0' },
    ]
    expect(totalsOf({ currency: 'EUR', lines })).toEqual({
      lines: '38.99',
      discounts: '28.7',
      shipping: '4.9',
      fees: '1',
      tax: '0',
      total: '16.19',
    })
  })
})

describe('the difference between the lines and the stated total', () => {
  it('is none exactly when they agree to the smallest unit', () => {
    fc.assert(
      fc.property(order, fc.integer({ min: -200, max: 200 }), (made, units) => {
        const digits = currencyDigits(made.currency)
        const off = String(units / 10 ** digits)
        const stated = add(totalsOf(made).total, round(off, digits))
        const difference = totalsDifference({ ...made, total: stated })
        expect(difference === null).toBe(units === 0)
        expect(difference?.difference ?? toCurrency('0', made.currency)).toBe(toCurrency(off, made.currency))
      }),
    )
  })

  it('names both sums, and itself is what lies between them', () => {
    fc.assert(
      fc.property(order, amount('EUR', -1_000_000, 1_000_000), (made, total) => {
        const found = totalsDifference({ ...made, currency: 'EUR', total })
        if (found === null) return
        expect(toCurrency(subtract(found.stated, found.computed), 'EUR')).toBe(found.difference)
      }),
    )
  })

  it('is none where only digits below the smallest unit differ', () => {
    const [line] = fc.sample(lineOf('EUR'), 1)
    const made = {
      currency: 'EUR',
      lines: [{ ...line!, kind: 'product' as const, net: '9.996', discount: '0', tax: '0' }],
    }
    expect(totalsDifference({ ...made, total: '10.00' })).toBeNull()
    expect(totalsDifference({ ...made, total: '9.99' })).toEqual({
      computed: '10.00',
      stated: '9.99',
      difference: '-0.01',
    })
  })
})
