import { sql } from 'kysely'
import { afterEach, expect, it } from 'vitest'
import { actOnOrders } from '../../src/flows/actions.ts'
import { connectionProblems } from '../../src/ledger/views/problems.ts'
import { demoIds } from '../../src/sandbox/netsuite/demo.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { begin, compare, resultOf, somebody } from '../support/reconciling.ts'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
afterEach(() => world.stop())
const start = async (options: WorldOptions = {}) =>
  (world = await makeWorld({ mapping: demoMapping, ...options }))

const hour = 3_600_000
const step = hour / 6
const kinds = (result: Awaited<ReturnType<typeof compare>>) =>
  result.differences.map(({ number, kind }) => `${number} ${kind}`)

/** An order in shop, Waybill and NetSuite. */
async function posted() {
  const placed = world.shop.control.newOrder({ country: 'DE' })
  await world.advance(10_000)
  await world.poll()
  const order = await world.order(placed.number)
  expect(order.status).toBe('posted')
  return { placed, order }
}

/** So long passes, in steps that leave no gap in the reading. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= step) await world.advance(Math.min(step, left))
}

/** What a plug-in does that writes to the database itself. */
function editSilently(id: number, change: Record<string, string>): void {
  Object.assign(world.shop.control.order(id)!.body!, change)
}

it('says of a shop where all agrees that nothing is unexplained, and keeps no list', async () => {
  await start()
  await posted()
  await posted()
  const result = await compare(world)
  expect(result.days.at(-1)).toBe('2026-03-02 | 2 | 2 | 2 | 0 | 0 | 0')
  expect(result.days).toHaveLength(8)
  expect(result.run).toMatchObject({ step: 'done', totals: { unexplained: 0, in_backend: 2 } })
  expect(result.differences).toEqual([])
})

it('compares an order of the very second in which it begins', async () => {
  const { shop } = await start()
  await world.advance(10_400)
  const { number } = shop.control.newOrder({ country: 'DE' })
  await world.poll()
  const { record_id: recordId } = await world.order(number)
  world.netsuite.control.deleteOrder(recordId!)
  expect(kinds(await compare(world))).toEqual([`${number} missing_in_backend`])
})

it('explains what is not in NetSuite by its status', async () => {
  const { shop } = await start()
  const held = shop.control.newOrder({ trouble: 'held_status' })
  const failing = shop.control.newOrder({ trouble: 'unknown_sku' })
  await world.advance(10_000)
  await world.poll()
  const result = await compare(world)
  expect(result.days.at(-1)).toBe('2026-03-02 | 2 | 2 | 0 | 0 | 2 | 0')
  expect(kinds(result).toSorted()).toEqual(
    [`${held.number} held`, `${failing.number} error_posting`].toSorted(),
  )
  for (const { detail } of result.differences) expect(detail).not.toBe('')
})

it('takes in an order that was listed hours late and that no poll has brought', async () => {
  const { shop } = await start()
  await posted()
  shop.control.listLate(2 * 3600)
  const late = shop.control.newOrder({ country: 'DE' })
  shop.control.listLate(0)
  await pass(hour)
  await posted()
  await pass(4 * hour)
  await posted()
  expect(await world.orders()).toHaveLength(3)
  const result = await compare(world)
  expect(kinds(result)).toEqual([`${late.number} imported_now`])
  expect(result.days.at(-1)).toMatch(/^2026-03-02 \| 4 \| 4 \| \d \| 1 \| 0 \| 0$/)
  const order = await world.order(late.number)
  expect(order.status).toBe('posted')
  expect((await world.events(order.id))[0]).toBe('seen')
})

