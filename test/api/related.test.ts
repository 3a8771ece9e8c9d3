import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OrderDetail, orderDetail } from '../../src/server/schemas.ts'
import { type Api, putOrder, putProblem, startApi } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

const orderNow = async (name: string) => orderDetail.parse(await api.get<OrderDetail>(`/orders/${name}`))

describe('the other orders with the same problem', () => {
  it('are counted and the newest named, cancelled ones and other problems aside', async () => {
    const numbers: string[] = []
    const ids: string[] = []
    for (let i = 0; i < 7; i++) {
      const orderId = await putOrder(api, { number: `same-${i}`, status: 'post_error' })
      await putProblem(api, { orderId, code: 'unknown_sku', subject: 'MUG' })
      numbers.push(`same-${i}`)
      ids.push(orderId)
    }
    await putProblem(api, { orderId: ids[0]!, code: 'missing_field', subject: 'phone' })
    // Twice the same, as with two shipments, is one order.
    await putProblem(api, { orderId: ids[1]!, code: 'unknown_sku', subject: 'MUG' })
    const cancelled = await putOrder(api, { number: 'gone', status: 'cancelled' })
    await putProblem(api, { orderId: cancelled, code: 'unknown_sku', subject: 'MUG' })
    const other = await putOrder(api, { number: 'other', status: 'post_error' })
    await putProblem(api, { orderId: other, code: 'unknown_sku', subject: 'CUP' })

    const { related, problems } = await orderNow(ids[0]!)
    expect(related.map(({ fingerprint }) => fingerprint)).toEqual(problems.map((one) => one.fingerprint))
    expect(related[0]).toMatchObject({ fingerprint: 'unknown_sku:MUG', count: 6 })
    const newest = ids.slice(1).toSorted().reverse().slice(0, 5)
    expect(related[0]!.orders.map(({ id }) => id)).toEqual(newest)
    expect(related[0]!.orders[0]).toMatchObject({
      number: numbers[ids.indexOf(newest[0]!)],
      connection: 'shop',
      status: 'post_error',
      customer: 'Ada Lovelace',
    })
    expect(related[1]).toEqual({ fingerprint: 'missing_field:phone', count: 0, orders: [] })
    expect((await orderNow(ids[1]!)).related).toHaveLength(1)
    expect((await orderNow(other)).related).toEqual([
      { fingerprint: 'unknown_sku:CUP', count: 0, orders: [] },
    ])
    expect((await orderNow(await putOrder(api, { number: 'well' }))).related).toEqual([])
  })
})
