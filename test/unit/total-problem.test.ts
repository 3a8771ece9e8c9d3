import { describe, expect, it } from 'vitest'
import { totalProblem } from '../../src/flows/record-posted.ts'

const order = (total: string, currency: string) => ({ total, currency, total_accepted: false })
const says = (shop: [string, string], record: [string, string]) =>
  totalProblem(order(...shop), { total: record[0], currency: record[1] })?.detail ?? null

describe('the total of a record against that of the shop', () => {
  it.each([
    [
      ['12.3', 'EUR'],
      ['12.30', 'EUR'],
    ],
    [
      ['12.345', 'EUR'],
      ['12.35', 'EUR'],
    ],
    [
      ['1000', 'JPY'],
      ['1000.00', 'JPY'],
    ],
    [
      ['1.234', 'KWD'],
      ['1.234', 'KWD'],
    ],
    [
      ['-0', 'EUR'],
      ['0', 'EUR'],
    ],
    [
      ['12.30', 'EUR'],
      ['12.3', ''],
    ],
  ] as [[string, string], [string, string]][])('%j is %j', (shop, record) => {
    expect(says(shop, record)).toBeNull()
  })

  it.each([
    [
      ['12.3', 'EUR'],
      ['12.31', 'EUR'],
      "The shop's total is 12.30 EUR, the record's is 12.31 EUR: a difference of 0.01",
    ],
    [
      ['1.234', 'KWD'],
      ['1.23', 'KWD'],
      "The shop's total is 1.234 KWD, the record's is 1.230 KWD: a difference of -0.004",
    ],
    [['12', 'EUR'], ['12', 'USD'], "The shop's total is 12.00 EUR, the record's is 12.00 USD"],
    [
      ['12', 'EUR'],
      ['12.004', 'EUR'],
      "The shop's total is 12.00 EUR, the record's is 12.004 EUR: a difference of 0.004",
    ],
    [
      ['12', 'EUR'],
      ['13', ''],
      "The shop's total is 12.00 EUR, the record's is 13.00 EUR: a difference of 1.00",
    ],
  ] as [[string, string], [string, string], string][])('%j is not %j', (shop, record, text) => {
    expect(says(shop, record)).toBe(text)
  })

  it('was accepted, and counts for nothing then', () => {
    expect(
      totalProblem({ ...order('1', 'EUR'), total_accepted: true }, { total: '2', currency: 'EUR' }),
    ).toBeNull()
  })
})
