import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { Failure, HttpResponse, Outcome } from '../../src/connectors/contract.ts'
import { createHttp, type HttpOptions, retryAfterMs } from '../../src/connectors/http.ts'
import type { Exchange } from '../../src/connectors/redact.ts'
import { certificate, key } from './http-certificate.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

const now = () => new Date('2026-11-23T09:00:00Z')

function httpWith(options: Partial<HttpOptions> = {}) {
  const exchanges: Exchange[] = []
  const http = createHttp({
    timeoutMs: 3000,
    limits: { concurrency: 10 },
    allowHosts: ['127.0.0.0/8'],
    now,
    record: (exchange) => exchanges.push(exchange),
    ...options,
  })
  closing.push(http.close)
  return { http, exchanges }
}

async function listen(server: Server | TcpServer, scheme = 'http'): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  )
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const serve = (handle: RequestListener) => listen(createServer(handle))

/** Answers once the request's body has arrived. */
const afterBody =
  (answer: (request: IncomingMessage, response: ServerResponse, body: string) => void): RequestListener =>
  (request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => answer(request, response, body))
  }

function value(outcome: Outcome<HttpResponse>): HttpResponse {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error))
  return outcome.value
}

function told(outcome: Outcome<HttpResponse>): string {
  if (outcome.ok) throw new Error(`an answer: ${outcome.value.status}`)
  return `${outcome.error.kind} ${outcome.error.problems[0].code}`
}

function detail(outcome: Outcome<HttpResponse>): string {
  return outcome.ok ? '' : outcome.error.problems[0].detail
}

/** Names instead of DNS. */
const names = (table: Record<string, string[]>) => {
  const asked: string[] = []
  const resolve = async (hostname: string) => {
    asked.push(hostname)
    const found = table[hostname]
    if (!found) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' })
    return found
  }
  return { resolve, asked }
}

const portOf = (url: string) => new URL(url).port

describe('an exchange', () => {
  it('sends method, headers and body, and gives back status, headers and body whatever the status', async () => {
    const url = await serve(
      afterBody((request, response, body) => {
        response.writeHead(418, { 'content-type': 'text/plain', 'x-two': ['a', 'b'] })
        response.end(
          `${request.method} ${request.headers['x-ours']} ${request.headers['user-agent']} ${body}`,
        )
      }),
    )
    const { http } = httpWith({ userAgent: 'Waybill/1' })
    const answer = value(
      await http({ method: 'POST', url: `${url}/path`, headers: { 'X-Ours': 'yes' }, body: 'größe' }),
    )
    expect(answer).toMatchObject({ status: 418, body: 'POST yes Waybill/1 größe', url: `${url}/path` })
    expect(answer.headers).toMatchObject({ 'content-type': 'text/plain', 'x-two': 'a, b' })
  })

  it('unpacks a compressed answer', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      response.end(gzipSync('[{"id":1}]'))
    })
    expect(value(await httpWith().http({ method: 'GET', url })).body).toBe('[{"id":1}]')
  })

  it('is recorded without secrets, failures too', async () => {
    const url = await serve(afterBody((_request, response, body) => response.end(`you said ${body}`)))
    const { http, exchanges } = httpWith({ secrets: ['cs_very_secret'] })
    await http({
      method: 'POST',
      url: `${url}/?consumer_key=ck_1&page=2`,
      headers: { authorization: 'Basic abc' },
      body: '{"secret":"x","note":"cs_very_secret 4111111111111111"}',
    })
    await http({ method: 'GET', url: 'http://127.0.0.1:1/?oauth_signature=abc' })
    expect(exchanges[0]).toMatchObject({
      method: 'POST',
      url: `${url}/?consumer_key=<redacted>&page=2`,
      requestHeaders: { authorization: '<redacted>' },
      requestBody: '{"secret":"<redacted>","note":"<redacted> <redacted>"}',
      status: 200,
      responseBody: 'you said {"secret":"<redacted>","note":"<redacted> <redacted>"}',
      startedAt: '2026-11-23T09:00:00.000Z',
      error: null,
    })
    expect(exchanges[0]!.ms).toBeGreaterThanOrEqual(0)
    expect(exchanges[1]).toMatchObject({
      status: null,
      url: 'http://127.0.0.1:1/?oauth_signature=<redacted>',
      error: 'Nothing listens at 127.0.0.1:1',
    })
  })
})

