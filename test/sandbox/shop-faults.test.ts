import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startSandboxShop, type SandboxShop } from '../../src/sandbox/shop/index.ts'
import { numbersFrom } from '../support/chance.ts'
import { basic } from './shop-replay.ts'

let shop: SandboxShop
let now: Date

beforeEach(async () => {
  now = new Date('2026-03-02T10:00:00Z')
  shop = await startSandboxShop({ port: 0, now: () => now, random: numbersFrom(11), seed: 'empty' })
})
afterEach(() => shop.close())

const orders = '/wp-json/wc/v3/orders'

async function api(path: string, init: RequestInit = {}): Promise<Response> {
  const authorization = basic({ key: shop.consumerKey, secret: shop.consumerSecret })
  const headers = { authorization, accept: 'application/json', 'content-type': 'application/json' }
  return fetch(`${shop.url}${path}`, { ...init, headers: { ...headers, ...init.headers } })
}

const json = async <T>(path: string): Promise<T> => (await (await api(path)).json()) as T

const listed = async (): Promise<number[]> => (await json<{ id: number }[]>(orders)).map(({ id }) => id)

async function control(action: string, body: unknown = {}): Promise<Response> {
  return fetch(`${new URL(shop.url).origin}/_control/${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

describe('faults of the sandbox shop', () => {
  it('refuses connections while it is down, and is back at the same address', async () => {
    await shop.control.down('refused')
    const failure: unknown = await api(orders).catch(
      (error: Error) => (error.cause as { code?: string }).code,
    )
    expect(failure).toBe('ECONNREFUSED')
    await shop.control.up()
    expect((await api(orders)).status).toBe(200)
  })

  it('refuses connections for a time when told so over HTTP, and only with a time', async () => {
    expect((await control('down', { mode: 'refused' })).status).toBe(400)
    expect((await control('down', { mode: 'refused', seconds: 0.2 })).status).toBe(200)
    await expect
      .poll(
        async () =>
          api(orders).then(
            () => 'up',
            () => 'down',
          ),
        { interval: 5 },
      )
      .toBe('down')
    await expect
      .poll(
        async () =>
          api(orders).then(
            () => 'up',
            () => 'down',
          ),
        { interval: 20 },
      )
      .toBe('up')
  })

  it('cuts connections, and goes on answering the control endpoints', async () => {
    await control('down', { mode: 'reset' })
    await expect(api(orders)).rejects.toThrow('fetch failed')
    await control('up')
    expect((await api(orders)).status).toBe(200)
  })

  it('answers 429 with Retry-After so many times', async () => {
    await control('fault', { kind: 'throttle', times: 2, retryAfter: 3 })
    const answers = [await api(orders), await api(orders), await api(orders)]
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 200])
    expect(answers[0]!.headers.get('retry-after')).toBe('3')
  })

  it('answers 500 to writes alone, until it is reset', async () => {
    const { id } = shop.control.newOrder()
    await control('fault', { kind: 'error', on: 'writes' })
    expect((await api(orders)).status).toBe(200)
    expect((await api(`${orders}/${id}`, { method: 'PUT', body: '{}' })).status).toBe(500)
    expect((await api(`${orders}/${id}`, { method: 'PUT', body: '{}' })).status).toBe(500)
    await control('reset')
    expect((await api(`${orders}/${id}`, { method: 'PUT', body: '{}' })).status).toBe(200)
  })

  it('can single out an address', async () => {
    const [one, two] = [shop.control.newOrder(), shop.control.newOrder()]
    shop.control.fault({ kind: 'error', path: `/orders/${one.id}` })
    expect((await api(`${orders}/${one.id}`)).status).toBe(500)
    expect((await api(`${orders}/${two.id}`)).status).toBe(200)
  })

  it('answers slowly', async () => {
    shop.control.fault({ kind: 'slow', ms: 150, times: 1 })
    const began = performance.now()
    expect((await api(orders)).status).toBe(200)
    expect(performance.now() - began).toBeGreaterThanOrEqual(145)
  })

  it.each([
    ['html', '<html>'],
    ['printed', '<br />\n<b>Warning</b>'],
    ['bom', '\ufeff\n['],
    ['empty', ''],
  ] as const)('answers 200 with garbage: %s', async (kind, start) => {
    shop.control.fault({ kind, times: 1 })
    const answer = await api(orders)
    const text = Buffer.from(await answer.arrayBuffer()).toString('utf8')
    expect(answer.status).toBe(200)
    expect(text.startsWith(start)).toBe(true)
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
  })

  it('hides a PHP warning from a client that asks for JSON', async () => {
    shop.control.fault({ kind: 'php_warning', times: 2 })
    expect(await (await api(orders)).text()).toBe('[]')
    const html = await api(orders, { headers: { accept: '*/*', 'content-type': 'text/plain' } })
    expect(await html.text()).toMatch(/^<br \/>/)
  })

  it('cuts an answer in the middle', async () => {
    shop.control.newOrder()
    shop.control.fault({ kind: 'cut', times: 1 })
    const text = await (await api(orders)).text()
    expect(text.startsWith('[{"id":')).toBe(true)
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
  })

  it('loses the answer to a write that it has done', async () => {
    const { id } = shop.control.newOrder()
    shop.control.fault({ kind: 'lose_answer', times: 1 })
    const note = { method: 'POST', body: JSON.stringify({ note: 'parcel 1' }) }
    await expect(api(`${orders}/${id}/notes`, note)).rejects.toThrow('fetch failed')
    const notes = await json<{ note: string }[]>(`${orders}/${id}/notes`)
    expect(notes.filter((one) => one.note === 'parcel 1')).toHaveLength(1)
  })

  it('answers 500 to a write that it has done', async () => {
    const { id } = shop.control.newOrder()
    shop.control.fault({ kind: 'error_after_write', times: 1 })
    const put = { method: 'PUT', body: JSON.stringify({ customer_note: 'done anyway' }) }
    expect((await api(`${orders}/${id}`, put)).status).toBe(500)
    expect(await json(`${orders}/${id}`)).toMatchObject({ customer_note: 'done anyway' })
  })

  it('moves: the old address goes on answering and names the new one', async () => {
    await control('move', { home: 'https://new.example/', mode: 'answers' })
    expect(await json('/wp-json/?_fields=url,home')).toEqual({
      url: 'https://new.example',
      home: 'https://new.example',
    })
    expect((await api(orders)).status).toBe(200)
    await control('move', { home: '' })
    expect(await json('/wp-json/?_fields=home')).toEqual({ home: shop.url })
  })

  it('lists orders late that it knows by id at once', async () => {
    await control('late', { seconds: 3600 })
    const { id } = shop.control.newOrder()
    expect(await listed()).toEqual([])
    expect((await api(`${orders}/${id}`)).status).toBe(200)
    now = new Date('2026-03-02T11:00:00Z')
    expect(await listed()).toEqual([id])
    expect(await json(`${orders}/${id}`)).toMatchObject({ date_modified_gmt: '2026-03-02T10:00:00' })
  })

  it('adds delays to other faults', async () => {
    shop.control.fault({ kind: 'slow', ms: 80, times: 1 })
    shop.control.fault({ kind: 'error', times: 1 })
    const began = performance.now()
    expect((await api(orders)).status).toBe(500)
    expect(performance.now() - began).toBeGreaterThanOrEqual(75)
    expect((await api(orders)).status).toBe(200)
  })

  it('shows an empty list where it cannot reach its orders', async () => {
    const { id } = shop.control.newOrder()
    shop.control.fault({ kind: 'orders_table_missing', times: 2 })
    expect(await listed()).toEqual([])
    expect((await api(`${orders}/${id}`)).status).toBe(404)
    expect(await listed()).toEqual([id])
  })

  it('takes rights from its key', async () => {
    const status = async (): Promise<number> => (await api(orders)).status
    await control('key', { permissions: 'write' })
    expect(await status()).toBe(401)
    await control('key', { permissions: 'read_write', user: 'customer' })
    expect(await status()).toBe(403)
    await control('key', { user: 'deleted' })
    expect(await status()).toBe(401)
    await control('key', { user: 'shop_manager' })
    expect(await status()).toBe(200)
  })

  it('keeps a journal of requests, with how many there were at once', async () => {
    shop.control.fault({ kind: 'slow', ms: 50, times: 3 })
    await Promise.all([api(orders), api(orders), api(`${orders}/1?consumer_secret=cs_x`)])
    const journal = (await (await fetch(`${new URL(shop.url).origin}/_control/requests`)).json()) as {
      entries: {
        method: string
        path: string
        query: string
        status: number
        concurrent: number
        fault: string
      }[]
      mostInFlight: number
      count: number
    }
    expect(journal).toMatchObject({ count: 3, mostInFlight: 3 })
    const one = journal.entries.find(({ path }) => path.endsWith('/1'))
    expect(one).toMatchObject({ method: 'GET', status: 404, query: 'consumer_secret=…', fault: 'slow' })
  })

  it('takes as long as it is told to for everything', async () => {
    const slow = await startSandboxShop({
      port: 0,
      now: () => now,
      random: numbersFrom(1),
      seed: 'empty',
      latencyMs: 120,
    })
    const began = performance.now()
    await fetch(`${slow.url}/wp-json/`)
    expect(performance.now() - began).toBeGreaterThanOrEqual(115)
    await slow.close()
  })

  it('says it in one error when its port is taken', async () => {
    const again = startSandboxShop({ port: shop.port, now: () => now, random: numbersFrom(1), seed: 'empty' })
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('the control endpoints', () => {
  it('places, edits, cancels, trashes, restores and deletes an order', async () => {
    const { id } = (await (await control('order', { trouble: 'unknown_sku' })).json()) as { id: number }
    const order = await json<{ line_items: { sku: string }[]; total: string }>(`${orders}/${id}`)
    expect(order.line_items.map(({ sku }) => sku)).toContain('MUG-RED')
    await control('edit', { id, quantity: 7, city: 'Kiel', customer_note: 'changed' })
    const edited = await json<{
      line_items: { quantity: number }[]
      shipping: { city: string }
      total: string
    }>(`${orders}/${id}`)
    expect(edited).toMatchObject({ customer_note: 'changed', shipping: { city: 'Kiel' } })
    expect(edited.line_items[0]!.quantity).toBe(7)
    expect(edited.total).not.toBe(order.total)
    await control('cancel', { id })
    expect(await json(`${orders}/${id}`)).toMatchObject({ status: 'cancelled' })
    await control('trash', { id })
    expect(await listed()).toEqual([])
    await control('restore', { id })
    expect(await listed()).toEqual([id])
    await control('delete', { id })
    expect((await api(`${orders}/${id}`)).status).toBe(404)
  })

  it('places a new order like a given payload', async () => {
    const { id } = shop.control.newOrder()
    const payload = await (await api(`${orders}/${id}`)).text()
    now = new Date('2026-03-02T12:00:00Z')
    const [copy] = (await (await control('order-like', { payload })).json()) as [
      { id: number; total: string },
    ]
    expect(copy.id).not.toBe(id)
    expect(await json(`${orders}/${copy.id}`)).toMatchObject({
      id: copy.id,
      number: String(copy.id),
      total: copy.total,
      date_created_gmt: '2026-03-02T12:00:00',
    })
  })

  it('refuses what it does not understand, and says what is wrong', async () => {
    const wrong = await control('fault', { kind: 'earthquake', tmies: 3 })
    expect(wrong.status).toBe(400)
    expect(await wrong.text()).toMatch(/tmies[\s\S]*kind/)
    expect((await control('nonsense')).status).toBe(404)
    expect((await control('cancel', { id: 99 })).status).toBe(400)
  })

  it('has a page whose forms work without a script', async () => {
    const origin = new URL(shop.url).origin
    const placed = await fetch(`${origin}/_control/order`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ trouble: '' }),
    })
    expect(placed.status).toBe(303)
    const page = await fetch(`${origin}${placed.headers.get('location')}`)
    const text = await page.text()
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(text).toContain('order: done, order #1001')
    expect(text).not.toContain('<script')
  })

  it('shows what customers wrote as text', async () => {
    const order = shop.control.draftOrder()
    shop.control.placeOrder({
      ...order,
      billing: { ...order.billing, first_name: '<b onclick=x>', last_name: '' },
    })
    const text = await (await fetch(`${new URL(shop.url).origin}/_control?said=%3Cscript%3E`)).text()
    expect(text).toContain('&lt;b onclick=x>')
    expect(text).not.toMatch(/<b onclick|<script>/)
  })

  it('is closed to pages of other sites', async () => {
    const answer = await fetch(`${new URL(shop.url).origin}/_control/order`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
      body: new URLSearchParams({ trouble: '' }),
    })
    expect(answer.status).toBe(403)
    expect(shop.control.orders()).toEqual([])
  })

  it('lets orders drip in', async () => {
    shop.control.startDrip(5)
    await expect.poll(() => shop.control.orders().length, { interval: 5 }).toBeGreaterThan(2)
    shop.control.stopDrip()
  })
})

describe('other sites', () => {
  it('stands in a subfolder', async () => {
    const inFolder = await startSandboxShop({
      port: 0,
      now: () => now,
      random: numbersFrom(1),
      seed: 'demo',
      prefix: '/shop',
    })
    const authorization = basic({ key: inFolder.consumerKey, secret: inFolder.consumerSecret })
    const answer = await fetch(`${inFolder.url}/wp-json/wc/v3/orders?per_page=1`, {
      headers: { authorization },
    })
    expect(inFolder.url.endsWith('/shop')).toBe(true)
    expect(answer.headers.get('link')).toContain(`${inFolder.url}/wp-json/wc/v3/orders?per_page=1`)
    const outside = await fetch(`${new URL(inFolder.url).origin}/wp-json/wc/v3/orders`, {
      headers: { authorization },
    })
    expect(outside.status).toBe(404)
    await inFolder.close()
  })

  it('has plain permalinks', async () => {
    const plain = await startSandboxShop({
      port: 0,
      now: () => now,
      random: numbersFrom(1),
      seed: 'demo',
      plainPermalinks: true,
    })
    const authorization = basic({ key: plain.consumerKey, secret: plain.consumerSecret })
    const ask = (path: string): Promise<Response> =>
      fetch(`${plain.url}${path}`, { headers: { authorization }, redirect: 'manual' })
    expect((await ask('/wp-json/wc/v3/orders')).status).toBe(301)
    expect((await ask('/?rest_route=/wc/v3/orders&per_page=1')).status).toBe(401)
    expect((await ask('/?rest_route=/wc/v3/orders&per_page=1&_x=wp-json/wc/')).status).toBe(200)
    await plain.close()
  })

  it('looks like https to whoever reads its addresses', async () => {
    const secure = await startSandboxShop({
      port: 0,
      now: () => now,
      random: numbersFrom(1),
      seed: 'empty',
      httpsLook: true,
    })
    const index = (await (await fetch(`${secure.url}/wp-json/?_fields=home`)).json()) as { home: string }
    expect(index.home).toBe(secure.url.replace('http:', 'https:'))
    await secure.close()
  })
})
