import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addedUp, bucketOf, latencyAt, latencyBuckets } from '../../src/latency.ts'

const counted = (times: number[]): number[] => {
  const histogram = Array.from({ length: latencyBuckets }, () => 0)
  for (const ms of times) histogram[bucketOf(ms)]! += 1
  return histogram
}
const exactly = (share: number, times: number[]): number =>
  times.toSorted((a, b) => a - b)[Math.ceil(share * times.length) - 1]!

describe('times that were counted', () => {
  it('are told to a tenth, between a few milliseconds and two minutes', () => {
    const times = fc.array(fc.double({ min: 5, max: 130_000, noNaN: true }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(times, fc.constantFrom(0.5, 0.95), (some, share) => {
        const told = latencyAt(share, counted(some))!
        const wanted = exactly(share, some)
        // Rounded to the millisecond.
        expect(Math.abs(told - wanted)).toBeLessThanOrEqual(wanted * 0.095 + 0.5)
      }),
    )
  })

  it('are counted however short or long they were', () => {
    for (const ms of [0, 0.2, 1, 131_072, 10_000_000])
      expect(counted([ms]).reduce((sum, n) => sum + n, 0)).toBe(1)
    expect(latencyAt(0.5, counted([0]))).toBe(1)
    expect(latencyAt(0.5, counted([10_000_000]))).toBeGreaterThan(100_000)
  })

  it('of nothing are nothing', () => {
    expect(latencyAt(0.5, counted([]))).toBeNull()
    expect(latencyAt(0.95, [])).toBeNull()
  })

  it('of two together are as those of all', () => {
    const [one, other] = [
      [3, 80, 80, 900],
      [1, 2, 60_000],
    ] as const
    expect(addedUp(counted([...one]), counted([...other]))).toEqual(counted([...one, ...other]))
    expect(addedUp([], counted([...one]))).toEqual(counted([...one]))
  })
})
