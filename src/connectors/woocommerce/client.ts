import { err, ok, type Result } from '../../result.ts'
import type { Ctx, Failure, HttpResponse, Outcome } from '../contract.ts'
import { faultIn } from './answers.ts'
import type { WooCommerceConfig } from './config.ts'
import { findBrokenJson, findJson } from './raw-json.ts'
import { indexUrl, type Query, signed, siteMemory } from './site.ts'

export type ShopCtx = Ctx<WooCommerceConfig>

export interface Call {
  method: 'GET' | 'POST' | 'DELETE'
  /** Below /wc/v3, such as "/orders/12". */
  path: string
  query?: Query
  body?: unknown
  /** The answer holds orders, which are kept as they came: JSON that is whole but not valid will do. */
  orders?: true
  /** The orders are cut out of the list and parsed one by one: the list as a whole is not parsed. */
  cut?: true
}

export interface Answer {
  /** Undefined where the text is no valid JSON, or was not parsed. */
  value: unknown
  /** The JSON exactly as it was sent. */
  text: string
  headers: Record<string, string>
}

/**
 * One call to the shop's REST API (v3): over HTTPS with the key as Basic login, over plain HTTP with OAuth 1.0a. A good
 * answer is JSON, wherever it stands in what the site sent; all else is a failure that says what is wrong. Learns by
 * itself that a site has plain permalinks, drops the Authorization header, or has another home address.
 */
export async function call(ctx: ShopCtx, what: Call): Promise<Outcome<Answer>> {
  const first = await once(ctx, what)
  if (first.ok || !(await learn(ctx, what, first.error))) return plain(first)
  return plain(await once(ctx, what))
}

/** A failure, and whether a web page came where data belongs. */
interface Fault {
  failure: Failure
  page: boolean
}

const plain = (result: Result<Answer, Fault>): Outcome<Answer> =>
  result.ok ? result : err(result.error.failure)

