import { sql } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import type { OrderPage, OverviewJson, ReconciliationJson } from '../../src/server/schemas.ts'
import type { WorldOptions } from '../support/world.ts'
import { type Api, startApi } from './support.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

let api: Api
afterEach(() => api.stop())
const start = async (options: WorldOptions = {}) =>
  (api = await startApi({ mapping: demoMapping, ...options }))

const overview = () => api.get<OverviewJson>('/overview')
const kinds = (things: OverviewJson['needsPerson']) => things.map(({ kind }) => kind)
const place = (wish: object = {}) => api.world.shop.control.newOrder({ country: 'DE', ...wish })
const none = { posted: 0, moving: 0, stopped: 0, held: 0, cancelled: 0 }
const fullHours = ({ lastDay }: OverviewJson) =>
  lastDay.hours.filter((one) => Object.keys(none).some((key) => one[key as keyof typeof none] > 0))

/** Places an order that is posted so long afterwards. */
async function postedAfter(ms: number): Promise<string> {
  const { number } = place()
  api.world.pass(ms)
  await api.world.poll()
  return number
}

/** The shop is down for an hour, in which so many orders are placed; `meanwhile` looks at it before it is back. */
async function outage(orders: number, meanwhile: () => Promise<void> = async () => {}): Promise<void> {
  const { world } = api
  await world.poll()
  await world.shop.control.down('refused')
  for (let n = 0; n < 6; n += 1) await world.advance(10 * minute)
  await meanwhile()
  for (let n = 0; n < orders; n += 1) place({ at: Math.floor(world.now().getTime() / second) - 10 - n * 13 })
  await world.shop.control.up()
}

async function compare(): Promise<string> {
  const { id } = await api.post<ReconciliationJson>('/reconciliations', { connection: 'shop', since: '2d' })
  await api.world.settle()
  await api.world.advance(3 * second)
  expect((await api.get<ReconciliationJson>(`/reconciliations/${id}`)).state).toBe('done')
  return id
}

it('counts an order that was first seen by a clock that was ahead', async () => {
  const { world } = await start()
  const at = new Date(world.now().getTime() - minute).toISOString().slice(0, 19)
  world.shop.control.load(
    JSON.stringify({
      id: 7001,
      number: '7001',
      status: 'processing',
      currency: '',
      total: '10.00',
      date_created_gmt: at,
      date_modified_gmt: at,
      line_items: [],
    }),
  )
  await world.poll()
  await world.db
    .updateTable('orders')
    .set({ placed_at: null, first_seen_at: new Date(world.now().getTime() + 3 * hour) })
    .execute()
  expect((await overview()).lastDay).toMatchObject({ orders: 1, stopped: 1 })
})

describe('a new Waybill', () => {
  it('says what it waits for: an order, a route, a connection', async () => {
    const { world } = await start()
    await world.poll()
    const first = await overview()
    expect(first).toMatchObject({
      state: 'well',
      next: 'first_order',
      needsPerson: [],
      mending: [],
      lastDay: { orders: 0, stopped: 0 },
      timesToPost: { day: { orders: 0, p50Ms: null, p95Ms: null }, week: { orders: 0, p50Ms: null } },
      endings: null,
      coverage: [{ connection: 'shop', newest: null, running: false, givenUp: null }],
    })
    expect(first.lastDay.hours).toHaveLength(25)
    expect(first.connections.map(({ name, health }) => [name, health])).toEqual([
      ['netsuite', 'new'],
      ['shop', 'healthy'],
    ])
    await world.db.updateTable('routes').set({ removed_at: world.now() }).execute()
    expect(await overview()).toMatchObject({ state: 'empty', next: 'route', coverage: [] })
    await sql`TRUNCATE connections CASCADE`.execute(world.db)
    expect(await overview()).toMatchObject({ state: 'empty', next: 'connect', connections: [] })
  })
})

