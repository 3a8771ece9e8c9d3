import { createHmac, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import OAuth from 'oauth-1.0a'
import { afterEach, describe, expect, it } from 'vitest'
import type { Ctx, HttpRequest, HttpResponse } from '../../src/connectors/contract.ts'
import { createHttp } from '../../src/connectors/http.ts'
import { call, readIndex } from '../../src/connectors/woocommerce/client.ts'
import { config, type WooCommerceConfig } from '../../src/connectors/woocommerce/config.ts'
import { woocommerce } from '../../src/connectors/woocommerce/index.ts'
import { oauthParameters } from '../../src/connectors/woocommerce/oauth.ts'
import {
  elementsOf,
  findBrokenJson,
  findJson,
  parseExactly,
} from '../../src/connectors/woocommerce/raw-json.ts'
import { type SandboxShop, type SandboxShopOptions, startSandboxShop } from '../../src/sandbox/shop/index.ts'
import { numbersFrom } from '../support/chance.ts'

const warnings: string[] = []
const log = {
  debug() {},
  info() {},
  error() {},
  warn: (_fields: object, message: string) => void warnings.push(message),
}

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  warnings.length = 0
  await Promise.all(closing.splice(0).map((close) => close()))
})

function ctxOver(
  http: Ctx<WooCommerceConfig>['http'],
  url: string,
  key = 'ck_key',
  secret = 'cs_secret',
): Ctx<WooCommerceConfig> {
  return {
    config: config.parse({ url, credentials: { consumerKey: key, consumerSecret: secret } }),
    http,
    now: () => new Date(),
    randomId: randomUUID,
    log,
    signal: new AbortController().signal,
    memory: new Map(),
  }
}

async function shopWith(
  options: Partial<SandboxShopOptions>,
): Promise<{ shop: SandboxShop; ctx: Ctx<WooCommerceConfig> }> {
  const shop = await startSandboxShop({
    port: 0,
    now: () => new Date(),
    random: numbersFrom(1),
    seed: 'empty',
    ...options,
  })
  const http = createHttp({
    timeoutMs: 5000,
    limits: { concurrency: 5 },
    allowHosts: ['127.0.0.1'],
    now: () => new Date(),
  })
  closing.push(shop.close, http.close)
  return { shop, ctx: ctxOver(http, shop.url, shop.consumerKey, shop.consumerSecret) }
}

/** A shop over https, as far as one can be had without a certificate: the requests as they leave, answers as given. */
function scripted(answer: (request: HttpRequest) => Partial<HttpResponse>) {
  const requests: HttpRequest[] = []
  const http = async (request: HttpRequest) => {
    requests.push(request)
    return {
      ok: true as const,
      value: { status: 200, headers: {}, body: '', url: request.url, ...answer(request) },
    }
  }
  return { http, requests }
}

const unauthorised = (message: string, code = 'woocommerce_rest_authentication_error') => ({
  status: 401,
  body: JSON.stringify({ code, message, data: { status: 401 } }),
})

const orders = { method: 'GET', path: '/orders', query: { per_page: 1 } } as const

describe('OAuth 1.0a', () => {
  const words = fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => text.isWellFormed())

  it('signs as the package oauth-1.0a does', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
        fc.dictionary(
          words.filter((name) => name !== '' && name !== '__proto__'),
          words,
          { maxKeys: 6 },
        ),
        words,
        words,
        fc.integer({ min: 0, max: 4_000_000_000 }),
        (method, query, key, secret, timestamp) => {
          const url = 'http://shop.example/shop/wp-json/wc/v3/orders'
          const reference = new OAuth({
            consumer: { key, secret },
            signature_method: 'HMAC-SHA256',
            hash_function: (base, signingKey) =>
              createHmac('sha256', signingKey).update(base).digest('base64'),
          })
          reference.getNonce = () => 'n0nce'
          reference.getTimeStamp = () => timestamp
          const theirs = reference.authorize({ url, method, data: query })
          const ours = oauthParameters({
            method,
            baseUrl: url,
            query: Object.entries(query),
            consumerKey: key,
            consumerSecret: secret,
            nonce: 'n0nce',
            timestamp,
          })
          expect(new Map(ours).get('oauth_signature')).toBe(theirs.oauth_signature)
        },
      ),
    )
  })
})

