import { afterEach, expect, it } from 'vitest'
import { actOnOrders } from '../../src/flows/actions.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

it('a person’s action on many orders and the reading of their changes do not stop each other', async () => {
  world = await makeWorld({ automatic: false })
  const faults: unknown[] = []
  world.deps.log = { ...world.deps.log, error: (fields) => faults.push(fields) }
  const placed = Array.from({ length: 60 }, () => world.shop.control.newOrder())
  await world.poll()
  const orderIds = (await world.orders()).map((order) => order.id)
  for (let round = 0; round < 4; round += 1) {
    await world.advance(2000)
    // The last made is changed first: the shop lists them the other way round.
    for (const [n, { id }] of placed.toReversed().entries()) {
      if (n % 10 === 0) await world.advance(1000)
      world.shop.control.edit(id, { customer_note: `round ${round}` })
    }
    const reading = world.poll()
    for (const action of ['cancel', 'uncancel', 'hold', 'release'] as const) {
      const { done } = await actOnOrders(world.deps, { action, orderIds, actor: 'person' })
      expect([action, done.length]).toEqual([action, orderIds.length])
    }
    await reading
  }
  expect(faults).toEqual([])
  expect(new Set((await world.orders()).map((order) => order.status))).toEqual(new Set(['imported']))
})
