import { afterAll, beforeAll, expect, it } from 'vitest'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import type { HeldGroup, ImportStatusResult, OrderPage } from '../../src/server/schemas.ts'
import { type Api, json, startApi } from './support.ts'

let api: Api
const numbers: Record<'onHold' | 'pending' | 'old', string[]> = { onHold: [], pending: [], old: [] }

beforeAll(async () => {
  api = await startApi({ mapping: demoMapping })
  const { shop } = api.world
  const place = (status: string) => shop.control.newOrder({ status, country: 'DE' }).number
  numbers.onHold = [place('on-hold'), place('on-hold')]
  numbers.pending = [place('pending')]
  const draft = shop.control.draftOrder({ status: 'on-hold', country: 'DE' })
  const createdAt = Math.floor(Date.parse('2020-06-01T10:00:00Z') / 1000)
  numbers.old = [shop.control.placeOrder({ ...draft, createdAt }).number]
  await api.post('/imports', { connection: 'shop', orders: numbers.old })
  await api.world.poll()
})
afterAll(() => api.stop())

const held = async () => (await api.get<{ items: HeldGroup[] }>('/held')).items
const found = async (query: string) =>
  (await api.get<OrderPage>(`/orders?${query}`)).items.map(({ number }) => number).toSorted()

it('lists each rule once, with what it holds, what that is worth, and what it lets through', async () => {
  const groups = await held()
  expect(groups.map(({ rule, channelStatus, orders }) => [rule, channelStatus, orders])).toEqual([
    ['status', 'on-hold', 2],
    ['before_start_date', null, 1],
    ['status', 'pending', 1],
  ])
  const [first] = groups
  expect(first).toMatchObject({ route: 'route', connection: 'shop', wanted: 'processing, completed' })
  const { items } = await api.get<OrderPage>('/orders?heldBy=status&channelStatus=on-hold')
  const cents = items.reduce((sum, { total }) => sum + Math.round(Number(total!.amount) * 100), 0)
  expect(first!.totals).toEqual([{ amount: (cents / 100).toFixed(2), currency: 'EUR' }])
  expect(first!.oldest! <= first!.newest!).toBe(true)
})

it('finds the orders of a rule, and no others', async () => {
  expect(await found('heldBy=status&channelStatus=on-hold')).toEqual(numbers.onHold.toSorted())
  expect(await found('heldBy=before_start_date')).toEqual(numbers.old)
  expect(await found('channelStatus=on-hold')).toEqual([...numbers.old, ...numbers.onHold].toSorted())
  expect(await found('heldBy=weather')).toEqual([])
})

it('refuses a route that is not there, and a status for which nothing is held', async () => {
  const refused = async (route: string, status: string) => {
    const answer = await api.ask('POST', `/routes/${route}/import-status`, json({ status }))
    return [answer.status, answer.body.code]
  }
  expect(await refused('nowhere', 'on-hold')).toEqual([404, 'not_found'])
  expect(await refused('route', 'onhold')).toEqual([422, 'nothing_held'])
  expect((await held()).map(({ orders }) => orders)).toEqual([2, 1, 1])
})

it('a status is imported from now on: what was held for it goes, what comes is not held, another rule stands', async () => {
  const allow = () => api.post<ImportStatusResult>('/routes/route/import-status', { status: 'on-hold' })
  expect(await allow()).toEqual({ statuses: ['processing', 'completed', 'on-hold'], orders: 2 })
  await api.world.settle()
  expect(await found('status=posted')).toEqual(numbers.onHold.toSorted())
  expect((await held()).map(({ rule, channelStatus }) => [rule, channelStatus])).toEqual([
    ['before_start_date', null],
    ['status', 'pending'],
  ])
  const next = api.world.shop.control.newOrder({ status: 'on-hold', country: 'DE' })
  await api.world.advance(60_000)
  expect((await api.get<{ status: string }>(`/orders/${next.number}`)).status).toBe('posted')
  const [change] = await api.world.db
    .selectFrom('events')
    .select(['actor', 'detail'])
    .where('kind', '=', 'route_changed')
    .execute()
  expect(change).toEqual({
    actor: 'person',
    detail: {
      name: 'route',
      fields: [
        { field: 'import.statuses', from: 'processing, completed', to: 'processing, completed, on-hold' },
      ],
    },
  })
  expect(await allow()).toEqual({ statuses: ['processing', 'completed', 'on-hold'], orders: 0 })
})

it('all that a rule holds is imported anyway by one filter', async () => {
  const filter = { status: ['held'], heldBy: 'before_start_date' }
  expect(await api.post('/orders/actions', { action: 'import_anyway', filter })).toMatchObject({ done: 1 })
  await api.world.settle()
  expect(await found('status=posted')).toContain(numbers.old[0])
  expect(await found('status=held')).toEqual(numbers.pending)
})
