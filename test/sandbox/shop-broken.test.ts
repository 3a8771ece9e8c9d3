import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FaultSpec } from '../../src/sandbox/shop/index.ts'
import type { Shop } from '../../src/sandbox/shop/state.ts'
import {
  oauthQuery,
  recordings,
  recordingsAbsent,
  replay,
  shape,
  sides,
  stage,
  type Recording,
  type Stage,
} from './shop-replay.ts'

const broken = recordingsAbsent ? [] : recordings('broken')
const identity = recordingsAbsent ? [] : recordings('identity')
const totalOrders = 147

let shop: Shop

function recordedShop(empty: Shop): void {
  shop = empty
  shop.name = 'Hub test shop'
  shop.storeId = 'e607cece-ac15-45f0-a74b-725e0dd7e571'
  shop.country = 'DE:DE-BE'
  for (let id = 197 - totalOrders; id < 197; id += 1)
    shop.orders.set(id, { id, status: 'processing', createdAt: id, modifiedAt: id, body: { id } })
  shop.orders.get(196)!.body = { id: 196, customer_note: '' }
}

/** HTML is compared as being HTML, the list of namespaces as holding what matters, all else as it is. */
function reduced(body: unknown): unknown {
  if (typeof body === 'string') {
    if (body.startsWith('<!DOCTYPE') || body.startsWith('<html')) return 'HTML'
    return body.replace(/in <b>\S+<\/b>/, 'in a plug-in')
  }
  if (typeof body !== 'object' || body === null || !('namespaces' in body)) return body
  const { name, url, home, namespaces } = body as {
    name: string
    url: string
    home: string
    namespaces: string[]
  }
  return { name, url, home, woocommerce: namespaces.includes('wc/v3') }
}

/** A recorded situation: what brings it about here, and which recorded entries it explains. */
const situations: [situation: string, entries: RegExp, begin: (on: Stage) => unknown][] = [
  ['healthy', /^healthy: /, () => undefined],
  [
    'WooCommerce switched off',
    /^WooCommerce deactivated/,
    ({ shop: { control } }) => control.deactivate(true),
  ],
  [
    'plain permalinks',
    /^plain permalinks: (?!.*oauth|index\.php|.*HEAD)/,
    ({ shop: { control } }) => control.setPlainPermalinks(true),
  ],
  ['pretty permalinks', /^pretty permalinks|^trailing slash/, () => undefined],
  ['maintenance', /^maintenance mode/, ({ shop: { control } }) => control.down('maintenance')],
  ['a PHP warning', /^PHP warning (?!: wrong)/, fault({ kind: 'php_warning' })],
  ['a byte order mark', /^byte order mark/, fault({ kind: 'bom' })],
  ['a fatal error', /^fatal error in a plugin/, fault({ kind: 'error' })],
  [
    'a fatal error after the write',
    /^fatal error while preparing an order: PUT/,
    fault({ kind: 'error_after_write' }),
  ],
  ['the write is there', /^fatal error while preparing an order: afterwards/, () => undefined],
  ['a rate limit', /^rate limit/, fault({ kind: 'throttle', retryAfter: 17 })],
  ['an empty answer', /^empty answer/, fault({ kind: 'empty' })],
  ['a cookie challenge', /^cookie challenge/, fault({ kind: 'html' })],
  [
    'Authorization stripped',
    /^Authorization header stripped: (?!oauth|key)/,
    ({ shop: { control } }) => control.stripAuthorization(true),
  ],
  ['no orders table', /^orders table missing(?!: create)/, fault({ kind: 'orders_table_missing' })],
  ['method override', /^host that refuses PUT: /, () => undefined],
  [
    'moved',
    /^siteurl and home changed|^home changed: (?!oauth)/,
    ({ shop: { control } }) => control.move({ home: 'http://new-shop.example', mode: 'answers' }),
  ],
]

function fault(spec: FaultSpec) {
  return ({ shop: { control } }: Stage): void => control.fault(spec)
}

