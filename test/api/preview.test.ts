import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { takeSlot } from '../../src/ledger/slots.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { type OrderDetail, orderPreview, type OrderPreviewJson } from '../../src/server/schemas.ts'
import { type Api, putOrder, startApi } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi({ mapping: demoMapping, automatic: false })
})
afterAll(() => api.stop())

type Wish = Parameters<Api['world']['shop']['control']['newOrder']>[0]

async function placed(wish?: Wish): Promise<OrderDetail> {
  const { number } = api.world.shop.control.newOrder(wish)
  await api.world.poll()
  return api.get<OrderDetail>(`/orders/${number}`)
}
const preview = async (name: string): Promise<OrderPreviewJson> =>
  orderPreview.parse(await api.get(`/orders/${name}/preview`))
const writes = () =>
  api.world.netsuite.control
    .requests()
    .filter(({ method, path }) => method !== 'GET' && !path.includes('suiteql') && !path.includes('token'))

describe('the preview of an order', () => {
  it('is what is sent when it is posted, and sends nothing itself', async () => {
    const order = await placed({ country: 'DE' })
    api.world.netsuite.control.clearRequests()
    const shown = await preview(order.id)
    expect(writes()).toEqual([])
    expect(shown).toMatchObject({
      outcome: 'ready',
      backend: 'netsuite',
      externalId: order.externalId,
      remark: expect.stringContaining('Automatic posting is off'),
      orderTotal: order.total,
      agrees: true,
      problems: [],
      reason: null,
    })
    expect(shown.totals!.total).toEqual(order.total)
    const after = await api.get<OrderDetail>(`/orders/${order.id}`)
    expect(after).toEqual(order)

    await api.post(`/orders/${order.id}/post`)
    await api.world.settle()
    expect(writes()).toHaveLength(shown.records.length)
    const { attempts, record } = await api.get<OrderDetail>(`/orders/${order.id}`)
    const sent = attempts
      .flatMap(({ exchanges }) => exchanges)
      .filter(({ method, url }) => method === 'POST' && /\/record\//.test(url))
      .map(({ requestBody }) => JSON.parse(requestBody!) as Record<string, unknown>)
    // A customer who is made first has an id only then.
    const entity = shown.records.length > 1 && { entity: sent.at(-1)!['entity'] }
    expect(sent).toEqual(shown.records.map(({ body }, i) => (i === 0 ? body : { ...body, ...entity })))
    expect(record!.total).toEqual(shown.totals!.total)

    const again = await preview(order.number)
    expect(again).toMatchObject({
      outcome: 'ready',
      remark: expect.stringMatching(/^It is in NetSuite as SO\d+: this is what another record would say/),
    })
  })

  it('says all that would stop it, and follows the mapping as it is now', async () => {
    const order = await placed({ trouble: 'unknown_sku' })
    const stopped = await preview(order.id)
    expect(stopped).toMatchObject({ outcome: 'stopped', records: [], totals: null, agrees: null })
    expect(stopped.problems).toMatchObject([{ code: 'unknown_sku', fix: expect.any(String) }])
    expect((await api.get<OrderDetail>(`/orders/${order.id}`)).problems).toEqual([])

    const mapping = demoMapping
    const items = { ...mapping.items, bySku: { [stopped.problems[0]!.subject]: '201' } }
    await api.world.db
      .updateTable('routes')
      .set({ mapping: JSON.stringify({ ...mapping, items }) })
      .where('id', '=', api.world.routeId)
      .execute()
    expect(await preview(order.id)).toMatchObject({ outcome: 'ready', problems: [] })
  })

  it('shows a held order as well, and says that a rule holds it', async () => {
    const order = await placed({ status: 'pending' })
    expect(order.status).toBe('held')
    expect(await preview(order.id)).toMatchObject({
      outcome: 'ready',
      remark: expect.stringContaining('A rule holds it'),
    })
  })

  it('of an order that cannot be read names that, and asks nothing', async () => {
    const id = await putOrder(api, { number: 'BROKEN', status: 'import_error', total: null, currency: null })
    api.world.netsuite.control.clearRequests()
    expect(await preview(id)).toMatchObject({
      outcome: 'stopped',
      orderTotal: null,
      problems: [{ code: 'unreadable_order' }],
    })
    expect(api.world.netsuite.control.requests()).toEqual([])
  })

  it('shows no card number, and no secret of the connection', async () => {
    const order = await placed()
    const { channelOrderId } = order
    api.world.shop.control.edit(Number(channelOrderId), {
      shipping: { address_2: 'card 4111 1111 1111 1111' },
    } as never)
    await api.world.advance(60_000)
    await api.world.poll()
    const text = JSON.stringify(await preview(order.id))
    expect(text).toContain('card <redacted>')
    expect(text).not.toContain('4111 1111')
    for (const secret of Object.values(api.world.netsuite.credentials.oauth2))
      expect(text).not.toContain(JSON.stringify(secret).slice(1, -1))
  })

  it('waits for no connection that is down, paused or used to its limit: it says so', async () => {
    const order = await placed()
    const { control } = api.world.netsuite
    api.world.deps.memoryOf(api.world.netsuiteId).clear()
    await control.down()
    const unreachable = await preview(order.id)
    await control.up()
    expect(unreachable).toMatchObject({ outcome: 'cannot_ask', records: [], problems: [{}] })
    expect(unreachable.reason).toBe(unreachable.problems[0]!.title)

    const set = (values: object) =>
      api.world.db.updateTable('connections').set(values).where('id', '=', api.world.netsuiteId).execute()
    const problem = { code: 'timed_out', subject: 'netsuite', detail: 'no answer', vendorMessage: null }
    const blocked = new Date(api.world.now().getTime() + 60_000)
    control.clearRequests()
    await set({ blocked_until: blocked, health_problem: JSON.stringify(problem), health: 'down' })
    expect(await preview(order.id)).toMatchObject({
      outcome: 'cannot_ask',
      problems: [{ code: 'timed_out' }],
    })
    await set({ blocked_until: null, health_problem: null, health: 'healthy', paused_at: api.world.now() })
    expect(await preview(order.id)).toMatchObject({ outcome: 'cannot_ask', reason: 'it is paused' })
    await set({ paused_at: null })
    const { db, deps, netsuiteId } = api.world
    const slots: number[] = []
    for (let slot; (slot = await takeSlot(db, netsuiteId, deps.workerId, deps.now())) !== null;)
      slots.push(slot)
    expect(slots).toHaveLength(5)
    expect(await preview(order.id)).toMatchObject({
      outcome: 'cannot_ask',
      reason: expect.stringContaining('in use'),
    })
    expect(control.requests()).toEqual([])
    await db.updateTable('slots').set({ worker: null }).where('connection_id', '=', netsuiteId).execute()
    expect(await preview(order.id)).toMatchObject({ outcome: 'ready' })
    expect(await api.get<OrderDetail>(`/orders/${order.id}`)).toEqual(order)
  })

  it('of an order that nobody has is not found', async () => {
    const { status, body } = await api.ask('GET', '/orders/nothing/preview')
    expect([status, body.code]).toEqual([404, 'not_found'])
    expect(
      (await api.ask('GET', '/orders/nothing/preview', { headers: { authorization: 'Bearer no' } })).status,
    ).toBe(401)
  })
})
