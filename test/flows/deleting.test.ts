import { sql } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import { actOnOrders } from '../../src/flows/actions.ts'
import { deleteForGood } from '../../src/flows/delete-order.ts'
import { explain } from '../../src/flows/explain.ts'
import { startImport } from '../../src/flows/import-by-id.ts'
import { startRangeImport } from '../../src/flows/import-range.ts'
import { importOrder } from '../../src/flows/import-order.ts'
import { routeById } from '../../src/flows/route.ts'
import { decompress } from '../../src/ledger/compress.ts'
import { connectionById } from '../../src/ledger/health.ts'
import { enqueue } from '../../src/ledger/jobs.ts'
import { lockOrders } from '../../src/ledger/many-orders.ts'
import { type OrderRow, updateOrder } from '../../src/ledger/orders.ts'
import { readRaw } from '../../src/ledger/raw.ts'
import { importView } from '../../src/ledger/views/imports.ts'
import { countOrders } from '../../src/ledger/views/order-counts.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { compare } from '../support/reconciling.ts'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
afterEach(() => world.stop())
const start = async (options: WorldOptions = {}) =>
  (world = await makeWorld({ mapping: demoMapping, automatic: false, ...options }))

const remove = (order: OrderRow, why?: string) =>
  actOnOrders(world.deps, { action: 'delete', orderIds: [order.id], actor: 'anna', why })

/** An order that waits in Waybill, deleted by anna. */
async function deleted() {
  const placed = world.shop.control.newOrder()
  await world.advance(1000)
  await world.poll()
  const order = await world.order(placed.id)
  expect(await remove(order, 'a test')).toEqual({ done: [order.id], skipped: [] })
  return { placed, order }
}

const none = async () => expect(await world.orders()).toEqual([])

async function announced(id: number): Promise<void> {
  const job = {
    kind: 'import' as const,
    key: `${world.shopId}:${id}`,
    connectionId: world.shopId,
    payload: { query: String(id), source: 'webhook' },
    runAt: world.now(),
  }
  await world.db.transaction().execute((tx) => enqueue(tx, [job]))
  await world.settle()
}

async function imported(queries: string[], anyway: boolean) {
  const connection = (await connectionById(world.db, world.shopId))!
  const id = await world.db
    .transaction()
    .execute((tx) => startImport(world.deps, tx, { connection, queries, anyway, actor: 'person' }))
  await world.settle()
  return (await importView(world.db, id))!.items
}

const why = async (query: string) => {
  const answer = await explain(world.deps, { query })
  if (!answer.ok) throw new Error('ambiguous')
  return answer.value
}

