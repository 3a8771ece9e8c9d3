import type { LookupFunction } from 'node:net'
import { performance } from 'node:perf_hooks'
import { callbackify, promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { Agent, buildConnector, type Dispatcher, request as send } from 'undici'
import { err, ok } from '../result.ts'
import { type AllowList, allowList, bare, permitted, type Resolve, resolveBySystem } from './addresses.ts'
import { type CallWatch, lookingAtCertificates } from './call-watch.ts'
import type { Failure, Http, HttpRequest, HttpResponse, Limits, Outcome } from './contract.ts'
import { AddressNotAllowed, BodyTooLarge, codeOf, fail, failureOf } from './connection-errors.ts'
import { type Deadline, deadlineIn } from './deadline.ts'
import { createGate } from './gate.ts'
import { type Exchange, redact } from './redact.ts'

export interface HttpOptions {
  /** One deadline for a whole call: connecting, headers and body. A request may name its own. */
  timeoutMs: number
  limits: Limits
  /** WAYBILL_ALLOW_HOSTS: private or loopback hosts and CIDR ranges that may be reached. */
  allowHosts: string[]
  now: () => Date
  /** Receives every exchange, redacted. */
  record?: (exchange: Exchange) => void
  /** Values that must appear nowhere: replaced in records and error texts. */
  secrets?: string[]
  userAgent?: string
  signal?: AbortSignal
  resolve?: Resolve
  /** Bytes of an answer, after decompression. */
  maxBodyBytes?: number
  /** Further options of the TLS connection, such as a private certificate authority. */
  tls?: { ca?: string | Buffer }
  /** Is told of every call and of certificates. */
  watch?: CallWatch
}

const maxRedirects = 5

export type Transport = Http & {
  /** The same way out, with its exchanges handed to another record. */
  recordedBy(record: HttpOptions['record']): Http
  close(): Promise<void>
}

/**
 * Makes the only way out. Connections go to addresses that were checked after DNS, and to no others; redirects are
 * followed for GET within the same origin, and are refused towards another host (`address_moved`). Failures tell
 * whether the request can have been processed: `unavailable` if it never left, or was a read; else `unknown_outcome`.
 */
export function createHttp(options: HttpOptions): Transport {
  const allow = allowList(options.allowHosts)
  const connect = buildConnector({
    lookup: checkedLookup(allow, options.resolve ?? resolveBySystem),
    timeout: options.timeoutMs,
    allowH2: false,
    ...options.tls,
  })
  const agent = new Agent({
    connect: options.watch ? lookingAtCertificates(connect, options.watch) : connect,
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
  })
  const gate = createGate(options.limits)

  type Recorder = HttpOptions['record']

  async function call(request: HttpRequest, record: Recorder): Promise<Outcome<HttpResponse>> {
    const deadline = deadlineIn(request.timeoutMs ?? options.timeoutMs, options.signal)
    try {
      return await follow(request, deadline, record)
    } finally {
      deadline.end()
    }
  }

  async function follow(
    request: HttpRequest,
    deadline: Deadline,
    record: Recorder,
  ): Promise<Outcome<HttpResponse>> {
    let url = new URL(request.url)
    for (let redirects = 0; ; redirects++) {
      const outcome = await once(request, url, deadline, record)
      if (!outcome.ok) return outcome
      const target = redirectTarget(outcome.value, url)
      if (target === null) return outcome
      if (leavesTheShop(url, target)) return err(moved(url, target))
      if (request.method !== 'GET' || target.origin !== url.origin || redirects === maxRedirects)
        return outcome
      url = target
    }
  }

  async function once(
    request: HttpRequest,
    url: URL,
    deadline: Deadline,
    record: Recorder,
  ): Promise<Outcome<HttpResponse>> {
    const refused = refuseAddress(url, allow)
    if (refused) return err(refused)
    const leave = await gate.enter(options.signal).catch(() => null)
    if (leave === null)
      return err(fail('unavailable', 'connection_lost', url.host, 'Waybill stopped before the call'))
    const started = performance.now()
    const ended = options.watch?.begins()
    let answer: HttpResponse | null = null
    try {
      const first = await attempt(request, url, deadline, record)
      const stale = !first.ok && first.error.stale && request.method === 'GET' && !deadline.passed()
      const last = stale ? await attempt(request, url, deadline, record) : first
      if (!last.ok) return err(last.error.failure)
      answer = last.value
      return last
    } finally {
      leave()
      ended?.({ ms: performance.now() - started, answer })
    }
  }

  async function attempt(request: HttpRequest, url: URL, deadline: Deadline, record: Recorder) {
    const startedAt = options.now().toISOString()
    const started = performance.now()
    const headers: Record<string, string> = {
      'accept-encoding': 'gzip, deflate',
      ...(options.userAgent === undefined ? {} : { 'user-agent': options.userAgent }),
      ...lowerCase(request.headers ?? {}),
    }
    const sent = { value: false }
    const keep = (answer: HttpResponse | null, error: string | null) =>
      record?.(
        redact(
          {
            method: request.method,
            url: url.href,
            requestHeaders: headers,
            requestBody: request.body ?? null,
            status: answer?.status ?? null,
            responseHeaders: answer?.headers ?? {},
            responseBody: answer?.body ?? null,
            startedAt,
            ms: Math.round(performance.now() - started),
            error,
          },
          options.secrets,
        ),
      )
    try {
      const answer = await send(url, {
        method: request.method,
        headers,
        body: request.body ?? null,
        signal: deadline.signal,
        dispatcher: agent.compose(noticing(sent)),
      })
      const responseHeaders = flat(answer.headers)
      const body = await readBody(
        answer.body,
        responseHeaders['content-encoding'],
        options.maxBodyBytes ?? 20_000_000,
      )
      const response = { status: answer.statusCode, headers: responseHeaders, body, url: url.href }
      keep(response, null)
      return ok(response)
    } catch (error) {
      const failure = failureOf(error, {
        url,
        sent: sent.value,
        read: request.method === 'GET',
        timedOut: deadline.passed(),
        stopped: options.signal?.aborted ?? false,
        seconds: (request.timeoutMs ?? options.timeoutMs) / 1000,
        secrets: options.secrets ?? [],
      })
      keep(null, failure.problems[0].detail)
      return err({ failure, stale: codeOf(error) === 'UND_ERR_SOCKET' || codeOf(error) === 'ECONNRESET' })
    }
  }

  return Object.assign((request: HttpRequest) => call(request, options.record), {
    recordedBy: (record: Recorder) => (request: HttpRequest) => call(request, record),
    close: () => agent.destroy(),
  })
}

/** The lookup a socket connects by: what it hands out was checked, and is what is connected to. */
function checkedLookup(allow: AllowList, resolve: Resolve): LookupFunction {
  const checked = callbackify(async (hostname: string) => {
    const all = await resolve(hostname)
    const addresses = permitted(hostname, all, allow)
    if (addresses.length === 0)
      throw new AddressNotAllowed(`${hostname} leads to ${all.join(', ') || 'no address'}`)
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  })
  return (hostname, wanted, done) =>
    checked(hostname, (error, addresses) => {
      const first = addresses?.[0]
      if (error || !first) done(error, '')
      else if (wanted.all) done(null, addresses)
      else done(null, first.address, first.family)
    })
}

/** An address written as a number never meets the lookup, so it is checked here. */
function refuseAddress(url: URL, allow: AllowList): Failure | null {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return fail(
      'unavailable',
      'invalid_configuration',
      'address',
      `It must begin with https:// or http://, not ${url.protocol}`,
    )
  const host = bare(url.hostname)
  const isNumber = host.includes(':') || /^\d+(\.\d+){3}$/.test(host)
  if (!isNumber || permitted(host, [host], allow).length > 0) return null
  return fail(
    'unavailable',
    'address_not_allowed',
    url.host,
    `${host} is not an address of the public internet`,
  )
}

/** Where a redirecting answer points, or null. */
function redirectTarget(response: HttpResponse, from: URL): URL | null {
  const location = response.headers['location']
  if (response.status < 300 || response.status > 399 || location === undefined) return null
  return URL.parse(location, from.href)
}

/** Another host, or the same one over https where http was asked. */
function leavesTheShop(from: URL, to: URL): boolean {
  return bare(from.hostname) !== bare(to.hostname) || (from.protocol === 'http:' && to.protocol === 'https:')
}

function moved(from: URL, to: URL): Failure {
  const movedTo = `${to.origin}${to.pathname === '/' ? '' : to.pathname}`
  return {
    ...fail('unavailable', 'address_moved', from.host, `${from.host} redirects to ${movedTo}`),
    movedTo,
  }
}

/** Marks when a request begins to be written to a connection: before that, nothing can have been processed. */
function noticing(sent: { value: boolean }): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart: (controller, context) => {
        sent.value = true
        handler.onRequestStart?.(controller, context)
      },
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (...args) => handler.onResponseError?.(...args),
    })
}

async function readBody(
  body: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
  limit: number,
): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > limit) throw new BodyTooLarge(`The answer is larger than ${limit} bytes`)
    chunks.push(chunk)
  }
  const whole = Buffer.concat(chunks)
  if (whole.length === 0) return ''
  const decode = { gzip: gunzip, 'x-gzip': gunzip, deflate: inflate, br: brotliDecompress }[
    encoding?.toLowerCase() ?? ''
  ]
  if (!decode) return whole.toString('utf8')
  try {
    return (
      await promisify<Buffer, { maxOutputLength: number }, Buffer>(decode)(whole, { maxOutputLength: limit })
    ).toString('utf8')
  } catch (error) {
    throw codeOf(error) === 'ERR_BUFFER_TOO_LARGE'
      ? new BodyTooLarge(`The answer is larger than ${limit} bytes`)
      : error
  }
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}

/**
 * How long a `Retry-After` header asks to wait, in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3). Undefined
 * when it is absent or unreadable; never negative.
 */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  if (header === undefined || header.trim() === '') return undefined
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return Math.round(Number(header) * 1000)
  const time = Date.parse(header)
  return Number.isNaN(time) ? undefined : Math.max(0, time - now.getTime())
}
