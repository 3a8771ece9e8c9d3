import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { decodeProtectedHeader, errors, importSPKI, jwtVerify } from 'jose'
import { err, ok, type Result } from '../../result.ts'
import type { Account } from './account.ts'
import { errorAnswer, type Answer } from './answers.ts'
import type { SandboxCredentials } from './credentials.ts'

/** What every sign-in leaves behind, as in NetSuite's Login Audit Trail. */
export interface LoginAudit {
  at: string
  ok: boolean
  /** NetSuite's own word: InvalidSignature, AccessTokenExpired, TokenRejected … */
  detail: string
}

export interface Gatekeeper {
  /** `POST /services/rest/auth/oauth2/v1/token` with a form as its body. */
  token(form: URLSearchParams): Promise<Answer>
  /** Checks the Authorization header of a call to `url` (as the caller sees it). */
  admit(method: string, url: string, authorization: string | undefined): Result<'oauth2' | 'tba', Answer>
  /** Forgets all access tokens: they are refused from now on. */
  expireTokens(): void
  /** Revokes the integration: nothing signs in until it is restored. */
  revoke(revoked: boolean): void
  audit: LoginAudit[]
}

export const tokenPath = '/services/rest/auth/oauth2/v1/token'
const algorithms = ['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512']
const tokenSeconds = 3600
/** How far a caller's clock may be off. */
const clockSeconds = 300

/** `1234567_SB1` is `1234567-sb1.suitetalk.api.netsuite.com`. */
export const accountHost = (account: string): string =>
  `${account.toLowerCase().replaceAll('_', '-')}.suitetalk.api.netsuite.com`

/**
 * Authentication for real: OAuth 2.0 client credentials
 * (https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_162790605110.html) and token-based
 * authentication (https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_1534941295.html).
 */
