import { sql } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import { actOnOrders } from '../../src/flows/actions.ts'
import { startImport } from '../../src/flows/import-by-id.ts'
import { connectionById } from '../../src/ledger/health.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { minutes } from '../support/health.ts'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

const minuteMs = 60_000

/** The shop is down for an hour, in which so many orders are placed: one every 13 seconds, the newest 10 seconds ago. */
async function outage(orders: number, options: WorldOptions = {}): Promise<void> {
  world = await makeWorld({ automatic: false, ...options })
  await world.poll()
  await world.shop.control.down('refused')
  for (let n = 0; n < 6; n += 1) await world.advance(10 * minuteMs)
  for (let n = 0; n < orders; n += 1)
    world.shop.control.newOrder({ at: Math.floor(world.now().getTime() / 1000) - 10 - n * 13 })
  await world.shop.control.up()
}

/** What was placed before then is the gap's alone: the poll reads those of the last minutes beside it. */
const recent = () => world.now().getTime() - 12 * minuteMs

const gaps = () => world.db.selectFrom('gaps').selectAll().execute()
const idsAtShop = () => world.shop.control.orders().map(({ id }) => String(id))
/** The ids of the shop's orders, in the sequence in which Waybill saw them first. */
async function asSeen(): Promise<string[]> {
  const rows = await world.db
    .selectFrom('events')
    .innerJoin('orders', 'orders.id', 'events.order_id')
    .select('orders.channel_order_id')
    .where('events.kind', '=', 'seen')
    .orderBy('events.id')
    .execute()
  return rows.map((row) => row.channel_order_id)
}
/** What the shop was asked for to read the gap. */
const gapRequests = () =>
  world.shop.control
    .requests()
    .entries.filter(({ query }) => query.includes('modified_before'))
    .map(({ query }) => new URLSearchParams(query).get('modified_after'))

describe('the orders of a gap', () => {
  it('are read from the oldest on', async () => {
    await outage(250)
    await minutes(world, 6)
    const placedAt = new Map(
      world.shop.control.orders().map(({ id, createdAt }) => [String(id), Date.parse(createdAt)]),
    )
    const seen = (await asSeen()).map((id) => placedAt.get(id)!).filter((at) => at < recent())
    expect(seen.length).toBeGreaterThan(150)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  })

  it('are read at once where a person asks for one: it comes before the pages that are still to be read', async () => {
    await outage(270)
    const wanted = String(world.shop.control.orders()[60]!.id)
    const askFor = async (id: string) => {
      const connection = (await connectionById(world.db, world.shopId))!
      const request = { connection, queries: [id], anyway: false, actor: 'person' }
      await world.db.transaction().execute((tx) => startImport(world.deps, tx, request))
    }
    let isAsked = false
    const channelOf = world.deps.channelOf
    world.deps.channelOf = (kind) => {
      const channel = channelOf(kind)
      return (
        channel && {
          ...channel,
          changed: async (ctx, window, page) => {
            if (window.to !== undefined && !isAsked) {
              isAsked = true
              await askFor(wanted)
            }
            return channel.changed(ctx, window, page)
          },
        }
      )
    }
    await minutes(world, 1)
    expect(isAsked).toBe(true)
    const seen = await asSeen()
    const before = new Set(seen.slice(0, seen.indexOf(wanted)))
    const oldest = idsAtShop().reverse()
    // Its turn would have come when all that are older had been read: the third page.
    const older = oldest.slice(0, oldest.indexOf(wanted))
    expect(older.length).toBeGreaterThan(200)
    expect(older.filter((id) => !before.has(id)).length).toBeGreaterThan(0)
    expect(seen.filter((id) => id === wanted)).toHaveLength(1)
  })

  it('are posted behind those of today; and one that a person asks for goes before all', async () => {
    await outage(130, { automatic: true, mapping: demoMapping, concurrency: 1 })
    const pause = (at: Date | null) =>
      world.db.updateTable('connections').set({ paused_at: at }).where('id', '=', world.netsuiteId).execute()
    await pause(world.now())
    await minutes(world, 6)
    const fresh = [world.shop.control.newOrder(), world.shop.control.newOrder()]
    await minutes(world, 1)
    const asked = await world.order(world.shop.control.orders()[60]!.id)
    await actOnOrders(world.deps, { action: 'post', orderIds: [asked.id], actor: 'person' })
    await pause(null)
    await world.settle()

    const records = world.netsuite.records.orders().toSorted((a, b) => Number(a.id) - Number(b.id))
    expect(records).toHaveLength(132)
    const numberOf = new Map((await world.orders()).map((order) => [order.external_id, order.number]))
    const posted = records.map(({ externalId }) => numberOf.get(externalId!))
    const lastFresh = Math.max(...fresh.map(({ number }) => posted.indexOf(number)))
    const old = world.shop.control.orders().filter(({ createdAt }) => Date.parse(createdAt) < recent())
    expect(old.length).toBeGreaterThan(70)
    // Now and then the one that has waited longest goes first, so that none waits for ever.
    const before = (n: number) =>
      posted.slice(0, n).filter((number) => old.some((one) => one.number === number))
    expect(before(posted.indexOf(asked.number)).length).toBeLessThanOrEqual(1)
    expect(before(lastFresh).filter((number) => number !== asked.number).length).toBeLessThanOrEqual(3)
  }, 90_000)
})

describe('a crash in the middle of a page of a gap', () => {
  it('leaves nothing of the page; the reading takes up at that page, and nothing comes twice', async () => {
    await outage(270)
    const inTheMiddle = idsAtShop().at(-150)!
    await sql`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$`.execute(world.db)
    await sql`CREATE TRIGGER die BEFORE INSERT ON orders FOR EACH ROW
      WHEN (NEW.channel_order_id = ${sql.lit(inTheMiddle)}) EXECUTE FUNCTION die()`.execute(world.db)
    await expect(minutes(world, 1)).rejects.toThrow(/terminat/)
    const [gap] = await gaps()
    const oldest = idsAtShop().slice(-100)
    expect((await asSeen()).slice(0, 100).sort()).toEqual(oldest.sort())
    expect(await asSeen()).not.toContain(inTheMiddle)
    expect(gap).toMatchObject({ closed_at: null, orders_found: 100 })
    const interrupted = gapRequests().at(-1)

    await sql`DROP TRIGGER die ON orders`.execute(world.db)
    world.shop.control.clearRequests()
    await world.nextWorker()
    await minutes(world, 8)
    expect(gapRequests()[0]).toBe(interrupted)
    expect((await asSeen()).sort()).toEqual(idsAtShop().sort())
    expect(await gaps()).toMatchObject([{ closed_at: expect.any(Date), orders_found: 270 }])
  })
})