it('takes in an edit that bypassed the modified date', async () => {
  await start()
  const { placed, order } = await posted()
  const { placed: held } = await heldOrder()
  await pass(hour)
  await posted()
  editSilently(held.id, { customer_note: 'Please call first' })
  editSilently(placed.id, { customer_note: 'And me' })
  await pass(hour)
  await world.poll()
  expect(await world.events(order.id)).not.toContain('changed_at_channel')
  const result = await compare(world)
  expect(kinds(result).toSorted()).toEqual(
    [`${placed.number} newer_version`, `${held.number} newer_version`].toSorted(),
  )
  expect(result.run.totals).toMatchObject({ imported: 2, unexplained: 0 })
  expect(await world.events(order.id)).toContain('changed_at_channel')
  expect((await compare(world)).run.totals).toMatchObject({ imported: 0, explained: 1, unexplained: 0 })
})

async function heldOrder() {
  const placed = world.shop.control.newOrder({ trouble: 'held_status' })
  await world.advance(10_000)
  await world.poll()
  return { placed, order: await world.order(placed.number) }
}

it('takes no order anew whose bytes alone are others: the shop has another address', async () => {
  await start()
  const { placed, order } = await posted()
  editSilently(placed.id, { cart_hash: 'written by a plug-in at each reading' })
  const result = await compare(world)
  expect(result.run.totals).toMatchObject({ imported: 0, explained: 0, unexplained: 0 })
  expect(await world.events(order.id)).not.toContain('changed_at_channel')
})

it('tells of an order that was deleted in the shop, and cancels the one that was not posted', async () => {
  const { shop } = await start()
  const gone = await posted()
  const never = await heldOrder()
  shop.control.remove(gone.placed.id)
  shop.control.remove(never.placed.id)
  await posted()
  const result = await compare(world)
  expect(kinds(result).toSorted()).toEqual(
    [`${gone.placed.number} deleted_at_channel`, `${never.placed.number} deleted_at_channel`].toSorted(),
  )
  expect(result.days.at(-1)).toBe('2026-03-02 | 1 | 3 | 2 | 0 | 2 | 0')
  expect(await world.order(gone.placed.number)).toMatchObject({
    status: 'posted',
    cancel_requested_at: expect.any(Date),
  })
  expect(await world.order(never.placed.number)).toMatchObject({
    status: 'cancelled',
    cancel_reason: 'at_channel',
  })
})

it('asks by its id for an order that the shop does not list, and takes no other for it', async () => {
  const { shop } = await start()
  shop.control.addStatus('packed')
  const hidden = await posted()
  shop.control.edit(hidden.placed.id, { status: 'packed' })
  await world.advance(10_000)
  await world.poll()
  shop.control.forgetStatus('packed')
  await world.advance(11 * 60_000)
  const result = await compare(world)
  expect(kinds(result)).toEqual([`${hidden.placed.number} not_listed`])
  expect(result.days.at(-1)).toBe('2026-03-02 | 1 | 1 | 1 | 0 | 1 | 0')
})

it('believes that a record is gone when it is said twice, a while apart, and shows it as a problem', async () => {
  const { netsuite } = await start()
  const { order } = await posted()
  await posted()
  netsuite.control.deleteOrder(order.record_id!)
  const id = await begin(world)
  await world.settle()
  expect((await resultOf(world, id)).run).toMatchObject({ step: 'missing', finished_at: null })
  expect(await world.problems(order.id)).toEqual([])
  await world.advance(2_000)
  const result = await resultOf(world, id)
  expect(kinds(result)).toEqual([`${order.number} missing_in_backend`])
  expect(result.days.at(-1)).toBe('2026-03-02 | 2 | 2 | 1 | 0 | 1 | 0')
  expect((await world.problems(order.id)).map(({ code }) => code)).toEqual(['record_missing'])
  expect((await world.order(order.number)).status).toBe('post_error')
  expect(netsuite.records.orders()).toHaveLength(1)
  // The next night tells it again, and opens nothing twice.
  await compare(world)
  expect(await world.problems(order.id)).toHaveLength(1)
  expect((await world.events(order.id)).filter((kind) => kind === 'record_missing')).toHaveLength(1)
})

it('says nothing of a record that the list does not show and that is there', async () => {
  await start()
  const { order } = await posted()
  await somebody(world, 'PATCH', `salesOrder/${order.record_id}`, { externalId: 'theirs' })
  const result = await compare(world)
  expect(kinds(result)).toEqual([`${order.number} external_id_changed`])
  expect(await world.problems(order.id)).toEqual([])
})

