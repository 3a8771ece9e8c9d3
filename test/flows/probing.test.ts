import { afterEach, describe, expect, it } from 'vitest'
import { enqueue } from '../../src/ledger/jobs.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { shown } from '../support/health.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

const second = 1000

/** Moves the clock by half seconds, so that each probe shows up at its time. */
async function pass(seconds: number): Promise<void> {
  for (let n = 0; n < seconds * 2; n += 1) await world.advance(second / 2)
}

/** Seconds between calls that the other side saw, by its clock. */
const pauses = (calls: { at: string }[]) =>
  calls.slice(1).map(({ at }, n) => (Date.parse(at) - Date.parse(calls[n]!.at)) / 1000)

describe('a shop that is down', () => {
  it('is asked by one probe at a time, ever more rarely and never in step, whatever waits for it; and everything goes on at the first that works', async () => {
    world = await makeWorld({ automatic: false })
    const { shop, db } = world
    await world.poll()
    shop.control.fault({ kind: 'error' })
    const placed = Array.from({ length: 12 }, () => shop.control.newOrder())
    await db.transaction().execute((tx) =>
      enqueue(
        tx,
        placed.map(({ id }) => ({
          kind: 'import' as const,
          key: `${world.shopId}:${id}`,
          connectionId: world.shopId,
          payload: { query: String(id), source: 'webhook' },
          runAt: world.now(),
        })),
      ),
    )
    await world.settle()
    // Those that were under way side by side when it failed have failed together, once.
    expect((await shown(world, 'shop')).health).toBe('failing')
    shop.control.clearRequests()
    await pass(5 * 60)

    const { entries } = shop.control.requests()
    expect(entries.every(({ concurrent }) => concurrent === 1)).toBe(true)
    const waits = pauses(entries)
    const wanted = [2, 4, 8, 16, 32, 60, 60]
    expect(waits.length).toBeGreaterThanOrEqual(6)
    waits.forEach((wait, n) => {
      const about = wanted[Math.min(n, wanted.length - 1)]!
      // A tenth more or less, and half a second of the clock's steps.
      expect(Math.abs(wait - about)).toBeLessThanOrEqual(about / 10 + 0.5)
    })
    const atMost = waits.slice(5)
    expect(new Set(atMost).size).toBe(atMost.length)

    await shop.control.reset()
    const { nextAttemptAt, health } = await shown(world, 'shop')
    expect(health).toBe('down')
    await world.advance(Date.parse(nextAttemptAt!) - world.now().getTime())
    expect((await shown(world, 'shop')).health).toBe('healthy')
    expect((await world.orders()).map(({ status }) => status)).toEqual(placed.map(() => 'imported'))
  }, 120_000)
})

describe('a NetSuite that is down', () => {
  it('is asked by one probe at a time, however many orders wait; all go when one works', async () => {
    world = await makeWorld({ mapping: demoMapping, concurrency: 5 })
    const { shop, netsuite } = world
    shop.control.newOrder()
    await world.poll()
    await pass(30)
    netsuite.control.fault({ kind: 'error500' })
    for (let n = 0; n < 12; n += 1) shop.control.newOrder()
    await world.poll()
    await pass(5)
    netsuite.control.clearRequests()
    await pass(4 * 60)
    const calls = netsuite.control.requests()
    const waits = pauses(calls)
    expect(calls.length).toBeGreaterThanOrEqual(5)
    expect(calls.length).toBeLessThanOrEqual(9)
    for (const wait of waits) expect(wait).toBeGreaterThan(3)
    expect(netsuite.control.running()).toEqual([])

    netsuite.control.clearFaults()
    await pass(67)
    expect((await world.orders()).map(({ status }) => status)).toEqual(Array(13).fill('posted'))
    expect(netsuite.records.orders()).toHaveLength(13)
  }, 120_000)
})