describe('a call', () => {
  it('carries the key as Basic login over https, and never over http', async () => {
    const { http, requests } = scripted(() => ({ body: '[]' }))
    await call(ctxOver(http, 'https://shop.example'), orders)
    await call(ctxOver(http, 'http://shop.example'), orders)
    expect(requests[0]!.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('ck_key:cs_secret').toString('base64')}`,
      accept: 'application/json',
    })
    expect(requests[0]!.url).toBe('https://shop.example/wp-json/wc/v3/orders?per_page=1')
    expect(requests[1]!.headers).not.toHaveProperty('authorization')
    expect(requests[1]!.url).toContain('oauth_signature=')
    expect(requests[1]!.url).not.toContain('cs_secret')
  })

  it.each([
    ['over plain http', { basicOverHttp: false }],
    ['to a site in a subfolder', { basicOverHttp: false, prefix: '/shop' }],
    ['to a site with plain permalinks', { plainPermalinks: true, basicOverHttp: false }],
    [
      'to a site with plain permalinks in a subfolder',
      { plainPermalinks: true, prefix: '/shop', basicOverHttp: false },
    ],
  ] as const)('reaches the shop %s', async (_name, options) => {
    const { shop, ctx } = await shopWith(options)
    const { id } = shop.control.newOrder()
    const answer = await call(ctx, orders)
    expect(answer).toMatchObject({ ok: true, value: { value: [{ id }] } })
    const written = await call(ctx, {
      method: 'POST',
      path: `/orders/${id}`,
      body: { customer_note: 'hello' },
    })
    expect(written.ok).toBe(true)
    expect(shop.control.order(id)?.body?.['customer_note']).toBe('hello')
    expect(await readIndex(ctx)).toMatchObject({ ok: true, value: { hasWooCommerce: true } })
  })

  it('asks for plain permalinks once and remembers them', async () => {
    const { shop, ctx } = await shopWith({ plainPermalinks: true })
    await call(ctx, orders)
    const first = shop.control.requests().count
    await call(ctx, orders)
    expect(shop.control.requests().count - first).toBe(1)
  })

  it('does not take a switched-off WooCommerce for plain permalinks', async () => {
    const { shop, ctx } = await shopWith({})
    shop.control.deactivate(true)
    expect(await call(ctx, orders)).toMatchObject({
      ok: false,
      error: { problems: [{ code: 'api_not_found' }] },
    })
    expect(shop.control.requests().count).toBe(1)
  })

  it('gets past a web server that drops the Authorization header', async () => {
    const { http, requests } = scripted(({ headers, url }) =>
      headers?.['authorization'] || !url.includes('oauth_signature')
        ? unauthorised('Sorry, you cannot list resources.', 'woocommerce_rest_cannot_view')
        : { body: '[{"id":1}]' },
    )
    const ctx = ctxOver(http, 'https://shop.example')
    expect((await call(ctx, orders)).ok).toBe(true)
    const before = requests.length
    expect((await call(ctx, orders)).ok).toBe(true)
    expect(requests.length - before).toBe(1)
    expect(requests.at(-1)!.url).not.toContain('cs_secret')
  })

  it('gets past a proxy that does not tell the shop of https', async () => {
    const { http, requests } = scripted(({ method, headers, url }) => {
      const given = new URL(url)
      const query = [...given.searchParams].filter(([name]) => !name.startsWith('oauth_'))
      const signature = (scheme: string) =>
        new Map(
          oauthParameters({
            method,
            baseUrl: `${scheme}://shop.example${given.pathname}`,
            query,
            consumerKey: 'ck_key',
            consumerSecret: 'cs_secret',
            nonce: given.searchParams.get('oauth_nonce')!,
            timestamp: Number(given.searchParams.get('oauth_timestamp')),
          }),
        ).get('oauth_signature')
      if (headers?.['authorization'])
        return unauthorised('Sorry, you cannot list resources.', 'woocommerce_rest_cannot_view')
      return given.searchParams.get('oauth_signature') === signature('http')
        ? { body: '[{"id":1}]' }
        : unauthorised('Invalid signature - provided signature does not match.')
    })
    const ctx = ctxOver(http, 'https://shop.example')
    expect((await call(ctx, orders)).ok).toBe(true)
    const before = requests.length
    expect((await call(ctx, orders)).ok).toBe(true)
    expect(requests.length - before).toBe(1)
  })

  it('tells what a refused Basic login hides: OAuth names the fault', async () => {
    const { http } = scripted(({ headers }) =>
      headers?.['authorization']
        ? unauthorised('Sorry, you cannot list resources.', 'woocommerce_rest_cannot_view')
        : unauthorised('Consumer key is invalid.'),
    )
    expect(await call(ctxOver(http, 'https://shop.example'), orders)).toMatchObject({
      ok: false,
      error: {
        kind: 'auth',
        problems: [{ code: 'credentials_refused', vendorMessage: 'Consumer key is invalid.' }],
      },
    })
  })

  it('signs for the address by which the shop knows itself', async () => {
    const { shop, ctx } = await shopWith({ basicOverHttp: false })
    shop.control.move({ home: 'http://new-shop.example', mode: 'answers' })
    shop.control.newOrder()
    expect((await call(ctx, orders)).ok).toBe(true)
  })

  it.each(['printed', 'bom'] as const)('finds the data behind what a plug-in prints (%s)', async (kind) => {
    const { shop, ctx } = await shopWith({})
    const { id } = shop.control.newOrder()
    shop.control.fault({ kind })
    const read = await woocommerce.fetch(ctx, String(id))
    if (!read.ok || read.value === null) throw new Error('no order')
    expect(JSON.parse(read.value.body)).toMatchObject({ id })
    expect(warnings.length).toBe(kind === 'printed' ? 1 : 0)
  })

  it('reports a moved shop with its new address', async () => {
    const { shop, ctx } = await shopWith({})
    shop.control.move({ home: 'https://new-shop.example', mode: 'redirect' })
    expect(await call(ctx, orders)).toMatchObject({
      ok: false,
      error: {
        kind: 'unavailable',
        problems: [{ code: 'address_moved', detail: expect.stringContaining('new-shop.example') }],
      },
    })
  })
})