describe.skipIf(recordingsAbsent)('a shop in trouble as recorded (skipped without ../shared)', () => {
  let on: Stage
  beforeAll(async () => {
    on = await stage(recordedShop)
  })
  afterAll(() => on.shop.close())

  const cases = situations.flatMap(([situation, entries, begin]) =>
    broken
      .filter((one) => one.request && one.response && entries.test(one.name))
      .map((one) => [one.name, situation, begin, one] as const),
  )

  it.each(cases)('%s', async (name, _situation, begin, one) => {
    await on.shop.control.reset()
    on.shop.control.setPlainPermalinks(false)
    await begin(on)
    // In the moved shop one order more had been placed.
    if (name.startsWith('siteurl') || name.startsWith('home')) addOrder202()
    const secret = name.includes('wrong secret') ? 'cs_other' : on.shop.consumerSecret
    const answer = await replay(on, one, { key: on.shop.consumerKey, secret })
    const { ours, theirs } = sides(on, one, answer, { leave: uncompared(one), reduce: reduced })
    expect(ours).toEqual(theirs)
  })

  it('every situation has entries', () => {
    const without = situations.filter(([, entries]) => !broken.some((one) => entries.test(one.name)))
    expect(without.map(([situation]) => situation)).toEqual([])
  })

  it('checks OAuth against its home, not against the address it was asked at', async () => {
    await on.shop.control.reset()
    on.shop.control.move({ home: 'http://new-shop.example', mode: 'answers' })
    on.setNow('2026-11-23T08:00:00Z')
    const path = '/wp-json/wc/v3/orders?per_page=1&_fields=id'
    const status = async (base: string): Promise<number> => {
      const login = { key: on.shop.consumerKey, secret: on.shop.consumerSecret }
      const timestamp = Date.parse('2026-11-23T08:00:00Z') / 1000
      const query = new URLSearchParams(oauthQuery(login, { url: `${base}${path}`, timestamp, nonce: base }))
      return (await fetch(`${on.shop.url}${path}&${query.toString()}`)).status
    }
    expect(await status(on.shop.url)).toBe(401)
    expect(await status('http://new-shop.example')).toBe(200)
  })

  it('redirects to its new address when it is told to', async () => {
    await on.shop.control.reset()
    on.shop.control.move({ home: 'http://new-shop.example', mode: 'redirect' })
    const answer = await fetch(`${on.shop.url}/wp-json/wc/v3/orders?per_page=1`, { redirect: 'manual' })
    expect(answer.status).toBe(301)
    expect(answer.headers.get('location')).toBe('http://new-shop.example/wp-json/wc/v3/orders?per_page=1')
  })
})

function addOrder202(): void {
  shop.orders.set(202, {
    id: 202,
    status: 'processing',
    createdAt: 202,
    modifiedAt: 202,
    body: { id: 202, order_key: 'wc_order_E7aqktpYUDSbA' },
  })
  shop.revision += 1
}

/** WordPress sends cache headers with some pages of its own; of the front page only the link matters. */
function uncompared(one: Recording): string[] {
  const wordpress = typeof one.response!.body === 'string' || one.response!.status >= 500
  return wordpress ? ['cache-control', 'x-robots-tag', 'content-type', 'allow'] : []
}

describe.skipIf(recordingsAbsent)('the identity of a shop as recorded (skipped without ../shared)', () => {
  let on: Stage
  beforeAll(async () => {
    on = await stage((empty) => {
      recordedShop(empty)
      shop.orders.clear()
      for (const [at, id] of [14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25].entries()) {
        const status = ['pending', 'on-hold', 'completed'][at % 3]!
        const created = Date.parse('2026-11-23T06:03:13Z') / 1000
        const body = { id, order_key: 'wc_order_RaW6dPYpAsBhz' }
        shop.orders.set(id, { id, status, createdAt: created, modifiedAt: created, body })
      }
      shop.paymentGateways = [
        { id: 'bacs', title: 'Direct bank transfer', enabled: true },
        { id: 'cheque', title: 'Check payments', enabled: false },
        { id: 'cod', title: 'Cash on delivery', enabled: false },
      ]
    })
  })
  afterAll(() => on.shop.close())

  const equal = [
    'setting currency',
    'data current currency',
    'settings without credentials',
    'orders oldest',
    'order statuses',
    'payment gateways',
    'shipping methods',
  ]
  it.each(identity.filter((one) => equal.includes(one.name)).map((one) => [one.name, one] as const))(
    '%s',
    async (_name, one) => {
      const answer = await replay(on, one, { key: on.shop.consumerKey, secret: on.shop.consumerSecret })
      const { ours, theirs } = sides(on, one, answer)
      expect(ours).toEqual(theirs)
    },
  )

  const named = (name: string): Recording => identity.find((one) => one.name === name)!
  const json = async (name: string): Promise<Record<string, Record<string, unknown>>> => {
    const answer = await replay(on, named(name), { key: on.shop.consumerKey, secret: on.shop.consumerSecret })
    expect(answer.status).toBe(200)
    return answer.json as Record<string, Record<string, unknown>>
  }

  it("shows the shop's permanent id, version and settings where the recorded shop did", async () => {
    const { environment } = await json('system_status environment')
    expect(environment).toMatchObject({
      store_id: 'e607cece-ac15-45f0-a74b-725e0dd7e571',
      version: '11.0.1',
      home_url: on.shop.url,
    })
    const { settings } = await json('system_status settings')
    const recorded = (named('system_status settings').response!.body as { settings: Record<string, unknown> })
      .settings
    expect(settings).toMatchObject({
      enabled_features: recorded['enabled_features'],
      HPOS_enabled: true,
      currency: 'EUR',
    })
  })

  it('has an index of the recorded shape', async () => {
    const recorded = { ...(named('wp-json index').response!.body as Record<string, unknown>), routes: {} }
    const ours: Record<string, unknown> = { ...(await json('wp-json index')), routes: {} }
    expect(shape(ours)).toEqual(shape(recorded))
  })
})
