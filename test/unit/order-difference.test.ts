import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differencesBetween, edits, fieldOf, needingReplacement } from '../../src/order/difference.ts'
import type { Order, OrderLine } from '../../src/order/order.ts'
import { line, orderOf, tax } from '../support/orders.ts'

const mug = line('1', { net: '20', quantity: '2', sku: 'MUG', name: 'Mug', taxes: [tax('5', '19', '3.80')] })
const parcel = line('2', { net: '4.90', kind: 'shipping', name: 'Parcel', code: 'flat_rate:3' })
const order = orderOf([mug, parcel])
const found = (after: Order) => differencesBetween(order, after)
const names = (after: Order) => found(after).map(({ field }) => field)

describe('the difference of two versions of an order', () => {
  it('names the quantity and the amounts of a line that was changed, and the total', () => {
    const more = orderOf([{ ...mug, quantity: '3', net: '30' }, parcel])
    expect(found(more)).toMatchObject([
      { field: 'lines.1/quantity', area: 'lines', label: 'Mug (MUG): quantity', before: '2', after: '3' },
      { field: 'lines.1/net', before: '20', after: '30' },
      { field: 'total', area: 'totals', before: '28.7', after: '38.7' },
    ])
  })

  it('names a line that came, and one that went, once', () => {
    const tea = line('9', { net: '7', sku: 'TEA', name: 'Tea' })
    expect(found(orderOf([parcel, tea], { total: order.total, totalTax: order.totalTax }))).toEqual([
      { field: 'lines.1', area: 'lines', label: 'Mug (MUG)', before: '2 × Mug (MUG): 20', after: null },
      { field: 'lines.9', area: 'lines', label: 'Tea (TEA)', before: null, after: '1 × Tea (TEA): 7' },
    ])
  })

  it('names parts of addresses, the note, a refund and the status', () => {
    const after: Order = {
      ...order,
      shipping: { ...order.shipping!, line1: 'Damrak 1', line2: 'Back door' },
      customerNote: 'Ring twice',
      refunds: [{ id: '77', amount: '5.00', reason: 'Broken' }],
      channelStatus: 'completed',
    }
    expect(names(after)).toEqual(['shipping.line1', 'shipping.line2', 'note', 'refunds.77', 'status'])
    expect(edits(found(after)).map(({ area }) => area)).toEqual([
      'addresses',
      'addresses',
      'notes',
      'refunds',
    ])
  })

  it('is none when only the time of the change, a status or meta data of a plug-in moved', () => {
    expect(found({ ...order, modifiedAt: '2027-01-01T00:00:00Z' })).toEqual([])
    expect(edits(found({ ...order, channelStatus: 'completed', fields: { 'meta._x': '1' } }))).toEqual([])
  })

  it('is none between two spellings of one amount', () => {
    expect(found({ ...order, total: `${order.total}0` })).toEqual([])
  })

  it('needs another record where what is delivered or paid for changed, or who buys', () => {
    const needs = (after: Order) => needingReplacement(found(after)).length > 0
    expect(needs(orderOf([{ ...mug, quantity: '3' }, parcel]))).toBe(true)
    expect(needs(orderOf([mug, { ...parcel, code: 'express' }]))).toBe(true)
    expect(needs({ ...order, customer: { ...order.customer, id: '8' } })).toBe(true)
    expect(needs({ ...order, shipping: { ...order.shipping!, city: 'Utrecht' }, customerNote: 'x' })).toBe(
      false,
    )
  })
})

const decimal = fc.integer({ min: -9_999, max: 99_999 }).map((cents) => (cents / 100).toFixed(2))
const text = fc.string({ maxLength: 8 })
const maybe = fc.option(text)
const address = fc.record({
  name: text,
  company: maybe,
  line1: text,
  line2: maybe,
  city: text,
  region: maybe,
  postcode: text,
  country: text,
  phone: maybe,
  email: maybe,
})
const anyLine: fc.Arbitrary<OrderLine> = fc
  .record({
    id: fc.stringMatching(/^[a-z0-9./]{1,3}$/),
    kind: fc.constantFrom('product', 'shipping', 'fee'),
    sku: maybe,
    name: text,
    quantity: decimal,
    net: decimal,
    discount: decimal,
    taxes: fc.array(fc.record({ id: text, label: text, rate: fc.option(decimal), amount: decimal }), {
      maxLength: 2,
    }),
    attributes: fc.array(fc.record({ name: text, value: text }), { maxLength: 2 }),
  })
  .map((given) => line(given.id, { ...given, kind: given.kind as OrderLine['kind'] }))
const idOf = ({ id }: OrderLine) => id.replaceAll('/', '_')
const anyOrder = fc
  .record({
    lines: fc.uniqueArray(anyLine, { maxLength: 4, selector: idOf }),
    total: decimal,
    channelStatus: text,
    customerNote: maybe,
    billing: fc.option(address),
    shipping: fc.option(address),
    coupons: fc.array(text, { maxLength: 2 }),
    refunds: fc.uniqueArray(fc.record({ id: text, reason: maybe, amount: decimal }), {
      maxLength: 2,
      selector: ({ id }) => id,
    }),
    fields: fc.dictionary(text, text, { maxKeys: 3 }),
  })
  .map(({ lines, ...given }) => orderOf(lines, given))

describe('whatever the two versions are', () => {
  it('equal orders have no difference', () => {
    fc.assert(
      fc.property(anyOrder, (any) => {
        expect(differencesBetween(any, structuredClone(any))).toEqual([])
      }),
    )
  })

  it('every difference names a field that both sides can be read from, and that differs', () => {
    fc.assert(
      fc.property(anyOrder, anyOrder, (a, b) => {
        for (const { field, before, after } of differencesBetween(a, b)) {
          expect(fieldOf(a, field)).toBe(before)
          expect(fieldOf(b, field)).toBe(after)
          expect(before).not.toBe(after)
        }
      }),
    )
  })

  it('each field is named once, and the same ones the other way round', () => {
    fc.assert(
      fc.property(anyOrder, anyOrder, (a, b) => {
        const there = differencesBetween(a, b).map(({ field }) => field)
        const back = differencesBetween(b, a).map(({ field }) => field)
        expect(new Set(there).size).toBe(there.length)
        expect(there.toSorted()).toEqual(back.toSorted())
      }),
    )
  })

  it('a line, a total, an address or a note that differs is found', () => {
    fc.assert(
      fc.property(anyOrder, decimal, fc.stringMatching(/^[a-z]{1,5}$/), (any, amount, word) => {
        const other = { ...any, total: (Number(any.total) + 1).toFixed(2), customerNote: `${word}!` }
        const fields = differencesBetween(any, other).map(({ field }) => field)
        expect(fields).toContain('total')
        expect(fields.includes('note')).toBe(any.customerNote !== other.customerNote)
        const withLine = { ...any, lines: [...any.lines, line('new', { net: amount, name: word })] }
        expect(differencesBetween(any, withLine).map(({ field }) => field)).toEqual(['lines.new'])
      }),
    )
  })
})
