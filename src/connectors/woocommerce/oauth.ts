import { createHmac } from 'node:crypto'

/** A character set narrower than encodeURIComponent's: RFC 3986, as OAuth 1.0a wants it (RFC 5849, 3.6). */
export const percentEncode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/**
 * One-legged OAuth 1.0a as WooCommerce checks it (HMAC-SHA256, no token): the parameters to add to the query of
 * `method baseUrl?query`. `query` holds the request's own parameters, not encoded; a body takes no part.
 * https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication-over-http
 */
export function oauthParameters(request: {
  method: string
  /** Scheme, host and path as the shop knows them. */
  baseUrl: string
  query: [string, string][]
  consumerKey: string
  consumerSecret: string
  nonce: string
  timestamp: number
}): [string, string][] {
  const oauth: [string, string][] = [
    ['oauth_consumer_key', request.consumerKey],
    ['oauth_nonce', request.nonce],
    ['oauth_signature_method', 'HMAC-SHA256'],
    ['oauth_timestamp', String(request.timestamp)],
    ['oauth_version', '1.0'],
  ]
  const parameters = [...request.query, ...oauth]
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  const base = [request.method.toUpperCase(), request.baseUrl, parameters].map(percentEncode).join('&')
  const signature = createHmac('sha256', `${percentEncode(request.consumerSecret)}&`)
    .update(base)
    .digest('base64')
  return [...oauth, ['oauth_signature', signature]]
}
