import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import {
  type HeldGroup,
  type OrderJson,
  type OrderPage,
  type RouteJson,
  routeTrial,
  type RouteTrialJson,
  seenByRoute,
  valuesSeen,
  type ValuesSeenJson,
} from '../../src/server/schemas.ts'
import { type Api, json, startApi } from './support.ts'

let api: Api
const numbers: Record<string, string[]> = { DE: [], AT: [], FR: [] }
const place = (country: string) => api.world.shop.control.newOrder({ country }).number

beforeAll(async () => {
  api = await startApi({ mapping: demoMapping })
  for (const [country, n] of [
    ['DE', 3],
    ['AT', 2],
    ['FR', 1],
  ] as const)
    for (let i = 0; i < n; i += 1) numbers[country]!.push(place(country))
  await api.world.poll()
})
afterAll(() => api.stop())

const inGermany = { field: 'shipping.country', is: ['DE'] }
const notByTransfer = { field: 'number', isNot: [] as string[] }

async function settings(filters: object[]) {
  const route = await api.get<RouteJson>('/routes/route')
  const { from, to, statuses, since, mapping } = route
  return { from, to, import: { statuses, since, filters }, mapping }
}
const filterBy = async (filters: object[]) => {
  const saved = await api.put<RouteJson>('/routes/route', await settings(filters))
  await api.world.settle()
  return saved
}
const held = async () => (await api.get<{ items: HeldGroup[] }>('/held')).items
const found = async (query: string) =>
  (await api.get<OrderPage>(`/orders?${query}`)).items.map(({ number }) => number).toSorted()

describe('before filters are saved', () => {
  it('the values that recent orders have are offered, what most have first', async () => {
    const seen = valuesSeen.parse(
      await api.get<ValuesSeenJson>('/routes/route/values?field=shipping.country'),
    )
    expect(seen).toEqual({
      orders: 6,
      values: [
        { value: 'DE', orders: 3 },
        { value: 'AT', orders: 2 },
        { value: 'FR', orders: 1 },
      ],
    })
    const { fields } = seenByRoute.parse(await api.get('/routes/route/seen'))
    expect(fields).toContainEqual({ name: 'created_via', orders: 6 })
    const created = await api.get<ValuesSeenJson>('/routes/route/values?field=fields.created_via')
    expect(created.values.reduce((sum, { orders }) => sum + orders, 0)).toBe(6)
  })

  it('a field or a route that is not there is refused', async () => {
    for (const path of ['/routes/route/values?field=weather', '/routes/nowhere/values?field=total'])
      expect((await api.ask('GET', path)).status).toBe(404)
    expect((await api.ask('GET', '/routes/route/values')).status).toBe(400)
  })

  it('a trial says how many each filter would hold; nothing is stored', async () => {
    const before = await api.get('/routes/route')
    const filters = [inGermany, { ...notByTransfer, isNot: [numbers['DE']![0]!] }]
    const trial = routeTrial.parse(
      await api.post<RouteTrialJson>('/routes/route/dry-run', await settings(filters)),
    )
    expect(trial.counts).toMatchObject({ as_before: 2, would_be_held: 4 })
    expect(trial.heldBy).toEqual([
      {
        rule: 'filter',
        wanted: 'its delivery country is “DE”',
        filter: { field: 'shipping.country', operator: 'is', values: ['DE'] },
        orders: 3,
      },
      {
        rule: 'filter',
        wanted: `its order number is not “${numbers['DE']![0]}”`,
        filter: { field: 'number', operator: 'isNot', values: [numbers['DE']![0]] },
        orders: 1,
      },
    ])
    expect(trial.summary).toContain('4 would be held (3: their delivery country is not “DE”; 1: ')
    expect(trial.changes).toContainEqual({
      field: 'import.filters.shipping.country is',
      from: null,
      to: 'DE',
    })
    expect(await api.get('/routes/route')).toEqual(before)
  })

  it('mistakes are named by their field', async () => {
    const wrong = await settings([inGermany, { field: 'shipping.contry', is: ['DE'] }, { field: 'total' }])
    const refused = await api.ask('PUT', '/routes/route', json(wrong))
    expect(refused.status).toBe(422)
    expect(refused.body.errors!.map(({ field }) => field)).toEqual([
      'import.filters[1].field',
      'import.filters[2].field',
    ])
    expect(refused.body.errors![0]!.message).toContain('did you mean "shipping.country"?')
  })
})

describe('orders that filters hold', () => {
  let groups: HeldGroup[]
  let route: RouteJson
  beforeAll(async () => {
    route = await filterBy([inGermany, { field: 'total', atLeast: '100000' }])
    numbers['byCountry'] = [place('AT'), place('FR')]
    numbers['byTotal'] = [place('DE')]
    await api.world.advance(60_000)
    groups = await held()
  })

  it('are one group for each filter of the route', () => {
    expect(route.filters).toEqual([
      { field: 'shipping.country', operator: 'is', values: ['DE'] },
      { field: 'total', operator: 'atLeast', values: ['100000'] },
    ])
    expect(groups).toMatchObject([
      {
        route: 'route',
        connection: 'shop',
        rule: 'filter',
        channelStatus: null,
        filter: { field: 'shipping.country', operator: 'is', values: ['DE'], key: expect.any(String) },
        wanted: 'its delivery country is “DE”',
        orders: 2,
      },
      { rule: 'filter', filter: { field: 'total', operator: 'atLeast' }, orders: 1 },
    ])
    expect(groups[0]!.filter!.key).not.toBe(groups[1]!.filter!.key)
  })

  it('are found by their filter, and say which it is', async () => {
    const [country, total] = groups.map(({ filter }) => filter!.key)
    expect(await found(`heldBy=filter&heldByFilter=${country}`)).toEqual(numbers['byCountry']!.toSorted())
    expect(await found(`heldByFilter=${total}`)).toEqual(numbers['byTotal'])
    expect(await found('heldBy=filter')).toHaveLength(3)
    expect(await found('heldByFilter=another')).toEqual([])
    const order = await api.get<OrderJson>(`/orders/${numbers['byTotal']![0]}`)
    expect(order.hold).toMatchObject({
      rule: 'filter',
      wanted: 'its total is at least 100000',
      filter: { field: 'total', operator: 'atLeast', values: ['100000'] },
    })
    expect(order.hold!.found).toBe(`${order.total!.amount} ${order.total!.currency}`)
  })

  it('are imported anyway by their filter, those of another stay', async () => {
    const filter = { status: ['held'], heldBy: 'filter', heldByFilter: groups[0]!.filter!.key }
    expect(await api.post('/orders/actions', { action: 'import_anyway', filter })).toMatchObject({ done: 2 })
    await api.world.settle()
    expect(await found('status=held')).toEqual(numbers['byTotal'])
  })

  it('come in when their filter is taken away', async () => {
    await filterBy([inGermany])
    expect(await held()).toEqual([])
    expect((await api.get<OrderJson>(`/orders/${numbers['byTotal']![0]}`)).status).toBe('posted')
  })
})

it('a file for support tells no name that a filter knows', async () => {
  await filterBy([{ field: 'customer.name', isNot: ['Wilhelmine Weissnichts'] }])
  const number = place('DE')
  await api.world.advance(60_000)
  const { id } = await api.get<OrderJson>(`/orders/${number}`)
  const file = JSON.stringify(await api.get(`/orders/${id}/support`))
  expect(file).toContain('customer.name')
  expect(file).not.toContain('Wilhelmine')
})
