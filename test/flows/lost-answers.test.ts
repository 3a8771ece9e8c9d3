import { afterEach, describe, expect, it } from 'vitest'
import { actOnOrders } from '../../src/flows/actions.ts'
import type { OrderAction } from '../../src/flows/available-actions.ts'
import type { AnyBackend } from '../../src/flows/deps.ts'
import { enqueue } from '../../src/ledger/jobs.ts'
import type { OrderRow } from '../../src/ledger/orders.ts'
import { recordChangesOf } from '../../src/ledger/record-changes.ts'
import { ok } from '../../src/result.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { editInNetSuite } from '../support/in-netsuite.ts'
import { makeWorld, type World } from '../support/world.ts'

// Every write to another system, with its answer lost, done late, and with its sender dead in between. An order's own
// create is in posting.test.ts.

let world: World
afterEach(() => world.stop())

const minute = 60_000
const second = 1000
const patient = { timeout: 10_000 }
const act = async (action: OrderAction, order: OrderRow) => {
  const acted = await actOnOrders(world.deps, { action, orderIds: [order.id], actor: 'person' })
  await world.settle()
  return acted
}
const runAgain = async (kind: 'post' | 'change-record', order: OrderRow) => {
  await world.db
    .transaction()
    .execute((tx) =>
      enqueue(tx, [
        { kind, key: order.id, orderId: order.id, connectionId: world.netsuiteId, runAt: world.now() },
      ]),
    )
  await world.settle()
}
const fields = (recordId: string) => world.netsuite.records.orderFields(recordId)!
const change = async (order: OrderRow) => (await recordChangesOf(world.db, order.id)).at(-1)!
const patches = () =>
  world.netsuite.control.requests().filter(({ method, done }) => method === 'PATCH' && done)
const isClosed = (recordId: string) => world.netsuite.records.order(recordId)?.status === 'H'

/** An order in NetSuite about which a person has to decide. */
async function toDecide(how: 'moved' | 'cancelled') {
  world = await makeWorld({ mapping: demoMapping })
  const placed = world.shop.control.newOrder()
  await world.poll()
  await world.advance(minute / 2)
  if (how === 'cancelled') world.shop.control.cancel(placed.id)
  else world.shop.control.edit(placed.id, { shipping: { address_1: 'Neue Straße 7', city: 'Hamburg' } })
  await world.advance(minute)
  const order = await world.order(placed.number)
  return { placed, order, recordId: order.record_id! }
}

const writes = [
  {
    write: 'a change of a record',
    how: 'moved',
    action: 'update_record',
    isDone: (id: string) => JSON.stringify(fields(id)['shippingAddress']).includes('Neue Straße 7'),
    body: { shippingAddress: { addr1: 'Neue Straße 7', city: 'Hamburg' } },
    status: 'posted',
  },
  {
    write: 'the closing of a record',
    how: 'cancelled',
    action: 'cancel_record',
    isDone: isClosed,
    body: null,
    status: 'cancelled',
  },
] as const

describe.each(writes)('the answer to $write', ({ how, action, isDone, body, status }) => {
  it('is lost after it was done: the record shows it, and nothing is sent again', async () => {
    const { order, recordId } = await toDecide(how)
    world.netsuite.control.fault({ kind: 'loseAnswer', method: 'PATCH', times: 1 })
    await act(action, order)
    expect(isDone(recordId)).toBe(true)
    expect(await change(order)).toMatchObject({ state: 'done' })
    for (let n = 0; n < 5; n += 1) await world.advance(second)
    expect(patches()).toHaveLength(1)
    expect((await world.order(order.number)).status).toBe(status)
  })

  it('is lost before it was done: it is sent again only when NetSuite may no longer be at it', async () => {
    const { order, recordId } = await toDecide(how)
    world.netsuite.control.fault({ kind: 'down', method: 'PATCH', times: 1 })
    await act(action, order)
    expect(await change(order)).toMatchObject({
      state: 'sending',
      unknown_until: new Date(world.now().getTime() + 2 * second),
    })
    await world.advance(second)
    await world.advance(900)
    expect([isDone(recordId), patches().length]).toEqual([false, 0])
    await world.advance(100)
    expect([isDone(recordId), patches().length]).toEqual([true, 1])
    expect(await change(order)).toMatchObject({ state: 'done' })
    expect((await world.order(order.number)).status).toBe(status)
  })

  it('is lost and it is done late: it is found, and nothing else is sent meanwhile', async () => {
    const { order, recordId } = await toDecide(how)
    world.netsuite.control.fault({ kind: 'commitLate', method: 'PATCH', times: 1, ms: 300 })
    await act(action, order)
    expect(await change(order)).toMatchObject({ state: 'sending' })
    expect((await act(action, order)).skipped).toMatchObject([{ why: expect.stringContaining('wait') }])
    await expect.poll(() => isDone(recordId), patient).toBe(true)
    await world.advance(second)
    expect(await change(order)).toMatchObject({ state: 'done' })
    for (let n = 0; n < 5; n += 1) await world.advance(second)
    expect(patches()).toHaveLength(1)
  })

  it('is unknown because its sender died: looked at, and sent again only after both time limits', async () => {
    const { order, recordId } = await toDecide(how)
    world.netsuite.control.fault({ kind: 'maintenance' })
    await act(action, order)
    expect(await change(order)).toMatchObject({ state: 'waiting' })
    await world.db.updateTable('record_changes').set({ state: 'sending' }).execute()
    world.netsuite.control.clearFaults()
    await world.advance(minute)
    const { unknown_until: until } = await change(order)
    expect(until).toEqual(new Date(world.now().getTime() + 3 * second))
    await world.advance(3 * second - 1)
    expect([isDone(recordId), patches().length]).toEqual([false, 0])
    await world.advance(1)
    expect([isDone(recordId), patches().length]).toEqual([true, 1])
    expect((await world.order(order.number)).status).toBe(status)
  })

  it('is unknown because its sender died after it was done: it is taken as done', async () => {
    const { order, recordId } = await toDecide(how)
    world.netsuite.control.fault({ kind: 'maintenance' })
    await act(action, order)
    await world.db.updateTable('record_changes').set({ state: 'sending' }).execute()
    world.netsuite.control.clearFaults()
    const lines = world.netsuite.records.order(recordId)!.lines.map(({ line }) => ({ line, isClosed: true }))
    await editInNetSuite(world, recordId, body ?? { item: { items: lines } })
    await world.advance(minute)
    expect(await change(order)).toMatchObject({ state: 'done' })
    expect(patches()).toHaveLength(1)
  })
})

