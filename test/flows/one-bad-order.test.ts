import { afterEach, describe, expect, it } from 'vitest'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
const start = async (options: WorldOptions = {}) =>
  (world = await makeWorld({ automatic: false, ...options }))
afterEach(() => world.stop())

/** The order as the shop has it, with other values in some fields, under its own id. */
function overwrite(id: number, change: object): void {
  const body = JSON.parse(JSON.stringify(world.shop.control.order(id)!.body)) as Record<string, unknown>
  const modified = world.now().toISOString().slice(0, 19)
  world.shop.control.load(
    JSON.stringify({
      ...body,
      id,
      number: String(id),
      status: 'processing',
      date_created_gmt: '2026-03-02T09:00:00',
      ...change,
      date_modified_gmt: modified,
    }),
  )
}

describe('an order whose lines no longer add up to its total', () => {
  it.each([
    ['held', { status: 'on-hold' }],
    ['imported', {}],
  ] as const)('stops alone when it was %s, and the orders after it come in', async (before, wish) => {
    const { shop, poll, order, problems, advance } = await start()
    const { id } = shop.control.newOrder(wish)
    await poll()
    expect((await order(id)).status).toBe(before)
    await advance(30_000)
    overwrite(id, { total: '9999.99' })
    const later = shop.control.newOrder()
    await advance(60_000)
    expect((await order(later.id)).status).toBe('imported')
    const stopped = await order(id)
    expect(stopped.status).toBe('post_error')
    expect((await problems(stopped.id)).map((one) => one.code)).toEqual(['totals_do_not_add_up'])
  })

  it('stops alone when it could not be read before', async () => {
    const { shop, poll, order, advance } = await start()
    const { id } = shop.control.newOrder()
    overwrite(id, { currency: '' })
    await poll()
    expect((await order(id)).status).toBe('import_error')
    await advance(30_000)
    overwrite(id, { currency: 'EUR', total: '9999.99' })
    const later = shop.control.newOrder()
    await advance(60_000)
    expect((await order(later.id)).status).toBe('imported')
    expect((await order(id)).status).toBe('post_error')
  })
})
