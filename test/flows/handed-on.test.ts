import { createHmac } from 'node:crypto'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { receiveWebhook } from '../../src/flows/receive-webhook.ts'
import type { Job } from '../../src/ledger/jobs.ts'
import { enqueue } from '../../src/ledger/jobs.ts'
import type { KeptConnection } from '../../src/ledger/kept-connections.ts'
import { freeSlot, takeSlot } from '../../src/ledger/slots.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
let draft: ReturnType<World['shop']['control']['draftOrder']>

/** A world that remembers the customer and the items of `draft`, for an order of them has been posted. */
beforeEach(async () => {
  world = await makeWorld({ mapping: demoMapping, publicUrl: 'http://127.0.0.1:9' })
  draft = world.shop.control.draftOrder({ country: 'DE', guest: 1 })
  const { number } = world.shop.control.placeOrder(draft)
  await world.poll()
  if ((await world.order(number)).status !== 'posted') throw new Error('the first order was not posted')
})
afterEach(() => world.stop())

/** One more order of the same things, which a webhook has named. */
async function named(place: typeof draft = draft): Promise<string> {
  const id = String(world.shop.control.placeOrder(place).id)
  const job = { kind: 'import' as const, key: `${world.shopId}:${id}`, connectionId: world.shopId }
  await world.db
    .transaction()
    .execute((tx) => enqueue(tx, [{ ...job, payload: { query: id, source: 'webhook' }, runAt: world.now() }]))
  return id
}

const jobs = (kind: Job['kind']) => world.db.selectFrom('jobs').selectAll().where('kind', '=', kind).execute()
const heldSlots = () =>
  world.db.selectFrom('slots').select(['connection_id', 'n']).where('worker', 'is not', null).execute()
const salesOrders = (id: string) =>
  world.netsuite.records.orders().filter(({ externalId }) => externalId?.endsWith(`_${id}`))

async function waitingForLocks(): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(
    world.db,
  )
  return rows[0]!.n
}

/** What the ledger says at the moment in which NetSuite is asked for the first time to make a sales order. */
function whenSent<T>(look: () => Promise<T>): Promise<T> {
  world.netsuite.control.fault({ kind: 'slow', method: 'POST', path: '/salesOrder', times: 1, ms: 800 })
  return new Promise((resolve, reject) => {
    const unwatch = world.netsuite.control.watch((call, step) => {
      if (step !== 'let in' || call.method !== 'POST' || !call.path.endsWith('/salesOrder')) return
      unwatch()
      look().then(resolve, reject)
    })
  })
}

it('an order that a webhook names is marked, with its attempt, in the commit that takes it in, before anything is sent', async () => {
  const sent = whenSent(async () => ({
    order: (await world.orders()).at(-1)!,
    imports: await jobs('import'),
    posts: await jobs('post'),
    slots: await heldSlots(),
    attempts: await world.db.selectFrom('attempts').selectAll().where('finished_at', 'is', null).execute(),
  }))
  const id = await named()
  await world.settle()
  const { order, imports, posts, slots, attempts } = await sent
  expect(order).toMatchObject({ channel_order_id: id, status: 'posting', post_attempts: 1 })
  expect(order.posted_raw_id).toBe(order.raw_id)
  expect(order.record_lines).not.toBeNull()
  expect(attempts.map(({ order_id: of }) => of)).toEqual([order.id])
  expect(imports).toEqual([])
  expect(posts).toMatchObject([{ key: order.id, attempts: 1 }])
  expect(slots.map(({ connection_id: of }) => of)).toEqual([world.netsuiteId])
  expect(await world.order(id)).toMatchObject({ status: 'posted', record_id: expect.any(String) as string })
  expect(await world.events(order.id)).toEqual(['seen', 'posting', 'posted'])
  expect([await jobs('post'), await heldSlots()]).toEqual([[], []])
  expect(salesOrders(id)).toHaveLength(1)
})

it('where NetSuite has no slot free the order waits, and nothing says that it was sent', async () => {
  const taken: number[] = []
  for (let n = 0; n < 5; n += 1)
    taken.push((await takeSlot(world.db, world.netsuiteId, world.deps.workerId, world.now()))!)
  const id = await named()
  await expect.poll(async () => (await world.orders()).length).toBe(2)
  const order = await world.order(id)
  expect(order).toMatchObject({
    status: 'scheduled',
    post_attempts: 0,
    record_lines: null,
    posted_raw_id: null,
  })
  expect(order.next_attempt_at).toEqual(world.now())
  expect(await world.events(order.id)).toEqual(['seen'])
  for (const n of taken) await freeSlot(world.db, world.netsuiteId, n, world.deps.workerId)
  await world.settle()
  expect(await world.order(id)).toMatchObject({ status: 'posted', next_attempt_at: null })
  expect(salesOrders(id)).toHaveLength(1)
})

