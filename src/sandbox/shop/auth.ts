import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ShopRequest, WpError } from './http.ts'
import { wpError } from './http.ts'
import { parseQuery, rawUrlEncode, type PhpArray, type PhpValue } from './php.ts'
import type { ApiKey, Shop } from './state.ts'
import { toSeconds } from './time.ts'

const oauthWindowSeconds = 15 * 60

/** Who asks: a key of a user that exists, or nobody. */
export type Caller = ApiKey | null

/**
 * Finds out who asks, as WooCommerce's WC_REST_Authentication does, with its errors.
 * recordings/woocommerce-11.0.1 auth.json: every entry; README facts 3, 7, 11.
 */
export function authenticate(shop: Shop, request: ShopRequest): Caller | WpError {
  // WooCommerce reads keys only where this text stands in the address: README fact 3.
  if (!request.url.includes('wp-json/wc/')) return null
  const headers = shop.faults.stripAuthorization ? without(request.headers, 'authorization') : request.headers
  const basic = looksSecure(shop, request) ? basicLogin(shop, request.query, headers['authorization']) : null
  if (basic) return basic
  return oauthLogin(shop, request, headers['authorization'])
}

/** The shop takes this request for HTTPS when it checks a login. */
const looksSecure = (shop: Shop, request: ShopRequest): boolean =>
  shop.basicOverHttp || isHttps(shop, request)

/** The shop takes this request for HTTPS when it writes links and checks OAuth signatures. */
export const isHttps = (_shop: Shop, request: ShopRequest): boolean =>
  request.headers['x-forwarded-proto'] === 'https'

function basicLogin(shop: Shop, query: PhpArray, authorization: string | undefined): Caller | WpError {
  const credentials = keyInQuery(query) ?? keyInHeader(authorization)
  if (!credentials) return null
  const key = findKey(shop, credentials.key)
  if (!key) return null
  if (!same(key.consumerSecret, credentials.secret)) return authError('Consumer secret is invalid.')
  return key
}

function keyInQuery(query: PhpArray): { key: string; secret: string } | null {
  const key = query.get('consumer_key')
  const secret = query.get('consumer_secret')
  return typeof key === 'string' && typeof secret === 'string' && key && secret ? { key, secret } : null
}

