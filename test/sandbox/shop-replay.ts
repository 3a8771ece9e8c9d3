import { existsSync, readFileSync } from 'node:fs'
import { createHmac } from 'node:crypto'
import { resolve } from 'node:path'
import OAuth from 'oauth-1.0a'
import type { SandboxShop, SandboxShopOptions, ShopSeed } from '../../src/sandbox/shop/index.ts'
import { startSandboxShop } from '../../src/sandbox/shop/index.ts'
import { numbersFrom } from '../support/chance.ts'

/** One whole exchange with a real WooCommerce 11.0.1. */
export interface Recording {
  name: string
  note: string
  request: { method: string; path: string; headers: Record<string, string>; body: unknown } | null
  response: { status: number; headers: Record<string, string>; body: unknown } | null
}

const folder = resolve(import.meta.dirname, '../../../shared/recordings/woocommerce-11.0.1')
export const recordingsAbsent = !existsSync(folder)

export const recordings = (file: string): Recording[] =>
  JSON.parse(readFileSync(resolve(folder, `${file}.json`), 'utf8')) as Recording[]

export interface Stage {
  shop: SandboxShop
  /** Sets the shop's clock. */
  setNow: (iso: string) => void
}

/** A shop in strict mode, where HTTPS is only what says so, on a clock that the test moves. */
export async function stage(seed: ShopSeed, options: Partial<SandboxShopOptions> = {}): Promise<Stage> {
  let now = new Date('2026-11-23T07:57:00Z')
  const shop = await startSandboxShop({
    port: 0,
    now: () => now,
    random: numbersFrom(7),
    seed,
    basicOverHttp: false,
    closedBodies: false,
    ...options,
  })
  return {
    shop,
    setNow: (iso) => {
      now = new Date(iso)
    },
  }
}

export interface Answer {
  status: number
  headers: Record<string, string>
  text: string
  json: unknown
}

export interface Login {
  key: string
  secret: string
}

export const basic = ({ key, secret }: Login): string =>
  `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`

/** Sends a recorded request, signed in with the given login where the recorded one was signed in. */
export async function replay(stage: Stage, recorded: Recording, login: Login): Promise<Answer> {
  const request = recorded.request!
  const date = recorded.response?.headers['date']
  if (date) stage.setNow(new Date(date).toISOString())
  const headers = { ...request.headers }
  delete headers['host']
  if (headers['authorization'] === 'Basic <redacted>') headers['authorization'] = basic(login)
  return ask(stage, request.method, request.path, headers, request.body)
}

export async function ask(
  { shop }: Stage,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: unknown = null,
): Promise<Answer> {
  const response = await fetch(`${shop.url}${path}`, {
    method,
    headers,
    redirect: 'manual',
    ...(body !== null && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  // Not text(), which would drop a byte order mark.
  const text = Buffer.from(await response.arrayBuffer()).toString('utf8')
  return { status: response.status, headers: Object.fromEntries(response.headers), text, json: parsed(text) }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** What is compared of the headers: all that a client may lean on. */
const headerNames = [
  'content-type',
  'x-robots-tag',
  'x-wp-total',
  'x-wp-totalpages',
  'link',
  'allow',
  'location',
  'cache-control',
  'retry-after',
  'x-redirect-by',
]

interface Side {
  status: number
  headers: Record<string, string>
  body: unknown
}

/**
 * Our answer and the recorded one, side by side: status, the headers a client may lean on, and the body, with the
 * recorded shop's name for the sandbox's address. `reduce` cuts both bodies down to what is comparable.
 */
export function sides(
  { shop }: Stage,
  one: Recording,
  answer: Answer,
  { leave = [], reduce = (body) => body }: { leave?: string[]; reduce?: (body: unknown) => unknown } = {},
): { ours: Side; theirs: Side } {
  const named = (text: string): string => text.replaceAll(new URL(shop.url).host, 'shop.example')
  // Keys and signatures are redacted in recorded links.
  const redacted = one.response!.headers['link']?.includes('redacted') ? ['link'] : []
  const kept = headerNames.filter((name) => ![...leave, ...redacted].includes(name))
  const headersOf = (headers: Record<string, string>): Record<string, string> =>
    Object.fromEntries(
      kept.flatMap((name) => (headers[name] === undefined ? [] : [[name, named(headers[name])]])),
    )
  const body = (value: unknown): unknown => (one.request!.method === 'HEAD' ? null : reduce(value))
  return {
    ours: {
      status: answer.status,
      headers: headersOf(answer.headers),
      body: body(parsed(named(answer.text))),
    },
    theirs: {
      status: one.response!.status,
      headers: headersOf(one.response!.headers),
      body: body(one.response!.body),
    },
  }
}

/** Some members of a JSON object. */
export const members =
  (...names: string[]) =>
  (body: unknown): unknown =>
    Object.fromEntries(names.map((name) => [name, (body as Record<string, unknown>)[name]]))

/** The shape of a JSON value: its keys and the kinds of its values, of lists that of their first element. */
export function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape)
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]))
  return value === null ? 'null' : typeof value
}

/** An address signed as OAuth 1.0a, by a library that the project's own code does not use. */
export function oauthQuery(
  login: Login,
  {
    url,
    method = 'GET',
    algorithm = 'SHA256',
    timestamp,
    nonce,
  }: {
    url: string
    method?: string
    algorithm?: 'SHA1' | 'SHA256' | 'SHA512'
    timestamp: number
    nonce: string
  },
): Record<string, string> {
  const oauth = new OAuth({
    consumer: login,
    signature_method: `HMAC-${algorithm}`,
    version: '',
    last_ampersand: true,
    hash_function: (base, key) => createHmac(algorithm.toLowerCase(), key).update(base).digest('base64'),
  })
  const data = {
    oauth_consumer_key: login.key,
    oauth_nonce: nonce,
    oauth_signature_method: `HMAC-${algorithm}`,
    oauth_timestamp: timestamp,
  }
  const signature = oauth.getSignature({ url, method }, undefined, data as OAuth.Data)
  return {
    ...Object.fromEntries(Object.entries(data).map(([k, v]) => [k, String(v)])),
    oauth_signature: signature,
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
