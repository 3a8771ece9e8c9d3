import { stringify } from 'yaml'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { allowList } from '../../src/connectors/addresses.ts'
import { backends, channels } from '../../src/connectors/index.ts'
import { actOnOrders } from '../../src/flows/actions.ts'
import { applyConfiguration } from '../../src/flows/apply-configuration.ts'
import { explain } from '../../src/flows/explain.ts'
import { countUnseen, deliver, listNotices } from '../../src/ledger/notices.ts'
import { pauseConnection } from '../../src/ledger/pausing.ts'
import { prune } from '../../src/ledger/prune.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { demoIds } from '../../src/sandbox/netsuite/demo.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await makeWorld({ mapping: demoMapping })
})
afterEach(() => world.stop())

const minute = 60_000
const hour = 60 * minute
const sixHours = { after: '6h', warn: ['3h', '1h'] }

/** Gives the route this rule, as a person does with a file; the notes that come back. */
async function setRule(autoCancel: object | false, dryRun = false): Promise<string[]> {
  const route = { name: 'route', from: 'shop', to: 'netsuite', autoCancel, mapping: demoMapping }
  const applied = await applyConfiguration(
    {
      db: world.db,
      vault: world.vault,
      now: world.now,
      newId: world.deps.newId,
      connectors: { channels, backends },
      allow: allowList(['127.0.0.1']),
    },
    {
      yaml: stringify({
        routes: [{ ...route, import: { statuses: ['processing'], since: '2026-01-01' } }],
      }),
      values: {},
      dryRun,
      prune: false,
      actor: 'person',
    },
  )
  if (!applied.ok) throw new Error(JSON.stringify(applied.error))
  await world.settle()
  return applied.value.notes
}

/** Time passes, and everything happens in it as it would. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10 * minute) await world.advance(Math.min(left, 10 * minute))
}

const notices = async () => (await listNotices(world.db, { limit: 50, after: null })).toReversed()
const kinds = async () => (await notices()).map(({ kind }) => kind)
/** A person opens the page that shows them. */
const read = async () =>
  deliver(
    world.db,
    (await notices()).map(({ id }) => id),
    world.now(),
  )

async function stoppedOrder() {
  const placed = world.shop.control.newOrder({ trouble: 'unknown_sku' })
  await world.poll()
  const order = await world.order(placed.number)
  expect(order.status).toBe('post_error')
  return order
}
const after = (ms: number, since: Date) => new Date(since.getTime() + ms)
const pause = (on: boolean) =>
  world.db.transaction().execute((tx) =>
    pauseConnection(tx, {
      connectionId: world.netsuiteId,
      pause: on,
      at: world.now(),
      actor: 'person',
      newId: world.deps.newId,
    }),
  )

