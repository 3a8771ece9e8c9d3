import { afterEach, describe, expect, it } from 'vitest'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
const start = async (options: WorldOptions = {}) => {
  world = await makeWorld({ automatic: false, ...options })
  return world
}
afterEach(() => world.stop())

const idsIn = async () => (await world.orders()).map((order) => order.channel_order_id).sort()
const idsAtShop = () =>
  world.shop.control
    .orders()
    .map((order) => String(order.id))
    .sort()

describe('reading a shop', () => {
  it('takes in every order, also when many share one second and fill more than a page (failure modes 5, 6)', async () => {
    const { shop, poll } = await start()
    for (let n = 0; n < 230; n += 1) shop.control.newOrder()
    await poll()
    expect(await idsIn()).toEqual(idsAtShop())
    expect(await idsIn()).toHaveLength(230)
  })

  it('reads again without making anything twice', async () => {
    const { shop, poll, orders, events, advance } = await start()
    shop.control.newOrder()
    shop.control.newOrder()
    await poll()
    await poll()
    await advance(60_000)
    const all = await orders()
    expect(all).toHaveLength(2)
    for (const order of all) expect(await events(order.id)).toEqual(['seen'])
  })

  it('polls by itself at the interval of the route', async () => {
    const { shop, poll, advance } = await start()
    await poll()
    const { id } = shop.control.newOrder()
    await advance(59_000)
    expect(await idsIn()).toEqual([])
    await advance(1_000)
    expect(await idsIn()).toEqual([String(id)])
  })

  it('holds an order whose status is not imported, names the rule, and lets it go when the status changes', async () => {
    const { shop, poll, order, events } = await start({ automatic: true })
    const { id } = shop.control.newOrder({ status: 'on-hold' })
    await poll()
    expect(await order(id)).toMatchObject({
      status: 'held',
      reason: expect.stringContaining('"on-hold"'),
      hold: { rule: 'status', found: 'on-hold' },
    })
    world.shop.control.edit(id, { status: 'processing' })
    await world.advance(60_000)
    expect(await events((await order(id)).id)).toEqual(expect.arrayContaining(['seen', 'released']))
    expect((await order(id)).status).not.toBe('held')
  })

  it('holds an order placed before the start date, and says so', async () => {
    const { shop, poll, order } = await start({ since: '2026-03-02T09:00:00Z' })
    const old = shop.control.newOrder({ at: Date.parse('2026-03-02T08:59:00Z') / 1000 })
    shop.control.edit(old.id, {})
    await poll()
    expect(await order(old.id)).toMatchObject({ status: 'held', hold: { rule: 'before_start_date' } })
  })

  it('keeps a poison payload, names its place, and is not stopped by it (failure mode 8)', async () => {
    const { shop, poll, order, problems } = await start()
    const good = shop.control.newOrder()
    shop.control.load(
      '{"id": 7001, "number": "7001", "status": "processing", "date_created_gmt": "2026-03-02T09:00:00", "total": {"no": "amount"}, "line_items": "none"}',
    )
    const after = shop.control.newOrder()
    await poll()
    expect((await order(good.id)).status).toBe('imported')
    expect((await order(after.id)).status).toBe('imported')
    const bad = await order('7001')
    expect(bad.status).toBe('import_error')
    expect(await problems(bad.id)).toMatchObject([
      { code: 'unreadable_order', detail: 'currency: the currency is missing' },
    ])
  })

  it('stops an order whose lines do not add up, with both sums', async () => {
    const { shop, poll, order, problems } = await start({ automatic: true })
    const { id } = shop.control.newOrder()
    const body = JSON.parse(JSON.stringify(shop.control.order(id)!.body)) as Record<string, unknown>
    shop.control.load(
      JSON.stringify({
        ...body,
        id: 7002,
        number: '7002',
        total: '9999.99',
        date_modified_gmt: '2026-03-02T09:00:00',
        date_created_gmt: '2026-03-02T09:00:00',
      }),
    )
    await poll()
    const wrong = await order('7002')
    expect(wrong.status).toBe('post_error')
    expect(await problems(wrong.id)).toMatchObject([
      { code: 'totals_do_not_add_up', detail: expect.stringContaining('9999.99') },
    ])
  })

  it('takes an edit before posting as the newer version', async () => {
    const { shop, poll, order, events } = await start()
    const { id } = shop.control.newOrder()
    await poll()
    const before = await order(id)
    world.shop.control.edit(id, { customer_note: 'Please ring twice' })
    await world.advance(60_000)
    const after = await order(id)
    expect(after.raw_id).not.toBe(before.raw_id)
    expect(await events(after.id)).toEqual(['seen', 'changed_at_channel'])
    expect(after.status).toBe('imported')
  })

  it('cancels what the shop cancelled before it was posted, with that reason', async () => {
    const { shop, poll, order } = await start()
    const { id } = shop.control.newOrder()
    await poll()
    shop.control.cancel(id)
    await world.advance(60_000)
    expect(await order(id)).toMatchObject({ status: 'cancelled', cancel_reason: 'at_channel' })
  })

  it('keeps what it once accepted when the shop moves on meanwhile', async () => {
    const { shop, poll, order } = await start({ statuses: ['processing'] })
    const { id } = shop.control.newOrder()
    await poll()
    shop.control.edit(id, { status: 'completed' })
    await world.advance(60_000)
    expect(await order(id)).toMatchObject({ status: 'imported', channel_status: 'completed' })
  })
})

