import { createHmac, randomBytes } from 'node:crypto'
import { importPKCS8, SignJWT } from 'jose'
import OAuth from 'oauth-1.0a'
import {
  startSandboxNetSuite,
  type SandboxCredentials,
  type SandboxNetSuite,
  type SandboxNetSuiteOptions,
  type SeedData,
} from '../../src/sandbox/netsuite/index.ts'
import { makeCredentials } from '../../src/sandbox/netsuite/credentials.ts'

export const accountId = '1234567_SB1'
export const tokenPath = '/services/rest/auth/oauth2/v1/token'
export const canonicalAudience = `https://1234567-sb1.suitetalk.api.netsuite.com${tokenPath}`

let shared: Promise<SandboxCredentials> | undefined
/** One key for all sandboxes of a file: making one takes a moment. */
const sharedCredentials = () => (shared ??= makeCredentials(new Date('2026-03-02T09:00:00Z')))

/** A clock that stands still until it is moved. */
export function makeClock(start = '2026-03-02T09:00:00Z') {
  let at = new Date(start).getTime()
  return {
    now: () => new Date(at),
    advance: (ms: number) => (at += ms),
  }
}

/** A small account: two companies, three currencies, a handful of items and customers. */
export const testSeed: SeedData = {
  currencies: [
    { id: 1, symbol: 'EUR', name: 'Euro', digits: 2 },
    { id: 2, symbol: 'JPY', name: 'Japanese Yen', digits: 0, exchangeRate: '0.00625' },
    { id: 3, symbol: 'KWD', name: 'Kuwaiti Dinar', digits: 3, exchangeRate: '2.985' },
    { id: 4, symbol: 'USD', name: 'US Dollar', digits: 2, exchangeRate: '0.91' },
  ],
  subsidiaries: [
    { id: 1, name: 'Parent GmbH', currency: 1, country: 'DE' },
    { id: 2, name: 'Daughter Inc.', parent: 1, currency: 4, country: 'US' },
  ],
  taxCodes: [
    { id: 11, name: 'VAT_S', rate: '19' },
    { id: 12, name: 'VAT_R', rate: '7' },
    { id: 13, name: 'VAT_0', rate: '0' },
  ],
  items: [
    { id: 1, itemId: 'TEA', displayName: 'Green tea', basePrice: '10.00', upc: '4006381333931' },
    { id: 2, itemId: 'CUP', displayName: 'Cup', basePrice: '18.00', externalId: 'cup-1' },
    { id: 3, itemId: 'OLD', displayName: 'Not sold any more', inactive: true },
    { id: 4, itemId: 'US-ONLY', subsidiary: 2 },
    { id: 5, itemId: 'FEE', type: 'OthCharge' },
    { id: 6, itemId: 'DISCOUNT', type: 'Discount' },
    { id: 7, itemId: 'DHL', type: 'ShipItem' },
    { id: 8, itemId: 'UPS', type: 'ShipItem', subsidiary: 2 },
  ],
  customers: [
    {
      firstName: 'Ada',
      lastName: 'Byron',
      email: 'ada@example.com',
      externalId: 'wb_c_1',
      subsidiary: { id: '1' },
      currencyList: {
        items: [{ currency: { id: '1' } }, { currency: { id: '2' } }, { currency: { id: '3' } }],
      },
    },
    { companyName: 'US Tea Inc.', subsidiary: { id: '2' } },
  ],
  lists: {
    pricelevel: [{ id: 1, name: 'Base Price' }],
    location: [{ id: 1, name: 'Main' }],
    paymentmethod: [{ id: 1, name: 'Stripe' }],
  },
  mandatoryFields: [],
  orderStatus: 'B',
}

export async function startSandbox(options: Partial<SandboxNetSuiteOptions> = {}): Promise<SandboxNetSuite> {
  return startSandboxNetSuite({
    port: 0,
    now: makeClock().now,
    seed: testSeed,
    credentials: await sharedCredentials(),
    timeZone: 'America/Los_Angeles',
    ...options,
  })
}

export interface AssertionChange {
  algorithm?: string
  kid?: string
  issuer?: string
  audience?: string
  scope?: unknown
  issuedAt?: number
  expiresIn?: number
  privateKey?: string
}