describe('a backend that is away while a record is to be changed', () => {
  it('stops the connection and not the wish: it is done when NetSuite is back', async () => {
    const { order, recordId } = await toDecide('cancelled')
    world.netsuite.control.fault({ kind: 'maintenance' })
    await act('cancel_record', order)
    for (let n = 0; n < 5; n += 1) await world.advance(minute)
    expect(await change(order)).toMatchObject({ state: 'waiting', detail: { waits: expect.any(String) } })
    world.netsuite.control.clearFaults()
    await world.advance(10 * minute)
    expect(isClosed(recordId)).toBe(true)
    expect((await world.order(order.number)).status).toBe('cancelled')
  })
})

describe('the answer to the create of a customer', () => {
  const guest = () => {
    const draft = world.shop.control.draftOrder()
    return world.shop.control.placeOrder({
      ...draft,
      customerId: 0,
      billing: {
        ...draft.billing,
        first_name: 'Nora',
        last_name: 'Neu',
        company: '',
        email: 'n@example.org',
      },
    })
  }
  const start = async () => {
    world = await makeWorld({ mapping: demoMapping })
    return world.netsuite.records.counts().customers
  }
  const settled = async (number: string) => {
    for (let n = 0; n < 6; n += 1) await world.advance(second)
    return world.order(number)
  }

  it('is lost and it is done late: one customer, one order', async () => {
    const before = await start()
    world.netsuite.control.fault({
      kind: 'commitLate',
      method: 'POST',
      path: '/customer',
      times: 1,
      ms: 300,
    })
    const { number } = guest()
    await world.poll()
    expect((await world.order(number)).status).toBe('verifying')
    await expect.poll(() => world.netsuite.records.counts().customers, patient).toBe(before + 1)
    expect(await settled(number)).toMatchObject({ status: 'posted' })
    expect([world.netsuite.records.counts().customers, world.netsuite.records.orders().length]).toEqual([
      before + 1,
      1,
    ])
  })

  it('came, and the sender died before it sent the order: one customer, one order', async () => {
    const before = await start()
    world.netsuite.control.fault({ kind: 'down', method: 'POST', path: 'salesOrder', times: 1 })
    const { number } = guest()
    await world.poll()
    const order = await world.order(number)
    await world.db
      .updateTable('orders')
      .set({ status: 'posting', unknown_until: null })
      .where('id', '=', order.id)
      .execute()
    await runAgain('post', order)
    expect(await settled(number)).toMatchObject({ status: 'posted' })
    expect([world.netsuite.records.counts().customers, world.netsuite.records.orders().length]).toEqual([
      before + 1,
      1,
    ])
  })

  it('is lost, and another order of the same guest comes meanwhile: one customer for both', async () => {
    const before = await start()
    world.netsuite.control.fault({
      kind: 'commitLate',
      method: 'POST',
      path: '/customer',
      times: 1,
      ms: 300,
    })
    const first = guest()
    await world.poll()
    const second_ = guest()
    await world.poll()
    await expect.poll(() => world.netsuite.records.counts().customers, patient).toBeGreaterThan(before)
    expect(await settled(first.number)).toMatchObject({ status: 'posted' })
    expect(await world.order(second_.number)).toMatchObject({ status: 'posted' })
    expect(world.netsuite.records.counts().customers).toBe(before + 1)
  })
})

