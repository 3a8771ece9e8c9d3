import { afterEach, expect, it } from 'vitest'
import { checkConnection } from '../../src/flows/check-connection.ts'
import { connectionById } from '../../src/ledger/health.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

const check = async () => {
  const connection = (await connectionById(world.db, world.shopId))!
  return checkConnection(world.deps, connection, { publicUrl: null })
}

it('says in whole sentences what is wrong, and sets everything going when it works again', async () => {
  world = await makeWorld({ automatic: false })
  await world.poll()
  world.shop.control.setKey({ user: 'deleted' })
  await world.advance(60_000)
  for (let n = 0; n < 8; n += 1) await world.advance(200_000)
  const { id } = world.shop.control.newOrder()
  const refused = await check()
  const words = refused.checks.find((one) => one.outcome === 'fail')?.detail ?? ''
  expect(words).toMatch(/credentials.*\.$/i)
  expect(words).not.toMatch(/\.\./)

  world.shop.control.setKey({ user: 'shop_manager' })
  expect((await check()).checks.filter((one) => one.outcome === 'fail')).toEqual([])
  await world.settle()
  expect((await world.order(id)).status).toBe('imported')
})