describe('an order that a person has deleted', () => {
  it('is gone with all that was kept of it, and its name, counts and search with it', async () => {
    const { shop, db } = await start()
    const other = shop.control.newOrder()
    const placed = shop.control.newOrder({ trouble: 'unknown_sku' })
    await world.advance(1000)
    await world.poll()
    const { id } = await world.order(placed.id)
    shop.control.edit(placed.id, { customer_note: 'Please ring twice' })
    await world.advance(60_000)
    await actOnOrders(world.deps, { action: 'post', orderIds: [id], actor: 'person' })
    await world.settle()
    const order = await world.order(placed.id)
    expect(order.status).toBe('post_error')
    expect(await world.problems(id)).not.toEqual([])

    await remove(order)
    expect((await world.orders()).map((one) => one.number)).toEqual([other.number])
    for (const table of ['events', 'attempts', 'problems', 'jobs', 'order_search', 'shipments'] as const) {
      const { rows } = await sql`SELECT 1 FROM ${sql.table(table)} WHERE order_id = ${id}`.execute(db)
      expect([table, rows]).toEqual([table, []])
    }
    const bodies = await db.selectFrom('raw_payloads').select('body').execute()
    const texts = bodies.filter(({ body }) => body.length > 0).map(({ body }) => decompress(body))
    expect(texts).not.toEqual([])
    for (const text of texts) expect(JSON.parse(text)).toMatchObject({ id: other.id })
    expect((await countOrders(db, {})).found.count).toBe(1)
    expect((await countOrders(db, {})).byStatus?.get('post_error') ?? 0).toBe(0)
    expect((await countOrders(db, { search: placed.number })).found.count).toBe(0)
    expect(await db.selectFrom('tombstones').selectAll().execute()).toMatchObject([
      { order_id: id, number: placed.number, status: 'post_error', deleted_by: 'anna', why: null },
    ])
  })

  it('leaves events append-only for all others', async () => {
    const { db, shop } = await start()
    const placed = shop.control.newOrder()
    await world.poll()
    const { id } = await world.order(placed.id)
    for (const statement of [
      sql`DELETE FROM events WHERE order_id = ${id}`,
      sql`UPDATE events SET actor = 'x'`,
    ])
      await expect(statement.execute(db)).rejects.toThrow('append-only')
  })

  it('stays deleted through polls, webhooks, an edit, and an import of its days', async () => {
    const { shop, deps, db } = await start()
    const { placed } = await deleted()
    await announced(placed.id)
    await none()
    shop.control.edit(placed.id, { customer_note: 'changed' })
    await world.advance(60_000)
    await announced(placed.id)
    await none()
    const connection = (await connectionById(db, world.shopId))!
    const [from, to] = [new Date('2026-03-01T00:00:00Z'), new Date('2026-03-04T00:00:00Z')]
    const id = await db
      .transaction()
      .execute((tx) => startRangeImport(deps, tx, { connection, from, to, anyway: true, actor: 'person' }))
    await world.settle()
    await none()
    expect((await importView(db, id))!.items).toMatchObject([
      {
        state: 'deleted',
        order_id: null,
        detail: expect.stringContaining('Deleted by anna on 2 Mar at 10:00'),
      },
    ])
  })

  it('stays deleted through a gap, which closes', async () => {
    const { shop, db } = await start()
    const { placed } = await deleted()
    await shop.control.down('refused')
    for (let n = 0; n < 6; n += 1) await world.advance(10 * 60_000)
    shop.control.edit(placed.id, { customer_note: 'changed' })
    await shop.control.up()
    for (let n = 0; n < 12; n += 1) await world.advance(60_000)
    await none()
    const gaps = await db.selectFrom('gaps').selectAll().execute()
    expect(gaps).toMatchObject([{ reason: 'down', orders_found: 0, closed_at: expect.any(Date) }])
  })

  it('is explained by the reconciliation, not taken in', async () => {
    await start()
    const { placed } = await deleted()
    const result = await compare(world)
    expect(result.days.at(-1)).toBe('2026-03-02 | 1 | 0 | 0 | 0 | 1 | 0')
    expect(result.differences).toMatchObject([
      {
        verdict: 'explained',
        kind: 'deleted_by_person',
        detail: `Order ${placed.number} was deleted by anna on 2 Mar at 10:00 (“a test”)`,
      },
    ])
    await none()
  })

  it('is not explained by that when the backend has a record of it', async () => {
    const { shop, db } = await start({ automatic: true })
    const placed = shop.control.newOrder()
    await world.advance(10_000)
    await world.poll()
    const order = await world.order(placed.id)
    expect(order.status).toBe('posted')
    await db.updateTable('orders').set({ status: 'imported', record_id: null, record_number: null }).execute()
    expect((await remove(order)).done).toEqual([order.id])
    const { differences } = await compare(world)
    expect(differences).toMatchObject([
      {
        verdict: 'unexplained',
        kind: 'record_of_deleted',
        detail: expect.stringContaining(
          `NetSuite has ${order.record_number}, and order ${placed.number} was deleted by anna`,
        ),
      },
    ])
    await imported([String(placed.id)], true)
    await world.advance(60_000)
    expect(await world.order(placed.id)).toMatchObject({ status: 'posted', record_id: order.record_id })
    expect(world.netsuite.records.orders()).toHaveLength(1)
  })

  it('answers why with who and when, and how it comes back', async () => {
    await start()
    const { placed, order } = await deleted()
    for (const query of [placed.number, String(placed.id), order.id])
      expect(await why(query)).toMatchObject({
        verdict: 'deleted_by_person',
        headline: expect.stringContaining('was deleted by anna on 2 Mar at 10:00 (“a test”)'),
        fixes: [
          {
            action: 'import_anyway',
            command: expect.stringContaining(`${placed.id} --anyway`),
            import: { orders: [String(placed.id)], anyway: true },
          },
        ],
      })
  })

  it('comes back only by an import that says "anyway", and is then as any other', async () => {
    const { db } = await start()
    const { placed, order } = await deleted()
    expect(await imported([placed.number], false)).toMatchObject([
      {
        state: 'deleted',
        detail: 'Deleted by anna on 2 Mar at 10:00 (“a test”): import anyway to bring it back',
      },
    ])
    await none()
    await world.advance(1000)
    expect(await imported([placed.number], true)).toMatchObject([{ state: 'imported' }])
    const back = await world.order(placed.id)
    expect(back.id).not.toBe(order.id)
    expect(await world.events(back.id)).toEqual(['seen', 'brought_back'])
    expect(JSON.parse(await readRaw(db, back.raw_id))).toMatchObject({ id: placed.id })
    expect(await db.selectFrom('tombstones').selectAll().execute()).toEqual([])
    expect((await why(placed.number)).verdict).toBe('automatic_posting_off')
    await actOnOrders(world.deps, { action: 'post', orderIds: [back.id], actor: 'person' })
    await world.settle()
    expect((await world.order(placed.id)).status).toBe('posted')
  })

  it('is not brought back by an import "anyway" that was asked for before', async () => {
    const { deps, db } = await start()
    const before = world.now()
    const { placed } = await deleted()
    const connection = (await connectionById(db, world.shopId))!
    const then: typeof deps = Object.create(deps, { now: { value: () => before } })
    const asked = { connection, queries: [placed.number], anyway: true, actor: 'person' }
    const id = await db.transaction().execute((tx) => startImport(then, tx, asked))
    await world.settle()
    expect((await importView(db, id))!.items).toMatchObject([{ state: 'deleted' }])
    await none()
  })

  it('can be deleted twice, and again after it came back', async () => {
    await start()
    const { placed, order } = await deleted()
    expect(await remove(order)).toEqual({ done: [order.id], skipped: [] })
    await imported([placed.number], true)
    const back = await world.order(placed.id)
    expect((await remove(back)).done).toEqual([back.id])
    await announced(placed.id)
    await none()
  })
})

