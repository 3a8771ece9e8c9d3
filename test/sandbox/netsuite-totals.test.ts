import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { computeTotals } from '../../src/sandbox/netsuite/totals.ts'
import type { SandboxNetSuite } from '../../src/sandbox/netsuite/index.ts'
import { Client, firstError, lines, order, startSandbox } from './netsuite-client.ts'

let sandbox: SandboxNetSuite
let client: Client

beforeAll(async () => {
  sandbox = await startSandbox()
  client = await Client.signIn(sandbox)
})
afterAll(() => sandbox.close())

const tea = (change: Record<string, unknown> = {}) => ({ item: { id: '1' }, quantity: 1, ...change })

describe('the totals that NetSuite computes itself', () => {
  const cases: [name: string, body: Record<string, unknown>, totals: Record<string, unknown>][] = [
    [
      'round the tax on every line, not on their sum',
      // 3 × 0.0855 = 0.2565, rounded once 0.26; every line for itself 0.09 × 3
      order(lines(...Array.from({ length: 3 }, () => tea({ rate: 0.45, taxCode: { id: '11' } })))),
      { subtotal: 1.35, taxTotal: 0.27, total: 1.62 },
    ],
    [
      'round half up, where binary fractions would not',
      order(lines(tea({ quantity: 1, rate: 1.005 }), tea({ quantity: 3, rate: 2.675 }))),
      { subtotal: 9.04, total: 9.04 },
    ],
    [
      'keep the amount that is given beside a rate',
      order(lines(tea({ quantity: 3, rate: 3.33, amount: 10 }))),
      { subtotal: 10, total: 10 },
    ],
    [
      'add shipping and its tax',
      order({
        ...lines(tea({ rate: 10, taxCode: { id: '12' } })),
        shippingCost: 4.9,
        shippingTaxCode: { id: '11' },
        shipMethod: { id: '7' },
      }),
      { subtotal: 10, shippingCost: 4.9, shippingTaxAmount: 0.93, taxTotal: 1.63, total: 16.53 },
    ],
    [
      "take the header's discount off, and leave the tax as it is",
      order({
        ...lines(tea({ rate: 20, taxCode: { id: '11' } })),
        discountItem: { id: '6' },
        discountRate: -5,
      }),
      { subtotal: 20, discountTotal: -5, taxTotal: 3.8, total: 18.8 },
    ],
    [
      'know a discount in percent',
      order({ ...lines(tea({ rate: 33.33 })), discountItem: { id: '6' }, discountRate: '-10%' }),
      { subtotal: 33.33, discountTotal: -3.33, total: 30 },
    ],
    [
      'take a line of a discount or a gift card as it is signed',
      order(
        lines(
          tea({ rate: 30, taxCode: { id: '11' } }),
          { item: { id: '6' }, rate: -5, taxCode: { id: '11' } },
          { item: { id: '5' }, quantity: 1, rate: -10 },
        ),
      ),
      { subtotal: 15, taxTotal: 4.75, total: 19.75 },
    ],
    [
      'take tax that is posted as an item of its own',
      order(lines(tea({ rate: 10 }), { item: { id: '5' }, amount: 1.9 })),
      { subtotal: 11.9, taxTotal: 0, total: 11.9 },
    ],
    [
      'ignore tax on a line that is not taxable',
      order(lines(tea({ rate: 10, taxCode: { id: '11' }, isTaxable: false }))),
      { taxTotal: 0, total: 10 },
    ],
    [
      'ignore totals that they are sent',
      order({ ...lines(tea({ rate: 10 })), total: 99, subtotal: 99, taxTotal: 99, discountTotal: -99 }),
      { subtotal: 10, taxTotal: 0, discountTotal: 0, total: 10 },
    ],
    [
      'bring the base price where no rate is sent, and where another price level is named',
      order(lines(tea({ quantity: 2 }), tea({ quantity: 1, rate: 3, price: { id: '1' } }))),
      { subtotal: 30 },
    ],
    [
      'keep the rate under the custom price level',
      order(lines(tea({ quantity: 2, rate: 3.21, price: { id: '-1' } }))),
      { subtotal: 6.42 },
    ],
    [
      'have no decimals in yen',
      order({
        currency: { id: '2' },
        ...lines(tea({ quantity: 3, rate: 1490.4, taxCode: { id: '12' } })),
        shippingCost: 800,
      }),
      { subtotal: 4471, taxTotal: 313, total: 5584, currencyPrecision: 0 },
    ],
    [
      'have three decimals in dinar',
      order({ currency: { id: '3' }, ...lines(tea({ quantity: 3, rate: 1.6755, taxCode: { id: '12' } })) }),
      { subtotal: 5.027, taxTotal: 0.352, total: 5.379 },
    ],
    ['know fractions of a piece', order(lines(tea({ quantity: 0.125, rate: 9.99 }))), { subtotal: 1.25 }],
  ]
  it.each(cases)('%s', async (_name, body, totals) => {
    expect(await client.makeOrder(body)).toMatchObject(totals)
  })

  it('do not take a discount without its item', async () => {
    const answer = await client.post('salesOrder', order({ discountRate: -5 }))
    expect(firstError(answer)['detail']).toContain('Please enter value(s) for: Discount Item.')
  })
})