it('leaves a record that Waybill did not make alone, and does not count it', async () => {
  const { netsuite } = await start()
  await posted()
  const item = {
    items: [{ item: { id: String(demoIds.items.fee) }, quantity: 1, rate: 5, price: { id: '-1' } }],
  }
  const customer = netsuite.records.customers()[0]!.id
  const foreign = await somebody(world, 'POST', 'salesOrder', {
    entity: { id: customer },
    externalId: 'wb_woocommerce_ffffffff_1',
    custbody_delivery_phone: '1',
    item,
  })
  const before = netsuite.records.orderFields(foreign)
  const result = await compare(world)
  expect(result.days.at(-1)).toBe('2026-03-02 | 1 | 1 | 1 | 0 | 0 | 0')
  expect(result.differences).toEqual([])
  expect(netsuite.records.orderFields(foreign)).toEqual(before)
})

it('finds the order of a record that the ledger has lost, brings it in, and links it without a second record', async () => {
  const { netsuite } = await start({ since: '2026-03-01T00:00:00Z' })
  const { placed, order } = await posted()
  const recordId = order.record_id!
  await world.db.deleteFrom('problems').where('order_id', '=', order.id).execute()
  await world.db.deleteFrom('attempts').where('order_id', '=', order.id).execute()
  await sql`ALTER TABLE events DISABLE TRIGGER events_are_append_only`.execute(world.db)
  await world.db.deleteFrom('events').where('order_id', '=', order.id).execute()
  await world.db.deleteFrom('orders').where('id', '=', order.id).execute()
  const result = await compare(world)
  expect(kinds(result)).toEqual([`${placed.number} imported_now`])
  expect(await world.order(placed.number)).toMatchObject({ status: 'posted', record_id: recordId })
  expect(netsuite.records.orders()).toHaveLength(1)
})

it('shows a record whose order is not linked, with what links it', async () => {
  const { netsuite } = await start()
  const { order } = await posted()
  await world.db
    .updateTable('orders')
    .set({ status: 'imported', record_id: null, record_number: null, record_url: null, posted_at: null })
    .where('id', '=', order.id)
    .execute()
  const result = await compare(world)
  expect(kinds(result)).toEqual([`${order.number} record_not_linked`])
  expect(result.differences[0]).toMatchObject({ verdict: 'unexplained', record_id: order.record_id })
  expect(await connectionProblems(world.db)).toEqual([
    expect.objectContaining({ code: 'unexplained_differences', connection_id: world.shopId }),
  ])
  await actOnOrders(world.deps, { action: 'post', orderIds: [order.id], actor: 'person' })
  await world.settle()
  expect(await world.order(order.number)).toMatchObject({ status: 'posted', record_id: order.record_id })
  expect(netsuite.records.orders()).toHaveLength(1)
  expect((await compare(world)).run.totals.unexplained).toBe(0)
  expect(await connectionProblems(world.db)).toEqual([])
})

it('a change that the shop dated earlier, its clock being wrong while nobody read it, is found by comparing', async () => {
  let behind = 0
  const { shop } = await start({ shop: { now: () => new Date(world.now().getTime() - behind) } })
  const { id } = shop.control.newOrder({ country: 'DE', status: 'on-hold' })
  await world.poll()
  for (let passed = 0; passed < 8; passed += 1) await world.advance(hour)
  shop.control.edit(id, { customer_note: 'Ring twice' })
  await world.poll()
  behind = 5 * hour
  shop.control.edit(id, { status: 'processing' })
  behind = 0
  await world.advance(hour)
  expect((await world.order(id)).status).toBe('held')
  const { differences } = await compare(world)
  expect(differences.map(({ kind, verdict }) => `${kind} ${verdict}`)).toEqual(['older_at_channel explained'])
  await world.settle()
  expect((await world.order(id)).status).toBe('posted')
  expect((await compare(world)).differences).toEqual([])
})
