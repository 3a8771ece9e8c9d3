import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import type {
  CheckResultJson,
  ConnectionActivityJson,
  ConnectionJson,
  FixResult,
  OrderDetail,
  ProblemGroup,
  RouteJson,
} from '../../src/server/schemas.ts'
import { connectionActivity, connectionList, routeList } from '../../src/server/schemas.ts'
import { type Api, json, putOrder, putProblem, startApi } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi({ mapping: demoMapping })
})
afterAll(() => api.stop())

const secrets = () => [
  api.world.shop.consumerKey,
  api.world.shop.consumerSecret,
  api.world.netsuite.credentials.oauth2.privateKey,
]

const settings = (over: object = {}) => ({
  kind: 'woocommerce',
  url: api.world.shop.url,
  credentials: { consumerKey: '${KEY}', consumerSecret: '${SECRET}' },
  values: { KEY: api.world.shop.consumerKey, SECRET: api.world.shop.consumerSecret },
  ...over,
})

describe('connections', () => {
  it('are listed with how they are, and without their credentials', async () => {
    await api.world.poll()
    const answer = await api.get<{ items: ConnectionJson[] }>('/connections')
    const { items } = connectionList.parse(answer)
    expect(items.map(({ name, role, label }) => [name, role, label])).toEqual([
      ['shop', 'channel', 'WooCommerce'],
      ['netsuite', 'backend', 'NetSuite'],
    ])
    expect(items[0]).toMatchObject({
      health: 'healthy',
      summary: 'Works',
      lastReadAt: api.world.now().toISOString(),
      webhooks: { state: 'off', detail: expect.stringContaining('WAYBILL_PUBLIC_URL') },
    })
    for (const secret of secrets()) expect(JSON.stringify(answer)).not.toContain(secret)
  })

  it('say how much they were used, by the hour', async () => {
    await api.world.poll()
    const used = await api.get<ConnectionActivityJson>('/connections/shop/activity')
    expect(connectionActivity.parse(used)).toEqual(used)
    expect(used).toMatchObject({
      to: api.world.now().toISOString(),
      summary: 'Up to 1 of 2 calls at once; never refused for being too many in the last 24 hours',
      atOnce: { limit: 2, now: 0 },
      total: { failed: 0, throttled: 0, peakAtOnce: 1 },
    })
    expect(used.hours).toHaveLength(25)
    expect(used.hours.at(-1)!.calls).toBe(used.total.calls)
    expect(used.total.calls).toBe(api.world.shop.control.requests().entries.length)
    expect((await api.ask('GET', '/connections/nobody/activity')).status).toBe(404)
  })

  it('are made and changed by the rules of the file, each mistake named by its field', async () => {
    const wrong = await api.ask(
      'POST',
      '/connections',
      json({ name: 'second', ...settings({ url: 'nonsense' }) }),
    )
    expect(wrong.status).toBe(422)
    expect(wrong.body).toMatchObject({ code: 'wrong_configuration', errors: [{ field: 'url' }] })
    expect((await api.ask('GET', '/connections/second')).status).toBe(404)

    const made = await api.ask<ConnectionJson>(
      'POST',
      '/connections',
      json({ name: 'second', ...settings() }),
    )
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ name: 'second', kind: 'woocommerce', health: 'new' })
    for (const secret of secrets()) expect(JSON.stringify(made.body)).not.toContain(secret)
    const again = await api.ask('POST', '/connections', json({ name: 'second', ...settings() }))
    expect(again).toMatchObject({ status: 409, body: { code: 'name_taken' } })

    const unknown = await api.ask('PUT', '/connections/second', json(settings({ colour: 'red' })))
    expect(unknown).toMatchObject({ status: 422, body: { errors: [{ field: 'colour' }] } })
    const changed = await api.put<ConnectionJson>('/connections/second', settings({ timeout: '5s' }))
    expect(changed.name).toBe('second')
    expect((await api.ask('PUT', '/connections/third', json(settings()))).status).toBe(404)
  })

  it('are tested on request', async () => {
    const check = await api.post<CheckResultJson>('/connections/shop/check')
    expect(check).toMatchObject({ connection: 'shop', ok: true })
    expect(check.checks.map(({ outcome }) => outcome)).not.toContain('fail')
    await api.put('/connections/second', settings({ values: { KEY: 'ck_wrong', SECRET: 'cs_wrong' } }))
    const refused = await api.post<CheckResultJson>('/connections/second/check')
    expect(refused.ok).toBe(false)
    expect(refused.checks.find(({ outcome }) => outcome === 'fail')).toMatchObject({ name: 'Authorised' })
  })

  it('stop and go on as a person says: nothing moves meanwhile', async () => {
    const paused = await api.post<ConnectionJson>('/connections/netsuite/pause')
    expect(paused).toMatchObject({ pausedAt: api.world.now().toISOString(), pausedBy: 'person' })
    const placed = api.world.shop.control.newOrder()
    await api.world.poll()
    expect(await api.get<OrderDetail>(`/orders/${placed.number}`)).toMatchObject({ status: 'scheduled' })
    expect(await api.get('/connections/netsuite')).toMatchObject({ waitingOrders: 1 })
    await api.post('/connections/netsuite/resume')
    await api.world.settle()
    expect(await api.get<OrderDetail>(`/orders/${placed.number}`)).toMatchObject({ status: 'posted' })
  })

  it('in trouble are a problem with how many orders wait, and go on by themselves', async () => {
    await api.world.netsuite.control.down()
    const placed = api.world.shop.control.newOrder()
    await api.world.poll()
    const [group] = (await api.get<{ items: ProblemGroup[] }>('/problems')).items
    expect(group).toMatchObject({ scope: 'connection', connection: 'netsuite', orders: 1, routes: ['route'] })
    expect(await api.get('/connections/netsuite')).toMatchObject({
      health: 'failing',
      nextAttemptAt: expect.any(String),
      problem: { code: group!.code },
      summary: expect.stringContaining('1 order waits for it'),
    })
    const choices = await api.ask('GET', '/routes/route/choices?list=map_sku')
    expect(choices).toMatchObject({ status: 502, body: { code: group!.code } })
    await api.world.netsuite.control.up()
    await api.world.advance(10 * 60_000)
    expect(await api.get<OrderDetail>(`/orders/${placed.number}`)).toMatchObject({ status: 'posted' })
    expect((await api.get<{ items: ProblemGroup[] }>('/problems')).items).toEqual([])
  })
})

