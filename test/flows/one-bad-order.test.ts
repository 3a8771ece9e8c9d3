import { afterEach, describe, expect, it } from 'vitest'
import { startImport } from '../../src/flows/import-by-id.ts'
import { startRangeImport } from '../../src/flows/import-range.ts'
import { connectionById } from '../../src/ledger/health.ts'
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

describe('an order that the ledger cannot hold', () => {
  const poison = () =>
    world.shop.control.load(
      '{"id": 7001, "number": "70\\u000001", "status": "processing", "currency": "", "date_created_gmt": "2026-03-02T09:00:00", "date_modified_gmt": "2026-03-02T09:00:00", "line_items": []}',
    )
  const items = () =>
    world.db.selectFrom('import_items').select(['query', 'state']).orderBy('query').execute()
  const shopConnection = async () => (await connectionById(world.db, world.shopId))!

  it('is kept as unreadable when the shop is read, and the others come in', async () => {
    const { shop, poll, order } = await start()
    poison()
    const other = shop.control.newOrder()
    await poll()
    expect((await order(other.id)).status).toBe('imported')
    expect((await order('7001')).status).toBe('import_error')
  })

  it('ends an import by id with that answer', async () => {
    await start()
    poison()
    const connection = await shopConnection()
    await world.db
      .transaction()
      .execute((tx) =>
        startImport(world.deps, tx, { connection, queries: ['7001'], anyway: false, actor: 'person' }),
      )
    await world.settle()
    expect(await items()).toEqual([{ query: '7001', state: 'unreadable' }])
  })

  it('does not stop an import of days', async () => {
    const { shop } = await start()
    poison()
    const other = shop.control.newOrder({ at: Date.parse('2026-03-02T09:30:00Z') / 1000 })
    const connection = await shopConnection()
    await world.db.transaction().execute((tx) =>
      startRangeImport(world.deps, tx, {
        connection,
        from: new Date('2026-03-02T00:00:00Z'),
        to: new Date('2026-03-03T00:00:00Z'),
        anyway: false,
        actor: 'person',
      }),
    )
    await world.settle()
    expect(await items()).toEqual([
      { query: '7001', state: 'unreadable' },
      { query: String(other.id), state: 'imported' },
    ])
  })
})
