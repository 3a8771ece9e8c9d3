import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSandboxShop, type SandboxShop, type ShopSeed } from '../../src/sandbox/shop/index.ts'
import type { Webhook } from '../../src/sandbox/shop/state.ts'
import {
  ask,
  basic,
  members,
  oauthQuery,
  recordings,
  recordingsAbsent,
  replay,
  sides,
  stage,
  type Answer,
  type Login,
  type Recording,
  type Stage,
} from './shop-replay.ts'

const orderIds = [14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 41]
const loginUnderTest: Login = { key: 'ck_good', secret: 'cs_good' }
const recorded = recordingsAbsent ? [] : recordings('auth')
const byName = (name: string): Recording => recorded.find((one) => one.name === name)!

const pausedWebhook: Webhook = {
  id: 0,
  name: 'w',
  status: 'paused',
  topic: 'order.updated',
  deliveryUrl: 'http://127.0.0.1/hook',
  secret: 's',
  createdAt: 0,
  modifiedAt: null,
  failures: 0,
}

/** Twelve orders, the newest of them order 41, as in the recorded shop. */
const twelveOrders: ShopSeed = (shop) => {
  shop.fulfillmentsOn = false
  for (const id of [6, 7]) shop.webhooks.set(id, { ...pausedWebhook, id, status: 'active' })
  for (const id of orderIds) {
    shop.orders.set(id, {
      id,
      status: 'pending',
      createdAt: id,
      modifiedAt: id,
      body: { id, status: 'pending' },
    })
  }
}

describe.skipIf(recordingsAbsent)(
  'logins as recorded with a real WooCommerce (skipped without ../shared)',
  () => {
    let on: Stage
    beforeAll(async () => {
      on = await stage(twelveOrders, { credentials: { consumerKey: 'ck_good', consumerSecret: 'cs_good' } })
    })
    afterAll(() => on.shop.close())

    const logins: Record<string, Login> = {
      'basic wrong key': { key: 'ck_other', secret: 'cs_good' },
      'basic wrong secret': { key: 'ck_good', secret: 'cs_other' },
      'basic swapped key and secret': { key: 'cs_good', secret: 'ck_good' },
      'basic key with trailing space': { key: 'ck_good ', secret: 'cs_good' },
      'basic WordPress login instead of key': { key: 'admin', secret: 'password' },
    }

    const prepare: [pattern: RegExp, () => void][] = [
      [/^read-only key/, () => on.shop.control.setKey({ permissions: 'read' })],
      [/^write-only key/, () => on.shop.control.setKey({ permissions: 'write' })],
      [/^user demoted|^user without any role/, () => on.shop.control.setKey({ user: 'customer' })],
      [/^user deleted|^key revoked/, () => on.shop.control.setKey({ user: 'deleted' })],
    ]
    const plain = recorded.filter((one) => !/^oauth1|^wc v[12]|^legacy|^index needs/.test(one.name))

    it.each(plain.map((one) => [one.name, one] as const))('%s', async (name, one) => {
      on.shop.control.setKey({ permissions: 'read_write', user: 'shop_manager' })
      for (const [pattern, act] of prepare) if (pattern.test(name)) act()
      const login = logins[name] ?? loginUnderTest
      const secret = name.includes('wrong secret') ? 'cs_other' : login.secret
      const path = one
        .request!.path.replace('consumer_key=<redacted>', `consumer_key=${login.key}`)
        .replace('consumer_secret=<redacted>', `consumer_secret=${secret}`)
      const answer = await replay(on, { ...one, request: { ...one.request!, path } }, login)
      const { ours, theirs } = sides(on, one, answer, reduced(one))
      expect(ours).toEqual(theirs)
    })

    const signed: Record<string, Parameters<typeof signedAnswer>[1]> = {
      'oauth1 HMAC-SHA1 in query': { algorithm: 'SHA1' },
      'oauth1 HMAC-SHA1 in header': { algorithm: 'SHA1', inHeader: true },
      'oauth1 HMAC-SHA256 in query': {},
      'oauth1 HMAC-SHA256 in header': { inHeader: true },
      'oauth1 HMAC-SHA512': { algorithm: 'SHA512' },
      'oauth1 over https': { https: true },
      'oauth1 wrong key': { login: { key: 'ck_other', secret: 'cs_good' } },
      'oauth1 wrong secret': { login: { key: 'ck_good', secret: 'cs_other' } },
      'oauth1 tampered signature': { tamper: true },
      'oauth1 signed for another host': { signedHost: 'www.shop.example' },
      'oauth1 timestamp 16 minutes old': { shift: -16 * 60 },
      'oauth1 timestamp 16 minutes ahead': { shift: 16 * 60 },
      'oauth1 timestamp 14 minutes old': { shift: -14 * 60 },
      'oauth1 nonce first use': { nonce: 'once' },
      'oauth1 nonce replayed': { nonce: 'once' },
      'oauth1 nonce replayed with new timestamp': { nonce: 'once', shift: 1 },
      'oauth1 parameter missing': { without: 'oauth_nonce' },
    }

    it.each(Object.entries(signed))('%s', async (name, how) => {
      on.shop.control.setKey({ permissions: 'read_write', user: 'shop_manager' })
      on.setNow('2026-11-23T08:00:00Z')
      const answer = await signedAnswer(on, how)
      const { ours, theirs } = sides(on, byName(name), answer)
      expect(ours).toEqual(theirs)
    })

    it('every recorded OAuth entry is replayed', () => {
      const named = recorded.filter((one) => one.name.startsWith('oauth1')).map((one) => one.name)
      expect(Object.keys(signed).sort()).toEqual(named.sort())
    })
  },
)

