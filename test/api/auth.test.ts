import { request as rawRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { linkLifeMs, sessionLifeMs } from '../../src/server/login.ts'
import { type Api, json, startApi, token } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

/** Signs in as a browser does, and returns its cookie. */
async function signIn(): Promise<string> {
  const answer = await fetch(await api.server.newLink(), { redirect: 'manual' })
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')).toBe('/')
  return answer.headers.get('set-cookie')!.split(';')[0]!
}

const withCookie = (cookie: string, headers: Record<string, string> = {}): RequestInit => ({
  headers: { ...headers, cookie },
})
const fetchApi = (path: string, init: RequestInit = {}) => fetch(`${api.url}/api/v1${path}`, init)

/** fetch() sets Host, Origin and Sec-Fetch-Site by itself: this sends exactly what is given. */
function sendRaw(
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  const { port } = new URL(api.url)
  return new Promise((resolve, reject) => {
    const request = rawRequest({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    request.on('error', reject)
    request.end()
  })
}

describe('the token', () => {
  it.each([
    '/orders',
    '/problems',
    '/connections',
    '/routes',
    '/why?q=1',
    '/events',
    '/configuration',
    '/metrics',
  ])('is wanted for %s', async (path) => {
    const answer = await fetchApi(path)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('content-type')).toMatch('application/problem+json')
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
    expect(await answer.json()).toMatchObject({
      code: 'not_signed_in',
      fix: expect.stringContaining('waybill'),
    })
  })

  it.each([`Bearer ${token}x`, 'Bearer ', `Basic ${token}`, token, 'Bearer null'])(
    'has to be the right one: not "%s"',
    async (authorization) => {
      const answer = await fetchApi('/orders', { headers: { authorization } })
      expect(answer.status).toBe(401)
      expect(await answer.json()).toMatchObject({ code: 'wrong_token' })
    },
  )

  it('is not replaced by a good session when it is wrong', async () => {
    const cookie = await signIn()
    const answer = await fetchApi('/orders', withCookie(cookie, { authorization: 'Bearer wrong' }))
    expect(answer.status).toBe(401)
  })

  it('is not needed to know that the server lives, nor for the description of the API', async () => {
    const paths = ['/healthz', '/readyz', '/api/v1/healthz', '/api/v1/openapi.json']
    const answers = await Promise.all(paths.map((path) => fetch(api.url + path)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  })
})

describe('the one-time link', () => {
  it('signs in one browser, with a cookie that scripts and other sites cannot use', async () => {
    const answer = await fetch(await api.server.newLink(), { redirect: 'manual' })
    const cookie = answer.headers.get('set-cookie')!
    expect(cookie).toMatch(/HttpOnly/)
    expect(cookie).toMatch(/SameSite=Strict/)
    expect(cookie).toMatch(/Path=\//)
    expect(cookie).not.toMatch(/Secure/)
    expect(cookie).toContain(`waybill_session_${new URL(api.url).port}=`)
    expect((await fetchApi('/orders', withCookie(cookie.split(';')[0]!))).status).toBe(200)
  })

  it('works once; the second time a page says what to do', async () => {
    const link = await api.server.newLink()
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(303)
    const again = await fetch(link, { redirect: 'manual' })
    expect(again.status).toBe(410)
    expect(again.headers.get('set-cookie')).toBeNull()
    const page = await again.text()
    expect(page).toContain('This link has been used')
    expect(page).toContain('waybill link')
  })

  it('lets one in of many who come at the same time', async () => {
    const link = await api.server.newLink()
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => fetch(link, { redirect: 'manual' })))
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410, 410, 410, 410])
  })

  it('is not used up by a look at its headers', async () => {
    const link = await api.server.newLink()
    await fetch(link, { method: 'HEAD', redirect: 'manual' })
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(303)
  })

  it('expires, and an invented one is not known', async () => {
    const link = await api.server.newLink()
    await api.world.advance(linkLifeMs)
    expect(await (await fetch(link)).text()).toContain('This link has expired')
    const invented = await fetch(`${api.url}/login/${'a'.repeat(32)}`)
    expect(invented.status).toBe(410)
    expect(await invented.text()).toContain('not known here')
  })

  it('is made anew through the API', async () => {
    const { link } = await api.post<{ link: string }>('/login-links')
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(303)
  })

  it('is no cookie: a link and a session are not exchangeable', async () => {
    const link = await api.server.newLink()
    const secret = link.split('/').at(-1)!
    const name = `waybill_session_${new URL(api.url).port}`
    expect((await fetchApi('/orders', withCookie(`${name}=${secret}`))).status).toBe(401)
  })
})

describe('a session', () => {
  it('ends after its time', async () => {
    const cookie = await signIn()
    await api.world.advance(sessionLifeMs - 1000)
    expect((await fetchApi('/orders', withCookie(cookie))).status).toBe(200)
    await api.world.advance(1000)
    const answer = await fetchApi('/orders', withCookie(cookie))
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ code: 'session_ended' })
  })

  it('ends when its browser says so, and only that one', async () => {
    const [one, other] = [await signIn(), await signIn()]
    const bye = await fetchApi('/logout', {
      method: 'POST',
      ...withCookie(one, { 'sec-fetch-site': 'same-origin' }),
    })
    expect(bye.status).toBe(204)
    expect((await fetchApi('/orders', withCookie(one))).status).toBe(401)
    expect((await fetchApi('/orders', withCookie(other))).status).toBe(200)
  })
})

