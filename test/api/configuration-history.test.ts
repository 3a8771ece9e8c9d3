import { stringify } from 'yaml'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import {
  type ConfigurationHistory,
  configurationHistory,
  type ConnectionJson,
  type FixResult,
  type RouteJson,
} from '../../src/server/schemas.ts'
import { type Api, json, putOrder, putProblem, startApi } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi({ mapping: demoMapping })
})
afterAll(() => api.stop())

const history = async (query = ''): Promise<ConfigurationHistory> =>
  configurationHistory.parse(await api.get(`/configuration/history${query}`))
const changes = async (query = '') => (await history(query)).items

const rules = { statuses: ['processing', 'completed'], since: '2026-01-01', every: '1m' }
const route = { from: 'shop', to: 'netsuite', import: rules, mapping: demoMapping }

it('is empty at first', async () => {
  expect(await history()).toEqual({ items: [], nextCursor: null })
})

it('tells what a route was and is, who changed it, and when; a dry run and a mistake are no change', async () => {
  const changed = { ...route, import: { ...rules, statuses: ['processing'] }, post: { automatic: false } }
  await api.post('/routes/route/dry-run', changed)
  await api.ask('PUT', '/routes/route', json({ ...changed, import: { ...rules, since: 'soon' } }))
  expect(await changes()).toEqual([])

  await api.put('/routes/route', changed)
  expect(await changes()).toEqual([
    {
      id: expect.any(String),
      at: api.world.now().toISOString(),
      actor: 'person',
      way: 'api',
      what: 'route',
      name: 'route',
      action: 'changed',
      fields: [
        { field: 'import.statuses', from: 'processing, completed', to: 'processing' },
        { field: 'post.automatic', from: 'true', to: 'false' },
      ],
    },
  ])
  // The same again changes nothing.
  await api.put('/routes/route', changed)
  expect(await changes()).toHaveLength(1)
})

it('tells of a connection, and of a secret only that it changed', async () => {
  const { shop } = api.world
  const settings = (values: object, timeout: string) => ({
    kind: 'woocommerce',
    url: shop.url,
    credentials: { consumerKey: '${K}', consumerSecret: '${S}' },
    timeout,
    requestLimit: '2s',
    values,
  })
  const secret = 'cs_0123456789abcdef0123456789abcdef01234567'
  await api.put<ConnectionJson>('/connections/shop', settings({ S: secret }, '3s'))
  const [change] = await changes('?connection=shop')
  expect(change).toMatchObject({ what: 'connection', name: 'shop', action: 'changed', actor: 'person' })
  expect(change!.fields).toEqual([
    { field: 'timeout', from: '2s', to: '3s' },
    { field: 'credentials.consumerSecret', from: '(secret)', to: '(another secret)' },
  ])
  const all = JSON.stringify(await history())
  for (const hidden of [secret, shop.consumerSecret, shop.consumerKey]) expect(all).not.toContain(hidden)
})

it('tells of a mapping that a fix changed, and of what a file changed', async () => {
  const orderId = await putOrder(api, { number: 'X1', status: 'post_error' })
  await putProblem(api, { orderId, code: 'unknown_sku', subject: 'ODD' })
  await api.post<FixResult>('/problems/fix', {
    fingerprint: 'unknown_sku:ODD',
    action: 'map_sku',
    value: '4711',
  })
  const { mapping } = await api.get<RouteJson>('/routes/route')
  await api.post('/configuration', {
    yaml: stringify({ routes: [{ name: 'route', ...route, mapping }], retention: { webhooks: '9d' } }),
  })
  const [retention, byFile, byFix] = await changes()
  expect(retention).toMatchObject({ what: 'retention', way: 'file' })
  expect(byFile).toMatchObject({ what: 'route', name: 'route', way: 'file', actor: 'person' })
  expect(byFix).toMatchObject({ what: 'route', name: 'route', way: null, actor: 'person' })
  expect(byFix!.fields).toEqual([{ field: 'mapping.items.bySku.ODD', from: null, to: '4711' }])
})

it('is read page by page, and of one route or connection alone', async () => {
  const all = await changes()
  const pages: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: ConfigurationHistory = await history(`?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
    expect(page.items.length).toBeLessThanOrEqual(2)
    pages.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor
  }
  expect(pages).toEqual(all.map(({ id }) => id))
  expect(pages.length).toBe(5)
  expect(await changes('?route=route')).toEqual(all.filter(({ what }) => what === 'route'))
  expect(await changes('?connection=shop')).toEqual(all.filter(({ what }) => what === 'connection'))
  expect(await changes('?route=another')).toEqual([])
  expect((await api.ask('GET', '/configuration/history?cursor=nonsense')).status).toBe(400)
})
