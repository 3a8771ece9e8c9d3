import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { demoIds } from '../../src/sandbox/netsuite/demo.ts'
import type {
  BulkResult,
  Choices,
  FixResult,
  ImportJson,
  OrderDetail,
  OrderPage,
  ProblemGroup,
  Why,
} from '../../src/server/schemas.ts'
import { orderDetail, orderPage, problemList } from '../../src/server/schemas.ts'
import { type Api, startApi } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi({ mapping: demoMapping })
})
afterAll(() => api.stop())

describe('an order on its way, seen from outside', () => {
  it('is listed, explained and shown with all that was sent, without a secret', async () => {
    const placed = api.world.shop.control.newOrder()
    await api.world.poll()
    const page = orderPage.parse(await api.get<OrderPage>('/orders'))
    expect(page.items).toMatchObject([
      {
        connection: 'shop',
        backend: 'netsuite',
        number: placed.number,
        status: 'posted',
        label: 'Order posted, waiting for shipment',
        total: { amount: Number(placed.total).toFixed(2), currency: placed.currency },
        record: { connection: 'netsuite', number: expect.stringMatching(/^SO/) },
        problem: null,
      },
    ])
    const detail = orderDetail.parse(await api.get<OrderDetail>(`/orders/${placed.number}`))
    expect(detail.events.map((event) => event.kind)).toEqual(['seen', 'posting', 'posted'])
    expect(detail.events.at(-1)?.text).toBe(`Posted to NetSuite as ${detail.record?.number}`)
    expect(detail.attempts).toMatchObject([{ kind: 'post', outcome: 'posted' }])
    expect(
      detail.attempts[0]?.exchanges.some(({ method, status }) => method === 'POST' && status === 204),
    ).toBe(true)
    expect(JSON.parse(detail.payload.text)).toMatchObject({ id: placed.id })
    expect(detail.canonical?.lines.length).toBeGreaterThan(0)
    expect(Number(detail.totals?.total.amount)).toBe(Number(placed.total))
    const { privateKey, clientId } = api.world.netsuite.credentials.oauth2
    const everything = JSON.stringify(detail)
    for (const secret of [api.world.shop.consumerKey, api.world.shop.consumerSecret, privateKey, clientId])
      expect(everything).not.toContain(secret)

    const why = await api.get<Why>(`/why?q=${placed.number}`)
    expect(why).toMatchObject({ verdict: 'in_backend', orders: [{ number: placed.number }] })
  })

  it('stops for an unknown SKU; one fix posts every order that it stopped', async () => {
    const placed = [1, 2].map(() => api.world.shop.control.newOrder({ trouble: 'unknown_sku' }))
    await api.world.poll()
    const { items } = problemList.parse(await api.get<{ items: ProblemGroup[] }>('/problems'))
    expect(items).toMatchObject([
      { code: 'unknown_sku', scope: 'order', connection: 'netsuite', routes: ['route'], orders: 2 },
    ])
    const group = items[0]!
    const stopped = await api.get<OrderPage>(`/orders?problem=${encodeURIComponent(group.fingerprint)}`)
    expect(stopped.items.map((order) => order.number).sort()).toEqual(placed.map((one) => one.number).sort())
    expect(stopped.items[0]).toMatchObject({ status: 'post_error', primaryAction: 'post' })

    const choices = await api.get<Choices>('/routes/route/choices?list=map_sku&search=SAUCER-OAK')
    expect(choices.items[0]?.label).toContain('SAUCER-OAK')
    const fixed = await api.post<FixResult>('/problems/fix', {
      fingerprint: group.fingerprint,
      action: 'map_sku',
      value: choices.items[0]!.id,
    })
    expect(fixed).toEqual({ routes: ['route'], scheduled: 2 })
    await api.world.settle()
    for (const { number } of placed)
      expect(await api.get<OrderDetail>(`/orders/${number}`)).toMatchObject({
        status: 'posted',
        problem: null,
      })
    expect((await api.get<{ items: ProblemGroup[] }>('/problems')).items).toEqual([])
  })

  it('is held by its status, and imported anyway when a person says so', async () => {
    const placed = api.world.shop.control.newOrder({ status: 'pending' })
    await api.world.poll()
    const held = await api.get<Why>(`/why?q=${placed.number}`)
    expect(held).toMatchObject({ verdict: 'held_by_status' })
    expect(held.headline).toContain('pending')
    expect(held.fixes[0]?.command).toBe(`waybill import shop ${placed.id} --anyway`)
    await api.post(`/orders/${placed.number}/import-anyway`)
    await api.world.settle()
    expect(await api.get<OrderDetail>(`/orders/${placed.number}`)).toMatchObject({ status: 'posted' })
  })

  it('is imported by its number, and a number that is not there is said to be not there', async () => {
    const placed = api.world.shop.control.newOrder()
    const asked = await api.post<ImportJson>('/imports', {
      connection: 'shop',
      orders: [`#${placed.number}`, '999999'],
    })
    expect(asked.finishedAt).toBeNull()
    await api.world.settle()
    const done = await api.get<ImportJson>(`/imports/${asked.id}`)
    expect(done.finishedAt).not.toBeNull()
    expect(done.items).toMatchObject([
      { query: placed.number, state: 'imported', orderId: expect.any(String) },
      { query: '999999', state: 'not_found', detail: expect.stringContaining('999999') },
    ])
  })

  it('is cancelled and taken up again, many at once by a filter', async () => {
    const placed = [1, 2, 3].map(() => api.world.shop.control.newOrder({ trouble: 'inactive_item' }))
    await api.world.poll()
    const filter = { problem: 'inactive_item', status: ['post_error'] }
    const cancelled = await api.post<BulkResult>('/orders/actions', { action: 'cancel', filter })
    expect(cancelled).toMatchObject({ asked: 3, done: 3, skippedCount: 0 })
    expect((await api.get<{ items: ProblemGroup[] }>('/problems')).items).toEqual([])
    const ids = (await api.get<OrderPage>('/orders?status=cancelled')).items.map((order) => order.id)
    const again = await api.post<BulkResult>('/orders/actions', { action: 'uncancel', ids })
    expect(again).toMatchObject({ done: 3 })
    for (const { number } of placed)
      expect(await api.get<OrderDetail>(`/orders/${number}`)).toMatchObject({
        status: 'post_error',
        cancelReason: null,
        problem: { code: 'inactive_item' },
      })
    const other = await api.post<BulkResult>('/orders/actions', { action: 'uncancel', ids })
    expect(other).toMatchObject({
      done: 0,
      skippedCount: 3,
      skipped: [{ why: 'it is not cancelled' }, {}, {}],
    })
  })

  it('is shipped: a report that the shop refused is sent again, and completes it', async () => {
    const placed = api.world.shop.control.newOrder()
    await api.world.poll()
    const posted = await api.get<OrderDetail>(`/orders/${placed.number}`)
    api.world.shop.control.fault({ kind: 'error', on: 'writes', path: `/orders/${placed.id}/` })
    api.world.netsuite.control.ship(posted.record!.id, { carrier: 'DHL', tracking: 'JD0099' })
    for (let i = 0; i < 8; i++) await api.world.advance(60_000)
    const stopped = await api.get<OrderDetail>(`/orders/${placed.number}`)
    expect(stopped).toMatchObject({
      status: 'shipment_error',
      primaryAction: 'resend_shipment',
      shipments: [{ status: 'error', carrier: 'DHL', trackingNumbers: ['JD0099'], sentAt: null }],
    })
    await api.world.shop.control.reset()
    await api.post(`/orders/${placed.number}/resend-shipment`)
    await api.world.settle()
    expect(await api.get<OrderDetail>(`/orders/${placed.number}`)).toMatchObject({
      status: 'complete',
      problem: null,
      primaryAction: null,
      shipments: [{ status: 'sent', sentAt: expect.any(String) }],
    })
  })

  it('has another total in NetSuite: it is linked, checked again, and accepted by a person', async () => {
    api.world.shop.control.newOrder({ country: 'DE' })
    await api.world.poll()
    // Somebody raises the rates in NetSuite; Waybill has just looked them up.
    for (const id of Object.values(demoIds.taxCodes)) api.world.netsuite.control.changeTaxCode(id, '30')
    const placed = api.world.shop.control.newOrder({ country: 'DE' })
    await api.world.poll()
    const stopped = await api.get<OrderDetail>(`/orders/${placed.number}`)
    expect(stopped).toMatchObject({
      status: 'post_error',
      record: { number: expect.stringMatching(/^SO/) },
      problem: { code: 'total_differs', detail: expect.stringContaining(placed.total) },
      primaryAction: 'check_again',
    })
    expect(stopped.record?.total).not.toEqual(stopped.total)
    await api.post(`/orders/${placed.number}/check-again`)
    await api.world.settle()
    expect(await api.get<OrderDetail>(`/orders/${placed.number}`)).toMatchObject({ status: 'post_error' })
    await api.post(`/orders/${placed.number}/accept-total`)
    await api.world.settle()
    const accepted = await api.get<OrderDetail>(`/orders/${placed.number}`)
    expect(accepted).toMatchObject({ status: 'posted', problem: null, record: stopped.record })
    expect(accepted.events.map((event) => event.kind).slice(-2)).toEqual([
      'check_requested',
      'total_accepted',
    ])
    expect(await api.get<Why>(`/why?q=${placed.number}`)).toMatchObject({ verdict: 'in_backend' })
  })
})