describe('a shipment', () => {
  const ship = async () => {
    world = await makeWorld({ mapping: demoMapping })
    const placed = world.shop.control.newOrder()
    await world.poll()
    const { record_id: recordId } = await world.order(placed.number)
    world.netsuite.control.ship(recordId!, { carrier: 'DHL', tracking: 'JD77' })
    return placed
  }
  const written = () =>
    world.shop.control
      .requests()
      .entries.filter((one) => one.method === 'POST' && one.path.includes('/fulfillments'))

  it('whose answer is lost is looked for until the shop may no longer be at it, and is there once', async () => {
    const placed = await ship()
    world.shop.control.fault({ kind: 'lose_answer', on: 'writes', path: '/fulfillments', times: 1 })
    await world.advance(minute)
    const row = await world.db.selectFrom('shipments').selectAll().executeTakeFirstOrThrow()
    expect(row).toMatchObject({
      status: 'sending',
      unknown_until: new Date(world.now().getTime() + 2 * second),
    })
    await world.advance(2 * second)
    expect((await world.order(placed.number)).status).toBe('complete')
    expect(written()).toHaveLength(1)
  })

  it('that the shop never got is sent again only then', async () => {
    const placed = await ship()
    world.shop.control.fault({ kind: 'reset', on: 'writes', path: '/fulfillments', times: 1 })
    await world.advance(minute)
    const before = written().length
    await world.advance(2 * second - 1)
    expect(written()).toHaveLength(before)
    await world.advance(1)
    expect(written()).toHaveLength(before + 1)
    expect((await world.order(placed.number)).status).toBe('complete')
  })
})

describe('a backend that may not see at once what it has', () => {
  const settleMs = 5 * second

  /** NetSuite as it would be with an index before its records: what was made is seen a while later. */
  async function lagging(seenFrom: () => number) {
    world = await makeWorld({ mapping: demoMapping })
    const { backendOf } = world.deps
    const real = backendOf('netsuite')!
    const backend: AnyBackend = {
      ...real,
      timing: (config) => ({ ...real.timing(config), settleMs }),
      find: async (ctx, externalId) =>
        world.now().getTime() < seenFrom() ? ok(null) : real.find(ctx, externalId),
    }
    world.deps.backendOf = (kind) => (kind === 'netsuite' ? backend : backendOf(kind))
  }

  it('is asked twice, that while apart, before anything is sent again', async () => {
    let seenFrom = Infinity
    await lagging(() => seenFrom)
    world.netsuite.control.fault({ kind: 'loseAnswer', method: 'POST', path: 'salesOrder', times: 1 })
    const { number } = world.shop.control.newOrder()
    await world.poll()
    await world.advance(2 * second)
    expect((await world.order(number)).status).toBe('verifying')
    seenFrom = world.now().getTime() + settleMs
    await world.advance(settleMs - 1)
    expect((await world.order(number)).status).toBe('verifying')
    await world.advance(1)
    expect(await world.order(number)).toMatchObject({ status: 'posted' })
    expect(world.netsuite.records.orders()).toHaveLength(1)
    expect(await world.events((await world.order(number)).id)).not.toContain('not_in_backend')
  })

  it('gets it again when it was not there both times', async () => {
    await lagging(() => 0)
    world.netsuite.control.fault({ kind: 'down', method: 'POST', path: 'salesOrder', times: 1 })
    const { number } = world.shop.control.newOrder()
    await world.poll()
    await world.advance(2 * second)
    await world.advance(settleMs - 1)
    expect(world.netsuite.records.orders()).toEqual([])
    await world.advance(1)
    expect(await world.order(number)).toMatchObject({ status: 'posted' })
    expect(world.netsuite.records.orders()).toHaveLength(1)
  })

  it('that says "exists already" is believed, though the record is not to be seen yet', async () => {
    let seenFrom = 0
    await lagging(() => seenFrom)
    const { number } = world.shop.control.newOrder()
    await world.poll()
    const posted = await world.order(number)
    // As if the program had forgotten it: the ledger of an earlier day.
    await world.db
      .updateTable('orders')
      .set({ status: 'scheduled', record_id: null, record_number: null, posted_at: null })
      .where('id', '=', posted.id)
      .execute()
    seenFrom = world.now().getTime() + 2 * second
    await runAgain('post', posted)
    expect((await world.order(number)).status).toBe('verifying')
    await world.advance(2 * second)
    expect(await world.order(number)).toMatchObject({ status: 'posted', record_id: posted.record_id })
  })
})
