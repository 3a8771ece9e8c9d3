import { stringify } from 'yaml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatDuration } from '../../src/config/durations.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import {
  type OrderPage,
  type RouteJson,
  routeTrial,
  type RouteTrialJson,
  seenByRoute,
  type SeenByRouteJson,
} from '../../src/server/schemas.ts'
import { type Api, json, startApi } from './support.ts'

let api: Api
let route: RouteJson
const numbers: Record<'posted' | 'stopped' | 'held', string[]> = { posted: [], stopped: [], held: [] }

const mapping = demoMapping

type Wish = Parameters<Api['world']['shop']['control']['newOrder']>[0]
beforeAll(async () => {
  api = await startApi({ mapping })
  const place = (wish: Wish) => api.world.shop.control.newOrder({ country: 'DE', ...wish }).number
  numbers.posted = [place({}), place({})]
  numbers.stopped = [place({ trouble: 'unmapped_payment' }), place({ trouble: 'unmapped_payment' })]
  numbers.held = [place({ status: 'on-hold' })]
  await api.world.poll()
  route = await api.get<RouteJson>('/routes/route')
})
afterAll(() => api.stop())

interface Change {
  statuses?: string[]
  since?: string
  mapping?: object
  automatic?: boolean
  autoCancel?: object | false
}
/** The route's settings as the page sends them, with a change. */
const settings = (change: Change = {}) => ({
  from: route.from,
  to: route.to,
  import: {
    statuses: change.statuses ?? route.statuses,
    since: change.since ?? route.since,
    every: formatDuration(route.everyMs),
  },
  post: { automatic: change.automatic ?? route.postAutomatic },
  autoCancel: change.autoCancel ?? false,
  mapping: change.mapping ?? route.mapping,
})
const tryOut = async (change: Change = {}): Promise<RouteTrialJson> =>
  routeTrial.parse(await api.post('/routes/route/dry-run', settings(change)))
const calls = () => api.world.netsuite.control.requests().filter(({ path }) => !path.includes('token'))
const writes = () => calls().filter(({ method, path }) => method !== 'GET' && !path.includes('suiteql'))
const forget = () => api.world.deps.memoryOf(api.world.netsuiteId).clear()

/** What each tax of an order in the shop stops it for where none is mapped. */
const taxesOf = (number: string): string[] => {
  const { control } = api.world.shop
  const { id } = control.orders().find((order) => order.number === number)!
  const lines = control.order(id)!.body!['tax_lines'] as { rate_percent: number }[]
  return lines.map(({ rate_percent: percent }) => `unmapped_tax:DE:${percent}`).toSorted()
}

const counts = (over: Partial<RouteTrialJson['counts']>) => ({
  as_before: 0,
  would_post: 0,
  would_stop: 0,
  stops_otherwise: 0,
  would_be_held: 0,
  no_longer_held: 0,
  ...over,
})
const withPayment = (methods: object) => ({
  ...mapping,
  payment: { ...mapping.payment, methods: { ...mapping.payment.methods, ...methods } },
})
const found = (trial: RouteTrialJson, outcome: string) =>
  trial.differing
    .filter((order) => order.outcome === outcome)
    .map(({ number }) => number)
    .toSorted()

