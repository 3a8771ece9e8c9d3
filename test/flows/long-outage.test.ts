import { sql } from 'kysely'
import { afterEach, expect, it } from 'vitest'
import { explain } from '../../src/flows/explain.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

const minuteMs = 60_000
const missed = 5000
/** What one create costs on the simulated clock: with five at once, an order every 80 ms. */
const createMs = 80

const verdictOn = async (name: string) => {
  const answer = await explain(world.deps, { query: name })
  return answer.ok ? answer.value.verdict : 'ambiguous'
}

/**
 * The clock moves by what is posted: while five thousand orders go to NetSuite, minutes pass, and orders placed meanwhile
 * have to wait for the poll and for nothing else.
 */
it('an outage of ten days with 5,000 orders: all are posted, fresh orders within a minute meanwhile, memory stays flat', async () => {
  world = await makeWorld({ mapping: demoMapping })
  const { shop, netsuite, db, deps } = world
  // A busy machine is no fault of NetSuite's.
  await db
    .updateTable('connections')
    .set({ config: sql`config || '{"timeout": "30s", "requestLimit": "60s"}'` })
    .where('id', '=', world.netsuiteId)
    .execute()
  await db.updateTable('routes').set({ every_ms: 20_000 }).execute()
  shop.control.newOrder()
  await world.poll()
  await shop.control.down('refused')
  await world.advance(30_000)
  await world.advance(30_000)
  for (let day = 0; day < 10; day += 1) await world.advance(24 * 60 * minuteMs)
  const end = Math.floor(world.now().getTime() / 1000)
  for (let n = 0; n < missed; n += 1) shop.control.newOrder({ at: end - 60 - n * 170 })
  const placed = shop.control.orders()
  const [newest, middle] = [placed[1]!, placed[1 + missed / 2]!]
  expect(await verdictOn(middle.number)).toBe('connection_down')

  const fresh: string[] = []
  const verdicts = new Set<string>()
  const heap: number[] = []
  let created = 0
  const backendOf = deps.backendOf
  deps.backendOf = (kind) => {
    const backend = backendOf(kind)
    return (
      backend && {
        ...backend,
        create: async (ctx, draft) => {
          const made = await backend.create(ctx, draft)
          world.pass(createMs)
          created += 1
          if (created % 500 === 0) {
            fresh.push(shop.control.newOrder().number)
            verdicts.add(await verdictOn(newest.number))
            globalThis.gc?.()
            heap.push(process.memoryUsage().heapUsed)
          }
          return made
        },
      }
    )
  }
  await shop.control.up()
  const isUnderWay = async () => {
    const open = await db.selectFrom('gaps').select('id').where('closed_at', 'is', null).executeTakeFirst()
    const waiting = await db
      .selectFrom('orders')
      .select('id')
      .where('status', 'in', ['scheduled', 'posting', 'verifying'])
      .executeTakeFirst()
    const { seen } = await db
      .selectFrom('orders')
      .select(sql<number>`count(*)::int`.as('seen'))
      .executeTakeFirstOrThrow()
    return open !== undefined || waiting !== undefined || seen < placed.length + fresh.length
  }
  for (let n = 0; n < 1000 && (await isUnderWay()); n += 1) await world.advance(5000)

  const orders = new Map((await world.orders()).map((order) => [order.number, order]))
  expect(
    placed.map(({ number }) => orders.get(number)?.status).filter((status) => status !== 'posted'),
  ).toEqual([])
  expect(netsuite.records.orders()).toHaveLength(1 + missed + fresh.length)
  expect(fresh.length).toBeGreaterThan(8)
  for (const number of fresh) {
    const order = orders.get(number)!
    expect(order.posted_at!.getTime() - order.placed_at!.getTime()).toBeLessThan(minuteMs)
  }
  expect(await verdictOn(middle.number)).toBe('in_backend')
  expect(await db.selectFrom('gaps').select(['closed_at', 'orders_found', 'reason']).execute()).toMatchObject(
    [{ closed_at: expect.any(Date), orders_found: missed, reason: 'down' }],
  )
  const mb = heap.map((bytes) => Math.round(bytes / 1e6))
  expect(Math.max(...heap) - heap[0]!, `heap in MB: ${mb.join(' ')}`).toBeLessThan(150e6)
}, 900_000)
