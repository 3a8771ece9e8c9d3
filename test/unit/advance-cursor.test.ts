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
  seconds(
    advance({ modifiedAt: at(before), page: null, ...read(readAt, readAt) }, seen.rows, {
      lagMs,
      overlapMs,
      shownAt: seen.shownAt,
      now: at(now),
    }),
  )
const seconds = (time: Date) => (time.getTime() - at(0).getTime()) / 1000
const read = (readAt: number | null, touchedAt: number | null) => ({
  readAt: readAt === null ? null : at(readAt),
  touchedAt: touchedAt === null ? null : at(touchedAt),
})

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

  it('goes back with the clock of the shop also when it could not be read for a while after that', () => {
    // Read to the end when the clocks of both said 1000; that of the shop was set back by 1800, and read 900 later.
    expect(move(990, page(990, 100), 1000, 1900)).toBe(-805)
    // It was 600 ahead when it was read, and was set right before anybody could read it again.
    expect(move(1590, page(1590, 1900), 1000, 1900)).toBe(995)
  })

  it('stays where a shop was away for long, and where the pages of a reading follow each other', () => {
    expect(move(990, page(null, 9000), 1000, 9000)).toBe(990)
    const state = { modifiedAt: at(990), page: { after: 7 }, ...read(-5000, 900) }
    const shown = { lagMs, overlapMs, shownAt: at(1000).toISOString(), now: at(1000) }
    expect(advance(state, [{ modifiedAt: at(994).toISOString() }], shown)).toEqual(at(994))
  })

  it('stays where it was put when an outage became a gap: what was read to the end last lies far behind', () => {
    const state = { modifiedAt: at(995), page: null, ...read(-800_000, 1000) }
    const shown = { lagMs, overlapMs, shownAt: at(1060).toISOString(), now: at(1060) }
    expect(seconds(advance(state, [], shown))).toBe(995)
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
