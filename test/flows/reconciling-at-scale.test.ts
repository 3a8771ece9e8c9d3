import { afterEach, describe, expect, it } from 'vitest'
import { enqueueRecurring } from '../../src/jobs/recurring.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { begin, compare, resultOf } from '../support/reconciling.ts'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
afterEach(() => world.stop())
const start = async (options: WorldOptions = {}) =>
  (world = await makeWorld({ mapping: demoMapping, ...options }))

const hour = 3_600_000
const seconds = (iso: string) => Date.parse(iso) / 1000

describe('the days are those of the shop', () => {
  it.each([
    // Summer time begins on 29 March 2026: that day has 23 hours, from 23:00 to 22:00 UTC.
    {
      timezone: 'Europe/Berlin',
      now: '2026-03-31T10:00:00Z',
      placed: [
        '2026-03-28T22:59:59Z',
        '2026-03-28T23:00:00Z',
        '2026-03-29T21:59:59Z',
        '2026-03-29T22:00:00Z',
      ],
      days: ['2026-03-28 | 1', '2026-03-29 | 2', '2026-03-30 | 1', '2026-03-31 | 0'],
    },
    // It ends on 1 November 2026 in New York: 25 hours, from 04:00 to 05:00 UTC.
    {
      timezone: 'America/New_York',
      now: '2026-11-02T18:00:00Z',
      placed: [
        '2026-11-01T03:59:59Z',
        '2026-11-01T04:00:00Z',
        '2026-11-02T04:59:59Z',
        '2026-11-02T05:00:00Z',
      ],
      days: ['2026-10-31 | 1', '2026-11-01 | 2', '2026-11-02 | 1'],
    },
    // A fixed offset, as WordPress allows.
    {
      timezone: undefined,
      now: '2026-03-02T10:00:00Z',
      placed: ['2026-02-28T18:29:59Z', '2026-02-28T18:30:00Z'],
      days: ['2026-02-28 | 1', '2026-03-01 | 1', '2026-03-02 | 0'],
    },
  ])('where the clocks change: $timezone', async ({ timezone, now, placed, days }) => {
    const zone = timezone === undefined ? { timezoneOffset: 5.5 } : { timezone }
    const { shop } = await start({ start: now, shop: zone })
    for (const at of placed) shop.control.newOrder({ country: 'DE', at: seconds(at) })
    await world.poll()
    const result = await compare(world, days.length - 1)
    expect(result.days.map((day) => day.split(' | ').slice(0, 2).join(' | '))).toEqual(days)
    for (const day of result.days) {
      const [, atShop, inWaybill, inNetSuite, ...others] = day.split(' | ')
      expect([inWaybill, inNetSuite]).toEqual([atShop, atShop])
      expect(others).toEqual(['0', '0', '0'])
    }
  })
})

it('counts each difference on the day on which its order was placed', async () => {
  const { shop, netsuite } = await start({ shop: { timezone: 'Europe/Berlin' } })
  const at = (day: string) => seconds(`${day}T12:00:00Z`)
  const [held, gone, missing] = [
    shop.control.newOrder({ trouble: 'held_status', at: at('2026-02-26') }),
    shop.control.newOrder({ country: 'DE', at: at('2026-02-27') }),
    shop.control.newOrder({ country: 'DE', at: at('2026-02-28') }),
  ]
  shop.control.newOrder({ country: 'DE', at: at('2026-03-01') })
  await world.poll()
  shop.control.remove(gone.id)
  netsuite.control.deleteOrder((await world.order(missing.number)).record_id!)
  const result = await compare(world)
  expect(result.days).toEqual([
    '2026-02-23 | 0 | 0 | 0 | 0 | 0 | 0',
    '2026-02-24 | 0 | 0 | 0 | 0 | 0 | 0',
    '2026-02-25 | 0 | 0 | 0 | 0 | 0 | 0',
    '2026-02-26 | 1 | 1 | 0 | 0 | 1 | 0',
    '2026-02-27 | 0 | 1 | 1 | 0 | 1 | 0',
    '2026-02-28 | 1 | 1 | 0 | 0 | 1 | 0',
    '2026-03-01 | 1 | 1 | 1 | 0 | 0 | 0',
    '2026-03-02 | 0 | 0 | 0 | 0 | 0 | 0',
  ])
  expect(result.differences.map(({ day, number, kind }) => [day, number, kind])).toEqual([
    ['2026-02-28', missing.number, 'missing_in_backend'],
    ['2026-02-27', gone.number, 'deleted_at_channel'],
    ['2026-02-26', held.number, 'held'],
  ])
})

it('asks for nothing from before the start date of the route', async () => {
  const { shop } = await start({ since: '2026-03-01T00:00:00Z' })
  shop.control.newOrder({ at: seconds('2026-02-28T12:00:00Z') })
  shop.control.newOrder({ country: 'DE', at: seconds('2026-03-01T12:00:00Z') })
  await world.poll()
  const result = await compare(world)
  expect(result.days.map((day) => day.slice(0, 14))).toEqual(['2026-03-01 | 1', '2026-03-02 | 0'])
})

