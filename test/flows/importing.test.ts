import { afterEach, describe, expect, it } from 'vitest'
import { startImport } from '../../src/flows/import-by-id.ts'
import { startRangeImport } from '../../src/flows/import-range.ts'
import { connectionById } from '../../src/ledger/health.ts'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
afterEach(() => world.stop())
const start = async (options: WorldOptions = {}) =>
  (world = await makeWorld({ automatic: false, ...options }))

const connection = async () => (await connectionById(world.db, world.shopId))!

async function result(importId: string) {
  const row = await world.db
    .selectFrom('imports')
    .selectAll()
    .where('id', '=', importId)
    .executeTakeFirstOrThrow()
  const items = await world.db
    .selectFrom('import_items')
    .selectAll()
    .where('import_id', '=', importId)
    .execute()
  return {
    finished: row.finished_at !== null,
    items: Object.fromEntries(items.map((item) => [item.query, item.state])),
    details: Object.fromEntries(items.map((item) => [item.query, item.detail])),
  }
}

async function importThese(queries: string[], anyway = false): Promise<string> {
  const shop = await connection()
  const id = await world.db
    .transaction()
    .execute((tx) => startImport(world.deps, tx, { connection: shop, queries, anyway, actor: 'person' }))
  await world.settle()
  return id
}

describe('importing by hand', () => {
  it('says of every id what became of it', async () => {
    const { shop, poll } = await start()
    const known = shop.control.newOrder()
    await poll()
    const fresh = shop.control.newOrder()
    const held = shop.control.newOrder({ status: 'on-hold' })
    const numbered = shop.control.placeOrder({ ...shop.control.draftOrder(), number: 'NT-2026-77' })
    const id = await importThese([
      String(known.id),
      `#${fresh.number}`,
      String(held.id),
      'NT-2026-77',
      '999999',
    ])
    expect(await result(id)).toMatchObject({
      finished: true,
      items: {
        [known.id]: 'already_here',
        [fresh.number]: 'imported',
        [held.id]: 'held',
        '999999': 'not_found',
      },
    })
    // WooCommerce's search does not know the numbers that plug-ins make.
    expect((await result(id)).items['NT-2026-77']).toMatch(/imported|not_found/)
    expect(numbered.number).toBe('NT-2026-77')
  })

  it('overrides the rule that holds an order when a person says so, and writes it down', async () => {
    const { shop, poll, order, events } = await start()
    const { id } = shop.control.newOrder({ status: 'on-hold' })
    await poll()
    expect((await order(id)).status).toBe('held')
    await importThese([String(id)], true)
    expect(await order(id)).toMatchObject({ import_anyway: true })
    expect((await order(id)).status).not.toBe('held')
    expect(await events((await order(id)).id)).toContain('released')
  })

  it('waits for a shop that is down and loses nothing of what was asked', async () => {
    const { shop, poll } = await start()
    await poll()
    const { id } = shop.control.newOrder()
    await shop.control.down('refused')
    const importId = await importThese([String(id)])
    expect(await result(importId)).toMatchObject({
      finished: false,
      items: { [id]: 'waiting' },
      details: { [id]: expect.stringContaining('Waiting') },
    })
    await shop.control.up()
    await world.advance(10 * 60_000)
    expect(await result(importId)).toMatchObject({ finished: true })
    expect(['imported', 'already_here']).toContain((await result(importId)).items[String(id)])
  })

  it('takes in a range of days by when the orders were placed, and only those', async () => {
    const { shop } = await start({ since: '2026-02-25T00:00:00Z' })
    const placed = (day: string) => shop.control.newOrder({ at: Date.parse(`${day}T12:00:00Z`) / 1000 })
    const [before, first, last, after] = ['2026-02-09', '2026-02-10', '2026-02-12', '2026-02-13'].map(placed)
    const shopConnection = await connection()
    const id = await world.db.transaction().execute((tx) =>
      startRangeImport(world.deps, tx, {
        connection: shopConnection,
        from: new Date('2026-02-10T00:00:00Z'),
        to: new Date('2026-02-13T00:00:00Z'),
        anyway: true,
        actor: 'person',
      }),
    )
    await world.settle()
    expect(await result(id)).toEqual({
      finished: true,
      items: { [first!.id]: 'imported', [last!.id]: 'imported' },
      details: { [first!.id]: null, [last!.id]: null },
    })
    const here = (await world.orders()).map((order) => Number(order.channel_order_id))
    expect(here).not.toContain(before!.id)
    expect(here).not.toContain(after!.id)
  })
})
