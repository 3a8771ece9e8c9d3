import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Connection, Order } from '../../web/src/api/types.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import type { OrderDetail } from '../../src/server/schemas.ts'
import { type Api, startApi, token } from './support.ts'

interface Bundle {
  about: object
  personalData: string
  why: { verdict: string } | null
  order: OrderDetail
  connections: (Connection & { settings: object; events: { kind: string }[]; slots: { all: number } })[]
  examplesOfProblems: OrderDetail[]
  ordersByStatus: Record<string, number>
  configuration: string
  program: { waybill: string; postgresql: string }
}

let api: Api
let posted: Order
/** Two orders that stop for one cause. */
let stopped: OrderDetail[]
beforeAll(async () => {
  api = await startApi({ mapping: demoMapping })
  const { control } = api.world.shop
  const { number } = control.newOrder({ country: 'DE' })
  const draft = control.draftOrder({ guest: 1 })
  draft.draft.lines[0]!.sku = 'NOBODY-KNOWS'
  const first = control.placeOrder(draft)
  const other = control.draftOrder({ guest: 2 })
  other.draft.lines[0]!.sku = 'NOBODY-KNOWS'
  const second = control.placeOrder(other)
  await api.world.poll()
  await api.world.settle()
  posted = await api.get<Order>(`/orders/${number}`)
  stopped = await Promise.all(
    [first, second].map((placed) => api.get<OrderDetail>(`/orders/${placed.number}`)),
  )
})
afterAll(() => api.stop())

async function file(at: string): Promise<{ text: string; bundle: Bundle; name: string | null }> {
  const response = await fetch(`${api.url}/api/v1${at}`, { headers: { authorization: `Bearer ${token}` } })
  expect(response.status).toBe(200)
  const text = await response.text()
  return { text, bundle: JSON.parse(text) as Bundle, name: response.headers.get('content-disposition') }
}

/** The key in the address at which the customer sees and pays the order. */
const keyOf = ({ channelOrderId }: OrderDetail): string =>
  String(api.world.shop.control.order(Number(channelOrderId))!.body!['order_key'])

/** What the shop's order says of its customer, wherever it says it. */
function saidOfCustomer(detail: OrderDetail): string[] {
  const { billing, shipping } = JSON.parse(detail.payload.text) as Record<string, Record<string, string>>
  return [billing!, shipping!].flatMap((address) =>
    ['first_name', 'last_name', 'company', 'address_1', 'city', 'email', 'phone'].flatMap(
      (field) => address[field] || [],
    ),
  )
}

describe('the file for support about an order', () => {
  it('has the order, its whole waybill, why, the connections and the configuration', async () => {
    const { bundle, name } = await file(`/orders/${posted.number}/support`)
    expect(name).toBe(`attachment; filename="waybill-support-order-${posted.number}.json"`)
    expect(bundle.about).toEqual({ order: posted.number, id: posted.id })
    expect(bundle.why).toMatchObject({ verdict: 'in_backend' })
    expect(bundle.order).toMatchObject({ id: posted.id, record: posted.record, total: posted.total })
    expect(bundle.order.attempts.flatMap(({ exchanges }) => exchanges).length).toBeGreaterThan(0)
    expect(bundle.connections.map(({ role }) => role).toSorted()).toEqual(['backend', 'channel'])
    expect(bundle.configuration).toContain('routes:')
    expect(bundle.program).toMatchObject({ waybill: 'test', postgresql: expect.stringMatching(/^\d+/) })
  })

  it('names no customer, unless that is asked for, and never a key', async () => {
    const said = saidOfCustomer(await api.get<OrderDetail>(`/orders/${posted.id}`))
    expect(said.length).toBeGreaterThan(8)
    const { text, bundle } = await file(`/orders/${posted.id}/support`)
    for (const words of said) expect(text).not.toContain(words)
    expect(bundle.order.customer!.email).toMatch(/^<email \d+>$/)
    const sent = bundle.order.attempts.flatMap(({ exchanges }) =>
      exchanges.map((one) => one.requestBody ?? one.url),
    )
    expect(sent.some((each) => each.includes(bundle.order.customer!.email!))).toBe(true)

    const whole = await file(`/orders/${posted.id}/support?personal=true`)
    for (const words of said) expect(whole.text).toContain(words)
    expect(whole.bundle.personalData).toBe('included')
    const { shop, netsuite } = api.world
    const { oauth2 } = netsuite.credentials
    const secrets = [shop.consumerKey, shop.consumerSecret, oauth2.privateKey, keyOf(bundle.order)]
    for (const secret of secrets) for (const each of [text, whole.text]) expect(each).not.toContain(secret)
  })

  it('names no customer of another order that stops for the same', async () => {
    const said = stopped.flatMap(saidOfCustomer)
    expect(new Set(stopped.map(({ customer }) => customer!.name)).size).toBe(2)
    for (const [i, { number }] of stopped.entries()) {
      const { text, bundle } = await file(`/orders/${number}/support`)
      expect(bundle.order.related[0]!.orders).toMatchObject([{ number: stopped[1 - i]!.number }])
      for (const words of said) expect(text).not.toContain(words)
    }
  })

  it('of an order that is not there is refused with what to do', async () => {
    const { status, body } = await api.ask('GET', '/orders/999999/support')
    expect([status, body.fix]).toEqual([404, expect.stringContaining('waybill why')])
  })
})

describe('the file for support about a connection', () => {
  it('has how it is, what happened to it, and an order for each problem there', async () => {
    const backend = (await api.get<{ items: Connection[] }>('/connections')).items.find(
      ({ role }) => role === 'backend',
    )!
    const { bundle } = await file(`/connections/${backend.name}/support`)
    expect(bundle.about).toEqual({ connection: backend.name })
    expect(bundle.connections).toMatchObject([
      { name: backend.name, health: 'healthy', settings: expect.any(Object) },
    ])
    expect(bundle.connections[0]!.slots.all).toBeGreaterThan(0)
    expect(bundle.ordersByStatus).toMatchObject({ posted: 1, post_error: 2 })
    expect(bundle.examplesOfProblems).toMatchObject([
      { status: 'post_error', problem: { code: 'unknown_sku' } },
    ])
  })

  it('names no customer, and never a key', async () => {
    const { shop, netsuite } = api.world
    const { privateKey } = netsuite.credentials.oauth2
    const secrets = [shop.consumerKey, shop.consumerSecret, privateKey, ...stopped.map(keyOf)]
    for (const at of ['shop', 'netsuite']) {
      const { text, bundle } = await file(`/connections/${at}/support`)
      expect(bundle.about).toEqual({ connection: at })
      for (const words of [...stopped.flatMap(saidOfCustomer), ...secrets]) expect(text).not.toContain(words)
      const whole = await file(`/connections/${at}/support?personal=true`)
      for (const secret of secrets) expect(whole.text).not.toContain(secret)
    }
  })

  it('of one that is not there is refused', async () => {
    expect((await api.ask('GET', '/connections/nothing/support')).status).toBe(404)
  })
})
