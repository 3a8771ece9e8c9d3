import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { jwtVerify } from 'jose'
import OAuth from 'oauth-1.0a'
import { describe, expect, it } from 'vitest'
import { assertion, authorization, dropToken, signedHeader } from '../../src/connectors/netsuite/auth.ts'
import type { NetSuiteConfig } from '../../src/connectors/netsuite/config.ts'
import { netsuite } from '../../src/connectors/netsuite/index.ts'
import type { Ctx, Http, HttpRequest } from '../../src/connectors/contract.ts'
import { ok } from '../../src/result.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = (key: typeof rsa.privateKey, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8') =>
  key.export({ type, format: 'pem' }).toString()

const url = 'https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token'
const credentials = { clientId: 'client', certificateId: 'certificate', privateKey: pem(rsa.privateKey) }
const at = Date.parse('2026-03-01T10:00:00Z')

describe('the assertion of OAuth 2.0 client credentials', () => {
  it('is a JWT with the claims and the header that NetSuite documents, signed with PS256', async () => {
    const { payload, protectedHeader } = await jwtVerify(
      await assertion(credentials, url, at, 'id-1'),
      rsa.publicKey,
      { currentDate: new Date(at), algorithms: ['PS256'] },
    )
    expect(protectedHeader).toEqual({ typ: 'JWT', alg: 'PS256', kid: 'certificate' })
    expect(payload).toEqual({
      iss: 'client',
      scope: ['rest_webservices'],
      aud: url,
      iat: at / 1000,
      exp: at / 1000 + 300,
      jti: 'id-1',
    })
  })

  it.each([
    ['PKCS#1', pem(rsa.privateKey, 'pkcs1'), rsa.publicKey, 'PS256'],
    ['with \\n written out', pem(rsa.privateKey).replaceAll('\n', '\\n'), rsa.publicKey, 'PS256'],
    ['elliptic curve', pem(ec.privateKey), ec.publicKey, 'ES256'],
    ['elliptic curve, SEC1', pem(ec.privateKey, 'sec1'), ec.publicKey, 'ES256'],
  ])('takes a private key %s', async (_, privateKey, publicKey, alg) => {
    const jwt = await assertion({ ...credentials, privateKey }, url, at, 'id')
    const { protectedHeader } = await jwtVerify(jwt, publicKey, { currentDate: new Date(at) })
    expect(protectedHeader.alg).toBe(alg)
  })
})

describe('the access token', () => {
  const context = (http: Http, now: () => Date): Ctx<NetSuiteConfig> => ({
    config: netsuite.config.parse({ account: '1234567_SB1', credentials }),
    http,
    now,
    randomId: randomUUID,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    signal: new AbortController().signal,
    memory: new Map(),
  })
  const request = { method: 'GET', url: 'https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/x' }

  function endpoint(status = 200) {
    const asked: HttpRequest[] = []
    const http: Http = async (sent) => {
      asked.push(sent)
      await Promise.resolve()
      const body =
        status === 200
          ? { access_token: `token-${asked.length}`, expires_in: '3600', token_type: 'bearer' }
          : { error: 'invalid_grant' }
      return ok({ status, headers: {}, body: JSON.stringify(body), url: sent.url })
    }
    return { asked, http }
  }

  it('is asked for once by many calls at the same time, and kept until shortly before its end (failure mode 25)', async () => {
    let time = at
    const { asked, http } = endpoint()
    const ctx = context(http, () => new Date(time))
    const headers = await Promise.all([1, 2, 3, 4].map(() => authorization(ctx, request)))
    expect(headers).toEqual(Array(4).fill(ok('Bearer token-1')))
    time += 3_538_000
    expect(await authorization(ctx, request)).toEqual(ok('Bearer token-1'))
    time += 3_000
    expect(await authorization(ctx, request)).toEqual(ok('Bearer token-2'))
    expect(asked).toHaveLength(2)
    expect(new URLSearchParams(asked[0]?.body).get('grant_type')).toBe('client_credentials')
  })

  it('is not used with other credentials', async () => {
    const { http } = endpoint()
    const ctx = context(http, () => new Date(at))
    await authorization(ctx, request)
    const other = { ...ctx, config: { ...ctx.config, credentials: { ...credentials, clientId: 'another' } } }
    expect(await authorization(other, request)).toEqual(ok('Bearer token-2'))
  })

  it('is forgotten when refused, unless it is fresh', async () => {
    let time = at
    const { http } = endpoint()
    const ctx = context(http, () => new Date(time))
    await authorization(ctx, request)
    expect(dropToken(ctx, 'Bearer token-1')).toBe(false)
    time += 120_000
    expect(dropToken(ctx, 'Bearer token-1')).toBe(true)
    expect(await authorization(ctx, request)).toEqual(ok('Bearer token-2'))
  })

  it('refused by the endpoint is a matter of credentials, and asked for anew by the next call', async () => {
    const { asked, http } = endpoint(400)
    const ctx = context(http, () => new Date(at))
    const answer = await authorization(ctx, request)
    expect(answer).toMatchObject({
      ok: false,
      error: { kind: 'auth', problems: [{ code: 'credentials_refused' }] },
    })
    await authorization(ctx, request)
    expect(asked).toHaveLength(2)
  })
})

describe('the signature of token-based authentication', () => {
  const token = { consumerKey: 'ck', consumerSecret: 'c&s', tokenId: 'ti', tokenSecret: 't s!' }

  it('is the one of the package oauth-1.0a, for any request', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'POST'),
        fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,6}$/), word), {
          maxLength: 4,
          selector: ([k]) => k,
        }),
        fc.record({ consumerKey: word, consumerSecret: word, tokenId: word, tokenSecret: word }),
        (method, query, secrets) => {
          const target = `https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/query/v1/suiteql`
          const search = new URLSearchParams(query).toString()
          const nonce = 'abcdef123456'
          const oauth = new OAuth({
            consumer: { key: secrets.consumerKey, secret: secrets.consumerSecret },
            realm: '1234567_SB1',
            signature_method: 'HMAC-SHA256',
            hash_function: (base, key) => createHmac('sha256', key).update(base).digest('base64'),
          })
          oauth.getNonce = () => nonce
          oauth.getTimeStamp = () => 1_760_000_000
          const expected = oauth.toHeader(
            oauth.authorize(
              { url: target, method, data: Object.fromEntries(query) },
              { key: secrets.tokenId, secret: secrets.tokenSecret },
            ),
          ).Authorization
          const ours = signedHeader(
            secrets,
            '1234567_SB1',
            { method, url: search ? `${target}?${search}` : target },
            nonce,
            '1760000000',
          )
          const signatureIn = (header: string) => /oauth_signature="([^"]+)"/.exec(header)?.[1]
          expect(signatureIn(ours)).toBe(signatureIn(expected))
        },
      ),
    )
  })

  it('names the account as realm, in capitals and with an underscore (failure mode 28)', () => {
    const header = signedHeader(token, '1234567_SB1', { method: 'GET', url }, 'nonce123', '1')
    expect(header).toMatch(/^OAuth realm="1234567_SB1", oauth_consumer_key="ck"/)
  })
})
