import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allowList } from '../../src/connectors/addresses.ts'
import { backends, channels } from '../../src/connectors/index.ts'
import { openDatabase } from '../../src/ledger/database.ts'
import { createServer } from '../../src/server/create-server.ts'
import { createLog } from '../../src/server/log.ts'
import type { ProblemDetails } from '../../src/server/schemas.ts'
import { problemDetails } from '../../src/server/schemas.ts'
import { type Api, json, putOrder, putProblem, startApi, token } from './support.ts'

let api: Api
let webDir: string
beforeAll(async () => {
  webDir = await mkdtemp(path.join(os.tmpdir(), 'waybill-web-'))
  api = await startApi({ server: { webDir } })
})
afterAll(async () => {
  await api.stop()
  await rm(webDir, { recursive: true })
})

describe('the description of the API', () => {
  interface OpenApi {
    openapi: string
    paths: Record<string, Record<string, { responses?: object; summary?: string }>>
    components: { schemas: Record<string, { properties?: object }> }
  }

  it('is OpenAPI 3.1 and has every endpoint that is promised', async () => {
    const document = await api.get<OpenApi>('/openapi.json')
    expect(document.openapi).toBe('3.1.0')
    const promised = [
      'GET /orders',
      'GET /orders/{id}',
      'POST /orders/{id}/post',
      'POST /orders/{id}/cancel',
      'POST /orders/{id}/uncancel',
      'POST /orders/{id}/delete',
      'POST /orders/actions',
      'GET /why',
      'POST /imports',
      'GET /imports/{id}',
      'GET /problems',
      'GET /connections',
      'POST /connections',
      'PUT /connections/{name}',
      'GET /connections/{name}/activity',
      'GET /routes',
      'POST /routes',
      'PUT /routes/{name}',
      'POST /connections/try',
      'POST /connections/{name}/check',
      'GET /events',
      'GET /healthz',
      'GET /readyz',
      'GET /metrics',
      'POST /hooks/{connection}',
    ]
    const described = Object.entries(document.paths).flatMap(([address, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${address.replace('/api/v1', '')}`),
    )
    expect(described).toEqual(expect.arrayContaining(promised))
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Order', 'OrderDetail', 'Problem', 'ProblemGroup', 'Connection', 'Why']),
    )
    expect(Object.keys(document.components.schemas['Order']!.properties!)).toEqual(
      expect.arrayContaining([
        'id',
        'connection',
        'channelOrderId',
        'total',
        'problem',
        'record',
        'shipments',
      ]),
    )
  })

  it('says of each endpoint what it does', async () => {
    const document = await api.get<OpenApi>('/openapi.json')
    const silent = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).filter((operation) => !operation.summary),
    )
    expect(silent).toEqual([])
  })
})

describe('refusals', () => {
  it.each<[string, string, RequestInit, number, string]>([
    ['GET', '/nothing', {}, 404, 'not_found'],
    ['GET', '/api/v2/orders', {}, 404, 'not_found'],
    ['DELETE', '/orders', {}, 404, 'not_found'],
    ['GET', '/orders/none', {}, 404, 'not_found'],
    ['GET', '/orders?limit=x', {}, 400, 'invalid_request'],
    ['GET', '/connections/none', {}, 404, 'not_found'],
    ['POST', '/connections/none/check', {}, 404, 'not_found'],
    ['GET', '/routes/none/choices?list=map_sku', {}, 404, 'not_found'],
    ['GET', '/routes/route/choices?list=map_moon', {}, 400, 'invalid_request'],
    ['GET', '/imports/none', {}, 400, 'invalid_request'],
    ['GET', `/imports/${crypto.randomUUID()}`, {}, 404, 'not_found'],
    ['POST', '/imports', json({ connection: 'none', orders: ['1'] }), 404, 'not_found'],
    ['POST', '/imports', json({ connection: 'netsuite', orders: ['1'] }), 422, 'not_a_channel'],
    ['POST', '/imports', json({ connection: 'shop', orders: ['#'] }), 400, 'invalid_request'],
    ['POST', '/imports', json({ connection: 'shop', orders: ['1'], anway: true }), 400, 'invalid_request'],
    ['POST', '/imports', {}, 400, 'invalid_request'],
    ['POST', '/imports', { body: '{', headers: { 'content-type': 'application/json' } }, 400, 'bad_request'],
    ['POST', '/imports', { body: '<a/>', headers: { 'content-type': 'text/xml' } }, 415, 'not_json'],
    [
      'POST',
      '/imports',
      { body: '{"__proto__":{"x":1}}', headers: { 'content-type': 'application/json' } },
      400,
      'bad_request',
    ],
    ['POST', '/problems/fix', json({ fingerprint: 'x', action: 'post' }), 404, 'not_found'],
    ['POST', '/problems/fix', json({ fingerprint: 'x', action: 'map_sku' }), 400, 'invalid_request'],
    ['POST', '/problems/fix', json({ fingerprint: 'x', action: 'post', value: '1' }), 400, 'invalid_request'],
    ['GET', '/orders/%ff', {}, 400, 'bad_request'],
    ['GET', '/orders/%00', {}, 400, 'invalid_request'],
    ['GET', '/orders?search=%00', {}, 400, 'invalid_request'],
    ['GET', '/why?q=%00', {}, 400, 'invalid_request'],
  ])('of %s %s are problem documents', async (method, address, init, status, code) => {
    const answer = await api.ask(method, address, init)
    expect(answer.headers.get('content-type')).toMatch('application/problem+json')
    const body: ProblemDetails = problemDetails.parse(answer.body)
    expect({ status: answer.status, code: body.code }).toEqual({ status, code })
    expect(body.status).toBe(status)
    expect(body.fix).toBeTruthy()
  })
})

describe('without a database', () => {
  it('says so, and lives', async () => {
    const { db } = openDatabase(
      { host: '127.0.0.1', port: 1, connectionTimeoutMillis: 1000 },
      () => undefined,
    )
    const log = { ...api.world.deps.log, warn: () => undefined }
    const server = await createServer({
      deps: { ...api.world.deps, db, log },
      vault: api.world.vault,
      connectors: { channels, backends },
      allow: allowList([]),
      token,
      publicUrl: null,
      host: '127.0.0.1',
      webDir,
      version: 'test',
    })
    const url = await server.listen(0)
    const headers = { authorization: `Bearer ${token}` }
    const orders = await fetch(`${url}/api/v1/orders`, { headers })
    expect(orders.status).toBe(503)
    expect(await orders.json()).toMatchObject({ code: 'database_unavailable', fix: expect.any(String) })
    expect((await fetch(`${url}/readyz`)).status).toBe(503)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    await server.close()
    await db.destroy()
  })
})

describe('the page', () => {
  it('is said to be missing, with how to build it, as long as it is not built', async () => {
    const answer = await fetch(`${api.url}/`)
    expect(answer.status).toBe(503)
    expect(await answer.text()).toContain('npm run build:web')
  })

  it('is served at every address of its own, precompressed, its assets for ever', async () => {
    await mkdir(path.join(webDir, 'assets'))
    await writeFile(path.join(webDir, 'index.html'), '<title>the page</title>')
    await writeFile(path.join(webDir, 'assets', 'app-1a2b.js'), 'let plain')
    await writeFile(path.join(webDir, 'assets', 'app-1a2b.js.br'), brotliCompressSync('let compressed'))
    for (const address of ['/', '/orders', '/orders/1001', '/problems?x=1']) {
      const answer = await fetch(api.url + address, { headers: { accept: 'text/html' } })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toMatch('text/html')
      expect(answer.headers.get('cache-control')).toBe('no-cache')
      expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'")
      expect(await answer.text()).toContain('the page')
    }
    const asset = await fetch(`${api.url}/assets/app-1a2b.js`, { headers: { 'accept-encoding': 'br' } })
    expect(await asset.text()).toBe('let compressed')
    expect(asset.headers.get('content-encoding')).toBe('br')
    expect(asset.headers.get('cache-control')).toContain('immutable')
    const plain = await fetch(`${api.url}/assets/app-1a2b.js`, { headers: { 'accept-encoding': 'identity' } })
    expect(await plain.text()).toBe('let plain')
  })

  it.each([
    '/assets/gone.js',
    '/favicon.ico',
    '/api/v1/none',
    '/hooks/none',
    '/..%2f..%2fpackage.json',
    '/.env',
  ])('is not served in the place of %s', async (address) => {
    const answer = await fetch(api.url + address, { headers: { accept: '*/*' } })
    expect([400, 403, 404]).toContain(answer.status)
    expect(await answer.text()).not.toContain('the page')
  })
})

describe('figures', () => {
  it('count orders, problems, work and requests for Prometheus', async () => {
    const orderId = await putOrder(api, { number: 'M-1001', status: 'post_error' })
    await putProblem(api, { orderId, code: 'unknown_sku', subject: 'SKU-1001' })
    const answer = await fetch(`${api.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
    expect(answer.headers.get('content-type')).toMatch('text/plain')
    const text = await answer.text()
    expect(text).toContain('waybill_orders{connection="shop",status="post_error"} 1')
    expect(text).toContain('waybill_open_problems{code="unknown_sku"} 1')
    expect(text).toMatch(/waybill_jobs\{connection="netsuite",kind="read-shipments",state="later"\} 1/)
    expect(text).toMatch(/waybill_connection_health\{connection="shop",role="channel",health="\w+"\} 1/)
    expect(text).toMatch(
      /waybill_http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/orders"/,
    )
    expect(text).not.toMatch(/M-1001|SKU-1001/)
  })
})

describe('the log', () => {
  it('has no credential, wherever it stands', () => {
    const lines: string[] = []
    const log = createLog('debug', { write: (line) => lines.push(line) })
    log.info({ authorization: 'Bearer abc.def', consumerSecret: 'cs_1234567890', ok: 'shown' }, 'asked')
    log.warn({ err: new Error('GET https://x.example/?consumer_secret=cs_9876543210 failed') }, 'failed')
    log.error({}, 'opened http://127.0.0.1:4000/login/abcdefghijklmnop')
    log.debug({ body: '{"token":"tok_1234567890","access_token":"at_1234567890"}' }, 'body')
    const text = lines.join('')
    expect(lines).toHaveLength(4)
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
    expect(text).toContain('shown')
    for (const secret of ['abc.def', 'cs_1234567890', 'cs_9876543210', 'abcdefghijklmnop', 'tok_1', 'at_1'])
      expect(text).not.toContain(secret)
  })

  it('is silent on request', () => {
    const lines: string[] = []
    createLog('silent', { write: (line) => lines.push(line) }).error({}, 'nothing')
    expect(lines).toEqual([])
  })
})
