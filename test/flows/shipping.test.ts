import { afterEach, describe, expect, it } from 'vitest'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { postedWithTwoLines } from '../support/posted.ts'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

/** A posted order, and what it is called on both sides. */
async function posted(options: WorldOptions = {}) {
  world = await makeWorld({ mapping: demoMapping, ...options })
  const placed = world.shop.control.placeOrder({
    ...world.shop.control.draftOrder(),
    draft: {
      ...world.shop.control.draftOrder().draft,
      currency: 'EUR',
      coupons: [],
      fees: [],
    },
  })
  await world.poll()
  await world.advance(60_000)
  const order = await world.order(placed.number)
  return { placed, order }
}

const reads = 60_000
const shipmentRows = () => world.db.selectFrom('shipments').selectAll().orderBy('seen_at').execute()

/** What the shop has of shipments: fulfilments, and notes that speak of them. */
async function atShop(id: number) {
  const auth = `Basic ${Buffer.from(`${world.shop.consumerKey}:${world.shop.consumerSecret}`).toString('base64')}`
  const get = async (path: string) => {
    const answer = await fetch(`${world.shop.url}/wp-json/wc/v3/orders/${id}/${path}`, {
      headers: { authorization: auth },
    })
    return answer.ok ? ((await answer.json()) as Record<string, unknown>[]) : []
  }
  const text = (value: unknown) => JSON.stringify(value)
  const notes = await get('notes')
  return {
    fulfillments: (await get('fulfillments')).map(text),
    notes: notes.filter((note) => note['customer_note'] === true).map(text),
  }
}

describe('shipments back to the shop', () => {
  it('bring carrier and tracking number, once, and complete the order', async () => {
    const { placed, order } = await posted()
    world.netsuite.control.ship(order.record_id!, { carrier: 'DHL', tracking: '00340434161094042557' })
    await world.advance(reads)
    expect(await world.order(placed.number)).toMatchObject({ status: 'complete' })
    const { fulfillments } = await atShop(placed.id)
    expect(fulfillments).toHaveLength(1)
    expect(fulfillments[0]).toContain('00340434161094042557')
    expect(fulfillments[0]).toContain((await shipmentRows())[0]!.id)
    await world.advance(reads)
    await world.advance(reads)
    expect((await atShop(placed.id)).fulfillments).toHaveLength(1)
  })

  it('come back from the shop as a change that moves nothing (failure mode 23)', async () => {
    const { placed, order } = await posted()
    world.netsuite.control.ship(order.record_id!, { tracking: 'JJD0023' })
    await world.advance(reads)
    const told = await world.order(placed.number)
    for (let n = 0; n < 3; n += 1) await world.advance(reads)
    expect(await world.events(order.id)).toContain('changed_at_channel')
    expect(await world.order(placed.number)).toMatchObject({
      status: 'complete',
      channel_status: 'completed',
      record_id: told.record_id,
      changed_after_posting_at: null,
      cancel_requested_at: null,
    })
    expect(await world.problems(order.id)).toEqual([])
    expect(world.netsuite.records.counts().orders).toBe(1)
    expect((await atShop(placed.id)).fulfillments).toHaveLength(1)
  })

  it('are told once also when the answer is lost (failure mode 59)', async () => {
    const { placed, order } = await posted()
    world.shop.control.fault({ kind: 'lose_answer', times: 1 })
    world.netsuite.control.ship(order.record_id!, { carrier: 'DHL', tracking: 'JJD0001' })
    await world.advance(reads)
    for (let n = 0; n < 3; n += 1) await world.advance(reads)
    expect(await world.order(placed.number)).toMatchObject({ status: 'complete' })
    expect((await atShop(placed.id)).fulfillments).toHaveLength(1)
  })

  it('go as one customer note where the shop has no fulfilments, once also when the answer is lost', async () => {
    const { placed, order } = await posted({ shop: { fulfillments: false } })
    world.shop.control.fault({ kind: 'lose_answer', times: 1, path: 'notes' })
    world.netsuite.control.ship(order.record_id!, { carrier: 'UPS', tracking: '1Z999AA10123456784' })
    await world.advance(reads)
    for (let n = 0; n < 3; n += 1) await world.advance(reads)
    expect(await world.order(placed.number)).toMatchObject({ status: 'complete' })
    const { notes } = await atShop(placed.id)
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain('1Z999AA10123456784')
  })

  it('leave the order partially shipped until the rest has left', async () => {
    world = await makeWorld({ mapping: demoMapping })
    const { placed, order, lines } = await postedWithTwoLines(world)
    expect(order.status).toBe('posted')
    world.netsuite.control.ship(order.record_id!, { tracking: 'A1', lines: [{ line: lines[0]!.line }] })
    await world.advance(reads)
    expect(await world.order(placed.number)).toMatchObject({ status: 'partially_shipped' })
    world.netsuite.control.ship(order.record_id!, { tracking: 'A2' })
    await world.advance(reads)
    expect(await world.order(placed.number)).toMatchObject({ status: 'complete' })
    expect((await atShop(placed.id)).fulfillments).toHaveLength(2)
  })

  it('that the shop refuses stop with a problem, and go when sent again', async () => {
    const { placed, order } = await posted()
    world.shop.control.remove(placed.id)
    world.netsuite.control.ship(order.record_id!, { tracking: 'A1' })
    await world.advance(reads)
    for (let n = 0; n < 8; n += 1) await world.advance(reads)
    expect(await world.order(placed.number)).toMatchObject({ status: 'shipment_error' })
    expect(await world.problems(order.id)).toHaveLength(1)
  })
})
