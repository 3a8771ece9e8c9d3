import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { demoIds } from '../../src/sandbox/netsuite/demo.ts'
import { type OrderDetail, orderDetail, type OrderVersions, orderVersions } from '../../src/server/schemas.ts'
import { type Api, putOrder, startApi } from './support.ts'

const minute = 60_000
let api: Api
beforeAll(async () => {
  api = await startApi({ mapping: demoMapping })
})
afterAll(() => api.stop())

const orderNow = async (name: string) => orderDetail.parse(await api.get<OrderDetail>(`/orders/${name}`))
const versionsOf = async (name: string) =>
  orderVersions.parse(await api.get<OrderVersions>(`/orders/${name}/versions`))

async function posted(): Promise<OrderDetail> {
  const { number } = api.world.shop.control.newOrder()
  await api.world.poll()
  await api.world.advance(minute)
  return orderNow(number)
}
async function edited(order: OrderDetail, change: object): Promise<OrderDetail> {
  api.world.shop.control.edit(Number(order.channelOrderId), change as never)
  await api.world.advance(minute)
  return orderNow(order.id)
}

describe('what the channel sent', () => {
  it('is one version while nothing has changed, and all totals agree', async () => {
    const order = await posted()
    expect(order.comparison).toMatchObject({ isNewest: true, agrees: true })
    expect(order.comparison!.posted).toEqual(order.totals)
    expect(order.comparison!.record).toEqual(order.total)
    const versions = await versionsOf(order.number)
    expect(versions).toMatchObject({ isNewest: true, fields: [], newest: { readable: true } })
    expect(versions.posted).toEqual(versions.newest)
    expect(JSON.parse(versions.newest.text)).toMatchObject({ number: order.number })
  })

  it('and what was posted are side by side after an edit, totals compared to the cent', async () => {
    const before = await posted()
    const after = await edited(before, { line_items: [{ sku: 'SAUCER-OAK', quantity: 1 }] })
    const by = (Number(after.totals!.total.amount) - Number(before.totals!.total.amount)).toFixed(2)
    expect(Number(by)).toBeGreaterThan(0)
    expect(after.comparison).toMatchObject({
      isNewest: false,
      agrees: false,
      newest: after.totals,
      posted: before.totals,
      record: before.record!.total,
      newestLessPosted: { amount: by },
      recordLessPosted: { amount: '0.00' },
    })
    const versions = await versionsOf(after.id)
    expect(versions.fields.filter(({ differs }) => differs).map(({ field }) => field)).toEqual(
      after.difference!.fields.map(({ field }) => field),
    )
    expect(versions.fields).toContainEqual({
      field: 'customer.name',
      area: 'customer',
      label: 'Customer',
      posted: after.customer!.name,
      newest: after.customer!.name,
      differs: false,
    })
    const sku = '"sku":"SAUCER-OAK"'
    const count = (text: string) => text.split(sku).length - 1
    expect(count(versions.newest.text)).toBe(count(versions.posted!.text) + 1)
    for (const which of ['newest', 'posted'] as const) {
      const file = await api.ask<object>('GET', `/orders/${after.number}/versions/${which}`)
      expect(file.headers.get('content-disposition')).toBe(
        `attachment; filename="order-${after.number}-${which}.json"`,
      )
      expect(file.body).toEqual(JSON.parse(versions[which]!.text))
    }
  })

  it('agrees with NetSuite or not: the difference is named', async () => {
    await posted()
    for (const id of Object.values(demoIds.taxCodes)) api.world.netsuite.control.changeTaxCode(id, '30')
    const { number } = api.world.shop.control.newOrder({ country: 'DE' })
    await api.world.poll()
    const order = await orderNow(number)
    expect(order.problem).toMatchObject({ code: 'total_differs' })
    const { recordLessPosted, newestLessPosted, agrees } = order.comparison!
    const off = Number(order.record!.total!.amount) - Number(order.total!.amount)
    expect(off).toBeGreaterThan(0)
    expect({ recordLessPosted, newestLessPosted, agrees }).toMatchObject({
      recordLessPosted: { amount: off.toFixed(2) },
      newestLessPosted: { amount: '0.00' },
      agrees: false,
    })
  })

  it('has card data and secrets taken out, in the file too', async () => {
    const { number, id } = api.world.shop.control.newOrder({ status: 'pending' })
    api.world.shop.control.edit(id, { customer_note: 'my card is 4111-1111-1111-1111' } as never)
    await api.world.poll()
    const { newest } = await versionsOf(number)
    expect(newest.text).toContain('my card is <redacted>')
    const file = await api.ask<object>('GET', `/orders/${number}/versions/newest`)
    expect(JSON.stringify(file.body)).not.toContain('4111')
  })

  it('of an order that cannot be read is shown as it came; one that nobody has is not found', async () => {
    const id = await putOrder(api, {
      number: 'BRO/KEN "1"',
      status: 'import_error',
      total: null,
      currency: null,
    })
    expect(await versionsOf(id)).toMatchObject({
      newest: { readable: false, text: '{}' },
      posted: null,
      isNewest: false,
      fields: [],
    })
    expect((await orderNow(id)).comparison).toBeNull()
    const file = await api.ask('GET', `/orders/${id}/versions/newest`)
    expect(file.headers.get('content-disposition')).toBe(
      'attachment; filename="order-BRO_KEN__1_-newest.json"',
    )
    expect((await api.ask('GET', `/orders/${id}/versions/posted`)).body).toMatchObject({
      status: 404,
      fix: expect.stringContaining('newest'),
    })
    expect((await api.ask('GET', `/orders/${id}/versions/oldest`)).body).toMatchObject({
      status: 400,
      errors: [{ field: 'version' }],
    })
    expect((await api.ask('GET', '/orders/nothing/versions')).status).toBe(404)
  })
})