describe('what became of the orders', () => {
  it('is told by the hour in which they were placed, with what stops them and what that is worth', async () => {
    const { world } = await start()
    place({ at: world.now().getTime() / second - (2 * hour) / second })
    place()
    place({ trouble: 'unknown_sku' })
    place({ trouble: 'unknown_sku', country: 'US' })
    place({ trouble: 'held_status' })
    await world.poll()
    await world.advance(10 * second)
    const told = await overview()
    expect(told.lastDay).toMatchObject({ orders: 5, stopped: 2 })
    expect(fullHours(told)).toEqual([
      { ...none, from: '2026-03-02T08:00:00.000Z', posted: 1 },
      { ...none, from: '2026-03-02T10:00:00.000Z', posted: 1, stopped: 2, held: 1 },
    ])
    const { items } = await api.get<OrderPage>('/orders?status=post_error')
    const totals = items.map(({ total }) => total!).toSorted((a, b) => a.currency.localeCompare(b.currency))
    expect(totals.map(({ currency }) => currency)).toEqual(['EUR', 'USD'])
    expect(told.waiting).toMatchObject({ problems: { orders: 2, totals }, held: 1, connections: 0, gaps: 0 })
    expect(told.waiting.problems.groups).toBe((await api.get<{ items: [] }>('/problems')).items.length)
    expect(told.state).toBe('needs_person')
    expect(told.needsPerson).toMatchObject([{ kind: 'problems', orders: 2 }])

    // A day later, they are of the last day no longer, and wait as before.
    world.pass(23 * hour)
    expect((await overview()).lastDay).toMatchObject({ orders: 4, stopped: 2 })
    world.pass(2 * hour)
    const later = await overview()
    expect([later.lastDay.orders, fullHours(later)]).toEqual([0, []])
    expect(later.waiting.problems.orders).toBe(2)
  })

  it('is well when the held alone wait, and needs a person where posting is off', async () => {
    const { world } = await start()
    place({ trouble: 'held_status' })
    place()
    await world.poll()
    await world.advance(10 * second)
    expect(await overview()).toMatchObject({ state: 'well', needsPerson: [], waiting: { held: 1 } })
    await world.db.updateTable('routes').set({ post_automatic: false }).execute()
    place()
    await world.poll()
    expect(await overview()).toMatchObject({
      state: 'needs_person',
      needsPerson: [{ kind: 'posting_off', count: 1 }],
      waiting: { postingOff: 1 },
    })
  })

  it('names those that the shop changed or cancelled after they were posted', async () => {
    const { world } = await start()
    const [changed, cancelled] = [place(), place()]
    await world.poll()
    await world.advance(minute / 2)
    world.shop.control.edit(changed.id, { customer_note: 'Ring twice' })
    world.shop.control.cancel(cancelled.id)
    await world.advance(minute)
    const told = await overview()
    expect(told.needsPerson).toMatchObject([
      { kind: 'changed', count: 1 },
      { kind: 'cancelled', count: 1 },
    ])
    expect(told.waiting).toMatchObject({ changed: 1, cancelled: 1 })
  })
})