describe('addresses', () => {
  it.each([
    'http://127.0.0.1:1/',
    'http://[::1]:1/',
    'http://[::ffff:127.0.0.1]:1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://10.0.0.1/',
  ])('refuses %s without connecting', async (url) => {
    const outcome = await httpWith({ allowHosts: [] }).http({ method: 'POST', url })
    expect(told(outcome)).toBe('unavailable address_not_allowed')
  })

  it('refuses a name that leads to a private address', async () => {
    let reached = false
    const url = await serve((_request, response) => {
      reached = true
      response.end()
    })
    const { resolve } = names({ 'shop.test': ['127.0.0.1'] })
    const { http } = httpWith({ allowHosts: [], resolve })
    const outcome = await http({ method: 'GET', url: `http://shop.test:${portOf(url)}/` })
    expect(told(outcome)).toBe('unavailable address_not_allowed')
    expect(detail(outcome)).toBe('shop.test leads to 127.0.0.1')
    expect(reached).toBe(false)
  })

  it('connects to the checked address and asks for no other: a name that changes afterwards leads nowhere', async () => {
    const url = await serve((_request, response) => response.end('right'))
    const { resolve, asked } = names({ 'shop.test': ['10.1.2.3', '127.0.0.1'] })
    const { http } = httpWith({ resolve })
    expect(value(await http({ method: 'GET', url: `http://shop.test:${portOf(url)}/` })).body).toBe('right')
    expect(asked).toEqual(['shop.test'])
  })

  it('allows what WAYBILL_ALLOW_HOSTS names', async () => {
    const url = await serve((_request, response) => response.end('ok'))
    const { resolve } = names({ 'shop.test': ['127.0.0.1'] })
    const { http } = httpWith({ allowHosts: ['shop.test'], resolve })
    expect(value(await http({ method: 'GET', url: `http://shop.test:${portOf(url)}/` })).status).toBe(200)
    expect(told(await http({ method: 'GET', url }))).toBe('unavailable address_not_allowed')
  })

  it('refuses what is neither http nor https', async () => {
    expect(told(await httpWith().http({ method: 'GET', url: 'ftp://shop.test/' }))).toBe(
      'unavailable invalid_configuration',
    )
  })
})

describe('redirects', () => {
  const redirecting = (to: (path: string) => string | null) =>
    serve((request, response) => {
      const location = to(request.url ?? '')
      if (location === null) response.end(`${request.method} ${request.url} ${request.headers['x-ours']}`)
      else response.writeHead(301, { location }).end()
    })

  it('follows them for GET within the same origin, headers and all', async () => {
    const url = await redirecting((path) => (path === '/a' ? '/b?x=1' : null))
    const { http, exchanges } = httpWith()
    const answer = value(await http({ method: 'GET', url: `${url}/a`, headers: { 'x-ours': 'yes' } }))
    expect(answer).toMatchObject({ status: 200, body: 'GET /b?x=1 yes', url: `${url}/b?x=1` })
    expect(exchanges.map((exchange) => exchange.status)).toEqual([301, 200])
  })

  it('hands a write its redirect, and sends nothing twice', async () => {
    let writes = 0
    const url = await serve((_request, response) => {
      writes++
      response.writeHead(302, { location: '/b' }).end()
    })
    expect(value(await httpWith().http({ method: 'POST', url: `${url}/a`, body: '{}' })).status).toBe(302)
    expect(writes).toBe(1)
  })

  it.each(['GET', 'POST'] as const)(
    'refuses another host for %s and names it, without going there',
    async (method) => {
      let reached = false
      const other = await serve((_request, response) => {
        reached = true
        response.end()
      })
      const url = await redirecting(() => `http://new-shop.test:${portOf(other)}/a?consumer_secret=cs_1`)
      const { resolve, asked } = names({ 'new-shop.test': ['127.0.0.1'] })
      const outcome = await httpWith({ resolve }).http({ method, url: `${url}/a` })
      expect(told(outcome)).toBe('unavailable address_moved')
      expect(detail(outcome)).toContain(`http://new-shop.test:${portOf(other)}/a`)
      expect(detail(outcome)).not.toContain('cs_1')
      expect([reached, asked]).toEqual([false, []])
    },
  )

  it('says that the shop moved when it insists on https', async () => {
    const url = await redirecting(() => 'https://127.0.0.1/a')
    expect(told(await httpWith().http({ method: 'GET', url }))).toBe('unavailable address_moved')
  })

  it('does not run in circles', async () => {
    const url = await redirecting((path) => `${path}x`)
    const { http, exchanges } = httpWith()
    expect(value(await http({ method: 'GET', url: `${url}/a` })).status).toBe(301)
    expect(exchanges.length).toBe(6)
  })
})

