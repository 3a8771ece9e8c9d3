import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { actOnOrders } from '../../src/flows/actions.ts'
import { receiveWebhook } from '../../src/flows/receive-webhook.ts'
import { enqueue } from '../../src/ledger/jobs.ts'
import { connectionById } from '../../src/ledger/health.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

const connection = async () => (await connectionById(world.db, world.shopId))!

/** A hub whose address the shop knows; deliveries go straight into the flow, as the server hands them over. */
async function hub(): Promise<World> {
  world = await makeWorld({ automatic: false, publicUrl: 'http://127.0.0.1:9' })
  await world.poll()
  await world.db
    .transaction()
    .execute((tx) =>
      enqueue(tx, [{ kind: 'webhooks', key: world.shopId, connectionId: world.shopId, runAt: world.now() }]),
    )
  await world.settle()
  return world
}

async function deliver(id: number | null, { secret = '', delivery = 'd1', topic = 'order.created' } = {}) {
  world.deps.kept.forget()
  const shop = (await world.deps.kept.withId(world.shopId))!
  const key = secret || world.deps.hooks.secretOf(shop)!
  const body = Buffer.from(JSON.stringify(id === null ? { code: 'woocommerce_rest_cannot_view' } : { id }))
  return receiveWebhook(world.deps, shop, key === secret ? world.deps.hooks.secretOf(shop)! : key, {
    headers: {
      'content-type': 'application/json',
      'x-wc-webhook-topic': topic,
      'x-wc-webhook-id': '1',
      'x-wc-webhook-delivery-id': delivery,
      'x-wc-webhook-source': world.shop.url,
      'x-wc-webhook-signature': createHmac('sha256', key).update(body).digest('base64'),
    },
    body,
  })
}

describe('webhooks', () => {
  it('are subscribed to with a secret of our own, once', async () => {
    const { shop } = await hub()
    const state = (await connection()).webhook_state as { active: boolean; detail: string }
    expect(state).toMatchObject({ active: true, detail: expect.stringContaining('4 webhooks are active') })
    const posts = () =>
      shop.control.requests().entries.filter((one) => one.method === 'POST' && one.path.includes('/webhooks'))
    expect(posts()).toHaveLength(4)
    await world.advance(3_600_000)
    expect(posts()).toHaveLength(4)
  })

  it('mean "fetch order N": the order is read from the shop, and its body is never mapped', async () => {
    const { shop } = await hub()
    const { id, number } = shop.control.newOrder()
    expect(await deliver(id)).toBe('accepted')
    await world.settle()
    expect(await world.order(number)).toMatchObject({ status: 'imported', channel_order_id: String(id) })
  })

  it('delivered twice count once; the same delivery id with another body is another one (failure mode 16)', async () => {
    const { shop } = await hub()
    const [first, second] = [shop.control.newOrder(), shop.control.newOrder()]
    expect(await deliver(first.id)).toBe('accepted')
    expect(await deliver(first.id)).toBe('repeated')
    expect(await deliver(second.id)).toBe('accepted')
    await world.settle()
    expect(await world.orders()).toHaveLength(2)
  })

  it('that are forged change nothing', async () => {
    const { shop } = await hub()
    const { id } = shop.control.newOrder()
    expect(await deliver(id, { secret: 'wrong' })).toEqual({ refused: expect.any(String) })
    await world.settle()
    expect(await world.orders()).toEqual([])
    expect(await world.db.selectFrom('webhooks').select('id').execute()).toEqual([])
  })

  it('that the shop switched off or lost are made anew within the hour, and what was placed meanwhile is in', async () => {
    const { shop, db } = await hub()
    const own = shop.control.webhooks()
    own[0]!.status = 'disabled'
    shop.control.removeWebhook(own[1]!.id)
    const { number } = shop.control.newOrder()
    for (let n = 0; n < 7; n += 1) {
      await world.advance(600_000)
      if (n === 2) shop.control.newOrder()
    }
    expect((await world.order(number)).status).toBe('imported')
    expect((await connection()).webhook_state).toMatchObject({ active: true })
    expect(
      shop.control
        .webhooks()
        .map(({ status, topic }) => `${topic} ${status}`)
        .sort(),
    ).toEqual(['created', 'deleted', 'restored', 'updated'].map((topic) => `order.${topic} active`))
    for (let n = 0; n < 6; n += 1) await world.advance(60_000)
    expect(await db.selectFrom('gaps').select(['reason', 'closed_at', 'orders_found']).execute()).toEqual([
      { reason: 'webhooks', closed_at: expect.any(Date), orders_found: 0 },
    ])
  })

  it('are never two for one thing, though the answer to a create was lost', async () => {
    world = await makeWorld({ automatic: false, publicUrl: 'http://127.0.0.1:9' })
    const { shop, db } = world
    await world.poll()
    shop.control.fault({ kind: 'lose_answer', path: '/webhooks', times: 1 })
    await db
      .transaction()
      .execute((tx) =>
        enqueue(tx, [
          { kind: 'webhooks', key: world.shopId, connectionId: world.shopId, runAt: world.now() },
        ]),
      )
    await world.settle()
    expect(shop.control.webhooks()).toHaveLength(1)
    await world.advance(300_000)
    expect(shop.control.webhooks()).toHaveLength(4)
    // And where one was done after we had looked, one of the two goes.
    shop.control.copyWebhook(shop.control.webhooks()[0]!.id)
    await world.advance(3_600_000)
    expect(shop.control.webhooks()).toHaveLength(4)
  })

  it('of an order that is gone, or without an id, lose nothing', async () => {
    const { shop } = await hub()
    const { id } = shop.control.newOrder()
    expect(await deliver(999_999)).toBe('accepted')
    expect(await deliver(null, { delivery: 'd2' })).toBe('accepted')
    await world.settle()
    expect((await world.orders()).map((order) => order.channel_order_id)).toEqual([String(id)])
  })
})

it('what they told of an order goes when a person deletes the order, and later ones too', async () => {
  const { shop, db, deps } = await hub()
  const [kept, { id, number }] = [shop.control.newOrder(), shop.control.newOrder()]
  await deliver(kept.id, { delivery: 'd1' })
  await deliver(id, { delivery: 'd2' })
  await world.settle()
  const about = async () =>
    (await db.selectFrom('webhooks').select('channel_order_id').execute()).map((row) => row.channel_order_id)
  expect((await about()).toSorted()).toEqual([String(kept.id), String(id)].toSorted())
  const order = await world.order(number)
  await actOnOrders(deps, { action: 'delete', orderIds: [order.id], actor: 'person' })
  expect(await about()).toEqual([String(kept.id)])
  await deliver(id, { delivery: 'd3', topic: 'order.updated' })
  await world.settle()
  expect(await about()).toEqual([String(kept.id)])
  expect((await world.orders()).map((one) => one.number)).toEqual([kept.number])
})
