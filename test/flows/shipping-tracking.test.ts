import { afterEach, describe, expect, it } from 'vitest'
import { actOnOrders } from '../../src/flows/actions.ts'
import { eventsOf } from '../../src/ledger/views/order-detail.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { eventJson } from '../../src/server/event-text.ts'
import { postedWithTwoLines } from '../support/posted.ts'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

const reads = 60_000
const day = 86_400_000
const row = () => world.db.selectFrom('shipments').selectAll().executeTakeFirstOrThrow()

/** Asks the shop about an order, with the key of its connection. */
function askShop(
  orderId: number,
  path: string,
  init: { method?: string; body?: object } = {},
): Promise<Response> {
  const { url, consumerKey, consumerSecret } = world.shop
  return fetch(`${url}/wp-json/wc/v3/orders/${orderId}/${path}`, {
    method: init.method ?? 'GET',
    headers: {
      authorization: `Basic ${Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(init.body && { body: JSON.stringify(init.body) }),
  })
}

/** What the shop was told of shipments: each time it was, and what its customer sees of them now. */
function atShop(id: number) {
  const told = world.shop.control
    .requests()
    .entries.filter(({ method, path }) => method === 'POST' && /\/(fulfillments|notes)/.test(path))
  const get = async (path: string) => {
    const answer = await askShop(id, path)
    return answer.ok ? ((await answer.json()) as Record<string, unknown>[]) : []
  }
  const numbers = async () =>
    (await get('fulfillments')).map(
      ({ meta_data: meta }) =>
        (meta as { key: string; value: string }[]).find(({ key }) => key === '_tracking_number')?.value ?? '',
    )
  const notes = async () =>
    (await get('notes')).filter((note) => note['customer_note'] === true).map((note) => String(note['note']))
  return { times: told.length, numbers, notes }
}

/** An order that has left with `tracking`, if any, and that the shop was told of. */
async function told(tracking: string | undefined, options: WorldOptions = {}) {
  world = await makeWorld({ mapping: demoMapping, ...options })
  const placed = world.shop.control.newOrder()
  await world.poll()
  const order = await world.order(placed.number)
  const fulfillment = shipped(order.record_id!, tracking)
  await world.advance(reads)
  expect(await world.order(placed.number)).toMatchObject({ status: 'complete' })
  expect(atShop(placed.id).times).toBe(1)
  return { placed, order, fulfillment }
}

function shipped(record: string, tracking: string | undefined): string {
  const made = world.netsuite.control.ship(record, {
    carrier: 'DHL',
    ...(tracking === undefined ? {} : { tracking }),
  })
  if (!made.ok) throw new Error(made.error)
  return made.value
}

const track = (fulfillment: string, ...numbers: string[]) =>
  expect(world.netsuite.control.track(fulfillment, { numbers })).toMatchObject({ ok: true })
/** Somebody deletes the shipment in the shop. */
async function deletedInShop(orderId: number): Promise<void> {
  const { channel_shipment_id: id } = await row()
  expect((await askShop(orderId, `fulfillments/${id}`, { method: 'DELETE' })).ok).toBe(true)
}
const readAgain = async (times = 1) => {
  for (let n = 0; n < times; n += 1) await world.advance(reads)
}
const texts = async (orderId: string) =>
  (await eventsOf(world.db, orderId)).map((event) => eventJson(event, 'NetSuite').text)

describe('a tracking number that is entered after the shop was told of the shipment', () => {
  it('is told once, and the order stays as it is (failure mode 57)', async () => {
    const { placed, order, fulfillment } = await told(undefined)
    world.pass(day)
    world.shop.control.edit(placed.id, { status: 'on-hold' })
    track(fulfillment, 'JJD57')
    await readAgain(4)
    expect(await atShop(placed.id).numbers()).toEqual(['JJD57'])
    expect(atShop(placed.id).times).toBe(2)
    expect(world.shop.control.order(placed.id)?.body).toMatchObject({ status: 'on-hold' })
    expect(await world.order(placed.number)).toMatchObject({ status: 'complete' })
    expect(await row()).toMatchObject({ status: 'sent', told: { carrier: 'DHL', numbers: ['JJD57'] } })
    expect((await texts(order.id)).filter((text) => text.includes('JJD57'))).toEqual([
      'Changed in NetSuite after it was shipped: tracking number JJD57 came later',
      'The shop has the newer tracking: DHL JJD57',
    ])
  })

  it('takes the place of another, with the carrier, and may be taken back', async () => {
    const { placed, fulfillment } = await told('TYPO')
    world.pass(day)
    world.netsuite.control.track(fulfillment, { numbers: ['RIGHT'], carrier: 'UPS' })
    await readAgain(3)
    expect(await row()).toMatchObject({ carrier: 'UPS', told: { carrier: 'UPS', numbers: ['RIGHT'] } })
    expect(await atShop(placed.id).numbers()).toEqual(['RIGHT'])
    track(fulfillment, 'TYPO')
    await readAgain(3)
    expect(await atShop(placed.id).numbers()).toEqual(['TYPO'])
    expect(atShop(placed.id).times).toBe(3)
  })

  it('that is only taken away is shown, and the shop keeps it', async () => {
    const { placed, order, fulfillment } = await told('ONLY')
    world.pass(day)
    track(fulfillment)
    await readAgain(3)
    expect(atShop(placed.id).times).toBe(1)
    expect(await atShop(placed.id).numbers()).toEqual(['ONLY'])
    expect(await row()).toMatchObject({ status: 'sent', tracking_numbers: [] })
    expect(await texts(order.id)).toContain(
      'Changed in NetSuite after it was shipped: tracking number ONLY taken away. The shop keeps what it was told',
    )
  })

  it.each([
    ['a fulfilment', true],
    ['a note', false],
  ])(
    'that is taken away before the shop could be told of it changes nothing in %s',
    async (_, fulfillments) => {
      const { placed, order, fulfillment } = await told('ONLY', { shop: { fulfillments } })
      world.pass(day)
      world.shop.control.fault({ kind: 'maintenance', path: '/notes' })
      track(fulfillment, 'MISTAKE')
      await readAgain()
      expect(await row()).toMatchObject({ status: 'pending', told: { numbers: ['ONLY'] } })
      track(fulfillment)
      await readAgain()
      await world.shop.control.reset()
      world.shop.control.clearRequests()
      await readAgain(8)
      expect(atShop(placed.id).times).toBe(0)
      expect(await row()).toMatchObject({ status: 'sent', told: { numbers: ['ONLY'] } })
      expect((await texts(order.id)).slice(-2)).toEqual([
        'Changed in NetSuite after it was shipped: tracking number MISTAKE taken away. The shop keeps what it was told',
        'The shop keeps what it was told of the shipment: DHL ONLY',
      ])
    },
  )

  it('leaves no mistake behind whose answer was lost', async () => {
    world = await makeWorld({ mapping: demoMapping, shopRequestLimit: '10m' })
    const placed = world.shop.control.newOrder()
    await world.poll()
    const order = await world.order(placed.number)
    world.shop.control.fault({ kind: 'lose_answer', times: 1, on: 'writes', path: '/fulfillments' })
    const fulfillment = shipped(order.record_id!, 'TYPO')
    await readAgain()
    expect(await row()).toMatchObject({ status: 'sending', told: null })
    track(fulfillment, 'RIGHT')
    await readAgain(13)
    expect(await row()).toMatchObject({ status: 'sent', told: { numbers: ['RIGHT'] } })
    expect(await atShop(placed.id).numbers()).toEqual(['RIGHT'])
  })

  it('that goes back to what was told while its own telling may still arrive is looked at when that is over', async () => {
    const { placed, fulfillment } = await told('FIRST', { shopRequestLimit: '10m' })
    world.pass(day)
    world.shop.control.fault({ kind: 'lose_answer', times: 1, on: 'writes', path: '/fulfillments' })
    track(fulfillment, 'OTHER')
    await readAgain()
    expect(await row()).toMatchObject({ status: 'sending' })
    // As if that telling had not arrived yet.
    const { channel_shipment_id: id } = await row()
    const [{ meta_data: meta }] = (await (await askShop(placed.id, 'fulfillments')).json()) as [
      { meta_data: { key: string; value: unknown }[] },
    ]
    const ours = ['_tracking_number', '_waybill_tracking_numbers']
    const write = (number: string) =>
      askShop(placed.id, `fulfillments/${id}`, {
        method: 'PUT',
        body: { meta_data: meta.map((one) => (ours.includes(one.key) ? { ...one, value: number } : one)) },
      })
    expect((await write('FIRST')).ok).toBe(true)
    track(fulfillment, 'FIRST')
    await readAgain(2)
    expect(await row()).toMatchObject({ status: 'sending' })
    expect((await write('OTHER')).ok).toBe(true)
    await readAgain(12)
    expect(await atShop(placed.id).numbers()).toEqual(['FIRST'])
    expect(await row()).toMatchObject({ status: 'sent', told: { numbers: ['FIRST'] } })
  })

  it('whose telling never arrived is told when the shop’s own time is over, and not before', async () => {
    const { placed, fulfillment } = await told(undefined, { shopRequestLimit: '10m' })
    world.pass(day)
    world.shop.control.fault({ kind: 'reset', times: 1, on: 'writes', path: '/fulfillments' })
    track(fulfillment, 'JJD66')
    await readAgain(9)
    expect(await row()).toMatchObject({ status: 'sending' })
    expect(await atShop(placed.id).numbers()).toEqual([''])
    await readAgain(4)
    expect(await atShop(placed.id).numbers()).toEqual(['JJD66'])
    expect(await row()).toMatchObject({ status: 'sent', told: { numbers: ['JJD66'] } })
  })

  it('is told once also when the answer is lost', async () => {
    const { placed, fulfillment } = await told(undefined)
    world.pass(day)
    world.shop.control.fault({ kind: 'lose_answer', times: 1, on: 'writes', path: '/fulfillments' })
    track(fulfillment, 'JJD58')
    await readAgain()
    expect(await row()).toMatchObject({ status: 'sending' })
    expect(await world.order(placed.number)).toMatchObject({ status: 'complete' })
    await readAgain(8)
    expect(await row()).toMatchObject({ status: 'sent', told: { numbers: ['JJD58'] } })
    expect(atShop(placed.id).times).toBe(2)
    expect(await atShop(placed.id).numbers()).toEqual(['JJD58'])
  })

  it('is told by whoever comes after a sender that died on the way, once that may be', async () => {
    const { placed, fulfillment } = await told(undefined)
    world.pass(day)
    world.shop.control.fault({ kind: 'maintenance', path: '/fulfillments' })
    track(fulfillment, 'JJD59')
    await readAgain()
    expect(await row()).toMatchObject({ status: 'pending', told: { numbers: [] } })
    await world.shop.control.reset()
    await world.db.updateTable('shipments').set({ status: 'sending' }).execute()
    await readAgain()
    expect(await atShop(placed.id).numbers()).toEqual([''])
    await readAgain(8)
    expect(await atShop(placed.id).numbers()).toEqual(['JJD59'])
    expect(await world.order(placed.number)).toMatchObject({ status: 'complete' })
  })

  it('that changes once more while it is on its way ends with the last one', async () => {
    const { placed, fulfillment } = await told(undefined)
    world.pass(day)
    world.shop.control.fault({ kind: 'slow', ms: 1200, on: 'writes', path: '/fulfillments' })
    track(fulfillment, 'FIRST')
    const telling = world.advance(reads)
    await expect.poll(async () => (await row()).status).toBe('sending')
    track(fulfillment, 'SECOND')
    world.pass(reads)
    // Read while the first one is on its way to the shop.
    await expect.poll(async () => (await row()).tracking_numbers).toEqual(['SECOND'])
    expect(await row()).toMatchObject({ status: 'sending' })
    await telling
    await world.shop.control.reset()
    await readAgain(3)
    expect(await atShop(placed.id).numbers()).toEqual(['SECOND'])
    expect(await row()).toMatchObject({ status: 'sent', told: { numbers: ['SECOND'] } })
  })

  it('before the shop could be told of the shipment goes along with it', async () => {
    world = await makeWorld({ mapping: demoMapping })
    const placed = world.shop.control.newOrder()
    await world.poll()
    const order = await world.order(placed.number)
    world.shop.control.fault({ kind: 'maintenance', path: '/fulfillments' })
    const fulfillment = shipped(order.record_id!, undefined)
    await readAgain()
    track(fulfillment, 'JJD60')
    await readAgain()
    await world.shop.control.reset()
    world.shop.control.clearRequests()
    await readAgain(3)
    expect(atShop(placed.id).times).toBe(1)
    expect(await atShop(placed.id).numbers()).toEqual(['JJD60'])
    expect(await world.order(placed.number)).toMatchObject({ status: 'complete' })
  })

  it('is one more note to the customer where the shop has no fulfilments, once also when the answer is lost', async () => {
    const { placed, fulfillment } = await told(undefined, { shop: { fulfillments: false } })
    world.pass(day)
    world.shop.control.fault({ kind: 'lose_answer', times: 1, on: 'writes', path: '/notes' })
    track(fulfillment, 'JJD61')
    await readAgain(9)
    const notes = await atShop(placed.id).notes()
    expect(notes).toHaveLength(2)
    expect(notes.filter((note) => note.includes('JJD61'))).toHaveLength(1)
    expect(await row()).toMatchObject({ status: 'sent', told: { numbers: ['JJD61'] } })
  })

  it('is not told again by a ledger that was restored and does not know it', async () => {
    const { placed, fulfillment } = await told(undefined)
    world.pass(day)
    track(fulfillment, 'JJD62')
    await readAgain(2)
    await world.db
      .updateTable('shipments')
      .set({ tracking_numbers: [], told: JSON.stringify({ carrier: 'DHL', numbers: [] }) })
      .execute()
    await readAgain(2)
    expect(await row()).toMatchObject({ status: 'sent', told: { numbers: ['JJD62'] } })
    expect(atShop(placed.id).times).toBe(2)
  })

  it('takes the place of one that a restored ledger does not know', async () => {
    const { placed, fulfillment } = await told(undefined)
    world.pass(day)
    track(fulfillment, 'JJD64')
    await readAgain(2)
    await world.db
      .updateTable('shipments')
      .set({ tracking_numbers: [], told: JSON.stringify({ carrier: 'DHL', numbers: [] }) })
      .execute()
    track(fulfillment, 'JJD65')
    await readAgain(3)
    expect(await atShop(placed.id).numbers()).toEqual(['JJD65'])
  })

  it('is each by itself where a package’s field holds several', async () => {
    const { placed, fulfillment } = await told(undefined)
    world.pass(day)
    world.shop.control.fault({ kind: 'lose_answer', times: 1, on: 'writes', path: '/fulfillments' })
    track(fulfillment, '1Z1, 1Z2 ')
    await readAgain(9)
    expect(await row()).toMatchObject({ status: 'sent', tracking_numbers: ['1Z1', '1Z2'] })
    expect(await atShop(placed.id).numbers()).toEqual(['1Z1, 1Z2'])
    expect(atShop(placed.id).times).toBe(2)
  })

  it('of a part does not make it the last one', async () => {
    world = await makeWorld({ mapping: demoMapping })
    const { placed, order, lines } = await postedWithTwoLines(world)
    const first = world.netsuite.control.ship(order.record_id!, { lines: [{ line: lines[0]!.line }] })
    await readAgain()
    shipped(order.record_id!, 'REST')
    await readAgain()
    world.pass(day)
    track(first.ok ? first.value : '', 'FIRST-PART')
    await readAgain(2)
    expect((await atShop(placed.id).numbers()).toSorted()).toEqual(['FIRST-PART', 'REST'])
    expect((await world.events(order.id)).filter((kind) => kind === 'all_shipped_in_backend')).toEqual([])
    expect(await world.order(placed.number)).toMatchObject({ status: 'complete' })
  })
})

describe('a tracking number that the shop cannot be told', () => {
  it('because the shipment was deleted there is a problem, and goes when a person sends it again', async () => {
    const { placed, order, fulfillment } = await told(undefined)
    await deletedInShop(placed.id)
    const { channel_shipment_id: deleted } = await row()
    world.pass(day)
    track(fulfillment, 'TYPO')
    await readAgain(2)
    // Another number is no person's word that it may be made anew.
    track(fulfillment, 'JJD63')
    await readAgain(2)
    expect(atShop(placed.id).times).toBe(1)
    expect(await row()).toMatchObject({ status: 'error', told: { numbers: [] } })
    expect(await world.order(placed.number)).toMatchObject({ status: 'shipment_error' })
    expect(await world.problems(order.id)).toMatchObject([
      { code: 'shipment_gone_at_channel', detail: expect.stringContaining('DHL JJD63') },
    ])
    await actOnOrders(world.deps, { action: 'resend_shipment', orderIds: [order.id], actor: 'person' })
    const asked = world.now()
    await readAgain()
    expect(await atShop(placed.id).numbers()).toEqual(['JJD63'])
    const again = await row()
    expect(again.channel_shipment_id).not.toBe(deleted)
    expect(again.sent_at!.getTime()).toBeGreaterThanOrEqual(asked.getTime())
    expect(await world.order(placed.number)).toMatchObject({ status: 'complete' })
    expect(await world.problems(order.id)).toEqual([])
  })

  it('because it refuses is a problem, and goes by itself when NetSuite has another', async () => {
    const { placed, order, fulfillment } = await told(undefined)
    world.pass(day)
    world.shop.control.setKey({ permissions: 'read' })
    track(fulfillment, 'REFUSED')
    await readAgain(2)
    expect(await world.order(placed.number)).toMatchObject({ status: 'shipment_error' })
    expect(await world.problems(order.id)).toMatchObject([{ code: 'shipment_rejected' }])
    world.shop.control.setKey({ permissions: 'read_write' })
    track(fulfillment, 'TAKEN')
    await readAgain(2)
    expect(await atShop(placed.id).numbers()).toEqual(['TAKEN'])
    expect(await world.order(placed.number)).toMatchObject({ status: 'complete' })
    expect(await world.problems(order.id)).toEqual([])
  })
})