describe('routes', () => {
  it('are listed, made and changed by the rules of the file', async () => {
    const { items } = routeList.parse(await api.get<{ items: RouteJson[] }>('/routes'))
    expect(items).toMatchObject([{ name: 'route', from: 'shop', to: 'netsuite', postAutomatic: true }])
    const second = { from: 'second', to: 'netsuite', import: { since: '2026-02-01', every: '5m' } }
    const made = await api.ask<RouteJson>('POST', '/routes', json({ name: 'two', ...second }))
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ name: 'two', everyMs: 300_000, since: '2026-02-01T00:00:00.000Z' })
    const wrong = await api.ask('PUT', '/routes/two', json({ ...second, import: { since: 'soon' } }))
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ field: 'import.since' }] } })
    const changed = await api.put<RouteJson>('/routes/two', { ...second, post: { automatic: false } })
    expect(changed.postAutomatic).toBe(false)
  })
})

describe('a fix', () => {
  it('changes the mapping of the route that is named, and is written down', async () => {
    const orderId = await putOrder(api, { number: 'X1', status: 'post_error' })
    await putProblem(api, { orderId, code: 'unknown_sku', subject: 'ODD' })
    const nowhere = { fingerprint: 'unknown_sku:ODD', action: 'map_sku', value: '1', route: 'none' }
    expect((await api.ask('POST', '/problems/fix', json(nowhere))).status).toBe(404)
    const fixed = await api.post<FixResult>('/problems/fix', { ...nowhere, value: '4711', route: 'route' })
    expect(fixed).toEqual({ routes: ['route'], scheduled: 1 })
    expect(JSON.stringify((await api.get<RouteJson>('/routes/route')).mapping)).toContain('"ODD":"4711"')
    const events = await api.world.db
      .selectFrom('events')
      .select(['kind', 'actor', 'detail'])
      .where('kind', '=', 'mapping_changed')
      .execute()
    expect(events).toEqual([
      {
        kind: 'mapping_changed',
        actor: 'person',
        detail: {
          route: 'route',
          action: 'map_sku',
          subject: 'ODD',
          value: '4711',
          fields: expect.arrayContaining([{ field: 'mapping.items.bySku.ODD', from: null, to: '4711' }]),
        },
      },
    ])
  })

  it('chosen in one account is not given to the orders of another', async () => {
    const {
      id: _,
      name: __,
      ...first
    } = await api.world.db
      .selectFrom('connections')
      .selectAll()
      .where('id', '=', api.world.netsuiteId)
      .executeTakeFirstOrThrow()
    const elsewhere = crypto.randomUUID()
    const values = { ...first, id: elsewhere, name: 'other-account', identity: 'other' }
    await api.world.db
      .insertInto('connections')
      .values({ ...values, config: JSON.stringify(first.config), health_problem: null, webhook_state: null })
      .execute()
    for (const number of ['Y1', 'Y2']) {
      const orderId = await putOrder(api, { number, status: 'post_error' })
      await putProblem(api, { orderId, code: 'unknown_sku', subject: 'BOTH' })
    }
    await api.world.db
      .updateTable('orders')
      .set({ backend_id: elsewhere })
      .where('number', '=', 'Y2')
      .execute()
    const fix = { fingerprint: 'unknown_sku:BOTH', action: 'map_sku', value: '1' }
    expect(await api.ask('POST', '/problems/fix', json(fix))).toMatchObject({
      status: 422,
      body: { code: 'several_backends' },
    })
    expect(JSON.stringify((await api.get<RouteJson>('/routes/route')).mapping)).not.toContain('BOTH')
  })

  it('looks in the backend again, without a mapping', async () => {
    const orderId = await putOrder(api, { number: 'X2', status: 'post_error' })
    await putProblem(api, { orderId, code: 'inactive_item', subject: 'OLD' })
    const fixed = await api.post<FixResult>('/problems/fix', {
      fingerprint: 'inactive_item:OLD',
      action: 'refresh_items',
    })
    expect(fixed).toEqual({ routes: [], scheduled: 1 })
  })
})