async function once(ctx: ShopCtx, what: Call): Promise<Result<Answer, Fault>> {
  const { method, path, query, body, headers } = asSent(what)
  const login = signed(ctx, method, path, query)
  const sent = await ctx.http({
    method,
    url: login.url,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
      ...login.headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (sent.ok) return read(ctx, sent.value, what)
  const kind =
    what.method === 'GET' && sent.error.kind === 'unknown_outcome' ? 'unavailable' : sent.error.kind
  return err({ failure: { ...sent.error, kind }, page: false })
}

/**
 * Addresses are cut or refused by web servers from about 8,000 characters on; and WordPress repeats the address in the
 * header `Link` of its answer, where nginx takes 4,000 characters of headers by default and Node 16,000.
 */
const longestParameter = 1500

/**
 * A read with a parameter too long for an address goes as POST with X-HTTP-Method-Override: GET, which WordPress takes
 * for the GET it is (recordings/woocommerce-11.0.1 listing.json "method override"), the long parameter in its body.
 */
function asSent({ method, path, query = {}, body }: Call): Pick<Call, 'method' | 'path' | 'body'> & {
  query: Query
  headers: Record<string, string>
} {
  const long = Object.entries(query).filter(([, value]) => String(value ?? '').length > longestParameter)
  if (method !== 'GET' || long.length === 0) return { method, path, query, body, headers: {} }
  const short = Object.fromEntries(
    Object.entries(query).filter((entry) => !long.some(([name]) => name === entry[0])),
  )
  const lists = Object.fromEntries(long.map(([name, value]) => [name, String(value).split(',')]))
  return { method: 'POST', path, query: short, body: lists, headers: { 'x-http-method-override': 'GET' } }
}

function read(
  ctx: ShopCtx,
  answer: HttpResponse,
  what: Pick<Call, 'method' | 'orders' | 'cut'>,
): Result<Answer, Fault> {
  const json =
    (what.cut ? listIn(answer) : null) ??
    findJson(answer.body) ??
    (what.orders ? findBrokenJson(answer.body) : null)
  const failure = faultIn(answer, json, { write: what.method !== 'GET', now: ctx.now() })
  if (failure) return err({ failure, page: isPage(answer) })
  if (json === null) throw new Error('an answer without JSON passed as a good one')
  if (json.noise !== null)
    ctx.log.warn(
      { noise: json.noise },
      'the site prints something around its answers: a plug-in or theme is at fault',
    )
  return ok({ value: json.value, text: json.text, headers: answer.headers })
}

/** A list that is whole by its brackets. */
const listIn = ({ status, body }: HttpResponse) =>
  status < 300 && body.startsWith('[') ? findBrokenJson(body) : null

/** A web page, or a redirect to one, in the place of data. */
const isPage = ({ status, body }: HttpResponse) =>
  (status < 400 && status >= 300) || ((status < 300 || status === 404) && /^\s*</.test(body))

/** Looks whether the failure comes from a trait of the site that has a way round. True: try again. */
async function learn(ctx: ShopCtx, what: Call, { failure, page }: Fault): Promise<boolean> {
  const site = siteMemory(ctx)
  const [problem] = failure.problems
  if (page && what.method === 'GET' && !site.plainPermalinks) {
    site.plainPermalinks = await answersAtRestRoute(ctx)
    return site.plainPermalinks
  }
  // A signature for another address than the one that is asked is one that whoever answers could use there.
  if (problem.code !== 'credentials_refused' || ctx.config.signedOnly) return false
  const said = problem.vendorMessage ?? ''
  if (ctx.config.url.startsWith('https://') && !site.dropsAuthorization && !/secret is invalid/i.test(said))
    return learnWhetherTheHeaderIsDropped(ctx, failure)
  if (site.home === undefined && isWrongSignature(failure)) return learnHome(ctx)
  return false
}

/**
 * A dropped Authorization header looks like no key at all, and so does Basic login where a proxy does not tell the site
 * that it is asked over https. OAuth parameters in the address get through (recordings broken.json "Authorization header
 * stripped: oauth in query"), signed for the scheme the site believes in; where they do not help, they name the fault.
 */
async function learnWhetherTheHeaderIsDropped(ctx: ShopCtx, failure: Failure): Promise<boolean> {
  const site = siteMemory(ctx)
  site.dropsAuthorization = true
  const prove = () => once(ctx, { method: 'GET', path: '/orders', query: { per_page: 1, _fields: 'id' } })
  let proof = await prove()
  if (!proof.ok && isWrongSignature(proof.error.failure)) {
    site.scheme = 'http:'
    proof = await prove()
  }
  if (proof.ok) return true
  delete site.dropsAuthorization
  delete site.scheme
  const told = proof.error.failure
  if (told.problems[0].code === 'credentials_refused') failure.problems = told.problems
  return false
}

const isWrongSignature = (failure: Failure) =>
  /signature does not match/i.test(failure.problems[0].vendorMessage ?? '')

/** The shop checks signatures against its own home address (recordings broken.json "home changed", "www in front"). */
async function learnHome(ctx: ShopCtx): Promise<boolean> {
  const index = await readIndex(ctx)
  const home = index.ok ? index.value.home : null
  if (home === null || home === ctx.config.url) return false
  siteMemory(ctx).home = home
  return true
}

async function answersAtRestRoute(ctx: ShopCtx): Promise<boolean> {
  const answer = await ctx.http({
    method: 'GET',
    url: indexUrl(ctx, true, 'namespaces'),
    headers: { accept: 'application/json' },
  })
  if (!answer.ok) return false
  const json = findJson(answer.value.body)
  return json !== null && namespacesOf(json.value).includes('wc/v3')
}

export interface SiteIndex {
  name: string
  home: string | null
  timeZone: string
  hasWooCommerce: boolean
}

/** What the site says of itself to anybody. */
export async function readIndex(ctx: ShopCtx): Promise<Outcome<SiteIndex>> {
  const plain = siteMemory(ctx).plainPermalinks === true
  const url = indexUrl(ctx, plain, 'name,url,home,gmt_offset,timezone_string,namespaces')
  const sent = await ctx.http({ method: 'GET', url, headers: { accept: 'application/json' } })
  if (!sent.ok) return sent
  const answer = read(ctx, sent.value, { method: 'GET' })
  if (!answer.ok) return err(answer.error.failure)
  const index = answer.value.value as Record<string, unknown>
  return ok({
    name: typeof index['name'] === 'string' ? index['name'] : '',
    home: typeof index['home'] === 'string' ? index['home'].replace(/\/+$/, '') : null,
    timeZone: timeZoneOf(index),
    hasWooCommerce: namespacesOf(index).includes('wc/v3'),
  })
}

function namespacesOf(index: unknown): unknown[] {
  const namespaces = (index as { namespaces?: unknown } | null)?.namespaces
  return Array.isArray(namespaces) ? namespaces : []
}

function timeZoneOf(index: Record<string, unknown>): string {
  const named = index['timezone_string']
  if (typeof named === 'string' && named !== '') return named
  const hours = Number(index['gmt_offset'] ?? 0)
  if (!Number.isFinite(hours) || hours === 0) return 'UTC'
  const minutes = Math.round(Math.abs(hours) * 60)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${hours < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
