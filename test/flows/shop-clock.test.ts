import { afterEach, expect, it } from 'vitest'
import { makeWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

// Further apart, and the signatures of plain HTTP would be refused.
const tenMinutes = 600_000

it('an order placed after the clock of the shop was set right is not missed', async () => {
  let ahead = 0
  let now = () => new Date('2026-03-02T10:00:00Z')
  world = await makeWorld({ automatic: false, shop: { now: () => new Date(now().getTime() + ahead) } })
  now = world.now
  const { shop } = world
  shop.control.newOrder()
  await world.poll()
  ahead = tenMinutes
  const wrong = shop.control.newOrder()
  await world.advance(60_000)
  expect((await world.order(wrong.id)).status).toBe('imported')
  ahead = 0
  const right = shop.control.newOrder()
  await world.advance(60_000)
  const next = shop.control.newOrder()
  await world.advance(60_000)
  expect((await world.order(right.id)).status).toBe('imported')
  expect((await world.order(next.id)).status).toBe('imported')
  expect(await world.orders()).toHaveLength(4)
})
