import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Filter, FilterOperator } from '../../src/order/filter-fields.ts'
import { filterFields, operatorsFor } from '../../src/order/filter-fields.ts'
import { whatDoesNot, whatPasses } from '../../src/order/filter-words.ts'
import { filterThatHolds } from '../../src/order/filters.ts'
import type { Order } from '../../src/order/order.ts'
import { holdingRule } from '../../src/order/rules.ts'
import { line, orderOf } from '../support/orders.ts'

const order = orderOf(
  [
    line('1', { net: '10.00', sku: 'GIFT-10' }),
    line('2', { net: '2.50', sku: 'MUG' }),
    line('3', { net: '0', sku: null }),
    line('4', { net: '0', kind: 'shipping', code: 'flat_rate:3', name: 'Express' }),
  ],
  {
    coupons: ['SUMMER'],
    payment: { code: 'bacs', title: 'Direct bank transfer', transactionId: null },
    customerNote: 'Please ring twice',
    fields: { created_via: 'checkout', 'meta._weight': '12.50' },
  },
)
type Given = [field: string, operator: FilterOperator, ...values: string[]]
const filterOf = ([field, operator, ...values]: Given): Filter => ({ field, operator, values })
const passes = (given: Given, by: Order = order) => filterThatHolds(by, [filterOf(given)]) === null

describe('an operator', () => {
  test.each<[boolean, ...Given]>([
    [true, 'shipping.country', 'is', 'DE', ' nl '],
    [false, 'shipping.country', 'is', 'DE'],
    [true, 'shipping.country', 'isNot', 'DE'],
    [false, 'shipping.country', 'isNot', 'DE', 'Nl'],
    [true, 'customer.name', 'is', 'ZOË VAN DEN IJSSEL'],
    [true, 'customer.name', 'is', 'Zoe\u0308 van den IJssel'],
    [true, 'customer.email', 'contains', '@acme.com', '@EXAMPLE.com'],
    [false, 'customer.email', 'doesNotContain', '@example.com'],
    [true, 'customer.company', 'isEmpty'],
    [false, 'customer.company', 'isNotEmpty'],
    [false, 'customer.company', 'is', 'Acme'],
    [true, 'customer.company', 'isNot', 'Acme'],
    [false, 'customer.company', 'contains', 'Acme'],
    [true, 'customer.company', 'doesNotContain', 'Acme'],
    [true, 'skus', 'includes', 'gift-10'],
    [false, 'skus', 'includes', 'GIFT'],
    [true, 'skus', 'contains', 'GIFT'],
    [false, 'skus', 'doesNotContain', 'gift'],
    [true, 'skus', 'doesNotInclude', 'PEN'],
    [false, 'skus', 'doesNotInclude', 'PEN', 'MUG'],
    [true, 'coupons', 'isNotEmpty'],
    [true, 'shippingMethod.code', 'includes', 'flat_rate'],
    [true, 'shippingMethod.code', 'includes', 'flat_rate:3'],
    [false, 'shippingMethod.code', 'includes', 'flat_rate:4'],
    [true, 'shippingMethod.name', 'includes', 'express'],
    [true, 'total', 'is', '12.5'],
    [false, 'total', 'isNot', '9', '12.500'],
    [true, 'total', 'atLeast', '12.50'],
    [false, 'total', 'atLeast', '12.51'],
    [true, 'total', 'atMost', '12.50'],
    [false, 'total', 'atMost', '12.4999999999999999999'],
    [true, 'fields.meta._weight', 'atLeast', '12.5'],
    [false, 'fields.created_via', 'atLeast', '0'],
    [false, 'fields.created_via', 'atMost', '0'],
    [true, 'fields.created_via', 'is', 'checkout'],
    [false, 'fields.constructor', 'isNotEmpty'],
    [true, 'fields.constructor', 'isEmpty'],
    [true, 'paidAt', 'isEmpty'],
  ])('%j: %s %s %j', (expected, ...given) => {
    expect(passes(given)).toBe(expected)
  })

  it('knows sums exactly, where floats do not', () => {
    const huge = { ...order, total: '9007199254740993.01' }
    expect(passes(['total', 'atLeast', '9007199254740993.02'], huge)).toBe(false)
    expect(passes(['total', 'is', '9007199254740993.010'], huge)).toBe(true)
  })

  it('of an address that is not there finds nothing in it', () => {
    const digital = { ...order, shipping: null }
    expect(passes(['shipping.country', 'is', 'NL'], digital)).toBe(false)
    expect(passes(['shipping.country', 'isNot', 'DE'], digital)).toBe(true)
    expect(passes(['shipping.country', 'isEmpty'], digital)).toBe(true)
  })

  it('and its opposite never agree, whatever the order has', () => {
    const opposites = [
      ['is', 'isNot'],
      ['contains', 'doesNotContain'],
      ['isEmpty', 'isNotEmpty'],
    ] as const
    fc.assert(
      fc.property(
        fc.constantFrom(...opposites),
        fc.string(),
        fc.array(fc.string({ minLength: 1 })),
        ([one, other], note, values) => {
          const by = { ...order, customerNote: note }
          const answers = [one, other].map((each) => passes(['customerNote', each, ...values], by))
          expect(answers[0]).not.toBe(answers[1])
        },
      ),
    )
  })
})