it('compares thousands of orders of one second, each once', async () => {
  const { shop } = await start({ statuses: ['completed'] })
  const n = 2300
  const at = seconds('2026-03-01T12:00:00Z')
  for (let i = 0; i < n; i += 1) shop.control.newOrder({ status: 'on-hold', at })
  await world.poll()
  expect(await world.orders()).toHaveLength(n)
  shop.control.newOrder({ status: 'on-hold', at })
  const result = await compare(world, 2)
  expect(result.days).toContain(`2026-03-01 | ${n + 1} | ${n + 1} | 0 | 1 | ${n} | 0`)
}, 120_000)

it('repeats a page, and counts nothing twice, when its worker dies in the middle', async () => {
  const { shop, db } = await start({ statuses: ['completed'] })
  for (let i = 0; i < 250; i += 1)
    shop.control.newOrder({ status: 'on-hold', at: seconds('2026-03-01T12:00:00Z') + i })
  await world.poll()
  shop.control.newOrder({ status: 'on-hold', at: seconds('2026-03-01T12:00:00Z') + 200 })
  shop.control.fault({ kind: 'slow', ms: 500, path: 'orderby=date' })
  const id = await begin(world)
  const job = () =>
    db.selectFrom('jobs').select('worker').where('key', '=', `${id}:channel`).executeTakeFirst()
  const compared = async () => (await resultOf(world, id)).run.compared
  for (let page = 1; page <= 3; page += 1) {
    await expect.poll(async () => (await job())?.worker ?? null, { timeout: 20_000 }).not.toBeNull()
    const before = await compared()
    expect(before).toBeLessThan(251)
    // What burying a dead worker does. The page that is under way is dropped when it wants to be written down.
    await db.updateTable('jobs').set({ worker: null }).where('key', '=', `${id}:channel`).execute()
    await db.updateTable('slots').set({ worker: null }).where('connection_id', '=', world.shopId).execute()
    await expect.poll(compared, { timeout: 20_000 }).toBeGreaterThan(before)
  }
  await world.settle()
  const { run, days } = await resultOf(world, id)
  expect(run.step).toBe('done')
  expect(days.at(-2)).toBe('2026-03-01 | 251 | 251 | 0 | 1 | 250 | 0')
  expect(await world.orders()).toHaveLength(251)
}, 60_000)

it('waits for NetSuite where that goes away in the middle, says so, and ends when it is back', async () => {
  const { shop, netsuite } = await start()
  shop.control.newOrder({ country: 'DE' })
  await world.advance(10_000)
  await world.poll()
  await netsuite.control.down()
  const id = await begin(world)
  await world.settle()
  const { run, days } = await resultOf(world, id)
  expect(run).toMatchObject({
    step: 'backend',
    finished_at: null,
    trouble: expect.stringMatching(/^netsuite: /),
  })
  expect(days).toEqual([])
  await world.advance(5_000)
  expect((await resultOf(world, id)).run.finished_at).toBeNull()
  await netsuite.control.up()
  await world.advance(120_000)
  const result = await resultOf(world, id)
  expect(result.run).toMatchObject({ step: 'done', trouble: null })
  expect(result.days.at(-1)).toBe('2026-03-02 | 1 | 1 | 1 | 0 | 0 | 0')
})

describe('each night', () => {
  it('compares by itself, at a quiet hour of the shop, and leaves a note with the shop', async () => {
    const { shop, db } = await start({ shop: { timezone: 'America/New_York' } })
    shop.control.newOrder({ country: 'DE' })
    await world.advance(10_000)
    await world.poll()
    await enqueueRecurring(world.deps)
    const runs = () => db.selectFrom('reconciliations').selectAll().execute()
    const job = await db
      .selectFrom('jobs')
      .select(['run_at', 'connection_id'])
      .where('kind', '=', 'reconcile-daily')
      .executeTakeFirstOrThrow()
    expect(job.connection_id).toBe(world.shopId)
    const local = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', hour: '2-digit' })
    expect(local.format(job.run_at)).toBe('03')
    await world.advance(job.run_at.getTime() - world.now().getTime() - 1000)
    expect(await runs()).toEqual([])
    await world.advance(2000)
    await world.advance(5000)
    expect(await runs()).toEqual([expect.objectContaining({ actor: 'waybill', step: 'done' })])
    const events = await db.selectFrom('events').selectAll().where('kind', '=', 'reconciled').execute()
    expect(events).toEqual([
      expect.objectContaining({
        connection_id: world.shopId,
        detail: expect.objectContaining({ at_channel: 1, in_ledger: 1, in_backend: 1, unexplained: 0 }),
      }),
    ])
    await world.advance(24 * hour)
    expect(await runs()).toHaveLength(2)
  })

  it('begins no second one while that of yesterday waits', async () => {
    const { netsuite, db, shop } = await start()
    shop.control.newOrder({ country: 'DE' })
    await world.advance(10_000)
    await world.poll()
    await netsuite.control.down()
    await enqueueRecurring(world.deps)
    await world.advance(24 * hour)
    await world.advance(24 * hour)
    const runs = await db.selectFrom('reconciliations').selectAll().execute()
    expect(runs).toHaveLength(1)
    expect((await resultOf(world, runs[0]!.id)).run.held_up).toMatchObject({ connection: 'netsuite' })
  })
})
