import { afterEach, describe, expect, it } from 'vitest'
import { actOnOrders } from '../../src/flows/actions.ts'
import { checkConnection } from '../../src/flows/check-connection.ts'
import type { AnyChannel } from '../../src/flows/deps.ts'
import { explain } from '../../src/flows/explain.ts'
import { connectionByName } from '../../src/ledger/connections.ts'
import { enqueue, priorities } from '../../src/ledger/jobs.ts'
import { pauseConnection } from '../../src/ledger/pausing.ts'
import { readAgainFrom } from '../../src/ledger/routes.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
afterEach(() => world.stop())
const start = async (options: WorldOptions = {}) =>
  (world = await makeWorld({ automatic: false, ...options }))

const minuteMs = 60_000
const gaps = () => world.db.selectFrom('gaps').selectAll().orderBy('opened_at').execute()
const idsIn = async () => (await world.orders()).map((order) => order.channel_order_id).sort()
const idsAtShop = () =>
  world.shop.control
    .orders()
    .map((order) => String(order.id))
    .sort()
const minutes = async (n: number) => {
  for (let i = 0; i < n; i += 1) await world.advance(minuteMs)
}
/** Places orders in the last 55 minutes. */
const placed = (n: number) => {
  for (let i = 0; i < n; i += 1)
    world.shop.control.newOrder({ at: Math.floor(world.now().getTime() / 1000) - 10 - i * 13 })
}
/** The shop is down for an hour, and so many orders are placed meanwhile. */
async function outage(orders: number): Promise<void> {
  await world.poll()
  await world.shop.control.down('refused')
  for (let n = 0; n < 6; n += 1) await world.advance(10 * minuteMs)
  placed(orders)
  await world.shop.control.up()
}
const ask = async (query: string | number) => {
  const answer = await explain(world.deps, { query: String(query) })
  if (!answer.ok) throw new Error('the name is ambiguous')
  return answer.value
}
const closed = { closed_at: expect.any(Date), closed_by: 'waybill' }