describe('an order cannot be deleted', () => {
  /** Why it is refused; the order is there as before. */
  const refused = async (order: OrderRow) => {
    const { done, skipped } = await remove(order)
    expect(done).toEqual([])
    expect((await world.order(order.number)).id).toBe(order.id)
    return skipped.map(({ why }) => why).join()
  }

  it('when it is in the backend', async () => {
    const { shop } = await start({ automatic: true })
    const placed = shop.control.newOrder()
    await world.poll()
    expect(await refused(await world.order(placed.id))).toContain('it is in the backend')
  })

  it('while it is on its way there, nor after a request whose outcome nobody knows', async () => {
    const { shop, netsuite, db } = await start({ automatic: true })
    netsuite.control.fault({ kind: 'down', method: 'POST', path: 'salesOrder', times: 1 })
    const placed = shop.control.newOrder()
    await world.poll()
    const order = await world.order(placed.id)
    expect(order.status).toBe('verifying')
    expect(await refused(order)).toContain('it is on its way')
    await db.updateTable('orders').set({ status: 'post_error', unknown_until: null }).execute()
    expect(await refused(order)).toContain('what became of it is not certain')
    expect((await db.selectFrom('tombstones').selectAll().execute()).length).toBe(0)
  })

  it('no more once it was looked for in vain and NetSuite’s time limit had passed', async () => {
    const { shop, netsuite } = await start({ automatic: true })
    netsuite.control.fault({ kind: 'down', method: 'POST', path: 'salesOrder' })
    const placed = shop.control.newOrder()
    await world.poll()
    for (let n = 0; n < 20 && (await world.order(placed.id)).status !== 'post_error'; n += 1)
      await world.advance(60_000)
    const order = await world.order(placed.id)
    expect(order.status).toBe('post_error')
    expect(await world.events(order.id)).toContain('not_in_backend')
    expect((await remove(order)).done).toEqual([order.id])
    expect(netsuite.records.orders()).toEqual([])
  })

  it('at the moment in which a worker has it in hand, and then is skipped without waiting', async () => {
    const { shop, db } = await start()
    const placed = shop.control.newOrder()
    await world.poll()
    const order = await world.order(placed.id)
    const later = { connectionId: world.netsuiteId, orderId: order.id, runAt: new Date('2027-01-01') }
    await db.transaction().execute((tx) =>
      enqueue(tx, [
        { kind: 'post', key: order.id, ...later },
        { kind: 'check-total', key: order.id, ...later },
      ]),
    )
    const { id: worker } = await db.selectFrom('workers').select('id').executeTakeFirstOrThrow()
    await db.updateTable('jobs').set({ worker }).where('kind', '=', 'post').execute()
    expect(await refused(order)).toContain('working on it at this moment')
    const jobs = db.selectFrom('jobs').select('kind').where('order_id', '=', order.id).orderBy('kind')
    expect(await jobs.execute()).toEqual([{ kind: 'check-total' }, { kind: 'post' }])
    await db.updateTable('jobs').set({ worker: null }).where('order_id', '=', order.id).execute()
    expect((await remove(order)).done).toEqual([order.id])
    expect(await jobs.execute()).toEqual([])
  })
})

