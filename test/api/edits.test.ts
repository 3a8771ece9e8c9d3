import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addEvents } from '../../src/ledger/events.ts'
import type { OrderCounts, OrderDetail, OrderPage } from '../../src/server/schemas.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { editInNetSuite } from '../support/in-netsuite.ts'
import { type Api, json, startApi } from './support.ts'

const minute = 60_000
let api: Api
beforeAll(async () => {
  api = await startApi({ mapping: demoMapping })
})
afterAll(() => api.stop())

async function postedThen(change: (id: number) => void): Promise<OrderDetail> {
  const { world } = api
  const placed = world.shop.control.newOrder()
  await world.poll()
  await world.advance(minute / 2)
  change(placed.id)
  await world.advance(minute)
  return api.get<OrderDetail>(`/orders/${placed.number}`)
}
const edit = (input: object) => (id: number) => void api.world.shop.control.edit(id, input as never)
const decide = async (order: OrderDetail, action: string) => {
  await api.post(`/orders/${order.id}/${action}`)
  await api.world.settle()
  return api.get<OrderDetail>(`/orders/${order.id}`)
}
const waiting = async (which: string) =>
  (await api.get<OrderPage>(`/orders?decision=${which}`)).items.map(({ id }) => id)

describe('an order that the shop changed after it was posted', () => {
  it('is found, counted, and shown field by field with what can be decided', async () => {
    const order = await postedThen(edit({ customer_note: 'Ring twice', billing: { city: 'Bremen' } }))
    expect(order.difference).toMatchObject({ isEdit: true, ignored: false, needsReplacement: false })
    expect(order.difference!.fields).toEqual([
      expect.objectContaining({ field: 'billing.city', label: 'Billing: town', after: 'Bremen' }),
      { field: 'note', area: 'notes', label: 'Customer’s note', before: null, after: 'Ring twice' },
    ])
    expect(order.actions).toEqual(
      expect.arrayContaining(['update_record', 'replace_record', 'ignore_changes']),
    )
    expect(await waiting('changed')).toContain(order.id)
    expect(await waiting('any')).toContain(order.id)
    expect(await waiting('cancelled')).not.toContain(order.id)
    expect((await api.get<OrderCounts>('/orders/counts')).decisions).toEqual({ changed: 1, cancelled: 0 })

    const after = await decide(order, 'update-record')
    expect(after).toMatchObject({ difference: null, changedAfterPostingAt: null, changing: false })
    expect(after.recordChanges).toMatchObject([
      {
        kind: 'update',
        state: 'done',
        actor: 'person',
        written: expect.arrayContaining([
          expect.objectContaining({ label: 'Billing: town', wanted: 'Bremen' }),
        ]),
      },
    ])
    expect(after.events.map(({ text }) => text)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^SO\d+ in NetSuite follows the shop: .*Billing: town/)]),
    )
    expect(await waiting('any')).not.toContain(order.id)
  })

  it('is shown as it is at one moment, also when that moment is the one of its change', async () => {
    const { db } = api.world
    const order = await postedThen(edit({ customer_note: 'Ring thrice' }))
    const { answer } = await db.transaction().execute(async (tx) => {
      await sql`LOCK TABLE problems IN ACCESS EXCLUSIVE MODE`.execute(tx)
      const answer = api.get<OrderDetail>(`/orders/${order.id}`)
      const waits = sql`SELECT FROM pg_locks WHERE relation = 'problems'::regclass AND NOT granted`
      await expect.poll(async () => (await waits.execute(db)).rows.length, { timeout: 10_000 }).toBe(1)
      // Its row has been read; what belongs to it has not.
      await tx
        .updateTable('orders')
        .set({ changed_after_posting_at: null })
        .where('id', '=', order.id)
        .execute()
      await addEvents(tx, [
        { orderId: order.id, at: api.world.now(), kind: 'changes_ignored', actor: 'person' },
      ])
      return { answer }
    })
    const shown = await answer
    expect(shown.changedAfterPostingAt).not.toBeNull()
    expect(shown.events.map(({ kind }) => kind)).not.toContain('changes_ignored')
  })

  it('and left as it is, shows the difference all the same', async () => {
    const order = await postedThen(edit({ customer_note: 'Ring once' }))
    const after = await decide(order, 'ignore-changes')
    expect(after).toMatchObject({
      changedAfterPostingAt: null,
      difference: { isEdit: true, ignored: true, fields: [{ field: 'note' }] },
    })
    expect(await waiting('any')).not.toContain(order.id)
  })

  it('shows what a person edited in NetSuite beside what was sent and is wanted', async () => {
    const order = await postedThen(edit({ shipping: { address_1: 'Neue Straße 7' } }))
    await editInNetSuite(api.world, order.record!.id, { shippingAddress: { addr1: 'Packstation 12' } })
    const { recordChanges } = await decide(order, 'update-record')
    expect(recordChanges).toMatchObject([
      {
        state: 'refused',
        why: expect.stringMatching(/^SO\d+ was edited in NetSuite: Ships to: street$/),
        conflicts: [{ found: 'Packstation 12', wanted: 'Neue Straße 7' }],
      },
    ])
  })

  it('refuses what is not to be decided, and an unknown filter', async () => {
    const order = await postedThen(edit({ status: 'completed' }))
    expect(order.difference).toMatchObject({ isEdit: false, fields: [{ field: 'status' }] })
    const refused = await api.ask('POST', `/orders/${order.id}/update-record`, json({}))
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      expect.stringContaining('there is no change in the shop to decide about'),
    ])
    expect((await api.ask('GET', '/orders?decision=maybe')).status).toBe(400)
  })
})

describe('an order that the shop cancelled after it was posted', () => {
  it('is found and closed, or kept', async () => {
    const order = await postedThen((id) => void api.world.shop.control.cancel(id))
    expect(await waiting('cancelled')).toEqual([order.id])
    expect(order.actions).toEqual(expect.arrayContaining(['cancel_record', 'keep_record']))
    const after = await decide(order, 'cancel-record')
    expect(after).toMatchObject({ status: 'cancelled', cancelReason: 'at_channel' })
    expect(after.reason).toMatch(/^The shop cancelled it after it was posted; SO\d+ is closed$/)
    const kept = await postedThen((id) => void api.world.shop.control.cancel(id))
    expect(await decide(kept, 'keep-record')).toMatchObject({ status: 'posted', cancelRequestedAt: null })
    expect(await waiting('cancelled')).toEqual([])
  })
})