function keyInHeader(authorization: string | undefined): { key: string; secret: string } | null {
  const encoded = /^Basic\s+(\S+)$/i.exec(authorization ?? '')?.[1]
  if (!encoded) return null
  const [key = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  const secret = rest.join(':')
  return key && secret ? { key, secret } : null
}

/** A space pasted behind the key does no harm: recordings auth.json, "basic key with trailing space". */
const findKey = (shop: Shop, text: string): ApiKey | undefined =>
  shop.keys.find((key) => key.consumerKey === text.trim() && key.user !== 'deleted')

function oauthLogin(shop: Shop, request: ShopRequest, authorization: string | undefined): Caller | WpError {
  const params: PhpArray = new Map([...request.query, ...formFields(request), ...oauthHeader(authorization)])
  const needed = ['consumer_key', 'timestamp', 'nonce', 'signature', 'signature_method']
  const missing = needed.map((name) => `oauth_${name}`).filter((name) => !params.get(name))
  if (missing.length === needed.length) return null
  if (missing.length > 0)
    return wpError(
      401,
      'woocommerce_rest_authentication_missing_parameter',
      `Missing OAuth parameter${missing.length > 1 ? 's' : ''} ${missing.join(', ')}`,
    )
  const key = findKey(shop, String(params.get('oauth_consumer_key')))
  if (!key) return authError('Consumer key is invalid.')
  return signatureFault(shop, request, params, key) ?? nonceFault(shop, params) ?? key
}

function formFields(request: ShopRequest): PhpArray {
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
  return isForm ? parseQuery(request.body.toString('utf8')) : new Map()
}

function oauthHeader(authorization: string | undefined): PhpArray {
  const fields: PhpArray = new Map()
  if (!/^OAuth\s/i.test(authorization ?? '')) return fields
  for (const [, name = '', value = ''] of (authorization ?? '').matchAll(/(oauth_[a-z_]+)="([^"]*)"/g))
    fields.set(name, decodeURIComponent(value))
  return fields
}

function signatureFault(shop: Shop, request: ShopRequest, all: PhpArray, key: ApiKey): WpError | null {
  const method = String(all.get('oauth_signature_method'))
  if (method !== 'HMAC-SHA1' && method !== 'HMAC-SHA256')
    return authError('Invalid signature - signature method is invalid.')
  const given = String(all.get('oauth_signature')).replaceAll(' ', '+')
  const params = [...all].filter(([name]) => name !== 'oauth_signature')
  params.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const base = [
    request.method.toUpperCase(),
    rawUrlEncode(signedAddress(shop, request)),
    params.flatMap(([name, value]) => signedPairs(encode(name), value)).join('%26'),
  ].join('&')
  const expected = createHmac(method === 'HMAC-SHA1' ? 'sha1' : 'sha256', `${key.consumerSecret}&`)
    .update(base)
    .digest('base64')
  return same(expected, given) ? null : authError('Invalid signature - provided signature does not match.')
}

/**
 * The shop's own home address and the path, the home itself without a closing slash (get_home_url of an empty path):
 * not the Host header the client used (README fact 11).
 */
function signedAddress(shop: Shop, request: ShopRequest): string {
  const home = new URL(shop.faults.movedTo?.home ?? shop.home)
  // A TLS proxy in front signs nothing: the client signed the address it knows, which is the shop's home.
  const scheme = isHttps(shop, request) ? 'https:' : shop.basicOverHttp ? home.protocol : 'http:'
  return `${scheme}//${home.host}${home.pathname.replace(/\/$/, '')}${request.path === '/' ? '' : request.path}`
}

const encode = (text: string): string => rawUrlEncode(text)

function signedPairs(name: string, value: PhpValue): string[] {
  if (!(value instanceof Map)) return [rawUrlEncode(`${name}=${encode(value)}`)]
  return [...value].flatMap(([key, inner]) => signedPairs(`${name}%5B${key}%5D`, inner))
}

function nonceFault(shop: Shop, params: PhpArray): WpError | null {
  const at = Number(params.get('oauth_timestamp'))
  const nonce = String(params.get('oauth_nonce'))
  const now = toSeconds(shop.now())
  if (!Number.isFinite(at) || Math.abs(now - at) > oauthWindowSeconds) return authError('Invalid timestamp.')
  for (const [used, usedAt] of shop.usedNonces)
    if (usedAt < now - oauthWindowSeconds) shop.usedNonces.delete(used)
  if (shop.usedNonces.has(nonce)) return authError('Invalid nonce - nonce has already been used.')
  shop.usedNonces.set(nonce, at)
  return null
}

const authError = (message: string): WpError => wpError(401, 'woocommerce_rest_authentication_error', message)

/** What the key itself forbids, before any route is looked at: recordings auth.json, "read-only key PUT". */
export function keyForbids(key: ApiKey, method: string): WpError | null {
  if (method === 'OPTIONS') return null
  const reads = method === 'GET' || method === 'HEAD'
  if (reads && key.permissions === 'write')
    return authError('The API key provided does not have read permissions.')
  if (!reads && key.permissions === 'read')
    return authError('The API key provided does not have write permissions.')
  return null
}

export type Deed = 'list' | 'view' | 'view_many' | 'create' | 'edit' | 'delete' | 'batch'

const refusals: Record<Deed, [code: string, message: string]> = {
  list: ['woocommerce_rest_cannot_view', 'Sorry, you cannot list resources.'],
  view: ['woocommerce_rest_cannot_view', 'Sorry, you cannot view this resource.'],
  view_many: ['woocommerce_rest_cannot_view', 'Sorry, you cannot view resources.'],
  create: ['woocommerce_rest_cannot_create', 'Sorry, you are not allowed to create resources.'],
  edit: ['woocommerce_rest_cannot_edit', 'Sorry, you are not allowed to edit this resource.'],
  delete: ['woocommerce_rest_cannot_delete', 'Sorry, you are not allowed to delete this resource.'],
  batch: ['woocommerce_rest_cannot_batch', 'Sorry, you are not allowed to batch manipulate this resource.'],
}

/** 401 for nobody, 403 for a user whose role does not allow it: recordings auth.json, "user demoted to customer". */
export function roleForbids(caller: Caller, deed: Deed): WpError | null {
  if (caller?.user === 'shop_manager') return null
  const [code, message] = refusals[deed]
  return wpError(caller ? 403 : 401, code, message)
}

function same(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}

function without(headers: Record<string, string>, name: string): Record<string, string> {
  const { [name]: _, ...rest } = headers
  return rest
}