describe('when there is no answer', () => {
  it('tells a refused connection: nothing was done', async () => {
    const { http } = httpWith()
    for (const method of ['GET', 'POST'] as const)
      expect(told(await http({ method, url: 'http://127.0.0.1:1/', body: 'x' }))).toBe(
        'unavailable connection_refused',
      )
  })

  it('tells a name that does not exist', async () => {
    const { http } = httpWith({ resolve: names({}).resolve })
    expect(told(await http({ method: 'POST', url: 'http://gone.test/' }))).toBe('unavailable address_unknown')
  })

  it('tells a certificate nobody vouches for, one for another name, and a server without TLS', async () => {
    const server = createTlsServer({ cert: certificate, key }, (_request, response) => response.end('ok'))
    const port = portOf(await listen(server, 'https'))
    const { resolve } = names({ 'shop.test': ['127.0.0.1'], 'other.test': ['127.0.0.1'] })
    const plain = portOf(await serve((_request, response) => response.end('ok')))
    const trusting = httpWith({ resolve, tls: { ca: certificate } }).http
    expect(value(await trusting({ method: 'GET', url: `https://shop.test:${port}/` })).body).toBe('ok')
    const outcomes = [
      await httpWith({ resolve }).http({ method: 'POST', url: `https://shop.test:${port}/`, body: 'x' }),
      await trusting({ method: 'POST', url: `https://other.test:${port}/`, body: 'x' }),
      await trusting({ method: 'POST', url: `https://shop.test:${plain}/`, body: 'x' }),
    ]
    expect(outcomes.map(told)).toEqual(Array(3).fill('unavailable certificate_invalid'))
  })

  it('tells whoever watches of every call once it has ended, and until when a certificate is valid', async () => {
    const server = createTlsServer({ cert: certificate, key }, (request, response) => {
      if (request.url === '/lost') request.socket.destroy()
      else response.writeHead(request.url === '/broken' ? 500 : 200).end('ok')
    })
    const port = portOf(await listen(server, 'https'))
    const seen: (number | string | null)[] = []
    const watch = {
      begins: () => {
        seen.push('begins')
        return ({ ms, answer }: { ms: number; answer: HttpResponse | null }) => {
          expect(ms).toBeGreaterThan(0)
          seen.push(answer?.status ?? null)
        }
      },
      certificate: (validTo: Date) => void seen.push(validTo.toISOString()),
    }
    const { resolve } = names({ 'shop.test': ['127.0.0.1'] })
    const { http } = httpWith({ resolve, tls: { ca: certificate }, watch })
    for (const path of ['/', '/broken', '/lost'])
      await http({ method: 'GET', url: `https://shop.test:${port}${path}` })
    await http({ method: 'GET', url: 'http://10.0.0.1/' })
    const [first, until, ...rest] = seen
    expect([first, until]).toEqual(['begins', '2126-10-30T13:52:56.000Z'])
    // The last was asked a second time on a fresh connection, which is one call all the same.
    expect(rest.filter((one) => one !== until)).toEqual([200, 'begins', 500, 'begins', null])
  })

  it('calls a write whose answer is lost unknown, and a read unavailable', async () => {
    const url = await serve(afterBody((request) => request.socket.destroy()))
    const { http } = httpWith()
    expect(told(await http({ method: 'POST', url, body: '{}' }))).toBe('unknown_outcome connection_lost')
    expect(told(await http({ method: 'GET', url }))).toBe('unavailable connection_lost')
  })

  it('never sends a write again, and a read once more at most', async () => {
    const counts: Record<string, number> = {}
    const url = await serve(
      afterBody((request) => {
        counts[request.method!] = (counts[request.method!] ?? 0) + 1
        request.socket.destroy()
      }),
    )
    const { http } = httpWith()
    await http({ method: 'POST', url, body: '{}' })
    await http({ method: 'DELETE', url })
    await http({ method: 'GET', url })
    expect(counts).toEqual({ POST: 1, DELETE: 1, GET: 2 })
  })

  it.each([
    ['no headers', () => {}],
    [
      'no end of the body',
      (_request: IncomingMessage, response: ServerResponse) => {
        response.writeHead(200)
        response.write('[{"id":')
      },
    ],
  ])('gives up at the deadline: %s', async (_name, answer) => {
    const url = await serve(answer)
    const { http } = httpWith({ timeoutMs: 10_000 })
    const started = performance.now()
    expect(told(await http({ method: 'POST', url, timeoutMs: 150, body: 'x' }))).toBe(
      'unknown_outcome timed_out',
    )
    expect(told(await http({ method: 'GET', url, timeoutMs: 150 }))).toBe('unavailable timed_out')
    expect(performance.now() - started).toBeLessThan(3000)
  })

  it('knows that nothing was done when the deadline came before a connection', async () => {
    const { http } = httpWith({ resolve: () => new Promise(() => {}) })
    const outcome = await http({ method: 'POST', url: 'http://shop.test/', timeoutMs: 50, body: 'x' })
    expect(told(outcome)).toBe('unavailable timed_out')
  })

  it('tells an answer that is no HTTP', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n', () => socket.destroy()))
    })
    const url = await listen(server)
    const { http } = httpWith()
    expect(told(await http({ method: 'GET', url }))).toBe('invalid_response unreadable_answer')
    expect(told(await http({ method: 'POST', url, body: 'x' }))).toBe('unknown_outcome unreadable_answer')
  })

  it.each([
    ['large', {}, 'x'.repeat(20_000)],
    ['packed', { 'content-encoding': 'gzip' }, gzipSync('x'.repeat(5_000_000))],
    ['badly packed', { 'content-encoding': 'gzip' }, 'not gzip at all'],
  ])('refuses to read a %s answer', async (_name, headers, body) => {
    const url = await serve((_request, response) => response.writeHead(200, headers).end(body))
    const { http } = httpWith({ maxBodyBytes: 10_000 })
    expect(told(await http({ method: 'GET', url }))).toBe('invalid_response unreadable_answer')
    expect(told(await http({ method: 'POST', url, body: 'x' }))).toBe('unknown_outcome unreadable_answer')
  })

  it('keeps credentials out of what it says', async () => {
    const secrets = ['cs_very_secret']
    const url = 'http://user:cs_very_secret@127.0.0.1:1/?oauth_signature=cs_very_secret'
    const { http, exchanges } = httpWith({ secrets })
    const outcome = await http({ method: 'GET', url, headers: { authorization: 'Bearer cs_very_secret' } })
    expect(JSON.stringify([outcome, exchanges])).not.toContain('cs_very_secret')
  })

  it('stops when Waybill stops: before a call nothing was done, during a write nobody knows', async () => {
    const stop = new AbortController()
    const url = await serve(() => stop.abort())
    const { http } = httpWith({ signal: stop.signal })
    expect(told(await http({ method: 'POST', url, body: 'x' }))).toBe('unknown_outcome connection_lost')
    expect(told(await http({ method: 'POST', url, body: 'x' }))).toBe('unavailable connection_lost')
  })
})