it('what is not remembered is asked for with a slot, when the order is in the ledger', async () => {
  const id = await named(world.shop.control.draftOrder({ country: 'DE', guest: 2 }))
  await world.settle()
  const order = await world.order(id)
  expect([order.status, await world.events(order.id)]).toEqual(['posted', ['seen', 'posting', 'posted']])
})

it('rules that change while the shop is asked decide, and not those before', async () => {
  const change = await world.db.startTransaction().execute()
  await change
    .updateTable('routes')
    .set({ statuses: ['completed'] })
    .execute()
  const id = await named()
  const settled = world.settle()
  // The order was judged by the rules that everybody sees still, and is about to be taken in.
  await expect.poll(waitingForLocks).toBe(1)
  await change.commit().execute()
  await settled
  expect((await world.order(id)).status).toBe('held')
  expect(salesOrders(id)).toEqual([])
})

it('a worker that dies with the order it was handed leaves it to the next, which looks before it sends', async () => {
  const sent = whenSent(() => world.nextWorker())
  const id = await named()
  await sent
  for (let n = 0; n < 10 && (await world.order(id)).status !== 'posted'; n += 1) await world.advance(10_000)
  expect((await world.order(id)).status).toBe('posted')
  expect(salesOrders(id)).toHaveLength(1)
})

it('a webhook hands its job to the worker beside it, unless the connection is another by now, or the job runs already', async () => {
  const ran: Job[] = []
  Object.assign(world.deps, { here: { hasRoom: () => true, run: (job: Job) => ran.push(job) } })
  const shop = await subscribedShop()
  const inQueue = async (id: number) =>
    (await jobs('import')).filter(({ key }) => key === `${world.shopId}:${id}`).map((job) => job.worker)

  await deliver(shop, 7001, 'a')
  expect(ran.map(({ key, slot }) => [key, slot])).toEqual([[`${world.shopId}:7001`, 1]])
  expect(await inQueue(7001)).toEqual([world.deps.workerId])
  await deliver(shop, 7001, 'b', 'changed')
  expect((await jobs('import')).map(({ again_at: again }) => again)).toEqual([world.now()])
  await deliver(shop, 7001, 'b', 'changed')
  expect(ran).toHaveLength(1)

  await world.db
    .updateTable('connections')
    .set({ paused_at: world.now() })
    .where('id', '=', world.shopId)
    .execute()
  await deliver(shop, 7002, 'c')
  await deliver((world.deps.kept.forget(), await world.deps.kept.withId(world.shopId))!, 7003, 'd')
  expect([await inQueue(7002), await inQueue(7003), ran.length]).toEqual([[null], [null], 1])
})

it('news that come again while the shop is asked for them are not asked for twice, unless others came in between', async () => {
  Object.assign(world.deps, { here: { hasRoom: () => true, run: () => undefined } })
  const shop = await subscribedShop()
  const again = async () => (await jobs('import')).map(({ again_at: at }) => at)

  await deliver(shop, 7001, 'created', 'new')
  await deliver(shop, 7001, 'updated', 'new')
  expect(await again()).toEqual([null])
  await deliver(shop, 7001, 'c', 'changed')
  expect(await again()).toEqual([world.now()])
  await world.db.updateTable('jobs').set({ again_at: null }).where('kind', '=', 'import').execute()
  await deliver(shop, 7001, 'd', 'new')
  expect(await again()).toEqual([world.now()])
})

/** The shop's connection with the secret that deliveries are signed with. */
async function subscribedShop(): Promise<KeptConnection> {
  await world.db
    .updateTable('connections')
    .set({ hook_secret: world.deps.hooks.seal(world.shopId, 'secret') })
    .where('id', '=', world.shopId)
    .execute()
  world.deps.kept.forget()
  return (await world.deps.kept.withId(world.shopId))!
}

async function deliver(shop: KeptConnection, id: number, delivery: string, note = ''): Promise<void> {
  const body = Buffer.from(JSON.stringify({ id, note }))
  const received = await receiveWebhook(world.deps, shop, 'secret', {
    headers: {
      'content-type': 'application/json',
      'x-wc-webhook-topic': 'order.updated',
      'x-wc-webhook-id': '1',
      'x-wc-webhook-delivery-id': delivery,
      'x-wc-webhook-source': world.shop.url,
      'x-wc-webhook-signature': createHmac('sha256', 'secret').update(body).digest('base64'),
    },
    body,
  })
  expect(['accepted', 'repeated']).toContain(received)
}
