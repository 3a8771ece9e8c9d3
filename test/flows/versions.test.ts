import { afterEach, describe, expect, it } from 'vitest'
import { actOnOrders } from '../../src/flows/actions.ts'
import { importOrder } from '../../src/flows/import-order.ts'
import { routeById } from '../../src/flows/route.ts'
import { connectionById } from '../../src/ledger/health.ts'
import { enqueue } from '../../src/ledger/jobs.ts'
import type { OrderRow } from '../../src/ledger/orders.ts'
import { readRaw } from '../../src/ledger/raw.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
afterEach(() => world.stop())
const start = async (options: WorldOptions = {}) =>
  (world = await makeWorld({ mapping: demoMapping, ...options }))

const inNetSuite = () => world.netsuite.records.orders()
const act = (action: 'post' | 'cancel' | 'uncancel', order: OrderRow) =>
  actOnOrders(world.deps, { action, orderIds: [order.id], actor: 'person' })
const addSaucer = (id: number) =>
  world.shop.control.edit(id, { line_items: [{ sku: 'SAUCER-OAK', quantity: 1 }] })
const shopTotal = (id: number) => Number(world.shop.control.orders().find((one) => one.id === id)!.total)

/** The answer to a create is lost, and NetSuite has nothing: it is looked for until its time limit has passed. */
async function verifying() {
  world.netsuite.control.fault({ kind: 'down', method: 'POST', path: 'salesOrder', times: 1 })
  const placed = world.shop.control.newOrder()
  await world.poll()
  expect((await world.order(placed.id)).status).toBe('verifying')
  return placed
}

describe('an order that changes in the shop while its outcome is unknown', () => {
  it('is sent as it is now, and its total compared with that', async () => {
    await start()
    const placed = await verifying()
    await world.advance(1000)
    addSaucer(placed.id)
    await world.poll()
    expect((await world.order(placed.id)).status).toBe('verifying')
    for (let n = 0; n < 4; n += 1) await world.advance(1000)
    const order = await world.order(placed.id)
    expect(order).toMatchObject({ status: 'posted', changed_after_posting_at: null })
    expect(Number(order.total)).toBe(shopTotal(placed.id))
    expect(inNetSuite().map((one) => Number(one.total))).toEqual([shopTotal(placed.id)])
  })

  it('and is cancelled there, is not sent again', async () => {
    const { shop } = await start()
    const placed = await verifying()
    await world.advance(1000)
    shop.control.cancel(placed.id)
    await world.poll()
    for (let n = 0; n < 4; n += 1) await world.advance(1000)
    expect(await world.order(placed.id)).toMatchObject({ status: 'cancelled', cancel_reason: 'at_channel' })
    expect(inNetSuite()).toEqual([])
  })

  it('and turns out to be in NetSuite, shows the change beside the record', async () => {
    const { netsuite, shop } = await start()
    netsuite.control.fault({ kind: 'commitLate', method: 'POST', path: 'salesOrder', times: 1, ms: 300 })
    const placed = shop.control.newOrder()
    await world.poll()
    addSaucer(placed.id)
    await world.poll()
    await expect.poll(() => inNetSuite().length).toBe(1)
    for (let n = 0; n < 3; n += 1) await world.advance(1000)
    expect(await world.order(placed.id)).toMatchObject({
      status: 'posted',
      changed_after_posting_at: expect.any(Date),
    })
    expect(await world.problems((await world.order(placed.id)).id)).toEqual([])
  })
})

describe('a page of the shop that is older than what a webhook has brought', () => {
  it('does not undo the newer version', async () => {
    const { shop, db, deps } = await start({ automatic: false })
    const placed = shop.control.newOrder()
    await world.poll()
    const first = await world.order(placed.id)
    const old = {
      id: first.channel_order_id,
      body: await readRaw(db, first.raw_id),
      modifiedAt: first.modified_at!.toISOString(),
    }
    await world.advance(30_000)
    shop.control.cancel(placed.id)
    await world.poll()
    expect((await world.order(placed.id)).status).toBe('cancelled')
    const connection = (await connectionById(db, world.shopId))!
    const route = await routeById(db, world.routeId)
    const late = await db
      .transaction()
      .execute((tx) => importOrder(deps, tx, { connection, route, raw: old, source: 'poll' }))
    expect(late.outcome).toBe('unchanged')
    expect(await world.order(placed.id)).toMatchObject({ status: 'cancelled', channel_status: 'cancelled' })
  })
})