describe('an order that stays in error', () => {
  it('is never cancelled by itself unless the route says so', async () => {
    const order = await stoppedOrder()
    await pass(12 * hour)
    expect(await world.order(order.number)).toMatchObject({ status: 'post_error', cancels_at: null })
    expect(await notices()).toEqual([])
  })

  it('shows its date at once, is warned of twice, is cancelled then, and goes its way when it is taken up again', async () => {
    await setRule(sixHours)
    const order = await stoppedOrder()
    const stopped = world.now()
    expect((await world.order(order.number)).cancels_at).toEqual(after(6 * hour, stopped))
    await pass(3.25 * hour)
    expect(await notices()).toMatchObject([
      {
        kind: 'cancel_warning',
        deliveredAt: null,
        detail: {
          route: 'route',
          orders: [{ id: order.id, number: order.number, total: order.total, currency: order.currency }],
          cancelsAt: after(6 * hour, stopped).toISOString(),
        },
      },
    ])
    await read()
    await pass(2 * hour)
    expect(await kinds()).toEqual(['cancel_warning', 'cancel_warning'])
    await read()
    expect((await world.order(order.number)).status).toBe('post_error')
    await pass(1.5 * hour)
    const cancelled = await world.order(order.number)
    expect(cancelled).toMatchObject({ status: 'cancelled', cancel_reason: 'aged_out', cancels_at: null })
    expect(cancelled.reason).toBe('Cancelled by Waybill: its problem was not solved within 6h')
    expect((await notices()).at(-1)).toMatchObject({
      kind: 'auto_cancelled',
      detail: { orders: [{ id: order.id }] },
    })
    const answer = await explain(world.deps, { query: order.number })
    expect(answer).toMatchObject({ ok: true, value: { verdict: 'cancelled_after_error' } })

    await actOnOrders(world.deps, { action: 'uncancel', orderIds: [order.id], actor: 'person' })
    expect(await world.order(order.number)).toMatchObject({
      status: 'post_error',
      cancels_at: after(6 * hour, world.now()),
    })
    expect(await world.events(order.id)).toEqual([
      'seen',
      'stopped',
      'cancel_announced',
      'cancel_announced',
      'aged_out',
      'uncancelled',
    ])
  })

  it('is not cancelled while a person holds it, whatever was announced; its time begins anew when it stops anew', async () => {
    await setRule(sixHours)
    const order = await stoppedOrder()
    await pass(5.5 * hour)
    await read()
    const act = (action: 'hold' | 'release') =>
      actOnOrders(world.deps, { action, orderIds: [order.id], actor: 'person' })
    await act('hold')
    await pass(12 * hour)
    expect(await world.order(order.number)).toMatchObject({ status: 'held', cancels_at: null })
    expect(await kinds()).toEqual(['cancel_warning', 'cancel_warning'])
    await act('release')
    await world.settle()
    expect(await world.order(order.number)).toMatchObject({
      status: 'post_error',
      cancels_at: after(6 * hour, world.now()),
    })
  })

  it('is not cancelled before a person has had the warnings: its date moves, as long as it takes', async () => {
    await setRule(sixHours)
    const order = await stoppedOrder()
    await pass(20 * hour)
    const waiting = await world.order(order.number)
    expect(waiting.status).toBe('post_error')
    expect(waiting.cancels_at!.getTime()).toBeGreaterThan(world.now().getTime())
    expect(await kinds()).toEqual(['cancel_warning', 'cancel_warning'])
    expect(await countUnseen(world.db)).toBe(2)
    await read()
    // The last warning is to come an hour ahead: so much is left from when it was read.
    const seen = world.now()
    await pass(0.75 * hour)
    expect((await world.order(order.number)).status).toBe('post_error')
    await pass(2 * hour)
    const cancelled = await world.order(order.number)
    expect(cancelled.status).toBe('cancelled')
    expect(cancelled.updated_at.getTime() - seen.getTime()).toBeGreaterThanOrEqual(hour)
  })

  it('does not grow older while its connection is paused, nor while Waybill does not run', async () => {
    await setRule(sixHours)
    const order = await stoppedOrder()
    const stopped = world.now()
    await pass(hour)
    await pause(true)
    await pass(10 * hour)
    await pause(false)
    await pass(0.5 * hour)
    expect((await world.order(order.number)).cancels_at!.getTime()).toBeGreaterThanOrEqual(
      stopped.getTime() + 15.5 * hour,
    )
    // One leap: nothing has run in between.
    await world.advance(48 * hour)
    await pass(0.5 * hour)
    expect((await world.order(order.number)).status).toBe('post_error')
    expect((await world.order(order.number)).cancels_at!.getTime()).toBeGreaterThanOrEqual(
      stopped.getTime() + 63 * hour,
    )
    expect(await notices()).toEqual([])
  })

  it('does not grow older while the shop is away', async () => {
    await setRule(sixHours)
    const order = await stoppedOrder()
    await world.shop.control.down('refused')
    await pass(10 * hour)
    await world.shop.control.up()
    await pass(hour)
    expect((await world.order(order.number)).status).toBe('post_error')
    expect((await world.order(order.number)).cancels_at!.getTime() - world.now().getTime()).toBeGreaterThan(
      4.5 * hour,
    )
  })

  it('begins its time anew when it stops anew, with warnings of its own', async () => {
    await setRule(sixHours)
    const order = await stoppedOrder()
    await pass(5.5 * hour)
    await read()
    expect(await kinds()).toEqual(['cancel_warning', 'cancel_warning'])
    await actOnOrders(world.deps, { action: 'post', orderIds: [order.id], actor: 'person' })
    await world.settle()
    expect(await world.order(order.number)).toMatchObject({
      status: 'post_error',
      cancels_at: after(6 * hour, world.now()),
    })
    await pass(3.25 * hour)
    expect(await kinds()).toEqual(['cancel_warning', 'cancel_warning', 'cancel_warning'])
    expect(await countUnseen(world.db)).toBe(1)
  })

  it('keeps its warnings as long as it waits, and no longer than history is kept afterwards', async () => {
    await setRule(sixHours)
    const order = await stoppedOrder()
    await pass(3.25 * hour)
    await read()
    const keepNothing = () => prune(world.db, { now: world.now(), keepHistoryMs: 0, keepWebhooksMs: 0 })
    await keepNothing()
    expect(await kinds()).toEqual(['cancel_warning'])
    await actOnOrders(world.deps, { action: 'cancel', orderIds: [order.id], actor: 'person' })
    await keepNothing()
    expect(await kinds()).toEqual([])
  })

  it('is left alone when it is in NetSuite and only its total differs', async () => {
    await setRule(sixHours)
    world.shop.control.newOrder({ country: 'DE' })
    await world.poll()
    for (const id of Object.values(demoIds.taxCodes)) world.netsuite.control.changeTaxCode(id, '30')
    const placed = world.shop.control.newOrder({ country: 'DE' })
    await world.poll()
    const order = await world.order(placed.number)
    expect(order).toMatchObject({ status: 'post_error', record_id: expect.any(String) })
    await pass(8 * hour)
    expect(await world.order(placed.number)).toMatchObject({ status: 'post_error', cancels_at: null })
  })
})

describe('the rule', () => {
  it('says before it is saved what it means for the orders that are in error', async () => {
    await stoppedOrder()
    await stoppedOrder()
    const notes = await setRule({ after: '7d' }, true)
    expect(notes).toContain(
      'Route route: 2 orders in error now would be cancelled, the first on 2026-03-09, unless the problems are solved; you are warned 3d and 1d before.',
    )
    expect((await world.orders()).map((order) => order.cancels_at)).toEqual([null, null])
  })

  it('gives orders that are in error already all of their time; switched off, it takes their dates away', async () => {
    const order = await stoppedOrder()
    await pass(10 * hour)
    await setRule(sixHours)
    expect((await world.order(order.number)).cancels_at).toEqual(after(6 * hour, world.now()))
    // Shorter than what has passed already: there is time for every warning all the same.
    await pass(4 * hour)
    expect(await kinds()).toEqual(['cancel_warning'])
    await setRule({ after: '4h', warn: ['3h', '1h'] })
    expect((await world.order(order.number)).cancels_at).toEqual(after(3 * hour, world.now()))
    // It was announced for another date: the new one is announced as well.
    expect(await kinds()).toEqual(['cancel_warning', 'cancel_warning'])
    const notes = await setRule(false)
    expect(notes).toContain('Route route: none of the 1 order in error now is cancelled by itself any more.')
    expect((await world.order(order.number)).cancels_at).toBeNull()
    await pass(8 * hour)
    expect((await world.order(order.number)).status).toBe('post_error')
  })
})
