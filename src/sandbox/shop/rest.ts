import { authenticate, keyForbids, roleForbids, type Caller, type Deed } from './auth.ts'
import { unknownProperty } from './closed-bodies.ts'
import type { Json, JsonObject, ShopAnswer, ShopRequest, WpError } from './http.ts'
import { isWpError, noRoute, wpError } from './http.ts'
import { buildQuery, parseQuery, phpJson, textOf, type PhpArray } from './php.ts'
import { apiLink, fieldsOf, linkBase, pick, restUrl } from './render.ts'
import type { Shop } from './state.ts'

export interface Call {
  shop: Shop
  request: ShopRequest
  caller: Caller
  /** What the route's pattern captured. */
  params: string[]
  /** Fields of the JSON or form body. */
  input: JsonObject
  /** The route without "/wp-json", as links name it. */
  route: string
}

/** A good answer: a JSON value, or text that is JSON already. */
export interface Reply {
  status?: number
  headers?: Record<string, string>
  json?: Json
  text?: string
}

export type Handler = (call: Call) => Reply | WpError

export interface Route {
  /** As WordPress' index names it. */
  name: string
  methods: Partial<Record<'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', Handler>>
  /** Absent: always there. */
  when?: (shop: Shop) => boolean
}

/** An error of the permission check: WordPress then names no allowed methods. */
export const refused = (error: WpError): WpError & { refused: true } => ({ ...error, refused: true })

/** Answers a request to `/wp-json/…`. `route` is what stands behind it, such as "/wc/v3/orders/12". */
export function answerRest(shop: Shop, request: ShopRequest, rawRoute: string, routes: Route[]): ShopAnswer {
  const route = `/${rawRoute.split('/').filter(Boolean).join('/')}`
  const caller = shop.faults.deactivated ? null : authenticate(shop, request)
  if (isWpError(caller)) return errorAnswer(shop, request, caller, null, null)
  const method = methodOf(request)
  const forbidden = caller && keyForbids(caller, method)
  if (forbidden) return errorAnswer(shop, request, forbidden, caller, null)
  const found = findRoute(shop, routes, route)
  const allow = found ? Object.keys(found.route.methods).join(', ') : null
  if (found && method === 'OPTIONS') return options(shop, request, caller, found.route, allow!)
  const handler = found?.route.methods[method === 'HEAD' ? 'GET' : (method as 'GET')]
  if (!found || !handler) return errorAnswer(shop, request, noRoute(), caller, null)
  const input = readInput(request)
  if (isWpError(input)) return errorAnswer(shop, request, input, caller, allow)
  const unknown = shop.closedBodies && method !== 'GET' ? unknownProperty(found.route.name, input) : null
  if (unknown) return errorAnswer(shop, request, unknown, caller, allow)
  const result = handler({ shop, request, caller, params: found.params, input, route })
  if (isWpError(result)) return errorAnswer(shop, request, result, caller, allow)
  return replyAnswer(shop, request, result, caller, allow!)
}

/** recordings listing.json, "method override": a host that refuses PUT is met with POST and this header. */
const methodOf = (request: ShopRequest): string =>
  (
    request.headers['x-http-method-override'] ??
    textOf(request.query, '_method') ??
    request.method
  ).toUpperCase()

const compiled = new Map<string, RegExp>()

function findRoute(shop: Shop, routes: Route[], path: string): { route: Route; params: string[] } | null {
  for (const route of routes) {
    if (route.when && !route.when(shop)) continue
    const pattern = compiled.get(route.name) ?? compile(route.name)
    const match = pattern.exec(path)
    if (match) return { route, params: match.slice(1) }
  }
  return null
}

/** WordPress writes its patterns for PHP: `(?P<id>[\d]+)`. */
function compile(name: string): RegExp {
  const pattern = new RegExp(`^${name.replaceAll('(?P<', '(?<')}$`)
  compiled.set(name, pattern)
  return pattern
}

function readInput(request: ShopRequest): JsonObject | WpError {
  const type = request.headers['content-type'] ?? ''
  const text = request.body.toString('utf8')
  if (text === '') return {}
  if (!type.includes('json')) return formInput(parseQuery(text))
  try {
    const value = JSON.parse(text) as Json
    return typeof value === 'object' && value !== null ? (value as JsonObject) : {}
  } catch {
    const data = { status: 400, json_error_code: 4, json_error_message: 'Syntax error' }
    return wpError(400, 'rest_invalid_json', 'Invalid JSON body passed.', data)
  }
}

const formInput = (form: PhpArray): JsonObject =>
  Object.fromEntries([...form].map(([key, value]) => [key, value instanceof Map ? formInput(value) : value]))

function options(shop: Shop, request: ShopRequest, caller: Caller, route: Route, allow: string): ShopAnswer {
  const methods = Object.keys(route.methods)
  const namespace = route.name.split('/').slice(1, 3).join('/')
  const json = { namespace, methods, endpoints: methods.map((method) => ({ methods: [method], args: {} })) }
  return replyAnswer(shop, request, { json }, caller, allow)
}