describe('an order that the shop cancelled before it was posted', () => {
  it('is taken up again when the shop takes it up again', async () => {
    const { netsuite, shop } = await start()
    netsuite.control.fault({ kind: 'maintenance' })
    const placed = shop.control.newOrder()
    await world.poll()
    await world.advance(30_000)
    shop.control.cancel(placed.id)
    await world.advance(60_000)
    expect((await world.order(placed.id)).status).toBe('cancelled')
    shop.control.edit(placed.id, { customer_note: 'I want it back' })
    await world.advance(60_000)
    expect((await world.order(placed.id)).status).toBe('cancelled')
    shop.control.edit(placed.id, { status: 'processing' })
    await world.advance(60_000)
    expect(await world.order(placed.id)).toMatchObject({
      status: 'scheduled',
      cancel_reason: null,
      reason: null,
    })
    netsuite.control.clearFaults()
    await world.advance(10 * 60_000)
    expect((await world.order(placed.id)).status).toBe('posted')
  })

  it('also when a person had imported it in spite of a rule', async () => {
    const { netsuite, shop } = await start()
    netsuite.control.fault({ kind: 'maintenance' })
    const placed = shop.control.newOrder({ status: 'on-hold' })
    await world.poll()
    await actOnOrders(world.deps, {
      action: 'import_anyway',
      orderIds: [(await world.order(placed.id)).id],
      actor: 'person',
    })
    await world.settle()
    expect((await world.order(placed.id)).status).toBe('scheduled')
    await world.advance(30_000)
    shop.control.cancel(placed.id)
    await world.advance(60_000)
    expect((await world.order(placed.id)).status).toBe('cancelled')
  })
})

describe('an order that a person cancelled', () => {
  it('stays cancelled when the shop changes it, and is posted as it is then', async () => {
    const { netsuite, shop } = await start()
    netsuite.control.fault({ kind: 'maintenance' })
    const placed = shop.control.newOrder()
    await world.poll()
    await act('cancel', await world.order(placed.id))
    await world.advance(30_000)
    addSaucer(placed.id)
    await world.advance(60_000)
    expect((await world.order(placed.id)).status).toBe('cancelled')
    netsuite.control.clearFaults()
    await act('uncancel', await world.order(placed.id))
    await world.advance(10 * 60_000)
    const order = await world.order(placed.id)
    expect(order).toMatchObject({ status: 'posted', changed_after_posting_at: null })
    expect(Number(order.record_total)).toBe(shopTotal(placed.id))
  })
})

describe('an order that is deleted in the shop', () => {
  const announce = async (id: number, topic: string) => {
    await world.db.transaction().execute((tx) =>
      enqueue(tx, [
        {
          kind: 'import',
          key: `${world.shopId}:${id}`,
          connectionId: world.shopId,
          payload: { query: String(id), source: 'webhook', topic },
          runAt: world.now(),
        },
      ]),
    )
    await world.settle()
  }

  it('is not posted, and is taken up again when the shop has it again', async () => {
    const { netsuite, shop } = await start()
    netsuite.control.fault({ kind: 'maintenance' })
    const placed = shop.control.newOrder()
    shop.control.newOrder()
    await world.poll()
    shop.control.remove(placed.id)
    await announce(placed.id, 'order.deleted')
    expect(await world.order(placed.id)).toMatchObject({
      status: 'cancelled',
      cancel_reason: 'at_channel',
      reason: expect.stringContaining('deleted'),
    })
    shop.control.load(await bodyOf(placed.id))
    await announce(placed.id, 'order.restored')
    netsuite.control.clearFaults()
    await world.advance(10 * 60_000)
    expect((await world.order(placed.id)).status).toBe('posted')
  })

  it('after it was posted, stays posted, and says so', async () => {
    const { shop } = await start()
    const placed = shop.control.newOrder()
    shop.control.newOrder()
    await world.poll()
    shop.control.remove(placed.id)
    await announce(placed.id, 'order.deleted')
    await announce(placed.id, 'order.deleted')
    const order = await world.order(placed.id)
    expect(order).toMatchObject({ status: 'posted', cancel_requested_at: expect.any(Date) })
    expect((await world.events(order.id)).filter((kind) => kind === 'deleted_at_channel')).toHaveLength(1)
  })
})

describe('an order that is cancelled in the shop after it was posted', () => {
  it('shows the wish beside its status until it is taken back', async () => {
    const { shop } = await start()
    const placed = shop.control.newOrder()
    await world.poll()
    await world.advance(30_000)
    shop.control.cancel(placed.id)
    await world.advance(60_000)
    expect(await world.order(placed.id)).toMatchObject({
      status: 'posted',
      cancel_requested_at: expect.any(Date),
    })
    shop.control.edit(placed.id, { status: 'processing' })
    await world.advance(60_000)
    expect(await world.order(placed.id)).toMatchObject({ status: 'posted', cancel_requested_at: null })
  })
})

/** The order as the shop sent it, byte for byte. */
const bodyOf = async (id: number) => readRaw(world.db, (await world.order(id)).raw_id)