interface Signing {
  algorithm?: 'SHA1' | 'SHA256' | 'SHA512'
  inHeader?: boolean
  https?: boolean
  login?: Login
  tamper?: boolean
  signedHost?: string
  shift?: number
  nonce?: string
  without?: string
}

async function signedAnswer(on: Stage, how: Signing): Promise<Answer> {
  const now = Date.parse('2026-11-23T08:00:00Z') / 1000
  const path = '/wp-json/wc/v3/orders?per_page=1&_fields=id'
  const host = how.signedHost ?? new URL(on.shop.url).host
  const fields = oauthQuery(how.login ?? loginUnderTest, {
    url: `${how.https ? 'https' : 'http'}://${host}${path}`,
    timestamp: now + (how.shift ?? 0),
    nonce: how.nonce ?? JSON.stringify(how),
    ...(how.algorithm && { algorithm: how.algorithm }),
  })
  if (how.tamper) fields['oauth_signature'] = `A${fields['oauth_signature']!.slice(1)}`
  if (how.without) delete fields[how.without]
  const headers: Record<string, string> = how.https ? { 'x-forwarded-proto': 'https' } : {}
  const encoded = Object.entries(fields).map(([name, value]) => [name, encodeURIComponent(value)] as const)
  if (how.inHeader)
    headers['authorization'] = `OAuth ${encoded.map(([name, value]) => `${name}="${value}"`).join(', ')}`
  const query = how.inHeader ? '' : `&${encoded.map(([name, value]) => `${name}=${value}`).join('&')}`
  return ask(on, 'GET', `${path}${query}`, headers)
}

/** The recorded OPTIONS were cut down; in the list of webhooks the shop itself counted its pages wrong. */
function reduced(one: Recording): Parameters<typeof sides>[3] {
  if (one.request!.method === 'OPTIONS') return { reduce: members('namespace', 'methods') }
  return one.name === 'shop manager key webhooks' ? { leave: ['link', 'x-wp-totalpages'] } : {}
}

describe('logins of the sandbox shop', () => {
  let shop: SandboxShop
  beforeAll(async () => {
    shop = await startSandboxShop({
      port: 0,
      now: () => new Date('2026-03-02T10:00:00Z'),
      random: () => 0.5,
      seed: 'empty',
    })
  })
  afterAll(() => shop.close())

  it('takes Basic over HTTP by default, as behind a proxy that ends TLS', async () => {
    const headers = { authorization: basic({ key: shop.consumerKey, secret: shop.consumerSecret }) }
    const answer = await fetch(`${shop.url}/wp-json/wc/v3/orders`, { headers })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual([])
  })

  it('refuses a key whose Authorization header a web server strips, until it comes in the address', async () => {
    shop.control.stripAuthorization(true)
    const headers = { authorization: basic({ key: shop.consumerKey, secret: shop.consumerSecret }) }
    const stripped = await fetch(`${shop.url}/wp-json/wc/v3/orders`, { headers })
    expect(stripped.status).toBe(401)
    const query = `consumer_key=${shop.consumerKey}&consumer_secret=${shop.consumerSecret}`
    const inQuery = await fetch(`${shop.url}/wp-json/wc/v3/orders?${query}`)
    expect(inQuery.status).toBe(200)
    shop.control.stripAuthorization(false)
  })

  it('checks an OAuth signature over list parameters as PHP reads them', async () => {
    const url = `${shop.url}/wp-json/wc/v3/orders?status[0]=processing&status[1]=on-hold&search=caf%C3%A9%20%26%20tee`
    const fields = oauthQuery(
      { key: shop.consumerKey, secret: shop.consumerSecret },
      { url, timestamp: Date.parse('2026-03-02T10:00:00Z') / 1000, nonce: 'n1' },
    )
    const query = Object.entries(fields).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    const answer = await fetch(`${url}&${query.join('&')}`)
    expect(answer.status).toBe(200)
  })
})