export function makeGatekeeper(account: Account, credentials: SandboxCredentials): Gatekeeper {
  const audit: LoginAudit[] = []
  const nonces = new Map<string, number>()
  let revoked = false
  const note = (detail: string) => {
    audit.push({ at: account.now().toISOString(), ok: detail === 'Success', detail })
    if (audit.length > 1000) audit.shift()
  }
  const seconds = () => Math.floor(account.now().getTime() / 1000)

  async function token(form: URLSearchParams): Promise<Answer> {
    const oauthError = (error: string, detail: string, status = 400): Answer => {
      note(detail)
      return { status, headers: { 'content-type': 'application/json' }, body: { error } }
    }
    const assertion = form.get('client_assertion')
    if (form.get('grant_type') !== 'client_credentials')
      return oauthError('unsupported_grant_type', 'InvalidGrantType')
    if (
      form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' ||
      !assertion
    )
      return oauthError('invalid_request', 'MissingParameter')
    const refusal = await checkAssertion(assertion)
    if (refusal !== undefined) return oauthError('invalid_grant', refusal)
    const accessToken = randomBytes(48).toString('base64url')
    account
      .sql('INSERT INTO ns_token (hash, client, expires_at) VALUES (?, ?, ?)')
      .run(
        sha256(accessToken),
        credentials.oauth2.clientId,
        new Date((seconds() + tokenSeconds) * 1000).toISOString(),
      )
    note('Success')
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: { access_token: accessToken, expires_in: String(tokenSeconds), token_type: 'bearer' },
    }
  }

  /** Why the assertion is refused, or nothing. */
  async function checkAssertion(assertion: string): Promise<string | undefined> {
    const { oauth2 } = credentials
    if (revoked) return 'InvalidIntegration'
    if (account.now().toISOString() >= oauth2.certificateExpiresAt) return 'CertificateExpired'
    try {
      const header = decodeProtectedHeader(assertion)
      if (header.kid !== oauth2.certificateId) return 'InvalidCertificate'
      const key = await importSPKI(oauth2.publicKey, header.alg ?? 'PS256')
      const { payload } = await jwtVerify(assertion, key, {
        algorithms,
        issuer: oauth2.clientId,
        audience: [`https://${accountHost(account.id)}${tokenPath}`, account.baseUrl() + tokenPath],
        currentDate: account.now(),
        requiredClaims: ['iss', 'aud', 'exp', 'iat', 'scope'],
      })
      if (payload.exp! - payload.iat! > tokenSeconds) return 'InvalidExpiration'
      if (payload.iat! > seconds() + clockSeconds) return 'InvalidTimestamp'
      const scope = payload['scope']
      const scopes = Array.isArray(scope) ? scope : String(scope).split(/[\s,]+/)
      return scopes.includes('rest_webservices') ? undefined : 'InvalidScope'
    } catch (error) {
      if (error instanceof errors.JOSEError) return error.code
      if (error instanceof TypeError) return 'MalformedAssertion'
      throw error
    }
  }

  const refused = (scheme: 'Bearer' | 'OAuth', reason: string): Result<never, Answer> => {
    note(reason)
    const error = scheme === 'Bearer' ? 'invalid_token' : 'token_rejected'
    return err(
      invalidLogin('INVALID_LOGIN', {
        'www-authenticate': `${scheme} realm="${account.id}", error="${error}", error_description="Invalid login attempt."`,
      }),
    )
  }

  function admit(
    method: string,
    url: string,
    authorization: string | undefined,
  ): Result<'oauth2' | 'tba', Answer> {
    const bearer = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
    if (bearer !== undefined) return admitBearer(bearer)
    if (/^OAuth /i.test(authorization ?? '')) return admitSigned(method, url, authorization!.slice(6))
    return refused('Bearer', 'MissingAuthorization')
  }

  function admitBearer(accessToken: string): Result<'oauth2', Answer> {
    if (revoked) return refused('Bearer', 'InvalidIntegration')
    const row = account.sql('SELECT expires_at FROM ns_token WHERE hash = ?').get(sha256(accessToken))
    if (row === undefined) return refused('Bearer', 'TokenRejected')
    if (account.now().toISOString() >= String(row['expires_at']))
      return refused('Bearer', 'AccessTokenExpired')
    return ok('oauth2')
  }

  function admitSigned(method: string, url: string, header: string): Result<'tba', Answer> {
    const { tba } = credentials
    const given = readOAuthHeader(header)
    const value = (name: string) => given.get(name) ?? ''
    if (revoked) return refused('OAuth', 'InvalidIntegration')
    if (value('realm') !== account.id) return refused('OAuth', 'InvalidRealm')
    if (value('oauth_consumer_key') !== tba.consumerKey) return refused('OAuth', 'consumer_key_unknown')
    if (value('oauth_token') !== tba.tokenId) return refused('OAuth', 'TokenRejected')
    if (value('oauth_signature_method') !== 'HMAC-SHA256') return refused('OAuth', 'InvalidSignatureMethod')
    const timestamp = Number(value('oauth_timestamp'))
    if (!(Math.abs(timestamp - seconds()) <= clockSeconds)) return refused('OAuth', 'InvalidTimestamp')
    for (const [nonce, at] of nonces) if (at < seconds() - 2 * clockSeconds) nonces.delete(nonce)
    if (value('oauth_nonce') === '' || nonces.has(value('oauth_nonce'))) return refused('OAuth', 'NonceUsed')
    const expected = signature(
      method,
      url,
      given,
      `${percent(tba.consumerSecret)}&${percent(tba.tokenSecret)}`,
    )
    if (!same(expected, value('oauth_signature'))) return refused('OAuth', 'InvalidSignature')
    nonces.set(value('oauth_nonce'), timestamp)
    return ok('tba')
  }

  return {
    token,
    admit,
    expireTokens: () => account.sql('DELETE FROM ns_token').run(),
    revoke: (value) => (revoked = value),
    audit,
  }
}

/** NetSuite's 401 body; `INVALID_LOGIN_ATTEMPT` is how it words overload at times. */
export const invalidLogin = (
  code: 'INVALID_LOGIN' | 'INVALID_LOGIN_ATTEMPT',
  headers?: Record<string, string>,
): Answer =>
  errorAnswer({
    status: 401,
    details: [
      {
        detail:
          'Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.',
        code,
      },
    ],
    ...(headers === undefined ? {} : { headers }),
  })

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

const same = (a: string, b: string) => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** RFC 3986 percent encoding, as OAuth 1.0a wants it. */
const percent = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

function readOAuthHeader(header: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const [, name, value] of header.matchAll(/([a-z_]+)="([^"]*)"/g)) {
    try {
      values.set(name!, decodeURIComponent(value!))
    } catch {
      values.set(name!, value!)
    }
  }
  return values
}

/** RFC 5849, section 3.4: method, base address, and all parameters but the realm and the signature. */
function signature(method: string, url: string, given: Map<string, string>, key: string): string {
  const address = new URL(url)
  const parameters = [...address.searchParams, ...given].filter(
    ([name]) => name !== 'realm' && name !== 'oauth_signature',
  )
  const pairs = parameters
    .map(([name, value]) => [percent(name), percent(value)] as const)
    .toSorted(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
  const base = [
    method.toUpperCase(),
    percent(address.origin + address.pathname),
    percent(pairs.join('&')),
  ].join('&')
  return createHmac('sha256', key).update(base).digest('base64')
}
