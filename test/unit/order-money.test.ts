import { Big } from 'big.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as money from '../../src/order/money.ts'

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.integer({ min: 0, max: 12 }))
  .map(([units, digits]) => new Big(units.toString()).div(new Big(10).pow(digits)).toFixed())
const currency = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD', 'XXX')
const canonical = /^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/

describe('decimals', () => {
  it('are read as they are written, and written in one way', () => {
    fc.assert(
      fc.property(decimal, fc.constantFrom('', '+', ' '), fc.nat(3), (value, before, zeros) => {
        const padded = value.includes('.') ? value + '0'.repeat(zeros) : value
        const text = value.startsWith('-') ? padded : before + padded
        expect(money.parseDecimal(text)).toBe(value)
        expect(value).toMatch(canonical)
      }),
    )
  })

  it('are read from numbers as JavaScript writes them', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e20, max: 1e20 }), (number) => {
        expect(Number(money.parseDecimal(number))).toBe(number === 0 ? 0 : number)
      }),
    )
  })

  it.each([
    '',
    ' ',
    '-',
    '.',
    'abc',
    '1,5',
    '1.234,50',
    '0x10',
    '1e100',
    '--1',
    'Infinity',
    'NaN',
    '٣',
    null,
    undefined,
    NaN,
    Infinity,
    {},
    [],
    true,
  ])('are not read from %j', (value) => {
    expect(money.parseDecimal(value)).toBeNull()
  })

  it('add up in any order, and back again', () => {
    fc.assert(
      fc.property(fc.array(decimal), decimal, decimal, (values, a, b) => {
        expect(money.sum(values)).toBe(money.sum(values.toReversed()))
        expect(money.add(a, b)).toBe(money.add(b, a))
        expect(money.subtract(money.add(a, b), b)).toBe(money.parseDecimal(a))
        expect(money.isZero(money.add(a, money.negate(a)))).toBe(true)
        expect(money.sum([a, b])).toBe(money.add(a, b))
      }),
    )
  })

  it('distribute over a sum', () => {
    fc.assert(
      fc.property(decimal, decimal, decimal, (a, b, c) => {
        expect(money.multiply(a, money.add(b, c))).toBe(money.add(money.multiply(a, b), money.multiply(a, c)))
      }),
    )
  })

  it('never lose a cent where a float would', () => {
    expect(money.add('0.1', '0.2')).toBe('0.3')
    expect(money.sum(Array(1000).fill('0.01') as string[])).toBe('10')
    expect(money.multiply('1.15', '100')).toBe('115')
  })

  it('have one order', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        expect(money.compare(a, b)).toBe(-money.compare(b, a) || 0)
        expect(money.equals(a, b)).toBe(money.compare(a, b) === 0)
        expect(money.isNegative(money.subtract(a, b))).toBe(money.compare(a, b) < 0)
        expect(money.isNegative(money.absolute(a))).toBe(false)
      }),
    )
  })

  it('divide to within half a unit of the last digit', () => {
    fc.assert(
      fc.property(decimal, decimal, fc.nat(10), (a, b, digits) => {
        fc.pre(!money.isZero(b))
        const quotient = money.divide(a, b, digits)
        const error = new Big(quotient).times(b).minus(a).abs()
        const halfUnit = new Big(b).abs().times(`5e-${digits + 1}`)
        // The exact quotient is itself cut ten digits further on.
        expect(error.lte(halfUnit.times('1.0000001'))).toBe(true)
      }),
    )
    expect(() => money.divide('1', '0', 2)).toThrow(/Division by zero/)
  })
})

describe('amounts of a currency', () => {
  it('have its decimals, and no more', () => {
    fc.assert(
      fc.property(decimal, currency, (value, code) => {
        const digits = money.currencyDigits(code)
        const amount = money.toCurrency(value, code)
        expect(amount).toMatch(digits === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+\\.\\d{${digits}}$`))
        expect(money.toCurrency(amount, code)).toBe(amount)
        expect(money.equals(amount, money.round(value, digits))).toBe(true)
      }),
    )
  })

  it('are rounded half away from zero, the same on both sides of it', () => {
    fc.assert(
      fc.property(decimal, currency, (value, code) => {
        const there = money.toCurrency(value, code)
        const back = money.toCurrency(money.negate(value), code)
        expect(money.equals(back, money.negate(there))).toBe(true)
        const moved = new Big(there).minus(value).abs()
        expect(moved.lte(new Big(10).pow(-money.currencyDigits(code)).div(2))).toBe(true)
      }),
    )
    expect(
      ['1.005', '-1.005', '2.675', '0.5', '-0.5'].map((value) => money.toCurrency(value, 'USD')),
    ).toEqual(['1.01', '-1.01', '2.68', '0.50', '-0.50'])
  })

  it.each([
    ['JPY', '1234.5', '1235'],
    ['KWD', '1.2345', '1.235'],
    ['EUR', '1.5', '1.50'],
    ['EUR', '-0.001', '0.00'],
    ['JPY', '-0.4', '0'],
    ['XAU', '1', '1.00'],
  ])('in %s %s is %s', (code, value, amount) => {
    expect(money.toCurrency(value, code)).toBe(amount)
  })

  it('never get a sign that says nothing', () => {
    fc.assert(
      fc.property(decimal, currency, (value, code) => !/^-[0.]*$/.test(money.toCurrency(value, code))),
    )
    expect(money.parseDecimal('-0.00')).toBe('0')
    expect(money.negate('0')).toBe('0')
  })
})
