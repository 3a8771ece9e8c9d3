import { afterEach, describe, expect, it } from 'vitest'
import { actOnOrders } from '../../src/flows/actions.ts'
import type { OrderAction } from '../../src/flows/available-actions.ts'
import type { OrderRow } from '../../src/ledger/orders.ts'
import { readRaw } from '../../src/ledger/raw.ts'
import { recordChangesOf } from '../../src/ledger/record-changes.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { demoIds } from '../../src/sandbox/netsuite/demo.ts'
import { closeInNetSuite, editInNetSuite } from '../support/in-netsuite.ts'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
afterEach(() => world.stop())
const start = async (options: WorldOptions = {}) =>
  (world = await makeWorld({ mapping: demoMapping, ...options }))

const minute = 60_000
const act = async (action: OrderAction, order: OrderRow) => {
  const acted = await actOnOrders(world.deps, { action, orderIds: [order.id], actor: 'person' })
  await world.settle()
  return acted
}
const shopTotal = (id: number) => Number(world.shop.control.orders().find((one) => one.id === id)!.total)
const inNetSuite = () => world.netsuite.records.orders()
const fields = (recordId: string) => world.netsuite.records.orderFields(recordId)!
const lastChange = async (order: OrderRow) => (await recordChangesOf(world.db, order.id)).at(-1)
const patches = () => world.netsuite.control.requests().filter(({ method }) => method === 'PATCH')

async function posted(options: WorldOptions = {}) {
  await start(options)
  const placed = world.shop.control.newOrder()
  await world.poll()
  const order = await world.order(placed.number)
  expect(order.status).toBe('posted')
  return { placed, order, recordId: order.record_id! }
}

async function edited(change: Record<string, unknown>, options: WorldOptions = {}) {
  const made = await posted(options)
  await world.advance(minute / 2)
  world.shop.control.edit(made.placed.id, change as never)
  await world.advance(minute)
  return { ...made, order: await world.order(made.placed.number) }
}

const move = { shipping: { address_1: 'Neue Straße 7', address_2: '', postcode: '20095', city: 'Hamburg' } }
const saucer = { line_items: [{ sku: 'SAUCER-OAK', quantity: 1 }] }

describe('an order that changes in the shop before it is posted', () => {
  it.each([
    ['held', { status: 'on-hold' as const }, {}],
    ['imported', {}, { automatic: false }],
    ['post_error', { trouble: 'unknown_sku' as const }, {}],
    ['scheduled', {}, {}],
  ])('is there in its newer version when it is %s', async (status, wish, options) => {
    await start(options)
    if (status === 'scheduled') world.netsuite.control.fault({ kind: 'maintenance' })
    const placed = world.shop.control.newOrder(wish)
    await world.poll()
    const before = await world.order(placed.number)
    expect(before.status).toBe(status)
    await world.advance(minute / 2)
    world.shop.control.edit(placed.id, { customer_note: 'Newer', ...saucer } as never)
    await world.advance(minute)
    const after = await world.order(placed.number)
    expect(after.raw_id).not.toBe(before.raw_id)
    expect(Number(after.total)).toBe(shopTotal(placed.id))
    expect(after).toMatchObject({ changed_after_posting_at: null, record_id: null })
  })

  it('is posted in its newer version when it could not be read before', async () => {
    await start()
    const placed = world.shop.control.newOrder()
    await world.poll()
    const body = JSON.parse(await readRaw(world.db, (await world.order(placed.number)).raw_id)) as object
    const broken = { ...body, id: 9001, number: '9001', line_items: 'none' }
    world.shop.control.load(JSON.stringify(broken))
    await world.poll()
    expect((await world.order('9001')).status).toBe('import_error')
    const changed = new Date(world.now().getTime() + minute / 2).toISOString().slice(0, 19)
    await world.advance(minute)
    world.shop.control.load(
      JSON.stringify({
        ...body,
        id: 9001,
        number: '9001',
        date_modified: changed,
        date_modified_gmt: changed,
      }),
    )
    await world.advance(minute)
    expect((await world.order('9001')).status).toBe('posted')
  })
})