describe('limits', () => {
  it('keeps the starts of calls apart', async () => {
    const starts: number[] = []
    const url = await serve((_request, response) => {
      starts.push(performance.now())
      response.end()
    })
    const { http } = httpWith({ limits: { concurrency: 10, requestsPerSecond: 25 } })
    await Promise.all(Array.from({ length: 6 }, () => http({ method: 'GET', url })))
    expect(starts.at(-1)! - starts[0]!).toBeGreaterThan(5 * 40 - 25)
  })

  it('keeps the number of calls at once', async () => {
    let inside = 0
    let most = 0
    const url = await serve((_request, response) => {
      most = Math.max(most, ++inside)
      setTimeout(() => {
        inside--
        response.end()
      }, 5)
    })
    const { http } = httpWith({ limits: { concurrency: 3 } })
    const answers = await Promise.all(Array.from({ length: 12 }, () => http({ method: 'GET', url })))
    expect(answers.every((answer) => answer.ok)).toBe(true)
    expect(most).toBe(3)
  })
})

describe('Retry-After', () => {
  const at = new Date('2026-11-23T09:00:00Z')
  it.each([
    ['17', 17_000],
    ['0', 0],
    ['1.5', 1500],
    ['Mon, 23 Nov 2026 09:00:30 GMT', 30_000],
    ['Mon, 23 Nov 2026 08:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s is %s ms', (header, ms) => {
    expect(retryAfterMs(header, at)).toBe(ms)
  })
})

/** A failure has always one problem about the host it happened with. */
describe('failures', () => {
  it('name the host', async () => {
    const outcome = await httpWith().http({ method: 'GET', url: 'http://127.0.0.1:1/x' })
    const failure = outcome.ok ? null : (outcome.error satisfies Failure)
    expect(failure?.problems).toEqual([
      {
        code: 'connection_refused',
        subject: '127.0.0.1:1',
        detail: 'Nothing listens at 127.0.0.1:1',
        vendorMessage: null,
      },
    ])
  })
})