function replyAnswer(
  shop: Shop,
  request: ShopRequest,
  reply: Reply,
  caller: Caller,
  allow: string,
): ShopAnswer {
  const status = reply.status ?? 200
  const text = reply.text ?? phpJson(reply.json)
  const headers = { ...restHeaders(shop, request, caller), ...reply.headers, allow }
  if (request.query.has('_envelope')) {
    const kept = Object.entries(reply.headers ?? {}).filter(([name]) => name.startsWith('x-wp-'))
    const shown = Object.fromEntries(
      kept.map(([name, value]) => [
        name.replace('x-wp-t', 'X-WP-T').replace('pages', 'Pages'),
        Number(value),
      ]),
    )
    const envelope = `{"body":${text},"status":${status},"headers":${phpJson({ ...shown, Allow: allow })}}`
    return { status: 200, headers: restHeaders(shop, request, caller), body: envelope }
  }
  return { status, headers, body: text }
}

function errorAnswer(
  shop: Shop,
  request: ShopRequest,
  error: WpError & { refused?: true },
  caller: Caller,
  allow: string | null,
): ShopAnswer {
  const named = allow !== null && !error.refused && error.status !== 401 && error.status !== 403
  const { code, message, status } = error
  return {
    status,
    headers: { ...restHeaders(shop, request, caller), ...(named && { allow }) },
    body: phpJson({ code, message, data: error.data ?? { status } }),
  }
}

function restHeaders(shop: Shop, request: ShopRequest, caller: Caller): Record<string, string> {
  return {
    'content-type': 'application/json; charset=UTF-8',
    'x-robots-tag': 'noindex',
    link: apiLink(shop, request),
    'x-content-type-options': 'nosniff',
    'access-control-expose-headers': 'X-WP-Total, X-WP-TotalPages, Link',
    ...(caller && { 'cache-control': 'no-cache, must-revalidate, max-age=0, no-store, private' }),
  }
}

/** Refuses a caller whose role does not allow the deed. */
export function demand(call: Call, deed: Deed): WpError | null {
  const error = roleForbids(call.caller, deed)
  return error && refused(error)
}

/** An item as JSON, reduced to `_fields`; WordPress adds the links of a single item whatever `_fields` says. */
export function itemReply(
  call: Call,
  item: JsonObject,
  status = 200,
  headers: Record<string, string> = {},
): Reply {
  const fields = fieldsOf(call.request)
  const json =
    fields === null ? item : pick(item, item['_links'] === undefined ? fields : [...fields, '_links'])
  return { status, headers, json }
}

/** A list as JSON, each reduced to `_fields`. */
export function listReply(call: Call, items: JsonObject[], headers: Record<string, string> = {}): Reply {
  const fields = fieldsOf(call.request)
  return { headers, json: fields === null ? items : items.map((item) => pick(item, fields)) }
}

/** Cuts one page out of a list that is not the orders' own. */
export function paged<T>(
  call: Call,
  all: T[],
  extra: [string, string][] = [],
): { items: T[]; headers: Record<string, string> } {
  const perPage = Math.min(100, Math.max(1, Number(textOf(call.request.query, 'per_page') ?? 10) || 10))
  const page = Math.max(1, Number(textOf(call.request.query, 'page') ?? 1) || 1)
  const items = all.slice((page - 1) * perPage, page * perPage)
  const total = items.length === 0 && page > 1 ? 0 : all.length
  const totalPages = Math.ceil(total / perPage)
  return { items, headers: pageHeaders(call, { total, totalPages, page }, extra) }
}

/**
 * X-WP-Total, X-WP-TotalPages, and a Link header with the request's own parameters and WooCommerce's defaults.
 * recordings listing.json: page 2 link; page past the end.
 */
export function pageHeaders(
  call: Call,
  { total, totalPages, page }: { total: number; totalPages: number; page: number },
  defaults: [string, string][],
): Record<string, string> {
  const links: string[] = []
  const link = (to: number, rel: string): void => {
    links.push(`<${pageUrl(call, to, total === 0 ? defaults.slice(0, 1) : defaults)}>; rel="${rel}"`)
  }
  if (page > 1) link(Math.min(page - 1, totalPages), 'prev')
  if (page < totalPages) link(page + 1, 'next')
  return {
    'x-wp-total': String(total),
    'x-wp-totalpages': String(totalPages),
    ...(links.length > 0 && { link: links.join(', ') }),
  }
}

const listParameters = ['include', 'exclude', 'status', 'parent', 'parent_exclude']

function pageUrl(call: Call, page: number, defaults: [string, string][]): string {
  const query: PhpArray = new Map()
  const plain = call.request.query.has('rest_route')
  for (const [name, value] of call.request.query) {
    if (name === 'rest_route') continue
    if (typeof value !== 'string' || !listParameters.includes(name)) query.set(name, value)
    else if (value !== '')
      query.set(name, new Map(value.split(/[\s,]+/).map((item, at) => [String(at), item])))
  }
  for (const [name, value] of defaults)
    if (!query.has(name)) query.set(name, name === 'status' ? new Map([['0', value]]) : value)
  query.set('page', String(page))
  const rest = buildQuery(query)
  if (!plain) return `${restUrl(call.shop, call.request, call.route)}?${rest}`
  return `${linkBase(call.shop, call.request)}/index.php?rest_route=${encodeURIComponent(call.route)}&${rest}`
}