describe('an order that is edited in the shop after it was posted', () => {
  it('waits for a decision, also when only its address changed', async () => {
    const { order, recordId } = await edited(move)
    expect(order).toMatchObject({ status: 'posted', changed_after_posting_at: expect.any(Date) })
    expect(JSON.stringify(fields(recordId)['shippingAddress'])).not.toContain('Neue Straße')
  })

  it('waits for none when the shop only moves its status', async () => {
    const { order } = await edited({ status: 'completed' })
    expect(order).toMatchObject({ channel_status: 'completed', changed_after_posting_at: null })
  })

  it('does not wait any more when the edit is undone', async () => {
    const { placed, order } = await edited({ customer_note: 'Ring twice' })
    expect(order.changed_after_posting_at).not.toBeNull()
    world.shop.control.edit(placed.id, { customer_note: '' })
    await world.advance(minute)
    expect((await world.order(placed.number)).changed_after_posting_at).toBeNull()
  })

  it('waits for a decision when something is refunded', async () => {
    const { placed } = await posted()
    await world.advance(minute / 2)
    world.shop.control.refund(placed.id, '1.00', 'Chipped')
    await world.advance(minute)
    expect((await world.order(placed.number)).changed_after_posting_at).not.toBeNull()
  })

  it('and left as it is, does not come back for the same difference, and does for a newer one', async () => {
    const { placed, order, recordId } = await edited(move)
    const before = fields(recordId)
    expect((await act('ignore_changes', order)).done).toEqual([order.id])
    world.shop.control.edit(placed.id, { status: 'completed' })
    await world.advance(minute)
    expect((await world.order(placed.number)).changed_after_posting_at).toBeNull()
    world.shop.control.edit(placed.id, { customer_note: 'One more thing' })
    await world.advance(minute)
    expect((await world.order(placed.number)).changed_after_posting_at).not.toBeNull()
    expect(fields(recordId)).toEqual(before)
    const events = await world.db
      .selectFrom('events')
      .select(['kind', 'actor'])
      .where('order_id', '=', order.id)
      .execute()
    expect(events).toContainEqual({ kind: 'changes_ignored', actor: 'person' })
  })
})

describe('bringing an edit into the record', () => {
  it('writes what changed and nothing else', async () => {
    const { placed, order, recordId } = await edited({ ...move, customer_note: 'Leave at the back door' })
    const before = fields(recordId)
    await act('update_record', order)
    const after = fields(recordId)
    expect(after['shippingAddress']).toMatchObject({ addr1: 'Neue Straße 7', city: 'Hamburg', zip: '20095' })
    expect(after['memo']).toContain('Leave at the back door')
    expect([after['billingAddress'], after['total'], after['item']]).toEqual([
      before['billingAddress'],
      before['total'],
      before['item'],
    ])
    expect(await world.order(placed.number)).toMatchObject({
      status: 'posted',
      changed_after_posting_at: null,
      record_id: recordId,
    })
    expect(await lastChange(order)).toMatchObject({ state: 'done', actor: 'person' })
    expect(await world.events(order.id)).toEqual(
      expect.arrayContaining(['update_record_requested', 'record_updated']),
    )
    world.shop.control.edit(placed.id, { status: 'completed' })
    await world.advance(minute)
    expect((await world.order(placed.number)).changed_after_posting_at).toBeNull()
  })

  it('reads the total back, and shows a difference that the change has made', async () => {
    await start()
    const placed = world.shop.control.newOrder({ country: 'DE' })
    await world.poll()
    await world.advance(minute / 2)
    world.shop.control.edit(placed.id, move)
    await world.advance(minute)
    for (const id of Object.values(demoIds.taxCodes)) world.netsuite.control.changeTaxCode(id, '30')
    await act('update_record', await world.order(placed.number))
    const stopped = await world.order(placed.number)
    expect(stopped.status).toBe('post_error')
    expect(await world.problems(stopped.id)).toMatchObject([{ code: 'total_differs' }])
  })

  it('never overwrites what a person edited in NetSuite, and shows all three', async () => {
    const { order, recordId } = await edited(move)
    await editInNetSuite(world, recordId, { shippingAddress: { addr1: 'Packstation 12' } })
    await act('update_record', order)
    expect(fields(recordId)['shippingAddress']).toMatchObject({ addr1: 'Packstation 12' })
    expect(patches()).toHaveLength(1)
    expect(await lastChange(order)).toMatchObject({
      state: 'refused',
      detail: {
        why: expect.stringContaining('was edited in NetSuite'),
        conflicts: [{ label: 'Ships to: street', found: 'Packstation 12', wanted: 'Neue Straße 7' }],
      },
    })
    expect((await world.order(order.number)).changed_after_posting_at).not.toBeNull()
  })

  it('leaves alone what a person edited in other fields', async () => {
    const { order, recordId } = await edited(move)
    await editInNetSuite(world, recordId, { memo: 'Call before delivery' })
    await act('update_record', order)
    expect(fields(recordId)).toMatchObject({
      memo: 'Call before delivery',
      shippingAddress: { addr1: 'Neue Straße 7' },
    })
  })

  it('is refused where lines or amounts changed', async () => {
    const { order, recordId } = await edited({ ...move, ...saucer })
    const before = fields(recordId)
    await act('update_record', order)
    expect(await lastChange(order)).toMatchObject({
      state: 'refused',
      detail: { why: expect.stringContaining('another record') },
    })
    expect(fields(recordId)).toEqual(before)
  })

  it.each([
    [
      'is being shipped',
      'IF',
      (id: string) => world.netsuite.control.ship(id, { lines: [{ line: 1, quantity: 1 }] }),
    ],
    ['is billed', 'Billed', (id: string) => world.netsuite.control.setStatus(id, 'G')],
    ['is closed', 'closed', (id: string) => world.netsuite.control.setStatus(id, 'H')],
  ] as const)('is refused when the record %s', async (_, why, meanwhile) => {
    const { order, recordId } = await edited(move)
    meanwhile(recordId)
    await act('update_record', order)
    expect(await lastChange(order)).toMatchObject({
      state: 'refused',
      detail: { why: expect.stringContaining(why) },
    })
    expect(patches()).toEqual([])
  })

  it('is refused when a workflow has locked the record, in NetSuite’s words', async () => {
    const { order, recordId } = await edited(move)
    world.netsuite.control.lock(recordId, true)
    await act('update_record', order)
    expect(await lastChange(order)).toMatchObject({
      state: 'refused',
      detail: { why: expect.stringContaining('locked by a user defined workflow') },
    })
  })
})

