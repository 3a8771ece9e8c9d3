import { afterEach, beforeEach, expect, it } from 'vitest'
import { actOnOrders } from '../../src/flows/actions.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await makeWorld({ mapping: demoMapping })
})
afterEach(() => world.stop())

/** What is done when NetSuite is asked for the first time about what an order needs; the answer comes after it. */
function whenAsked<T>(act: () => Promise<T>): Promise<T> {
  world.netsuite.control.fault({ kind: 'slow', path: 'suiteql', times: 1, ms: 800 })
  return new Promise((resolve, reject) => {
    const unwatch = world.netsuite.control.watch((call, step) => {
      if (step !== 'let in' || !call.path.includes('suiteql')) return
      unwatch()
      act().then(resolve, reject)
    })
  })
}

it('an order that a person puts on hold while it is prepared is not sent, and goes once when it is released', async () => {
  const { number } = world.shop.control.newOrder({ country: 'DE' })
  const acting = async (action: 'hold' | 'release') =>
    actOnOrders(world.deps, { action, orderIds: [(await world.order(number)).id], actor: 'person' })
  const held = whenAsked(() => acting('hold'))
  await world.poll()
  expect((await held).done).toHaveLength(1)
  await world.settle()
  const order = await world.order(number)
  expect([order.status, order.record_id]).toEqual(['held', null])
  expect(world.netsuite.records.orders()).toEqual([])
  expect(await world.db.selectFrom('jobs').select('kind').where('order_id', '=', order.id).execute()).toEqual(
    [],
  )

  expect((await acting('release')).done).toHaveLength(1)
  await world.settle()
  expect((await world.order(number)).status).toBe('posted')
  expect(world.netsuite.records.orders()).toHaveLength(1)
  expect(await world.events(order.id)).toEqual(['seen', 'put_on_hold', 'let_go_on', 'posting', 'posted'])
})
