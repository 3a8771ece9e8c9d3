import { describe, expect, test } from 'vitest'
import { type Kind, kinds, planOf, stormMs } from '../faults/storm/plan.ts'

const seeds = Array.from({ length: 20 }, (_, n) => n + 1)

describe('the plan of a storm', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(planOf(7)).toEqual(planOf(7))
    expect(planOf(7)).not.toEqual(planOf(8))
  })

  test('has its faults in the order of their times, within its length', () => {
    const times = planOf(3).steps.map(({ at }) => at)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(Math.max(...times)).toBeLessThan(stormMs)
  })

  test.each(Object.keys(kinds) as Kind[])('brings "%s" ten times at least in any twenty seeds', (kind) => {
    const all = seeds.flatMap((seed) => planOf(seed + 1000).steps)
    expect(all.filter((step) => step.kind === kind).length).toBeGreaterThanOrEqual(10)
  })
})