describe('replacing the record by the newer version', () => {
  it('closes the old one, then posts another under an external id of its own', async () => {
    const { placed, order, recordId } = await edited(saucer)
    await act('replace_record', order)
    const after = await world.order(placed.number)
    expect(after).toMatchObject({
      status: 'posted',
      replacements: 1,
      external_id: `${order.external_id}_1`,
      changed_after_posting_at: null,
    })
    expect(after.record_id).not.toBe(recordId)
    const total = shopTotal(placed.id)
    expect(Number(after.record_total)).toBe(total)
    expect(inNetSuite().map(({ id, status }) => [id, status])).toEqual([
      [after.record_id, 'A'],
      [recordId, 'H'],
    ])
    expect(world.netsuite.records.order(recordId)!.lines.every(({ closed }) => closed)).toBe(true)
  })

  it('sends nothing to a record that a person has closed', async () => {
    const { placed, order, recordId } = await edited(saucer)
    await closeInNetSuite(world, recordId)
    const before = patches().length
    await act('replace_record', order)
    expect(patches()).toHaveLength(before)
    expect(await world.order(placed.number)).toMatchObject({ status: 'posted', replacements: 1 })
  })

  it('goes on where a person has deleted the record', async () => {
    const { placed, order, recordId } = await edited(saucer)
    world.netsuite.control.deleteOrder(recordId)
    await act('replace_record', order)
    expect(await world.order(placed.number)).toMatchObject({ status: 'posted', replacements: 1 })
    expect(inNetSuite()).toHaveLength(1)
  })

  it.each([
    [
      'a part of it was shipped',
      'IF',
      (id: string) => world.netsuite.control.ship(id, { lines: [{ line: 1, quantity: 1 }] }),
    ],
    ['it was billed', 'Billed', (id: string) => world.netsuite.control.setStatus(id, 'G')],
  ] as const)('is refused when %s, with the reason', async (_, why, meanwhile) => {
    const { order, recordId } = await edited(saucer)
    meanwhile(recordId)
    await act('replace_record', order)
    expect(await lastChange(order)).toMatchObject({
      state: 'refused',
      detail: { why: expect.stringContaining(why) },
    })
    expect(inNetSuite()).toHaveLength(1)
    expect(world.netsuite.records.order(recordId)!.lines.some(({ closed }) => closed)).toBe(false)
  })

  it('is refused where the record was closed after a part of it had left', async () => {
    const { order, recordId } = await edited(saucer)
    world.netsuite.control.ship(recordId, { lines: [{ line: 1, quantity: 1 }] })
    await closeInNetSuite(world, recordId)
    await act('replace_record', order)
    expect(await lastChange(order)).toMatchObject({ state: 'refused' })
    expect(inNetSuite()).toHaveLength(1)
  })
})