describe('the dry run of a route', () => {
  it('starts from orders that were posted, stopped and held', async () => {
    const { items } = await api.get<OrderPage>('/orders')
    const of = (status: string) =>
      items
        .filter((order) => order.status === status)
        .map(({ number }) => number)
        .toSorted()
    expect(of('posted')).toEqual(numbers.posted.toSorted())
    expect(of('post_error')).toEqual(numbers.stopped.toSorted())
    expect(of('held')).toEqual(numbers.held)
  })

  it('of the same settings finds everything as before, and asks nobody', async () => {
    forget()
    api.world.netsuite.control.clearRequests()
    const trial = await tryOut()
    expect(trial).toMatchObject({
      orders: 5,
      counts: counts({ as_before: 5 }),
      notJudged: [],
      differing: [],
      changes: [],
      notes: [],
      summary: 'Route route, over the last 5 orders: 5 as before, 0 would now post, 0 would stop.',
    })
    expect(calls()).toEqual([])
  })

  it('says which orders would now post, and what stops them today; nothing is stored or sent', async () => {
    const before = await everything()
    forget()
    api.world.netsuite.control.clearRequests()
    const method = (await stoppedBy()).subject
    const trial = await tryOut({ mapping: withPayment({ [method]: 'leave_out' }) })
    expect(trial.counts).toEqual(counts({ as_before: 3, would_post: 2 }))
    expect(found(trial, 'would_post')).toEqual(numbers.stopped.toSorted())
    expect(trial.differing[0]!.problems).toMatchObject([
      { code: 'unmapped_payment_method', fingerprint: `unmapped_payment_method:${method}` },
    ])
    expect(trial.changes).toEqual([
      { field: `mapping.payment.methods.${method}`, from: null, to: 'leave_out' },
    ])
    expect(trial.summary).toContain('3 as before, 2 would now post, 0 would stop')
    expect(writes()).toEqual([])
    expect(await everything()).toEqual(before)
  })

  it('says which orders would stop, posted ones too, and at what', async () => {
    const trial = await tryOut({ mapping: { ...mapping, tax: { ...mapping.tax, codes: {} } } })
    expect(found(trial, 'would_stop')).toEqual(numbers.posted.toSorted())
    expect(found(trial, 'stops_otherwise')).toEqual(numbers.stopped.toSorted())
    for (const posted of trial.differing.filter(({ outcome }) => outcome === 'would_stop')) {
      expect(posted.status).toBe('posted')
      expect(posted.problems.map(({ fingerprint }) => fingerprint).toSorted()).toEqual(taxesOf(posted.number))
      expect(posted.problems[0]).toMatchObject({
        code: 'unmapped_tax',
        title: expect.stringContaining('is not mapped'),
        fix: expect.any(String),
      })
    }
  })

  it('says which orders would be held by a rule, and which no longer', async () => {
    const allowed = await tryOut({ statuses: [...route.statuses, 'on-hold'] })
    expect(allowed.counts).toEqual(counts({ as_before: 4, no_longer_held: 1 }))
    expect(found(allowed, 'no_longer_held')).toEqual(numbers.held)
    expect(allowed.differing[0]!.problems).toEqual([])

    const narrow = await tryOut({ statuses: ['on-hold'] })
    expect(found(narrow, 'would_be_held')).toEqual([...numbers.posted, ...numbers.stopped].toSorted())
    const held = narrow.differing.find(({ outcome }) => outcome === 'would_be_held')!
    expect(held.rule).toContain('this route imports "on-hold"')

    const later = await tryOut({ since: '2026-12-01' })
    expect(later.counts).toEqual(counts({ as_before: 1, would_be_held: 4 }))
    expect((await tryOut({ since: '2025-12-01' })).notes).toEqual([
      expect.stringContaining('the shop is read again from 2025-12-01 on'),
    ])
  })

  it('says what would be cancelled by itself, and what automatic posting means', async () => {
    const { notes, counts: same } = await tryOut({
      automatic: false,
      autoCancel: { after: '7d', warn: ['3d', '1d'] },
    })
    expect(same.as_before).toBe(5)
    expect(notes).toEqual([
      'Route route: new orders wait for a person to post them.',
      expect.stringMatching(
        /^Route route: 2 orders in error now would be cancelled, the first on 2026-03-09/,
      ),
    ])
  })

  it('looks the same up once for all orders', async () => {
    const { shop } = api.world
    const more = Array.from({ length: 4 }, () =>
      shop.control.newOrder({ trouble: 'unknown_sku', country: 'DE' }),
    )
    await api.world.advance(60_000)
    forget()
    api.world.netsuite.control.clearRequests()
    const trial = await tryOut({
      mapping: { ...mapping, defaults: { ...mapping.defaults, memo: 'Web {order.number}' } },
    })
    expect(trial.counts).toEqual(counts({ as_before: 5 + more.length }))
    const asked = calls().map(({ method, path, body }) => JSON.stringify([method, path, body]))
    expect(new Set(asked).size).toBe(asked.length)
    // All items that are there with one question; those that are not, with one for each.
    expect(asked.filter((call) => call.includes('FROM item'))).toHaveLength(2)
  })

  it('says how many orders it could not judge when the backend does not answer, and judges the others', async () => {
    const { control } = api.world.netsuite
    const change = { statuses: ['on-hold'], mapping: withPayment({ new: 'leave_out' }) }
    await control.down()
    try {
      forget()
      const trial = await tryOut({ mapping: change.mapping })
      expect(trial.counts.as_before).toBe(1)
      expect(trial.notJudged).toEqual([{ why: expect.any(String), orders: 8 }])
      expect(trial.summary).toContain('8 could not be judged')
      // Rules need no answer.
      expect((await tryOut(change)).counts.would_be_held).toBe(8)
    } finally {
      await control.up()
    }
    const { db, netsuiteId } = api.world
    const pause = (at: Date | null) =>
      db.updateTable('connections').set({ paused_at: at }).where('id', '=', netsuiteId).execute()
    await pause(api.world.now())
    expect((await tryOut({ mapping: change.mapping })).notJudged).toEqual([
      { why: 'it is paused', orders: 8 },
    ])
    await pause(null)
    expect((await tryOut({ mapping: change.mapping })).notJudged).toEqual([])
  })

  it('is part of a dry run of a file, for each route that would change', async () => {
    const applied = (change: Change, dryRun = true) =>
      api.post<{ notes: string[] }>('/configuration', {
        yaml: stringify({ routes: [{ name: 'route', ...settings(change) }] }),
        dryRun,
      })
    const { notes } = await applied({ statuses: [...route.statuses, 'on-hold'] })
    expect(notes).toContainEqual(
      'Route route, over the last 9 orders: 8 as before, 0 would now post, 0 would stop, 1 would no longer be held.',
    )
    expect((await applied({})).notes.join()).not.toContain('over the last')
  })

  it('names mistakes by their field as saving does, and knows no route that is not there', async () => {
    const wrong = { ...settings(), import: { statuses: ['processing'], since: 'soon', every: '5' } }
    const tried = await api.ask('POST', '/routes/route/dry-run', json(wrong))
    expect([tried.status, tried.body.code]).toEqual([422, 'wrong_configuration'])
    expect(tried.body.errors!.map(({ field }) => field)).toEqual(['import.since', 'import.every'])
    const saved = await api.ask('PUT', '/routes/route', json(wrong))
    expect(saved.body.errors).toEqual(tried.body.errors)
    const missing = await api.ask('POST', '/routes/nowhere/dry-run', json(settings()))
    expect(missing.status).toBe(422)
    expect((await api.ask('GET', '/routes/nowhere/seen')).status).toBe(404)
  })

  it('says what orders brought with them: statuses with what importing them brings, and values to map', async () => {
    const seen = seenByRoute.parse(await api.get<SeenByRouteJson>('/routes/route/seen'))
    const status = (code: string) => seen.statuses.find((each) => each.code === code)
    expect(status('on-hold')).toEqual({ code: 'on-hold', label: 'On hold', recent: 1, held: 1 })
    expect(status('processing')).toMatchObject({ recent: 8, held: 0 })
    const method = (await stoppedBy()).subject
    expect(seen.paymentMethods.find(({ value }) => value === method)).toMatchObject({ orders: 2 })
    expect(seen.shippingMethods[0]!.names).toContain(seen.shippingMethods[0]!.value.split(':')[0])
    const [tax] = seen.taxes
    expect(tax).toMatchObject({
      value: expect.stringMatching(/^[A-Z]{2}:[\d.]+$/),
      title: expect.stringMatching(/%/),
    })
    expect(tax!.names).toContain(tax!.value.split(':')[1])
    const source = (path: string) => seen.sources.find((each) => each.path === path)
    expect(source('order.number')).toEqual({
      path: 'order.number',
      example: expect.stringMatching(/^\d+$/),
      orders: seen.orders,
    })
    expect(source('billing.email')!.example).toContain('@')
  })
})

const stoppedBy = async () => {
  const { items } = await api.get<OrderPage>(`/orders?search=${numbers.stopped[0]}`)
  return items[0]!.problem!
}

const everything = async () => ({
  orders: await api.world.orders(),
  route: await api.get('/routes/route'),
  events: (await api.world.db.selectFrom('events').select('id').execute()).length,
  jobs: await api.world.db.selectFrom('jobs').selectAll().orderBy('id').execute(),
  slots: await api.world.db.selectFrom('slots').selectAll().orderBy('connection_id').orderBy('n').execute(),
})