describe('a gap', () => {
  it('is read to its end, looked through again, and closes with the exact count of what was placed meanwhile', async () => {
    const { shop } = await start()
    shop.control.newOrder()
    await outage(130)
    await minutes(1)
    expect(await idsIn()).toEqual(idsAtShop())
    expect(await gaps()).toMatchObject([{ reason: 'down', closed_at: null, to_at: expect.any(Date) }])
    await minutes(5)
    expect(await gaps()).toMatchObject([{ ...closed, orders_found: 130 }])
    const event = await world.db
      .selectFrom('events')
      .select('detail')
      .where('kind', '=', 'gap_closed')
      .executeTakeFirstOrThrow()
    expect(event.detail).toMatchObject({ orders: 130, reason: 'down' })
  })

  it('ends at a time that the shop has shown, and the poll goes on from there', async () => {
    let behindMs = 0
    let now = () => new Date('2026-03-02T10:00:00Z')
    // The shop's clock is ten minutes behind ours.
    await start({ shop: { now: () => new Date(now().getTime() - behindMs) } })
    now = world.now
    behindMs = 10 * minuteMs
    await world.poll()
    await world.shop.control.down('refused')
    for (let n = 0; n < 6; n += 1) await world.advance(10 * minuteMs)
    const shopNow = Math.floor((world.now().getTime() - behindMs) / 1000)
    for (let n = 0; n < 130; n += 1) world.shop.control.newOrder({ at: shopNow - 10 - n * 20 })
    await world.shop.control.up()
    await minutes(1)
    const [gap] = await gaps()
    expect(gap!.to_at!.getTime()).toBeLessThanOrEqual(world.now().getTime() - behindMs)
    await minutes(5)
    expect(await gaps()).toMatchObject([{ ...closed, orders_found: 130 }])
  })

  it('is none when a few probes failed and one page holds what is new', async () => {
    const { shop } = await start()
    await world.poll()
    await shop.control.down('refused')
    for (let n = 0; n < 5; n += 1) await world.advance(minuteMs)
    expect(await gaps()).toMatchObject([{ to_at: null }])
    placed(6)
    await shop.control.up()
    await minutes(2)
    expect(await idsIn()).toEqual(idsAtShop())
    expect(await gaps()).toEqual([])
  })

  it('is what a person paused', async () => {
    await start()
    await world.poll()
    const pause = (on: boolean) =>
      world.db.transaction().execute((tx) =>
        pauseConnection(tx, {
          connectionId: world.shopId,
          pause: on,
          at: world.now(),
          actor: 'person',
          newId: world.deps.newId,
        }),
      )
    await world.advance(1000)
    await pause(true)
    await world.advance(3 * 60 * minuteMs)
    placed(7)
    expect((await ask(world.shop.control.orders()[0]!.number)).verdict).toBe('paused')
    await pause(false)
    await minutes(6)
    expect(await gaps()).toMatchObject([{ ...closed, reason: 'paused', problem: null, orders_found: 7 }])
  })

  it('is the time in which Waybill itself was not running', async () => {
    await start()
    await world.poll()
    // As after a night with the machine switched off: nothing has failed, and nothing was asked.
    await world.db
      .updateTable('jobs')
      .set({ run_at: new Date('2026-03-03T06:00:00Z') })
      .execute()
    await world.advance(19 * 60 * minuteMs)
    placed(4)
    await world.advance(60 * minuteMs)
    await minutes(5)
    expect(await gaps()).toMatchObject([
      { ...closed, reason: 'not_running', from_at: new Date('2026-03-02T10:00:00Z'), orders_found: 4 },
    ])
  })

  it('is opened anew by another outage while the first is read, and both close', async () => {
    const { shop } = await start()
    await outage(250)
    // The first page comes, then the shop is away again.
    shop.control.fault({ kind: 'error', path: 'modified_before' })
    await minutes(2)
    await shop.control.down('refused')
    for (let n = 0; n < 6; n += 1) await world.advance(10 * minuteMs)
    placed(20)
    await shop.control.reset()
    await minutes(12)
    expect(await idsIn()).toEqual(idsAtShop())
    expect(await gaps()).toMatchObject([
      { ...closed, orders_found: 250 },
      { ...closed, orders_found: 20 },
    ])
  })

  it('is looked through until an order that becomes visible late has come', async () => {
    const { shop } = await start()
    await world.poll()
    await shop.control.down('refused')
    for (let n = 0; n < 6; n += 1) await world.advance(10 * minuteMs)
    shop.control.listLate(200)
    placed(3)
    shop.control.listLate(0)
    placed(120)
    await shop.control.up()
    await minutes(1)
    expect(await idsIn()).toHaveLength(120)
    await minutes(10)
    expect(await idsIn()).toHaveLength(123)
    expect(await gaps()).toMatchObject([{ ...closed, orders_found: 123 }])
  })

  it('keeps working when the start date is moved back while it is read', async () => {
    const { shop } = await start({ since: '2026-03-02T09:00:00Z' })
    const old = shop.control.newOrder({ at: Date.parse('2026-02-10T10:00:00Z') / 1000 })
    await outage(250)
    shop.control.fault({ kind: 'throttle', retryAfter: 30, path: 'modified_before', times: 1 })
    await world.advance(minuteMs)
    const since = new Date('2026-02-01T00:00:00Z')
    await world.db.transaction().execute(async (tx) => {
      await tx.updateTable('routes').set({ since }).execute()
      await readAgainFrom(tx, world.shopId, since, new Date('2026-03-02T09:00:00Z'))
    })
    await minutes(8)
    expect(await idsIn()).toEqual(idsAtShop())
    expect((await world.order(old.id)).status).toBe('imported')
    expect(await gaps()).toMatchObject([{ ...closed, orders_found: 250 }])
  })

  it('of a part that the channel does not list stays open and says why, until the limit is lifted', async () => {
    await start()
    const channelOf = world.deps.channelOf
    let from: string | null = null
    const reach: AnyChannel['reach'] = () =>
      Promise.resolve({
        ok: true,
        value: from === null ? null : { from, limit: 'it wants the scope read_all_orders' },
      })
    world.deps.channelOf = (kind) => {
      const channel = channelOf(kind)
      return channel && { ...channel, reach }
    }
    await outage(130)
    from = new Date(world.now().getTime() - 20 * minuteMs).toISOString()
    await minutes(8)
    expect(await gaps()).toMatchObject([
      {
        closed_at: null,
        out_of_reach: { code: 'out_of_reach', detail: expect.stringContaining('read_all_orders') },
      },
    ])
    from = null
    for (let n = 0; n < 36; n += 1) await world.advance(10 * minuteMs)
    await minutes(5)
    expect(await idsIn()).toEqual(idsAtShop())
    expect(await gaps()).toMatchObject([{ ...closed, orders_found: 130, out_of_reach: null }])
  })
})