describe('an account with SuiteTax', () => {
  let suiteTax: SandboxNetSuite
  let taxed: Client
  beforeAll(async () => {
    suiteTax = await startSandbox({ taxEngine: 'suiteTax' })
    taxed = await Client.signIn(suiteTax)
  })
  afterAll(() => suiteTax.close())

  it('takes the tax of overridden tax details, and has no tax codes on lines', async () => {
    const made = await taxed.makeOrder(
      order({
        ...lines(tea({ rate: 10, taxDetailsReference: 'line1' })),
        shippingCost: 5,
        taxDetailsOverride: true,
        taxDetails: {
          items: [
            {
              taxDetailsReference: 'line1',
              taxType: { id: '1' },
              taxCode: { id: '11' },
              taxBasis: 10,
              taxRate: 19,
              taxAmount: 1.9,
            },
            {
              taxDetailsReference: 'shipping',
              taxType: { id: '1' },
              taxCode: { id: '11' },
              taxBasis: 5,
              taxRate: 19,
              taxAmount: 0.95,
            },
          ],
        },
      }),
    )
    expect(made).toMatchObject({ subtotal: 10, taxTotal: 2.85, total: 17.85 })
    expect(await taxed.makeOrder(order())).toMatchObject({ taxTotal: 0, total: 10 })
    const legacy = await taxed.post('salesOrder', order(lines(tea({ taxCode: { id: '11' } }))))
    expect([legacy.status, firstError(legacy)['o:errorPath']]).toEqual([400, 'item.items[0]'])
  })
})

describe('the arithmetic', () => {
  // The same sums in whole numbers of the smallest unit, with integers alone.
  const roundHalfUp = (numerator: bigint, denominator: bigint): bigint => {
    const sign = numerator < 0n ? -1n : 1n
    const size = numerator * sign
    return sign * ((size * 2n + denominator) / (denominator * 2n))
  }
  const text = (units: bigint, digits: number): string => {
    const sign = units < 0n ? '-' : ''
    const padded = String(units < 0n ? -units : units).padStart(digits + 1, '0')
    return digits === 0 ? sign + padded : `${sign}${padded.slice(0, -digits)}.${padded.slice(-digits)}`
  }
  const line = fc.record({
    quantity: fc.bigInt({ min: 1n, max: 5000n }),
    rate: fc.bigInt({ min: -1_000_000n, max: 9_000_000n }),
    tax: fc.bigInt({ min: 0n, max: 30_000n }),
  })

  it('equals integer arithmetic for any lines, rates, taxes and currencies', () => {
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(0, 2, 3),
        fc.bigInt({ min: 0n, max: 99_999n }),
        (rows, digits, shipping) => {
          // quantities in thousandths, rates in hundred-thousandths, taxes in thousandths of a percent
          const unit = 10n ** BigInt(digits)
          const amounts = rows.map((row) => roundHalfUp(row.quantity * row.rate * unit, 10n ** 8n))
          const taxes = amounts.map((amount, at) => roundHalfUp(amount * rows[at]!.tax, 100_000n))
          const shippingUnits = roundHalfUp(shipping * unit, 1000n)
          const shippingTax = roundHalfUp(shippingUnits * 19n, 100n)
          const sum = (values: bigint[]) => values.reduce((total, value) => total + value, 0n)
          const totals = computeTotals({
            digits,
            lines: rows.map((row) => ({
              quantity: text(row.quantity, 3),
              rate: text(row.rate, 5),
              taxPercent: text(row.tax, 3),
            })),
            shippingCost: text(shipping, 3),
            shippingTaxPercent: '19',
          })
          expect(totals.lines.map((each) => each.amount)).toEqual(amounts.map((each) => text(each, digits)))
          expect(totals.lines.map((each) => each.taxAmount)).toEqual(taxes.map((each) => text(each, digits)))
          expect(totals.taxTotal).toBe(text(sum(taxes) + shippingTax, digits))
          expect(totals.total).toBe(text(sum(amounts) + sum(taxes) + shippingUnits + shippingTax, digits))
        },
      ),
      { numRuns: 300 },
    )
  })
})
