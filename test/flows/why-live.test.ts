import { afterEach, describe, expect, it } from 'vitest'
import { explain } from '../../src/flows/explain.ts'
import { pauseConnection } from '../../src/ledger/pausing.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())
const start = async () => {
  world = await makeWorld({ mapping: demoMapping, shop: { timezone: 'UTC' } })
  // Of a shop that lists no order at all nothing is believed.
  world.shop.control.newOrder({ country: 'DE' })
}

async function why(query: string | number, live = true) {
  const answer = await explain(world.deps, { query: String(query), live })
  if (!answer.ok) throw new Error('ambiguous')
  return answer.value
}
const checked = async (query: string | number, name: string) =>
  (await why(query)).checks.find((check) => check.name === name)

async function posted() {
  await start()
  const placed = world.shop.control.newOrder({ country: 'DE' })
  await world.poll()
  return world.order(placed.number)
}

describe('an order that Waybill has', () => {
  it('was just seen in NetSuite and in the shop', async () => {
    const { number, record_number: record } = await posted()
    const answer = await why(number)
    expect(answer).toMatchObject({
      verdict: 'in_backend',
      headline: `Order ${number} is in NetSuite as ${record}, seen there just now.`,
    })
    expect(answer.checks.slice(-2)).toEqual([
      { name: 'Asking NetSuite now', outcome: 'ok', detail: `${record} is there` },
      {
        name: 'Asking shop now',
        outcome: 'ok',
        detail: 'It is there with the status "processing", changed last on 2 Mar at 10:00',
      },
    ])
  })

  it('"posted, waiting for shipment", and gone from NetSuite: that is said at once, and what to do a moment later', async () => {
    const { number, id, record_id: recordId, record_number: record } = await posted()
    world.netsuite.control.deleteOrder(recordId!)
    expect((await why(number, false)).verdict).toBe('in_backend')
    const answer = await why(number)
    expect(answer.verdict).toBe('missing_in_backend')
    expect(answer.headline).toContain(`was posted to NetSuite as ${record}, and is not there any more`)
    await world.settle()
    expect((await world.problems(id)).map(({ code }) => code)).toEqual(['record_missing'])
    expect((await why(number)).fixes.map(({ action }) => action)).toEqual([
      'post_anew',
      'let_be',
      'check_again',
    ])
  })

  it('is answered from what was last seen while NetSuite cannot be asked, with the reason', async () => {
    const { number } = await posted()
    await world.netsuite.control.down()
    expect(await why(number)).toMatchObject({
      verdict: 'in_backend',
      headline: expect.stringContaining('last seen there on 2 Mar at 10:00'),
    })
    expect(await checked(number, 'Asking NetSuite now')).toMatchObject({
      outcome: 'skipped',
      detail: expect.stringMatching(/^Not asked: .*refuses connections/),
    })
  })

  it('is not said to be seen where another record has its external id', async () => {
    const { number, record_number: record } = await posted()
    await world.db
      .updateTable('orders')
      .set({ record_id: '99999', record_number: 'SO-ELSE' })
      .where('number', '=', number)
      .execute()
    expect((await why(number)).headline).toContain('last seen there on 2 Mar at 10:00')
    expect(await checked(number, 'Asking NetSuite now')).toMatchObject({
      outcome: 'fail',
      detail: `${record} has the external id of this order, and Waybill has linked SO-ELSE`,
    })
  })

  it('is told to be gone from the shop', async () => {
    const { number, channel_order_id: id } = await posted()
    world.shop.control.remove(Number(id))
    expect(await checked(number, 'Asking shop now')).toEqual({
      name: 'Asking shop now',
      outcome: 'fail',
      detail: 'It has no such order any more',
    })
  })

  it('and that has no record is looked for in NetSuite all the same', async () => {
    await start()
    const placed = world.shop.control.newOrder({ trouble: 'unknown_sku' })
    await world.poll()
    expect((await why(placed.number)).verdict).toBe('error_posting')
    expect(await checked(placed.number, 'Asking NetSuite now')).toMatchObject({
      outcome: 'ok',
      detail: 'It has no record of this order',
    })
  })
})

describe('an order that Waybill has never seen', () => {
  it('is in the shop, and newer than the last reading', async () => {
    await start()
    await world.poll()
    const { number } = world.shop.control.newOrder()
    const answer = await why(number)
    expect(answer).toMatchObject({
      verdict: 'not_yet_seen',
      headline: `Order ${number} is in shop and not in Waybill yet, changed there last on 2 Mar at 10:00: shop is read again in 60 seconds, or import it now.`,
      fixes: [{ action: 'import', command: `waybill import shop ${number}` }],
    })
    expect(await world.orders()).toHaveLength(1)
  })

  it('would be held by its status: which one it has, and which are imported', async () => {
    await start()
    await world.poll()
    const { number } = world.shop.control.newOrder({ status: 'on-hold' })
    const answer = await why(number)
    expect(answer.verdict).toBe('held_by_status')
    expect(answer.headline).toMatch(/on-hold.*processing/)
    expect(answer.fixes).toMatchObject([
      { action: 'import_anyway', command: `waybill import shop ${number} --anyway` },
    ])
  })

  it('was placed before the route begins', async () => {
    await start()
    await world.poll()
    const at = Math.floor(Date.parse('2025-06-01T10:00:00Z') / 1000)
    const { number } = world.shop.control.newOrder({ at })
    expect(await why(number)).toMatchObject({ verdict: 'before_start_date' })
  })

  it('was missed in an outage that is still being read', async () => {
    await start()
    await world.poll()
    await world.shop.control.down('refused')
    for (let n = 0; n < 6; n += 1) await world.advance(600_000)
    const { number } = world.shop.control.newOrder()
    await world.shop.control.up()
    await world.db.updateTable('connections').set({ blocked_until: null }).execute()
    const answer = await why(number)
    expect(answer.verdict).toBe('missed_while_disconnected')
    expect(answer.headline).toContain(`Order ${number} is in shop and not in Waybill yet`)
  })

  it('is in no shop', async () => {
    await start()
    await world.poll()
    const answer = await why('424242')
    expect(answer.verdict).toBe('not_in_channel')
    expect(answer.headline).toBe('shop has no order with the id or number 424242: it was asked just now.')
    expect(answer.checks.at(-1)).toEqual({
      name: 'Asking shop for it',
      outcome: 'fail',
      detail: 'It has none with the id or number 424242',
    })
  })

  it('cannot be read by anybody', async () => {
    await start()
    await world.poll()
    const broken = { id: 7001, number: '7001', status: 'processing', currency: '', line_items: [] }
    world.shop.control.load(JSON.stringify({ ...broken, date_modified_gmt: '2026-03-02T10:00:00' }))
    expect(await why(7001)).toMatchObject({
      verdict: 'error_importing',
      headline: expect.stringContaining('cannot be read'),
    })
  })

  it('cannot be looked for while the shop is away or paused: why, and since when', async () => {
    await start()
    await world.poll()
    await world.shop.control.down('refused')
    for (let n = 0; n < 6; n += 1) await world.advance(60_000)
    expect((await why('4242')).verdict).toBe('connection_down')
    await world.shop.control.up()
    await world.db.transaction().execute((tx) =>
      pauseConnection(tx, {
        connectionId: world.shopId,
        pause: true,
        at: world.now(),
        actor: 'person',
        newId: world.deps.newId,
      }),
    )
    expect(await checked('4242', 'Asking shop for it')).toEqual({
      name: 'Asking shop for it',
      outcome: 'skipped',
      detail: 'Not asked: it is paused',
    })
  })
})