describe('identify', () => {
  it('warns of a read-only key and of another home address', async () => {
    const { shop, ctx } = await shopWith({})
    shop.control.setKey({ permissions: 'read' })
    shop.control.move({ home: 'http://new-shop.example', mode: 'answers' })
    const identity = await woocommerce.identify(ctx)
    if (!identity.ok) throw new Error(JSON.stringify(identity.error))
    expect(identity.value.warnings.join('\n')).toMatch(/new-shop\.example[\s\S]*only read/)
  })

  it('names time zone and currency', async () => {
    const { ctx } = await shopWith({ timezone: 'America/New_York' })
    expect(await woocommerce.identify(ctx)).toMatchObject({
      ok: true,
      value: { timeZone: 'America/New_York', currency: 'EUR', name: 'Nordlys Tea & Ceramics', warnings: [] },
    })
  })

  it('falls back to the oldest order where the key may not read the system status', async () => {
    const forbidden = {
      status: 403,
      body: '{"code":"woocommerce_rest_cannot_view","message":"Sorry","data":{"status":403}}',
    }
    const { http } = scripted(({ url, method }) => {
      if (url.includes('/system_status')) return forbidden
      if (method === 'POST')
        return {
          status: 400,
          body: '{"code":"woocommerce_rest_shop_order_invalid_id","message":"ID is invalid.","data":{"status":400}}',
        }
      if (url.includes('/orders')) return { body: '[{"id":14,"order_key":"wc_order_RaW6dPYpAsBhz"}]' }
      return {
        body: '{"name":"Shop","home":"https://shop.example","gmt_offset":5.5,"timezone_string":"","namespaces":["wc/v3"]}',
      }
    })
    expect(await woocommerce.identify(ctxOver(http, 'https://shop.example'))).toMatchObject({
      ok: true,
      value: {
        id: 'order-key:wc_order_RaW6dPYpAsBhz',
        timeZone: '+05:30',
        warnings: [expect.stringContaining('store id')],
      },
    })
  })
})

describe('configuration', () => {
  it.each([
    ['https://shop.example/', 'https://shop.example'],
    ['https://example.com/shop/wp-json/wc/v3/', 'https://example.com/shop'],
    ['https://example.com/wp-admin/admin.php?page=wc-settings', 'https://example.com'],
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000'],
  ])('reads the address %s', (given, url) => {
    expect(
      config.parse({ url: given, credentials: { consumerKey: 'ck_1', consumerSecret: 'cs_1' } }).url,
    ).toBe(url)
  })

  it('notices key and secret put the wrong way round', () => {
    const swapped = config.safeParse({
      url: 'https://shop.example',
      credentials: { consumerKey: 'cs_1', consumerSecret: 'ck_1' },
    })
    expect(swapped.error?.issues.map((issue) => issue.path.join('.'))).toEqual([
      'credentials.consumerKey',
      'credentials.consumerSecret',
    ])
  })
})

describe('JSON as sites send it', () => {
  it('keeps the exact text of a JSON value, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
        fc.constantFrom('', '\uFEFF', ' \n', '<br />\n<b>Warning</b>: Undefined array key "a[0]" in x.php\n'),
        (list, noise) => {
          const json = JSON.stringify(list)
          expect(findJson(noise + json)?.text.trim()).toBe(noise.trim() === '' ? (noise + json).trim() : json)
          expect(elementsOf(json)?.map((element) => JSON.parse(element) as unknown)).toEqual(JSON.parse(json))
        },
      ),
    )
  })

  it('finds nothing in a web page or a cut answer', () => {
    for (const body of ['', '<html>[1] {"a":1}</html>', '[{"id":1},{"id"', '{"a":"}'])
      expect([findJson(body), findBrokenJson(body)]).toEqual([null, null])
  })

  it('cuts a list around an element that is not valid JSON', () => {
    const list = '[ {"id":1,"note":"a ] b \\" c"}, {"id":2,}, {"id":3} ]'
    expect(findJson(list)).toBeNull()
    expect(elementsOf(findBrokenJson(list)!.text)).toEqual([
      '{"id":1,"note":"a ] b \\" c"}',
      '{"id":2,}',
      '{"id":3}',
    ])
  })

  it('loses no digit of a number', () => {
    const asPhpPrints = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).map(String)
    const long = fc.stringMatching(/^-?[1-9][0-9]{15,30}$/)
    fc.assert(
      fc.property(fc.oneof(asPhpPrints, long), (number) => {
        const [parsed] = parseExactly(`[${number}]`) as [unknown]
        expect(String(parsed)).toBe(number)
      }),
    )
    expect(parseExactly('{"id":12345678901234567890,"total":31.2}')).toEqual({
      id: '12345678901234567890',
      total: 31.2,
    })
  })
})
