import { afterEach, expect, it } from 'vitest'
import { writeActivity } from '../../src/flows/activity.ts'
import { checkConnection } from '../../src/flows/check-connection.ts'
import { pruneDaily } from '../../src/flows/prune-daily.ts'
import { connectionByName } from '../../src/ledger/connections.ts'
import { hoursOfCalls } from '../../src/ledger/views/activity.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { activityJson } from '../../src/server/activity-json.ts'
import type { End } from '../support/health.ts'
import { makeWorld, type World } from '../support/world.ts'

const hour = 3_600_000
const day = 24 * hour

let world: World
afterEach(() => world.stop())
const start = async () => (world = await makeWorld({ mapping: demoMapping }))

async function used(end: End) {
  await writeActivity(world.deps)
  return activityJson(world.deps, (await connectionByName(world.db, end))!)
}

it('tells of each hour how often a shop was called, and how often it wanted less', async () => {
  await start()
  expect((await used('shop')).summary).toBe('Not called in the last 24 hours')
  await world.poll()
  const { total } = await used('shop')
  expect(total.calls).toBeGreaterThan(0)
  expect(total).toMatchObject({ failed: 0, throttled: 0 })
  expect(total.p50Ms).toBeGreaterThan(0)
  expect(total.p95Ms).toBeGreaterThanOrEqual(total.p50Ms!)
  expect((await used('shop')).summary).toMatch(
    /^Up to 1 of 2 calls at once; never refused for being too many in the last 24 hours$/,
  )

  await world.advance(2 * hour)
  const before = (await used('shop')).total.calls
  world.shop.control.fault({ kind: 'throttle', times: 1 })
  await world.poll()
  const after = await used('shop')
  expect(after.total.throttled).toBe(1)
  expect(after.summary).toMatch(/refused once for being too many/)
  expect(after.hours).toHaveLength(25)
  expect(after.hours.at(-1)).toMatchObject({
    from: '2026-03-02T12:00:00.000Z',
    throttled: 1,
  })
  expect(after.hours.at(-3)).toMatchObject({ from: '2026-03-02T10:00:00.000Z', throttled: 0 })
  expect(after.hours.reduce((sum, { calls }) => sum + calls, 0)).toBe(after.total.calls)
  expect(after.total.calls).toBeGreaterThan(before)
})

it('counts as too many what NetSuite refuses for it in its own words', async () => {
  await start()
  world.netsuite.control.fault({ kind: 'overload400', times: 1, path: 'salesOrder' })
  world.shop.control.newOrder()
  await world.poll()
  expect((await used('netsuite')).total).toMatchObject({ throttled: 1, failed: 0 })
  await world.advance(60_000)
  world.netsuite.control.fault({ kind: 'error500', times: 1, path: 'salesOrder' })
  const { number } = world.shop.control.newOrder()
  await world.poll()
  expect((await used('netsuite')).total).toMatchObject({ throttled: 1, failed: 1 })
  await world.advance(60_000)
  expect((await world.order(number)).status).toBe('posted')
})

it('of a process that is killed is lost from where it was written last, and no order with it', async () => {
  await start()
  await world.poll()
  const { total } = await used('shop')
  const { number } = world.shop.control.newOrder()
  await world.poll()
  // What only the killed process knew.
  world.deps.activity.take()
  await world.nextWorker()
  expect((await world.order(number)).status).toBe('posted')
  expect((await used('shop')).total.calls).toBe(total.calls)
  await world.poll()
  expect((await used('shop')).total.calls).toBeGreaterThan(total.calls)
  expect(await world.orders()).toHaveLength(1)
})

it('is kept for eight days', async () => {
  await start()
  const kept = async () => (await hoursOfCalls(world.db, world.shopId, new Date(0))).length
  await world.poll()
  await writeActivity(world.deps)
  world.pass(8 * day - hour)
  await pruneDaily(world.deps)
  expect(await kept()).toBe(1)
  world.pass(day)
  await pruneDaily(world.deps)
  expect(await kept()).toBe(0)
})

it('has what a check calls as well', async () => {
  await start()
  const connection = (await connectionByName(world.db, 'netsuite'))!
  await checkConnection(world.deps, connection, { publicUrl: null })
  const { total, atOnce } = await used('netsuite')
  expect(total.calls).toBeGreaterThan(3)
  expect(atOnce).toEqual({ limit: 5, now: 0 })
})