describe('a reading that is interrupted in the middle of a full second', () => {
  it('misses no change of the orders it had read by then', async () => {
    world = await makeWorld({ automatic: false })
    const { shop, poll, advance, order } = world
    const placed = Array.from({ length: 105 }, () => shop.control.newOrder({ status: 'on-hold' }))
    const unwatch = shop.control.watch(({ query }, step) => {
      if (step !== 'done' || !query.includes('modified_after')) return
      unwatch()
      void shop.control.down('reset')
    })
    await poll()
    const [first] = placed
    expect((await order(first!.id)).status).toBe('held')
    await advance(3 * 60_000)
    shop.control.edit(first!.id, { status: 'processing' })
    await advance(10 * 60_000)
    await shop.control.up()
    for (let minutes = 0; minutes < 4; minutes++) await advance(60_000)
    expect(await world.orders()).toHaveLength(105)
    expect((await order(first!.id)).status).toBe('imported')
  })
})

describe('the cursor', () => {
  it('set back by a person while a page is being read stays back: nothing between is passed over', async () => {
    const { shop, poll, db, settle } = await start({ since: '2026-03-02T09:30:00Z' })
    shop.control.newOrder({ at: Date.parse('2026-03-02T09:59:00Z') / 1000 })
    await poll()
    shop.control.fault({ kind: 'slow', ms: 300, times: 1 })
    shop.control.newOrder()
    const polling = poll()
    await until(() => shop.control.requests().inFlight > 0)
    const back = new Date('2026-03-01T00:00:00Z')
    await db.updateTable('cursors').set({ modified_at: back, page: null }).execute()
    await polling
    await settle()
    const { modified_at: now } = await db
      .selectFrom('cursors')
      .select('modified_at')
      .executeTakeFirstOrThrow()
    expect(now).toEqual(back)
  })

  it('in the future of the shop (its clock went back) loses nothing', async () => {
    const { shop, poll, db, advance } = await start()
    shop.control.newOrder({ at: Date.parse('2026-03-02T10:20:00Z') / 1000 })
    await poll()
    const { modified_at: cursor } = await db
      .selectFrom('cursors')
      .select('modified_at')
      .executeTakeFirstOrThrow()
    expect(cursor.getTime()).toBeLessThanOrEqual(world.now().getTime())
    const { id } = shop.control.newOrder()
    await advance(60_000)
    expect(await idsIn()).toContain(String(id))
  })
})

describe('a shop that cannot be read', () => {
  const connection = () =>
    world.db.selectFrom('connections').selectAll().where('id', '=', world.shopId).executeTakeFirstOrThrow()

  it('loses nothing while it is down, and recovers by itself (failure mode 1)', async () => {
    const { shop, poll, advance } = await start()
    await poll()
    await shop.control.down('refused')
    await advance(60_000)
    for (let n = 0; n < 8; n += 1) await advance(60_000)
    expect(await connection()).toMatchObject({
      health: 'down',
      health_problem: { code: 'connection_refused' },
    })
    for (let n = 0; n < 5; n += 1) shop.control.newOrder()
    await shop.control.up()
    await advance(10 * 60_000)
    expect(await idsIn()).toEqual(idsAtShop())
    expect(await connection()).toMatchObject({ health: 'healthy', failures: 0 })
    for (let n = 0; n < 5; n += 1) await advance(60_000)
    expect(
      await world.db.selectFrom('gaps').select(['to_at', 'closed_at', 'orders_found']).execute(),
    ).toMatchObject([{ to_at: expect.any(Date), closed_at: expect.any(Date), orders_found: 5 }])
  })

  it('is asked again within a minute, though a maintenance page asks for ten', async () => {
    const { shop, poll, advance } = await start()
    await poll()
    await shop.control.down('maintenance')
    await world.poll()
    for (let n = 0; n < 6; n += 1) await advance(60_000)
    const { id } = shop.control.newOrder()
    await shop.control.up()
    await advance(66_000)
    expect(await idsIn()).toEqual([String(id)])
  })

  it('tells a maintenance page from data', async () => {
    const { shop, poll } = await start()
    await shop.control.down('maintenance')
    await poll()
    expect(await connection()).toMatchObject({ health: 'failing', failures: 1 })
    expect(await idsIn()).toEqual([])
  })

  it('asks for new credentials when they are refused, and goes on when they work again', async () => {
    const { shop, poll, advance } = await start()
    await poll()
    shop.control.setKey({ user: 'deleted' })
    await advance(60_000)
    await advance(60_000)
    expect(await connection()).toMatchObject({
      health: 'needs_reauthorisation',
      health_problem: { code: 'credentials_refused' },
    })
    const { id } = shop.control.newOrder()
    shop.control.setKey({ user: 'shop_manager' })
    await advance(10 * 60_000)
    expect(await idsIn()).toEqual([String(id)])
    expect((await connection()).health).toBe('healthy')
  })

  it('slows down when the shop asks for it, and loses nothing', async () => {
    const { shop, poll, advance } = await start()
    shop.control.newOrder()
    shop.control.fault({ kind: 'throttle', times: 1, retryAfter: 30 })
    await poll()
    expect(await idsIn()).toEqual([])
    await advance(20_000)
    expect(await idsIn()).toEqual([])
    await advance(10_000)
    expect(await idsIn()).toHaveLength(1)
  })

  it('does not believe a PHP warning before the JSON to be the end of the world', async () => {
    const { shop, poll } = await start()
    shop.control.newOrder()
    shop.control.fault({ kind: 'printed' })
    await poll()
    expect(await idsIn()).toHaveLength(1)
  })
})

async function until(check: () => boolean): Promise<void> {
  const end = Date.now() + 5000
  while (!check()) {
    if (Date.now() > end) throw new Error('did not happen within 5 seconds')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