describe('an order of a gap', () => {
  const postJobs = () =>
    world.db.selectFrom('jobs').select(['priority', 'key']).where('kind', '=', 'post').execute()

  async function caughtUp(): Promise<void> {
    await start({ automatic: true, mapping: demoMapping })
    // Posting waits, so that its queue can be looked at.
    await world.db
      .updateTable('connections')
      .set({ paused_at: world.now(), paused_by: 'person' })
      .where('id', '=', world.netsuiteId)
      .execute()
    await outage(130)
    await minutes(1)
  }

  it('waits behind those of today, and goes before when a person or the shop asks for it', async () => {
    await caughtUp()
    const fresh = world.shop.control.newOrder()
    await minutes(1)
    const freshId = (await world.order(fresh.id)).id
    // What the shop changed within the last minutes is read by the poll as well.
    const recent = new Date(world.now().getTime() - 5 * minuteMs)
    const old = (await world.orders()).filter((order) => order.modified_at! < recent)
    const jobs = new Map((await postJobs()).map(({ key, priority }) => [key, priority]))
    expect(jobs.get(freshId)).toBe(priorities.daily)
    expect(old.length).toBeGreaterThan(100)
    for (const { id } of old) expect(jobs.get(id)).toBe(priorities.background)

    const [asked, announced] = old
    await actOnOrders(world.deps, { action: 'post', orderIds: [asked!.id], actor: 'person' })
    await world.db.transaction().execute(async (tx) => {
      await enqueue(tx, [
        {
          kind: 'import',
          key: `${world.shopId}:${announced!.channel_order_id}`,
          connectionId: world.shopId,
          payload: { query: announced!.channel_order_id, source: 'webhook' },
          runAt: world.now(),
        },
      ])
    })
    await world.settle()
    const priorityOf = async (id: string) => (await postJobs()).find((job) => job.key === id)!.priority
    expect(await priorityOf(asked!.id)).toBe(priorities.person)
    expect(await priorityOf(announced!.id)).toBe(priorities.daily)
  })

  it('is explained: while the shop is down, while the gap is read, and after', async () => {
    const { shop } = await start({ automatic: true, mapping: demoMapping })
    await world.poll()
    await shop.control.down('refused')
    for (let n = 0; n < 6; n += 1) await world.advance(10 * minuteMs)
    placed(130)
    const oldest = shop.control.orders().at(-1)!
    const later = shop.control.orders()[20]!
    expect((await ask(later.number)).verdict).toBe('connection_down')
    await shop.control.up()
    shop.control.fault({ kind: 'throttle', retryAfter: 30, path: 'modified_before', times: 1 })
    await world.advance(minuteMs)
    const missed = await ask(later.number)
    expect(missed.verdict).toBe('missed_while_disconnected')
    expect(missed.headline).toContain('is being read')
    expect((await ask(oldest.number)).verdict).toBe('in_backend')
    await minutes(6)
    expect((await ask(later.number)).verdict).toBe('in_backend')
    const connection = (await connectionByName(world.db, 'shop'))!
    const checked = await checkConnection(world.deps, connection, { publicUrl: null })
    expect(checked.checks.find(({ name }) => name === 'Times not read')).toMatchObject({
      outcome: 'ok',
      detail: expect.stringContaining('130 orders placed meanwhile were imported'),
    })
  }, 90_000)
})
