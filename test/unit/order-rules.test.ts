import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Address, sameAddress } from '../../src/order/address.ts'
import {
  describeProblem,
  fingerprintOf,
  problemCatalogue,
  type ProblemCode,
} from '../../src/order/problems.ts'
import { holdingRule } from '../../src/order/rules.ts'
import { orderOf } from '../support/orders.ts'

const filters: [] = []

const time = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString())
const word = fc.constantFrom('pending', 'processing', 'completed', 'on-hold', 'packed')

describe('the rules of a route', () => {
  it('let an order in exactly when its status is chosen and it was placed from the start date on', () => {
    fc.assert(
      fc.property(time, time, word, fc.array(word), (placedAt, since, channelStatus, statuses) => {
        const rule = holdingRule(orderOf([], { placedAt, channelStatus }), { statuses, since, filters })
        expect(rule === null).toBe(statuses.includes(channelStatus) && new Date(placedAt) >= new Date(since))
      }),
    )
  })

  it('name what they met and what they want', () => {
    fc.assert(
      fc.property(time, time, word, fc.array(word), (placedAt, since, channelStatus, statuses) => {
        const rule = holdingRule(orderOf([], { placedAt, channelStatus }), { statuses, since, filters })
        if (rule === null) return
        expect(rule.found).toBe(rule.rule === 'status' ? channelStatus : placedAt)
        expect(rule.detail).toContain(rule.rule === 'status' ? `"${channelStatus}"` : placedAt.slice(0, 10))
      }),
    )
  })

  it.each(['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z', '2026-01-01', '2026-01-01T01:00:00+01:00'])(
    'understand the start %s, the very second included',
    (since) => {
      const at = (placedAt: string) =>
        holdingRule(orderOf([], { placedAt, channelStatus: 'processing' }), {
          statuses: ['processing'],
          since,
          filters,
        })
      expect(at('2026-01-01T00:00:00.000Z')).toBeNull()
      expect(at('2025-12-31T23:59:59.999Z')?.rule).toBe('before_start_date')
    },
  )
})

describe('addresses', () => {
  const address = fc.record<Address>({
    name: fc.string(),
    company: fc.option(fc.string()),
    line1: fc.string(),
    line2: fc.option(fc.string()),
    city: fc.string(),
    region: fc.option(fc.string()),
    postcode: fc.string(),
    country: fc.constantFrom('DE', 'DK', 'US'),
    phone: fc.option(fc.string()),
    email: fc.option(fc.string()),
  })

  it('are the same label whatever their phone, case and spaces', () => {
    fc.assert(
      fc.property(address, fc.option(fc.string()), (one, phone) => {
        expect(sameAddress(one, { ...one, phone, email: phone, city: ` ${one.city} ` })).toBe(true)
        expect(sameAddress({ ...one, name: 'ann' }, { ...one, name: 'Ann' })).toBe(true)
      }),
    )
  })

  it('are compared the same both ways, and differ from none', () => {
    fc.assert(
      fc.property(address, address, (one, other) => {
        expect(sameAddress(one, other)).toBe(sameAddress(other, one))
        expect([sameAddress(one, null), sameAddress(null, null)]).toEqual([false, true])
        expect(sameAddress(one, { ...one, line1: `${one.line1}x` })).toBe(false)
      }),
    )
  })
})

describe('the catalogue of problems', () => {
  const codes = Object.keys(problemCatalogue) as ProblemCode[]

  it.each(codes)('%s has a title, a cause, a fix, and a button', (code) => {
    const shown = describeProblem({
      code,
      subject: 'subject',
      detail: 'detail',
      vendorMessage: 'their words',
    })
    for (const text of [shown.title, shown.cause, shown.fix]) expect(text.length).toBeGreaterThan(10)
    expect(shown.fixes.length).toBeGreaterThan(0)
    expect(shown).toMatchObject({ code, detail: 'detail', vendorMessage: 'their words' })
  })

  it('makes one problem of one cause, and two of two', () => {
    expect(fingerprintOf({ code: 'unknown_sku', subject: 'MUG' })).toBe(
      fingerprintOf({ code: 'unknown_sku', subject: 'MUG' }),
    )
    const all = [
      ...codes.map((code) => fingerprintOf({ code, subject: 'a' })),
      ...codes.map((code) => fingerprintOf({ code, subject: 'b' })),
    ]
    expect(new Set(all).size).toBe(all.length)
  })
})