describe('an order that is cancelled in the shop after it was posted', () => {
  const cancelled = async (rule: 'ask' | 'cancel' | 'keep' = 'ask') => {
    const made = await posted()
    await world.db.updateTable('routes').set({ cancelled_after_posting: rule }).execute()
    await world.advance(minute / 2)
    world.shop.control.cancel(made.placed.id)
    await world.advance(minute)
    await world.settle()
    return { ...made, order: await world.order(made.placed.number) }
  }

  it('waits for a decision, and keeps waiting', async () => {
    const { placed, order } = await cancelled()
    expect(order).toMatchObject({ status: 'posted', cancel_requested_at: expect.any(Date) })
    await world.advance(60 * minute)
    expect((await world.order(placed.number)).cancel_requested_at).not.toBeNull()
    expect(await world.events(order.id)).toContain('cancel_requested')
  })

  it('is closed in NetSuite when a person says so', async () => {
    const { placed, order, recordId } = await cancelled()
    await act('cancel_record', order)
    expect(await world.order(placed.number)).toMatchObject({
      status: 'cancelled',
      cancel_reason: 'at_channel',
      cancel_requested_at: null,
      record_id: recordId,
    })
    expect(world.netsuite.records.order(recordId)?.status).toBe('H')
    await world.advance(10 * minute)
    expect((await world.order(placed.number)).status).toBe('cancelled')
  })

  it('is closed in NetSuite by the route’s rule', async () => {
    const { order, recordId } = await cancelled('cancel')
    expect(order.status).toBe('cancelled')
    expect(world.netsuite.records.order(recordId)?.status).toBe('H')
    expect(await lastChange(order)).toMatchObject({ actor: 'rule', state: 'done' })
  })

  it('while it was on its way there, is closed by the rule as soon as it is there', async () => {
    await start()
    await world.db.updateTable('routes').set({ cancelled_after_posting: 'cancel' }).execute()
    world.netsuite.control.fault({
      kind: 'commitLate',
      method: 'POST',
      path: 'salesOrder',
      times: 1,
      ms: 300,
    })
    const placed = world.shop.control.newOrder()
    await world.poll()
    expect((await world.order(placed.number)).status).toBe('verifying')
    world.shop.control.cancel(placed.id)
    await world.poll()
    await expect.poll(() => inNetSuite().length, { timeout: 10_000 }).toBe(1)
    for (let n = 0; n < 3; n += 1) await world.advance(1000)
    expect(await world.order(placed.number)).toMatchObject({
      status: 'cancelled',
      cancel_reason: 'at_channel',
    })
    expect(inNetSuite().map(({ status }) => status)).toEqual(['H'])
  })

  it('asks a person where the rule may not close it, because a part has left', async () => {
    const { placed, order, recordId } = await posted()
    await world.db.updateTable('routes').set({ cancelled_after_posting: 'cancel' }).execute()
    world.netsuite.control.ship(recordId, { lines: [{ line: 1, quantity: 1 }] })
    await world.advance(minute / 2)
    world.shop.control.cancel(placed.id)
    await world.poll()
    await world.advance(2 * minute)
    expect((await world.order(placed.number)).cancel_requested_at).not.toBeNull()
    expect(await lastChange(order)).toMatchObject({ actor: 'rule', state: 'refused' })
  })

  it('is kept by a person, recorded, and does not come back', async () => {
    const { placed, order, recordId } = await cancelled()
    await act('keep_record', order)
    world.shop.control.edit(placed.id, { transaction_id: 'again' })
    await world.advance(minute)
    expect(await world.order(placed.number)).toMatchObject({
      status: 'posted',
      cancel_requested_at: null,
      cancel_kept_at: expect.any(Date),
    })
    expect(world.netsuite.records.order(recordId)?.status).toBe('A')
    expect(await world.events(order.id)).toContain('record_kept')
  })

  it('is kept by the route’s rule', async () => {
    const { order } = await cancelled('keep')
    expect(order).toMatchObject({
      status: 'posted',
      cancel_requested_at: null,
      cancel_kept_at: expect.any(Date),
    })
  })

  it('asks for nothing any more when the shop takes it up again, and anew when it cancels once more', async () => {
    const { placed, order } = await cancelled()
    world.shop.control.edit(placed.id, { status: 'processing' })
    await world.advance(minute)
    expect((await world.order(placed.number)).cancel_requested_at).toBeNull()
    expect(await world.events(order.id)).toContain('cancel_withdrawn')
    world.shop.control.cancel(placed.id)
    await world.advance(minute)
    expect((await world.order(placed.number)).cancel_requested_at).not.toBeNull()
  })

  it('and closed, is shown again when the shop takes it up again, and may be posted anew', async () => {
    const { placed, order, recordId } = await cancelled()
    await act('cancel_record', order)
    world.shop.control.edit(placed.id, { status: 'processing' })
    await world.advance(minute)
    const back = await world.order(placed.number)
    expect(back).toMatchObject({ status: 'cancelled', changed_after_posting_at: expect.any(Date) })
    await act('replace_record', back)
    const after = await world.order(placed.number)
    expect(after).toMatchObject({ status: 'posted', replacements: 1 })
    expect(after.record_id).not.toBe(recordId)
  })
})