describe('deleting orders while others work on them', () => {
  it('posts none that is deleted and deletes none that is posted', async () => {
    const faults: unknown[] = []
    const { shop, netsuite, db } = await start({ automatic: true })
    world.deps.log = { ...world.deps.log, error: (fields) => faults.push(fields) }
    netsuite.control.fault({ kind: 'maintenance' })
    const placed = Array.from({ length: 40 }, () => shop.control.newOrder())
    await world.advance(1000)
    await world.poll()
    const orders = await world.orders()
    expect(orders).toHaveLength(placed.length)
    netsuite.control.clearFaults()
    const posting = world.advance(10 * 60_000)
    const gone = new Set<string>()
    for (const order of orders.toReversed()) for (const id of (await remove(order)).done) gone.add(id)
    await posting
    for (let n = 0; n < 3; n += 1) await world.advance(60_000)
    const left = await world.orders()
    expect(gone.size + left.length).toBe(placed.length)
    expect(gone.size).toBeGreaterThan(0)
    expect(left.map((order) => order.status)).toEqual(left.map(() => 'posted'))
    expect(netsuite.records.orders()).toHaveLength(left.length)
    expect(await db.selectFrom('jobs').select('id').where('kind', '=', 'post').execute()).toEqual([])
    expect(faults).toEqual([])
  })

  it('keeps out what is being taken in while the tombstone is made', async () => {
    const { shop, db, deps } = await start()
    const placed = shop.control.newOrder()
    await world.poll()
    const order = await world.order(placed.id)
    const raw = { id: order.channel_order_id, body: await readRaw(db, order.raw_id), modifiedAt: null }
    const connection = (await connectionById(db, world.shopId))!
    const route = await routeById(db, world.routeId)
    let taking: Promise<unknown> | undefined
    await db.transaction().execute(async (tx) => {
      const [locked] = await lockOrders(tx, [order.id])
      await updateOrder(tx, locked!.id, world.now(), {})
      taking = db
        .transaction()
        .execute((other) => importOrder(deps, other, { connection, route, raw, source: 'poll' }))
      await expect
        .poll(async () => {
          const { rows } = await sql<{ n: number }>`
            SELECT count(*)::int AS n FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(db)
          return rows[0]!.n
        })
        .toBe(1)
      await deleteForGood(deps, tx, [locked!], 'anna', undefined)
    })
    expect(await taking).toMatchObject({ outcome: 'deleted' })
    await none()
  })

  it('the ledger itself takes in no order that has a tombstone', async () => {
    const { db } = await start()
    const { order } = await deleted()
    const { id: _id, ...rest } = order
    const raw = await db.selectFrom('raw_payloads').select('id').executeTakeFirstOrThrow()
    const again = { ...rest, id: world.deps.newId(), raw_id: raw.id, hold: null, record_lines: null }
    await expect(db.insertInto('orders').values(again).execute()).rejects.toThrow('has deleted this order')
  })
})
