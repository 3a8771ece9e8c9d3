import { afterEach, describe, expect, it } from 'vitest'
import { actOnOrders } from '../../src/flows/actions.ts'
import { secretsOf, storeConnection } from '../../src/ledger/connections.ts'
import { connectionById } from '../../src/ledger/health.ts'
import type { OrderRow } from '../../src/ledger/orders.ts'
import { sendShipment } from '../../src/flows/send-shipment.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { demoIds } from '../../src/sandbox/netsuite/demo.ts'
import { startSandboxShop } from '../../src/sandbox/shop/index.ts'
import { numbersFrom } from '../support/chance.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

const reads = 60_000
const rows = () => world.db.selectFrom('shipments').selectAll().orderBy('seen_at').execute()
const act = (action: 'cancel' | 'uncancel' | 'accept_total' | 'resend_shipment', order: OrderRow) =>
  actOnOrders(world.deps, { action, orderIds: [order.id], actor: 'person' })
const written = () =>
  world.shop.control
    .requests()
    .entries.filter((one) => one.method === 'POST' && one.path.includes('/fulfillments'))
const unknownForMs = async () => {
  const connection = (await connectionById(world.db, world.shopId))!
  const channel = world.deps.channelOf('woocommerce')!
  const config = world.deps.configOf(connection)
  // The sender may have sent it at its very end; from when it would have given up, the shop has its own time.
  return channel.timeoutMs(config) + channel.requestLimitMs(config)
}

async function posted() {
  world = await makeWorld({ mapping: demoMapping })
  const placed = world.shop.control.newOrder()
  await world.poll()
  const order = await world.order(placed.number)
  expect(order.status).toBe('posted')
  return { placed, order }
}

/** A shipment that was read from NetSuite and waits, because the shop is away; then the shop is back. */
async function waiting() {
  const made = await posted()
  world.shop.control.fault({ kind: 'maintenance', path: '/fulfillments' })
  world.netsuite.control.ship(made.order.record_id!, { carrier: 'DHL', tracking: 'JD01' })
  await world.advance(reads)
  expect(await rows()).toMatchObject([{ status: 'pending' }])
  await world.shop.control.reset()
  return made
}

describe('a shipment whose sender died on the way', () => {
  it('is sent again only when the request can no longer be running', async () => {
    const { placed } = await waiting()
    await world.db.updateTable('shipments').set({ status: 'sending' }).execute()
    await world.advance(reads)
    expect(written()).toEqual([])
    const [row] = await rows()
    expect(row?.unknown_until).toEqual(new Date(world.now().getTime() + (await unknownForMs())))
    await world.advance((await unknownForMs()) - 1)
    expect(written()).toEqual([])
    await world.advance(1)
    expect(written()).toHaveLength(1)
    expect((await world.order(placed.number)).status).toBe('complete')
  })

  it('and is another worker’s by now, is not sent by the first', async () => {
    const { order } = await waiting()
    const [row] = await rows()
    await world.db
      .updateTable('jobs')
      .set({ run_at: new Date('2030-01-01') })
      .execute()
    const { id } = await world.db
      .selectFrom('jobs')
      .select('id')
      .where('kind', '=', 'ship')
      .executeTakeFirstOrThrow()
    const connection = (await connectionById(world.db, world.shopId))!
    const job = { id, kind: 'ship', key: row!.id, connection, orderId: order.id } as const
    await expect(
      sendShipment(world.deps, { ...job, payload: {}, attempts: 1, deaths: 0, slot: 1 }),
    ).rejects.toThrow('belongs to another worker')
    expect(written()).toEqual([])
    expect((await rows())[0]?.status).toBe('pending')
  })
})

describe('a shop whose address leads elsewhere now', () => {
  it('is told of no shipment of the one before', async () => {
    const { order } = await waiting()
    const other = await startSandboxShop({ port: 0, now: world.now, random: numbersFrom(2), seed: 'empty' })
    const connection = (await connectionById(world.db, world.shopId))!
    const { consumerKey, consumerSecret } = other
    await world.db.deleteFrom('jobs').where('kind', '!=', 'ship').execute()
    await world.db.transaction().execute((tx) =>
      storeConnection(
        tx,
        world.vault,
        {
          id: connection.id,
          name: connection.name,
          role: 'channel',
          kind: connection.kind,
          config: { ...(connection.config as object), url: other.url },
          secrets: {
            ...secretsOf(world.vault, connection),
            'credentials.consumerKey': consumerKey,
            'credentials.consumerSecret': consumerSecret,
          },
        },
        world.now(),
      ),
    )
    await world.advance(reads)
    const ours = other.control
      .requests()
      .entries.filter((one) => /orders\/\d+\/(fulfillments|notes)/.test(one.path))
    expect(ours).toEqual([])
    expect(await connectionById(world.db, world.shopId)).toMatchObject({
      health_problem: { code: 'different_account' },
    })
    expect((await world.order(order.number)).status).toBe('posted')
    await other.close()
  })
})