describe('what is said of a filter', () => {
  test.each<[Given, string, string]>([
    [
      ['shipping.country', 'is', 'DE', 'AT'],
      'its delivery country is “DE” or “AT”',
      'their delivery country is not “DE” or “AT”',
    ],
    [
      ['payment.code', 'isNot', 'bacs'],
      'its payment method code is not “bacs”',
      'their payment method code is “bacs”',
    ],
    [['total', 'atLeast', '10.00'], 'its total is at least 10.00', 'their total is less than 10.00'],
    [['skus', 'includes', 'GIFT'], 'one of its SKUs is “GIFT”', 'none of their SKUs is “GIFT”'],
    [
      ['coupons', 'doesNotContain', 'STAFF'],
      'none of its coupon codes contains “STAFF”',
      'one of their coupon codes contains “STAFF”',
    ],
    [['customer.company', 'isNotEmpty'], 'it has a customer company', 'they have no customer company'],
    [
      ['number', 'is', ...'ABCDEFG'],
      'its order number is “A”, “B”, “C”, “D” or 3 others',
      'their order number is not “A”, “B”, “C”, “D” or 3 others',
    ],
  ])('%j', (given, passing, not) => {
    expect([whatPasses(filterOf(given)), whatDoesNot(filterOf(given))]).toEqual([passing, not])
  })

  it('is a sentence for every field with every operator that it has', () => {
    for (const field of [...filterFields, { field: 'fields.x', kind: 'free' as const }])
      for (const operator of operatorsFor(field))
        for (const say of [whatPasses, whatDoesNot])
          expect(say({ field: field.field, operator, values: ['1'] })).toMatch(
            /^(its|their|it has|they have|one of|none of) /,
          )
  })
})

describe('the rule that a filter is', () => {
  const rules = { statuses: ['processing'], since: '2026-01-01T00:00:00Z' }
  const held = (...given: Given[]) => holdingRule(order, { ...rules, filters: given.map(filterOf) })

  it('names the first filter that does not let the order through, what it has, and what is wanted', () => {
    const countries: Given = ['shipping.country', 'is', 'DE', 'AT']
    expect(held(['total', 'atLeast', '1'], countries, ['number', 'is', '7'])).toEqual({
      rule: 'filter',
      detail:
        'Its delivery country is “NL”; this route imports an order only if its delivery country is “DE” or “AT”',
      found: 'NL',
      wanted: 'its delivery country is “DE” or “AT”',
      filter: filterOf(countries),
    })
    expect(held(['total', 'atLeast', '20'])).toMatchObject({
      detail: 'Its total is 12.50 EUR; this route imports an order only if its total is at least 20',
      found: '12.50 EUR',
    })
    expect(held(['skus', 'includes', 'PEN'])!.detail).toMatch(/^Its SKUs are “GIFT-10” and “MUG”; /)
    expect(held(['customer.company', 'isNotEmpty'])).toMatchObject({
      detail: 'It has no customer company; this route imports an order only if it has a customer company',
      found: '',
    })
  })

  it('shows a sum that differs by less than a cent as it is', () => {
    const total = '9.999'
    const rule = holdingRule(
      { ...order, total },
      { ...rules, filters: [filterOf(['total', 'atLeast', '10.00'])] },
    )
    expect(rule!.found).toBe('9.999 EUR')
  })

  it('comes after status and start date, which are told first', () => {
    const filters = [filterOf(['number', 'is', '7'])]
    expect(holdingRule(order, { ...rules, statuses: ['completed'], filters })!.rule).toBe('status')
    expect(holdingRule(order, { ...rules, since: '2026-04-01', filters })!.rule).toBe('before_start_date')
    expect(held(['number', 'is', order.number])).toBeNull()
  })

  it('quotes the beginning of a long text alone', () => {
    const customerNote = 'x'.repeat(5_000)
    const rule = holdingRule(
      { ...order, customerNote },
      { ...rules, filters: [filterOf(['customerNote', 'isEmpty'])] },
    )!
    expect(rule.found).toBe(`${'x'.repeat(59)}…`)
    expect(rule.detail.length).toBeLessThan(200)
  })
})
