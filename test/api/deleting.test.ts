import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BulkResult, OrderCounts, OrderDetail, TombstoneJson, Why } from '../../src/server/schemas.ts'
import { type Api, json, putOrder, startApi } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

describe('deleting an order', () => {
  it('answers with what stays of it, and with the same when it is asked for again', async () => {
    const id = await putOrder(api, { number: 'D1', channel_order_id: '901', status: 'imported' })
    expect((await api.get<OrderDetail>(`/orders/${id}`)).actions).toContain('delete')
    const stays = await api.post<TombstoneJson>('/orders/D1/delete', { why: ' A test order ' })
    expect(stays).toEqual({
      id,
      connection: 'shop',
      channelOrderId: '901',
      number: 'D1',
      status: 'imported',
      deletedAt: api.world.now().toISOString(),
      deletedBy: 'person',
      why: 'A test order',
    })
    for (const name of [id, 'D1', '901'])
      expect(await api.post<TombstoneJson>(`/orders/${name}/delete`)).toEqual(stays)
  })

  it('says of a deleted order, asked for by any name, who deleted it and what brings it back', async () => {
    const id = await putOrder(api, { number: 'D2', channel_order_id: '902', status: 'held' })
    await api.ask('POST', `/orders/${id}/delete`)
    for (const name of [id, 'D2', '902']) {
      const { status, body } = await api.ask('GET', `/orders/${name}`)
      expect(status).toBe(404)
      expect(body).toMatchObject({
        code: 'order_deleted',
        detail: 'Order D2 was deleted by a person on 2 Mar at 10:00 UTC',
        fix: 'Bring it back: waybill import shop 902 --anyway',
      })
    }
    const why = await api.get<Why>('/why?q=D2&live=false')
    expect(why).toMatchObject({ verdict: 'deleted_by_person', orders: [] })
    expect(why.headline).toContain('deleted by a person on 2 Mar at 10:00')
  })

  it('is refused where something of it is, or may be, in the backend', async () => {
    await putOrder(api, { number: 'D3', status: 'posted', record_id: '77' })
    await putOrder(api, { number: 'D4', status: 'verifying' })
    await putOrder(api, { number: 'D5', status: 'post_error', replacements: 1 })
    for (const [number, why] of [
      ['D3', 'it is in the backend'],
      ['D4', 'it is on its way'],
      ['D5', 'not certain'],
    ] as const) {
      const { status, body } = await api.ask('POST', `/orders/${number}/delete`)
      expect(status).toBe(409)
      expect(body).toMatchObject({ code: 'not_possible_now', detail: expect.stringContaining(why) })
      expect((await api.get<OrderDetail>(`/orders/${number}`)).actions).not.toContain('delete')
    }
  })

  it('of many says of each that stays why, and counts stay exact', async () => {
    const before = await api.get<OrderCounts>('/orders/counts')
    const ids = [
      await putOrder(api, { number: 'D6', status: 'cancelled' }),
      await putOrder(api, { number: 'D7', status: 'post_error' }),
      await putOrder(api, { number: 'D8', status: 'complete', record_id: '78' }),
    ]
    const result = await api.post<BulkResult>('/orders/actions', { action: 'delete', ids, why: 'spam' })
    expect(result).toMatchObject({ asked: 3, done: 2, skippedCount: 1 })
    expect(result.skipped).toEqual([{ id: ids[2], number: 'D8', why: 'it is in the backend' }])
    const after = await api.get<OrderCounts>('/orders/counts')
    expect(after.byStatus).toEqual({ ...before.byStatus, complete: before.byStatus!.complete + 1 })
    expect((await api.get<TombstoneJson[]>('/why?q=D6&live=false')) as unknown).toMatchObject({
      headline: expect.stringContaining('“spam”'),
    })
    expect(await api.post<BulkResult>('/orders/actions', { action: 'delete', ids })).toMatchObject({
      done: 2,
    })
  })

  it('of an order that never was is refused, and so is a reason that is too long', async () => {
    expect((await api.ask('POST', '/orders/D99/delete')).status).toBe(404)
    await putOrder(api, { number: 'D9', status: 'imported' })
    const long = await api.ask('POST', '/orders/D9/delete', json({ why: 'x'.repeat(501) }))
    expect(long.status).toBe(400)
    expect(long.body).toMatchObject({ errors: [{ field: 'why' }] })
    expect((await api.get<OrderDetail>('/orders/D9')).status).toBe('imported')
  })
})
