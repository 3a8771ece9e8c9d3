import type { Ctx } from '../contract.ts'
import type { WooCommerceConfig } from './config.ts'
import { oauthParameters, percentEncode } from './oauth.ts'

export type Query = Record<string, string | number | undefined>

/** What was learnt about a site, kept in `memory`: lost without harm, it is learnt again. */
interface SiteMemory {
  /** "Plain" permalinks: the API answers at `?rest_route=` alone. */
  plainPermalinks?: boolean
  /** The web server drops the Authorization header: OAuth parameters in the address get through. */
  dropsAuthorization?: boolean
  /** The scheme the site takes a call for, where a proxy in front of it does not tell it of https. */
  scheme?: 'http:'
  /** The home address of the site where it differs from the configured one: OAuth is checked against it. */
  home?: string
}

export function siteMemory(ctx: Pick<Ctx<WooCommerceConfig>, 'memory'>): SiteMemory {
  const known = ctx.memory.get('woocommerce.site') as SiteMemory | undefined
  if (known) return known
  const fresh: SiteMemory = {}
  ctx.memory.set('woocommerce.site', fresh)
  return fresh
}

/**
 * WooCommerce reads a key only where the address contains this (not encoded): recordings/woocommerce-11.0.1 broken.json
 * "plain permalinks: rest_route with wp-json/wc/ somewhere in the address".
 */
const makesItReadTheKey = 'wp-json/wc/'

/** The address of the index, which needs no key. */
export function indexUrl(ctx: Ctx<WooCommerceConfig>, plain: boolean, fields: string): string {
  return plain
    ? `${ctx.config.url}/?rest_route=/&_fields=${fields}`
    : `${ctx.config.url}/wp-json/?_fields=${fields}`
}

/** Address and headers of a call to `/wc/v3{path}` with the key, as this site wants them. */
export function signed(
  ctx: Ctx<WooCommerceConfig>,
  method: string,
  path: string,
  query: Query,
): { url: string; headers: Record<string, string> } {
  const { url, credentials, signedOnly } = ctx.config
  const site = siteMemory(ctx)
  const parameters: [string, string][] = []
  if (site.plainPermalinks) parameters.push(['rest_route', `/wc/v3${path}`])
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) parameters.push([name, String(value)])
  if (site.plainPermalinks) parameters.push(['_waybill', makesItReadTheKey])

  const address = site.plainPermalinks ? `${url}/` : `${url}/wp-json/wc/v3${path}`
  if (url.startsWith('https://') && !site.dropsAuthorization && !signedOnly) {
    const login = Buffer.from(`${credentials.consumerKey}:${credentials.consumerSecret}`).toString('base64')
    return { url: withQuery(address, parameters), headers: { authorization: `Basic ${login}` } }
  }
  const oauth = oauthParameters({
    method,
    baseUrl: signedAddress(site, address, url),
    query: parameters,
    ...credentials,
    nonce: ctx.randomId().replaceAll(/[^A-Za-z0-9]/g, ''),
    timestamp: Math.floor(ctx.now().getTime() / 1000),
  })
  return { url: withQuery(address, [...parameters, ...oauth]), headers: {} }
}

/**
 * The address as the shop signs it: its own home, by the scheme of the call, then the path below the home; the home
 * itself without a closing slash (WC_REST_Authentication::check_oauth_signature; recordings broken.json "home changed").
 */
function signedAddress(site: SiteMemory, address: string, url: string): string {
  const scheme = site.scheme ?? new URL(url).protocol
  const home = (site.home ?? url).replace(/^https?:/, scheme).replace(/\/$/, '')
  const path = address.slice(url.length)
  return path === '/' ? home : home + path
}

function withQuery(address: string, parameters: [string, string][]): string {
  if (parameters.length === 0) return address
  const spell = (value: string) => percentEncode(value).replaceAll('%2F', '/').replaceAll('%2C', ',')
  return `${address}?${parameters.map(([name, value]) => `${percentEncode(name)}=${spell(value)}`).join('&')}`
}