/** The JWT of the client credentials flow, right unless it is changed. */
export async function makeAssertion(
  sandbox: SandboxNetSuite,
  now: Date,
  change: AssertionChange = {},
): Promise<string> {
  const { oauth2 } = sandbox.credentials
  const issuedAt = change.issuedAt ?? Math.floor(now.getTime() / 1000)
  const algorithm = change.algorithm ?? 'PS256'
  const key = await importPKCS8(change.privateKey ?? oauth2.privateKey, algorithm)
  return new SignJWT({ scope: change.scope ?? ['rest_webservices'] })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: change.kid ?? oauth2.certificateId })
    .setIssuer(change.issuer ?? oauth2.clientId)
    .setAudience(change.audience ?? canonicalAudience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + (change.expiresIn ?? 300))
    .sign(key)
}

export const askToken = (sandbox: SandboxNetSuite, assertion: string, change: Record<string, string> = {}) =>
  fetch(sandbox.url + tokenPath, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      ...change,
    }),
  })

export interface TbaChange {
  realm?: string
  tokenSecret?: string
  consumerKey?: string
  timestamp?: number
  nonce?: string
}

/** The Authorization header of token-based authentication, made by another library than the sandbox's own code. */
export function tbaHeader(
  sandbox: SandboxNetSuite,
  now: Date,
  method: string,
  path: string,
  change: TbaChange = {},
): string {
  const { tba } = sandbox.credentials
  const oauth = new OAuth({
    consumer: { key: change.consumerKey ?? tba.consumerKey, secret: tba.consumerSecret },
    signature_method: 'HMAC-SHA256',
    realm: change.realm ?? accountId,
    hash_function: (text, key) => createHmac('sha256', key).update(text).digest('base64'),
  })
  oauth.getTimeStamp = () => change.timestamp ?? Math.floor(now.getTime() / 1000)
  oauth.getNonce = () => change.nonce ?? randomBytes(12).toString('hex')
  const token = { key: tba.tokenId, secret: change.tokenSecret ?? tba.tokenSecret }
  return oauth.toHeader(oauth.authorize({ url: sandbox.url + path, method }, token)).Authorization
}

export interface Reply {
  status: number
  headers: Headers
  text: string
  body: Record<string, unknown>
}

/** Calls with an access token. */
export class Client {
  readonly sandbox: SandboxNetSuite
  private readonly token: string
  constructor(sandbox: SandboxNetSuite, token: string) {
    this.sandbox = sandbox
    this.token = token
  }

  /** The same token at another sandbox: one that was restarted, say. */
  at = (sandbox: SandboxNetSuite) => new Client(sandbox, this.token)

  static async signIn(sandbox: SandboxNetSuite, now = makeClock().now()): Promise<Client> {
    const answer = await askToken(sandbox, await makeAssertion(sandbox, now))
    return new Client(sandbox, ((await answer.json()) as { access_token: string }).access_token)
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    signal: AbortSignal | null = null,
  ): Promise<Reply> {
    const answer = await fetch(`${this.sandbox.url}/services/rest/${path}`, {
      method,
      signal,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
    return { status: answer.status, headers: answer.headers, text, body: json }
  }

  get = (path: string) => this.call('GET', `record/v1/${path}`)
  post = (path: string, body: unknown, headers?: Record<string, string>) =>
    this.call('POST', `record/v1/${path}`, body, headers)

  suiteql(q: string, page = ''): Promise<Reply> {
    return this.call('POST', `query/v1/suiteql${page}`, { q }, { prefer: 'transient' })
  }

  async rows(q: string, page = ''): Promise<Record<string, unknown>[]> {
    const answer = await this.suiteql(q, page)
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`)
    const items = answer.body['items'] as Record<string, unknown>[]
    return items.map((item) => Object.fromEntries(Object.entries(item).filter(([name]) => name !== 'links')))
  }

  /** Creates an order and reads it back, expanded. */
  async makeOrder(body: unknown): Promise<Record<string, unknown>> {
    const created = await this.post('salesOrder', body)
    if (created.status !== 204) throw new Error(`${created.status} ${created.text}`)
    const id = created.headers.get('location')!.split('/').at(-1)!
    return (await this.get(`salesOrder/${id}?expandSubResources=true`)).body
  }
}

/** The smallest order that the test account takes. */
export const order = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  entity: { id: '1' },
  item: { items: [{ item: { id: '1' }, quantity: 1, rate: 10 }] },
  ...change,
})

export const lines = (...items: Record<string, unknown>[]) => ({ item: { items } })

/** The first error of an error body. */
export const firstError = (reply: Reply) =>
  (reply.body['o:errorDetails'] as Record<string, string>[] | undefined)?.[0] ?? {}
