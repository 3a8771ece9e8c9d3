import { createHmac } from 'node:crypto'
import { SignJWT } from 'jose'
import { z } from 'zod'
import { err, ok } from '../../result.ts'
import type { Ctx, Failure, Outcome } from '../contract.ts'
import {
  accountId,
  baseUrl,
  readPem,
  usesOAuth2,
  type NetSuiteConfig,
  type OAuth2Credentials,
  type TokenCredentials,
} from './config.ts'
import { connectionFailure, tokenFailure } from './errors.ts'

const assertionSeconds = 5 * 60
/** A token is renewed this long before it ends, so that none ends under way. */
const renewBeforeMs = 60_000
/** A token this young was not refused for its age. */
const freshMs = 60_000

interface Token {
  value: string
  madeAt: number
  until: number
}

/** The Authorization header for one request. Signing in may itself take a request (OAuth 2.0), and fail. */
export async function authorization(
  ctx: Ctx<NetSuiteConfig>,
  request: { method: string; url: string },
): Promise<Outcome<string>> {
  const { credentials } = ctx.config
  if (!usesOAuth2(credentials)) return ok(tokenHeader(ctx, credentials, request))
  const token = await accessToken(ctx, credentials)
  return token.ok ? ok(`Bearer ${token.value.value}`) : token
}

/**
 * A token was refused: forgets it, so that the next request signs in anew. False when that cannot help, because the
 * token is fresh (or there is none, with token-based authentication).
 */
export function dropToken(ctx: Ctx<NetSuiteConfig>, header: string): boolean {
  if (!usesOAuth2(ctx.config.credentials)) return false
  const kept = ctx.memory.get(tokenKey) as Kept | undefined
  if (kept?.token === undefined || header !== `Bearer ${kept.token.value}`) return true
  if (ctx.now().getTime() - kept.token.madeAt < freshMs) return false
  ctx.memory.delete(tokenKey)
  return true
}

interface Kept {
  /** The credentials the token was made with: others must not use it. */
  owner: string
  token?: Token
  pending?: Promise<Outcome<Token>>
}

const tokenKey = 'netsuite.token'

/** One token for all calls of the process; while it is being fetched, everybody waits for that one answer. */
async function accessToken(
  ctx: Ctx<NetSuiteConfig>,
  credentials: OAuth2Credentials,
): Promise<Outcome<Token>> {
  const owner = `${baseUrl(ctx.config)} ${credentials.clientId} ${credentials.certificateId}`
  const kept = ctx.memory.get(tokenKey) as Kept | undefined
  if (kept?.owner === owner) {
    if (kept.pending !== undefined) return kept.pending
    if (kept.token !== undefined && kept.token.until - renewBeforeMs > ctx.now().getTime())
      return ok(kept.token)
  }
  const pending = fetchToken(ctx, credentials)
  ctx.memory.set(tokenKey, { owner, pending } satisfies Kept)
  const fetched = await pending
  if (fetched.ok) ctx.memory.set(tokenKey, { owner, token: fetched.value } satisfies Kept)
  else ctx.memory.delete(tokenKey)
  return fetched
}

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().default(3600),
})

/**
 * The client credentials grant: a JWT signed with the certificate's key for an access token of an hour.
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_162755359851.html
 * Nothing is done at NetSuite by asking: a lost answer is `unavailable`, never an unknown outcome.
 */
async function fetchToken(ctx: Ctx<NetSuiteConfig>, credentials: OAuth2Credentials): Promise<Outcome<Token>> {
  const url = `${baseUrl(ctx.config)}/services/rest/auth/oauth2/v1/token`
  const asked = ctx.now().getTime()
  const answer = await ctx.http({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion(credentials, url, asked, ctx.randomId()),
    }).toString(),
  })
  if (!answer.ok) return err<Failure>({ ...answer.error, kind: notDone(answer.error.kind) })
  if (answer.value.status !== 200) return err(tokenFailure(answer.value))
  const token = tokenAnswer.safeParse(parseJson(answer.value.body))
  if (!token.success) return err(connectionFailure('unavailable', 'not_json', answer.value))
  return ok({
    value: token.data.access_token,
    madeAt: asked,
    until: asked + token.data.expires_in * 1000,
  })
}

const notDone = (kind: Failure['kind']): Failure['kind'] =>
  kind === 'unknown_outcome' ? 'unavailable' : kind

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

const curves: Record<string, string> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }

/**
 * The signed request for a token. Algorithms and claims:
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_162790605110.html
 */
export async function assertion(
  credentials: OAuth2Credentials,
  tokenUrl: string,
  nowMs: number,
  id: string,
): Promise<string> {
  const key = readPem(credentials.privateKey)
  const alg = key.asymmetricKeyType === 'ec' ? curves[key.asymmetricKeyDetails?.namedCurve ?? ''] : 'PS256'
  if (alg === undefined) throw new Error('the elliptic curve of the private key is not one NetSuite takes')
  const seconds = Math.floor(nowMs / 1000)
  return new SignJWT({ scope: ['rest_webservices'] })
    .setProtectedHeader({ typ: 'JWT', alg, kid: credentials.certificateId })
    .setIssuer(credentials.clientId)
    .setAudience(tokenUrl)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + assertionSeconds)
    .setJti(id)
    .sign(key)
}

/** RFC 5849 percent-encoding: everything but letters, digits and -._~ */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/**
 * Token-based authentication: OAuth 1.0a, HMAC-SHA256, the account as realm (`1234567_SB1`).
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_1534941088.html
 */
function tokenHeader(
  ctx: Ctx<NetSuiteConfig>,
  credentials: TokenCredentials,
  request: { method: string; url: string },
): string {
  const nonce = ctx.randomId().replaceAll(/[^A-Za-z0-9]/g, '')
  const timestamp = String(Math.floor(ctx.now().getTime() / 1000))
  return signedHeader(credentials, accountId(ctx.config.account), request, nonce, timestamp)
}

/** The OAuth 1.0a header of a request with a JSON body or none: its query is signed, its body is not. */
export function signedHeader(
  credentials: TokenCredentials,
  realm: string,
  request: { method: string; url: string },
  nonce: string,
  timestamp: string,
): string {
  const url = new URL(request.url)
  const oauth: Record<string, string> = {
    oauth_consumer_key: credentials.consumerKey,
    oauth_nonce: nonce,
    oauth_signature_method: 'HMAC-SHA256',
    oauth_timestamp: timestamp,
    oauth_token: credentials.tokenId,
    oauth_version: '1.0',
  }
  const parameters = [...url.searchParams, ...Object.entries(oauth)]
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .toSorted(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  const base = [request.method.toUpperCase(), encode(url.origin + url.pathname), encode(parameters)].join('&')
  const key = `${encode(credentials.consumerSecret)}&${encode(credentials.tokenSecret)}`
  const signature = createHmac('sha256', key).update(base).digest('base64')
  const fields = Object.entries({ ...oauth, oauth_signature: signature })
    .map(([name, value]) => `${name}="${encode(value)}"`)
    .join(', ')
  return `OAuth realm="${encode(realm)}", ${fields}`
}