describe('a write with a session', () => {
  let cookie: string
  beforeAll(async () => {
    cookie = await signIn()
  })

  it.each([
    ['from our page', { 'sec-fetch-site': 'same-origin' }, 200],
    ['from another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['from a neighbour', { 'sec-fetch-site': 'same-site' }, 403],
    ['typed by hand', { 'sec-fetch-site': 'none' }, 403],
    ['by an old browser, from our page', { origin: 'OURS' }, 200],
    ['by an old browser, from another site', { origin: 'https://evil.example' }, 403],
    ['by an old browser, from a hidden page', { origin: 'null' }, 403],
    ['without a word', {}, 403],
  ])('asked for %s: %o', async (_, headers, status) => {
    const given = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value === 'OURS' ? api.url : value]),
    )
    const { port } = new URL(api.url)
    const answer = await sendRaw('POST', '/api/v1/connections/shop/resume', {
      host: `127.0.0.1:${port}`,
      cookie,
      ...given,
    })
    expect(answer.status).toBe(status)
    const { code } = JSON.parse(answer.body) as { code?: string }
    expect(code).toBe(status === 403 ? 'other_site' : undefined)
  })

  it.each([
    ['our page', 'same-origin', 200],
    ['an address typed by hand', 'none', 200],
    ['a neighbour, who is sent the cookie along', 'same-site', 403],
    ['another site', 'cross-site', 403],
  ])('and even a read, by %s (%s): %i', async (_, site, status) => {
    const host = new URL(api.url).host
    const asked = ['/api/v1/orders', '/api/v1/why?q=1', '/metrics'].map((path) =>
      sendRaw('GET', path, { host, cookie, 'sec-fetch-site': site }),
    )
    expect((await Promise.all(asked)).map((answer) => answer.status)).toEqual([status, status, status])
  })

  it('takes no form, whoever sends it', async () => {
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data; boundary=x',
    ]) {
      const answer = await fetchApi('/orders/actions', {
        method: 'POST',
        body: JSON.stringify({ action: 'cancel', filter: {} }),
        ...withCookie(cookie, { 'content-type': type, 'sec-fetch-site': 'same-origin' }),
      })
      expect(answer.status).toBe(415)
      expect(await answer.json()).toMatchObject({ code: 'not_json' })
    }
  })
})

describe('names', () => {
  it.each(['evil.example', 'evil.example:4000', '127.0.0.1.evil.example', 'localhost.evil.example'])(
    'refuses to answer as %s, whatever the token',
    async (host) => {
      const answer = await sendRaw('GET', '/api/v1/orders', { host, authorization: `Bearer ${token}` })
      expect(answer.status).toBe(421)
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'host_not_allowed' })
    },
  )

  it.each(['localhost:4000', '127.0.0.1', '[::1]:4000', 'LOCALHOST'])('answers as %s', async (host) => {
    expect((await sendRaw('GET', '/healthz', { host })).status).toBe(200)
  })
})

describe('headers', () => {
  it('let the page load nothing from elsewhere, and be framed by nobody', async () => {
    const { headers } = await api.ask('GET', '/orders')
    const policy = headers.get('content-security-policy')!
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("style-src 'self';")
    expect(policy).not.toContain('unsafe')
    expect(policy).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('strict-transport-security')).toBeNull()
  })
})

describe('limits', () => {
  it('slow down whoever tries links', async () => {
    const answers: number[] = []
    for (let i = 0; i < 40; i++) answers.push((await fetch(`${api.url}/login/${i}`)).status)
    expect(answers.at(-1)).toBe(429)
    const { status, body } = await api.ask('GET', '/_/login/x')
    expect(status).toBe(429)
    expect(body).toMatchObject({ code: 'too_many_requests' })
  })

  it('let go whoever sends a request drop by drop', () => {
    const { requestTimeout, headersTimeout } = api.server.app.server
    expect(headersTimeout).toBeLessThanOrEqual(15_000)
    expect(requestTimeout).toBeGreaterThan(0)
    expect(requestTimeout).toBeLessThanOrEqual(30_000)
  })

  it('refuse a body that is too large', async () => {
    const { status, body } = await api.ask(
      'POST',
      '/configuration',
      json({ yaml: 'x'.repeat(2 * 1024 * 1024) }),
    )
    expect(status).toBe(413)
    expect(body).toMatchObject({ code: 'too_large' })
  })
})

describe('behind https', () => {
  it('gives the cookie over https alone, and links with the public address', async () => {
    const other = await startApi({ server: { publicUrl: 'https://waybill.example.com' } })
    try {
      const link = await other.server.newLink()
      expect(link).toMatch(/^https:\/\/waybill\.example\.com\/login\//)
      const answer = await fetch(other.url + new URL(link).pathname, {
        redirect: 'manual',
        headers: { 'x-forwarded-proto': 'https' },
      })
      expect(answer.headers.get('set-cookie')).toMatch(/Secure/)
      expect(answer.headers.get('strict-transport-security')).toMatch(/max-age=\d+/)
    } finally {
      await other.stop()
    }
  })
})
