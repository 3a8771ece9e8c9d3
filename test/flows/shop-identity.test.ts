import { afterEach, expect, it } from 'vitest'
import { connectionById } from '../../src/ledger/health.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

/** What the shop was known by, as if it were asked for the first time after an edit of the connection. */
async function knownBy(identity: string): Promise<{ readOn: boolean; identity: string | null }> {
  await world.db
    .updateTable('connections')
    .set({ identity, identity_checked: false })
    .where('id', '=', world.shopId)
    .execute()
  const { number } = world.shop.control.newOrder()
  await world.advance(60_000)
  const connection = (await connectionById(world.db, world.shopId))!
  const readOn = (await world.orders()).some((order) => order.number === number)
  return { readOn, identity: connection.identity }
}

it('a shop that tells more of itself than before is the same shop, and keeps its identity', async () => {
  world = await makeWorld({ automatic: false })
  const first = world.shop.control.newOrder()
  await world.poll()
  const storeId = (await connectionById(world.db, world.shopId))!.identity!
  const key = (world.shop.control.order(first.id)!.body as { order_key?: string }).order_key
  for (const identity of [`home:${new URL(world.shop.url).host}`, `order-key:${key}`, storeId])
    expect(await knownBy(identity)).toEqual({ readOn: true, identity })
})

it('another shop at the address is refused', async () => {
  world = await makeWorld({ automatic: false })
  await world.poll()
  await world.db
    .updateTable('connections')
    .set({ identity: 'home:another.example', identity_checked: false })
    .where('id', '=', world.shopId)
    .execute()
  world.shop.control.newOrder()
  await world.advance(60_000)
  expect(await world.orders()).toEqual([])
  expect(await connectionById(world.db, world.shopId)).toMatchObject({
    health_problem: { code: 'different_account' },
  })
})
