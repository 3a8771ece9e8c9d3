import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { advance } from '../../src/flows/advance-cursor.ts'

const lagMs = 5_000
const overlapMs = 120_000
const at = (seconds: number) => new Date(Date.parse('2026-03-02T10:00:00Z') + seconds * 1000)
const page = (last: number | null, channel: number | null) => ({
  rows: last === null ? [] : [{ modifiedAt: at(last).toISOString() }],
  shownAt: channel === null ? null : at(channel).toISOString(),
})
const move = (before: number, seen: ReturnType<typeof page>, readAt: number | null = null, now = 0) =>
  (advance({ modifiedAt: at(before), readAt: readAt === null ? null : at(readAt) }, seen.rows, {
    lagMs,
    overlapMs,
    shownAt: seen.shownAt,
    now: at(now),
  }).getTime() -
    at(0).getTime()) /
  1000

describe('the cursor of a shop', () => {
  it('goes to the last row read, and stays when there is none', () => {
    expect(move(0, page(60, 100))).toBe(60)
    expect(move(0, page(null, 100))).toBe(0)
    expect(move(0, page(-30, 100))).toBe(0)
  })

  it('is held back to the clock of the shop, less its lag', () => {
    expect(move(0, page(99, 100))).toBe(95)
    expect(move(0, page(86_400, 100))).toBe(95)
    expect(move(98, page(99, 100))).toBe(98)
  })

  it('is held back to our clock when the shop does not tell its own', () => {
    expect(move(0, page(86_400, null), null, 50)).toBe(50)
    expect(move(80, page(86_400, null), null, 50)).toBe(80)
    expect(move(80, page(null, null), null, 50)).toBe(80)
  })

  it('goes back with the clock of the shop, to before it was last read', () => {
    expect(move(86_400, page(null, 100))).toBe(95)
    expect(move(86_400, page(86_400, 100), 40)).toBe(40)
    expect(move(86_400, page(86_400, 100), 500)).toBe(95)
  })

  it('never stands where a row of now would not be read again', () => {
    const time = fc.integer({ min: -100_000, max: 100_000 })
    fc.assert(
      fc.property(time, fc.option(time), time, fc.option(time), (before, last, channel, readAt) => {
        const moved = move(before, page(last, channel), readAt)
        expect(moved - overlapMs / 1000).toBeLessThanOrEqual(channel)
      }),
    )
  })
})
