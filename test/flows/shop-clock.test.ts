import { afterEach, expect, it } from 'vitest'
import { makeWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

// Further apart, and the signatures of plain HTTP would be refused.
const tenMinutes = 600_000

/** A shop whose clock can be set so far ahead of ours, or behind. */
async function shopWithClock(): Promise<{ set: (ms: number) => void }> {
  let ahead = 0
  let now = () => new Date('2026-03-02T10:00:00Z')
  world = await makeWorld({ automatic: false, shop: { now: () => new Date(now().getTime() + ahead) } })
  now = world.now
  return { set: (ms) => (ahead = ms) }
}

it('an order placed after the clock of the shop was set right is not missed', async () => {
  const clock = await shopWithClock()
  const { shop } = world
  shop.control.newOrder()
  await world.poll()
  clock.set(tenMinutes)
  const wrong = shop.control.newOrder()
  await world.advance(60_000)
  expect((await world.order(wrong.id)).status).toBe('imported')
  clock.set(0)
  const right = shop.control.newOrder()
  await world.advance(60_000)
  const next = shop.control.newOrder()
  await world.advance(60_000)
  expect((await world.order(right.id)).status).toBe('imported')
  expect((await world.order(next.id)).status).toBe('imported')
  expect(await world.orders()).toHaveLength(4)
})

it('orders placed while the shop could not be read, after its clock went back, are not missed', async () => {
  const clock = await shopWithClock()
  const { shop } = world
  shop.control.newOrder()
  await world.poll()
  await world.advance(60_000)
  clock.set(-tenMinutes)
  await shop.control.down('refused')
  const missed = shop.control.newOrder()
  await world.advance(6 * 60_000)
  await shop.control.up()
  shop.control.newOrder()
  for (let minutes = 0; minutes < 5; minutes++) await world.advance(60_000)
  expect((await world.order(missed.id)).status).toBe('imported')
  expect(await world.orders()).toHaveLength(3)
})

it('an edit after the clock of the shop went back counts, though its time is earlier', async () => {
  const clock = await shopWithClock()
  const { shop } = world
  clock.set(tenMinutes)
  const { id } = shop.control.newOrder({ status: 'on-hold' })
  await world.poll()
  expect((await world.order(id)).status).toBe('held')
  clock.set(0)
  await world.advance(60_000)
  shop.control.edit(id, { status: 'processing' })
  await world.advance(60_000)
  expect((await world.order(id)).status).toBe('imported')
})