describe('an order that a person cancels while its shipment is on its way to the shop', () => {
  it.each([
    ['is taken', undefined, 'complete'],
    ['is refused', { kind: 'error', on: 'writes' }, 'shipment_error'],
  ] as const)(
    'stays cancelled when the shipment %s, and is where it belongs when taken up again',
    async (_, fault, then) => {
      const { placed, order } = await posted()
      if (fault) world.shop.control.fault({ ...fault, path: `/orders/${placed.id}/` })
      world.shop.control.fault({ kind: 'slow', ms: 400, on: 'writes', path: '/fulfillments' })
      world.netsuite.control.ship(order.record_id!, { tracking: 'JD02' })
      const shipping = world.advance(reads)
      await expect.poll(async () => (await rows())[0]?.status).toBe('sending')
      await act('cancel', await world.order(placed.number))
      await shipping
      for (let n = 0; n < 8; n += 1) await world.advance(reads)
      expect((await world.order(placed.number)).status).toBe('cancelled')
      await act('uncancel', await world.order(placed.number))
      for (let n = 0; n < 8; n += 1) await world.advance(reads)
      expect((await world.order(placed.number)).status).toBe(then)
    },
  )
})

describe('an order whose total differs, and that is shipped all the same', () => {
  it('is reported to the shop; accepting the difference completes it', async () => {
    world = await makeWorld({ mapping: demoMapping })
    const { shop, netsuite } = world
    shop.control.newOrder({ country: 'DE' })
    await world.poll()
    for (const id of Object.values(demoIds.taxCodes)) netsuite.control.changeTaxCode(id, '30')
    const placed = shop.control.newOrder({ country: 'DE' })
    await world.poll()
    const stopped = await world.order(placed.number)
    expect(stopped).toMatchObject({ status: 'post_error', record_id: expect.any(String) })
    netsuite.control.ship(stopped.record_id!, { tracking: 'JD03' })
    await world.advance(reads)
    expect(await rows()).toMatchObject([{ status: 'sent' }])
    expect((await world.order(placed.number)).status).toBe('post_error')
    await act('accept_total', stopped)
    expect((await world.order(placed.number)).status).toBe('complete')
  })
})

describe('shipments that leave in another sequence than they were made', () => {
  it('complete the order all the same', async () => {
    const { placed, order } = await posted()
    const first = world.netsuite.control.ship(order.record_id!, { tracking: 'A1' })
    expect(first.ok).toBe(true)
    await world.advance(reads)
    expect((await world.order(placed.number)).status).toBe('complete')
    // As if it had been read before the rest had left.
    await world.db.updateTable('shipments').set({ completes_order: false }).execute()
    await world.db.updateTable('orders').set({ status: 'partially_shipped' }).execute()
    await world.advance(reads)
    expect((await world.order(placed.number)).status).toBe('complete')
  })
})

describe('a permission that only shipments need', () => {
  it('of the shop stops the shipment alone; orders come in', async () => {
    const { placed, order } = await posted()
    world.shop.control.setKey({ permissions: 'read' })
    world.netsuite.control.ship(order.record_id!, { tracking: 'JD04' })
    await world.advance(reads)
    const next = world.shop.control.newOrder()
    await world.advance(reads)
    expect((await world.order(placed.number)).status).toBe('shipment_error')
    expect(await world.problems(order.id)).toMatchObject([
      { code: 'shipment_rejected', detail: expect.stringContaining('Read/Write') },
    ])
    expect((await world.order(next.number)).status).toBe('posted')
    expect((await connectionById(world.db, world.shopId))?.health).toBe('healthy')
    world.shop.control.setKey({ permissions: 'read_write' })
    await act('resend_shipment', order)
    await world.settle()
    expect((await world.order(placed.number)).status).toBe('complete')
  })
})