describe('the time from placed to posted', () => {
  it('is that of the orders of the day and of the week, without what was placed before the route was made', async () => {
    const { world } = await start()
    place({ at: world.now().getTime() / second - 90 * 60 })
    await world.poll()
    await postedAfter(40 * second)
    await postedAfter(100 * second)
    place({ trouble: 'unknown_sku' })
    await world.poll()
    const times = {
      orders: 2,
      p50Ms: 70_000,
      p95Ms: 97_000,
      placedBeforeRoute: 1,
      placedInOutage: 0,
      postedAnew: 0,
    }
    expect((await overview()).timesToPost).toMatchObject({ day: times, week: times })

    world.pass(30 * hour)
    await postedAfter(200 * second)
    expect((await overview()).timesToPost).toMatchObject({
      day: { orders: 1, p50Ms: 200_000, p95Ms: 200_000, placedBeforeRoute: 0 },
      week: { orders: 3, p50Ms: 100_000 },
    })
    world.pass(8 * 24 * hour)
    expect((await overview()).timesToPost.week).toMatchObject({
      orders: 0,
      p50Ms: null,
      placedBeforeRoute: 0,
    })
  })

  it('counts what was placed while the shop was away, and says how many that were', async () => {
    await start()
    await outage(60, async () => {
      const down = await overview()
      expect(down).toMatchObject({
        state: 'needs_person',
        needsPerson: [{ kind: 'down', connection: 'shop' }],
        mending: [],
        waiting: { connections: 1, gaps: 1 },
      })
      expect(down.connections.find(({ name }) => name === 'shop')).toMatchObject({ health: 'down', gaps: 1 })
    })
    await api.world.advance(minute)
    expect(await overview()).toMatchObject({
      state: 'mending',
      needsPerson: [],
      mending: [{ kind: 'gap', count: 1, connection: 'shop' }],
      waiting: { connections: 0, gaps: 1 },
    })
    for (let n = 0; n < 6; n += 1) await api.world.advance(minute)
    const after = await overview()
    expect(after).toMatchObject({ state: 'well', mending: [], waiting: { gaps: 0 } })
    expect(after.timesToPost.day).toMatchObject({ orders: 60, placedInOutage: 60 })
    expect(after.timesToPost.day.p95Ms).toBeGreaterThan(10 * minute)
  })

  it('leaves out what a person had posted again as another record', async () => {
    const { world } = await start()
    const number = await postedAfter(40 * second)
    const order = await world.order(number)
    world.netsuite.control.deleteOrder(order.record_id!)
    await compare()
    world.pass(5 * hour)
    await api.post(`/orders/${order.id}/post-anew`)
    await world.settle()
    expect((await world.order(number)).status).toBe('posted')
    expect((await overview()).timesToPost.day).toMatchObject({ orders: 0, postedAnew: 1 })
  })
})

describe('the newest reconciliation', () => {
  it('is shown with its days, and needs a person while something is unexplained', async () => {
    const { world } = await start()
    const first = await postedAfter(10 * second)
    await postedAfter(10 * second)
    const agreed = await compare()
    expect(await overview()).toMatchObject({
      state: 'well',
      coverage: [
        { newest: { id: agreed, days: 3, orders: 2, unexplained: 0 }, running: false, givenUp: null },
      ],
    })
    await world.db
      .updateTable('orders')
      .set({ status: 'imported', record_id: null, record_number: null, record_url: null, posted_at: null })
      .where('number', '=', first)
      .execute()
    const differs = await compare()
    const told = await overview()
    expect(told.coverage[0]!.newest).toMatchObject({ id: differs, unexplained: 1 })
    expect(kinds(told.needsPerson)).toEqual(['posting_off', 'unexplained'])
    expect(told.needsPerson[1]).toMatchObject({ count: 1, connection: 'shop', reconciliation: differs })
    expect(told.waiting.problems).toMatchObject({ groups: 1, orders: 0 })

    await api.post('/connections/netsuite/pause')
    await api.post('/reconciliations', { connection: 'shop' })
    await world.settle()
    const running = await overview()
    expect(running.coverage).toMatchObject([{ newest: { id: differs }, running: true }])
    expect(kinds(running.needsPerson)).toEqual(['posting_off', 'paused', 'unexplained'])
  })
})

describe('what is going to be cancelled by itself', () => {
  it('is counted for the next week, where a route does that', async () => {
    const { world } = await start()
    place({ trouble: 'unknown_sku' })
    await world.poll()
    const { total } = (await api.get<OrderPage>('/orders?status=post_error')).items[0]!
    expect((await overview()).endings).toBeNull()
    const route = { from: 'shop', to: 'netsuite', import: { statuses: ['processing'], since: '2026-01-01' } }
    const give = async (after: string) => {
      await api.put('/routes/route', {
        ...route,
        autoCancel: { after, warn: ['2d', '1d'] },
        mapping: demoMapping,
      })
      await world.settle()
      return (await overview()).endings
    }
    expect(await give('30d')).toMatchObject({ orders: 0, first: null, totals: [] })
    const within = await give('3d')
    expect(within).toMatchObject({ orders: 1, totals: [total] })
    expect(within!.first).toBe((await world.orders())[0]!.cancels_at!.toISOString())
  })
})
