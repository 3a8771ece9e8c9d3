import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCredentials } from '../../src/sandbox/netsuite/credentials.ts'
import type { SandboxNetSuite } from '../../src/sandbox/netsuite/index.ts'
import {
  accountId,
  askToken,
  canonicalAudience,
  Client,
  makeAssertion,
  makeClock,
  startSandbox,
  tbaHeader,
  tokenPath,
  type AssertionChange,
  type TbaChange,
} from './netsuite-client.ts'

const clock = makeClock()
const record = '/services/rest/record/v1/currency/1'
let sandbox: SandboxNetSuite

beforeAll(async () => {
  sandbox = await startSandbox({ now: clock.now })
})
afterAll(() => sandbox.close())

const lastLogin = () => sandbox.control.state().logins.at(-1)

describe('OAuth 2.0 client credentials', () => {
  it('gives a token for an hour, and lets it in', async () => {
    const answer = await askToken(sandbox, await makeAssertion(sandbox, clock.now()))
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ expires_in: '3600', token_type: 'bearer' })
    const client = await Client.signIn(sandbox, clock.now())
    expect((await client.get('currency/1')).status).toBe(200)
  })

  it('takes its own address as audience as well', async () => {
    const assertion = await makeAssertion(sandbox, clock.now(), { audience: sandbox.url + tokenPath })
    expect((await askToken(sandbox, assertion)).status).toBe(200)
  })

  const refused: [name: string, change: AssertionChange, audit: string][] = [
    ['another certificate id', { kid: 'another' }, 'InvalidCertificate'],
    ['another client', { issuer: 'another' }, 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    [
      'another account as audience',
      { audience: canonicalAudience.replace('1234567', '7654321') },
      'ERR_JWT_CLAIM_VALIDATION_FAILED',
    ],
    [
      'the production account as audience',
      { audience: canonicalAudience.replace('-sb1', '') },
      'ERR_JWT_CLAIM_VALIDATION_FAILED',
    ],
    ['an algorithm it does not know', { algorithm: 'RS256' }, 'ERR_JOSE_ALG_NOT_ALLOWED'],
    ['a life of more than an hour', { expiresIn: 3601 }, 'InvalidExpiration'],
    ['an expired assertion', { issuedAt: 1772440000, expiresIn: 60 }, 'ERR_JWT_EXPIRED'],
    ['a scope without REST', { scope: ['restlets'] }, 'InvalidScope'],
  ]
  it.each(refused)('refuses %s with invalid_grant', async (_name, change, audit) => {
    const answer = await askToken(sandbox, await makeAssertion(sandbox, clock.now(), change))
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual({ error: 'invalid_grant' })
    expect(lastLogin()).toMatchObject({ ok: false, detail: audit })
  })

  it('refuses a signature by another key', async () => {
    const other = await makeCredentials(clock.now())
    const assertion = await makeAssertion(sandbox, clock.now(), { privateKey: other.oauth2.privateKey })
    expect((await askToken(sandbox, assertion)).status).toBe(400)
    expect(lastLogin()?.detail).toBe('ERR_JWS_SIGNATURE_VERIFICATION_FAILED')
  })

  it('names what is missing from the form', async () => {
    const assertion = await makeAssertion(sandbox, clock.now())
    const type = await askToken(sandbox, assertion, { client_assertion_type: 'jwt' })
    expect([type.status, await type.json()]).toEqual([400, { error: 'invalid_request' }])
    const grant = await askToken(sandbox, assertion, { grant_type: 'password' })
    expect([grant.status, await grant.json()]).toEqual([400, { error: 'unsupported_grant_type' }])
    expect(await (await askToken(sandbox, 'no.jwt')).json()).toEqual({ error: 'invalid_grant' })
  })

  it('ends a token after sixty minutes', async () => {
    const client = await Client.signIn(sandbox, clock.now())
    clock.advance(3599_000)
    expect((await client.get('currency/1')).status).toBe(200)
    clock.advance(1000)
    const answer = await client.get('currency/1')
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe(
      `Bearer realm="${accountId}", error="invalid_token", error_description="Invalid login attempt."`,
    )
    expect(answer.body).toMatchObject({
      title: 'Unauthorized',
      status: 401,
      'o:errorDetails': [{ 'o:errorCode': 'INVALID_LOGIN' }],
    })
    expect(lastLogin()?.detail).toBe('AccessTokenExpired')
  })

  it('expires all tokens and revokes the integration on demand', async () => {
    const client = await Client.signIn(sandbox, clock.now())
    sandbox.control.expireTokens()
    expect((await client.get('currency/1')).status).toBe(401)
    const again = await Client.signIn(sandbox, clock.now())
    expect((await again.get('currency/1')).status).toBe(200)
    sandbox.control.revoke(true)
    expect((await again.get('currency/1')).status).toBe(401)
    expect((await askToken(sandbox, await makeAssertion(sandbox, clock.now()))).status).toBe(400)
    sandbox.control.revoke(false)
    expect((await again.get('currency/1')).status).toBe(200)
  })

  it('refuses a certificate whose two years are over', async () => {
    const late = makeClock('2028-03-02T09:00:00Z')
    const old = await startSandbox({ now: late.now })
    const answer = await askToken(old, await makeAssertion(old, late.now()))
    expect([answer.status, old.control.state().logins.at(-1)?.detail]).toEqual([400, 'CertificateExpired'])
    await old.close()
  })
})

describe('token-based authentication', () => {
  const ask = (authorization: string, path = record) =>
    fetch(sandbox.url + path, { headers: { authorization } })

  it('lets a right signature in, with and without a query', async () => {
    expect((await ask(tbaHeader(sandbox, clock.now(), 'GET', record))).status).toBe(200)
    const path = `${record}?fields=name,symbol&expandSubResources=true`
    expect((await ask(tbaHeader(sandbox, clock.now(), 'GET', path), path)).status).toBe(200)
  })

  const wrong: [name: string, change: TbaChange, audit: string][] = [
    ['the realm of the host name', { realm: '1234567-sb1' }, 'InvalidRealm'],
    ['the production realm', { realm: '1234567' }, 'InvalidRealm'],
    ['another token secret', { tokenSecret: 'wrong' }, 'InvalidSignature'],
    ['another consumer', { consumerKey: 'wrong' }, 'consumer_key_unknown'],
    ['a clock that is an hour late', { timestamp: 1772438400 }, 'InvalidTimestamp'],
  ]
  it.each(wrong)('refuses %s', async (_name, change, audit) => {
    const answer = await ask(tbaHeader(sandbox, clock.now(), 'GET', record, change))
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain(
      `OAuth realm="${accountId}", error="token_rejected"`,
    )
    expect(lastLogin()?.detail).toBe(audit)
  })

  it('refuses the signature of another method or address, and a nonce twice', async () => {
    expect((await ask(tbaHeader(sandbox, clock.now(), 'POST', record))).status).toBe(401)
    expect((await ask(tbaHeader(sandbox, clock.now(), 'GET', `${record}?fields=name`))).status).toBe(401)
    const header = tbaHeader(sandbox, clock.now(), 'GET', record, { nonce: 'once' })
    expect((await ask(header)).status).toBe(200)
    expect((await ask(header)).status).toBe(401)
    expect(lastLogin()?.detail).toBe('NonceUsed')
  })

  it('refuses a call without any authorization', async () => {
    expect((await fetch(sandbox.url + record)).status).toBe(401)
  })
})
