import { createPrivateKey, X509Certificate } from 'node:crypto'
import { IANAZone } from 'luxon'
import { z } from 'zod'
import type { Validity } from '../contract.ts'

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A duration such as "2s" or "15m", in milliseconds. */
const duration = (standard: string) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'must be a duration such as 60s or 15m')
    .default(standard)

/** Milliseconds of a duration that the schema has accepted. */
export function milliseconds(text: string): number {
  const [, amount, unit] = /^([\d.]+)(ms|s|m|h|d)$/.exec(text) ?? []
  if (amount === undefined) throw new Error(`${text} is no duration`)
  return Math.round(Number(amount) * units[unit as keyof typeof units])
}

/** A PEM as people paste it: with `\n` written out where it came through an environment variable. */
const asLines = (pem: string) => pem.replaceAll('\\n', '\n').trim()
export const readPem = (pem: string) => createPrivateKey(asLines(pem))
const readCertificate = (pem: string) => new X509Certificate(asLines(pem))

const privateKey = z.string().superRefine((pem, context) => {
  try {
    const key = readPem(pem)
    if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'ec')
      context.addIssue({ code: 'custom', message: 'must be an RSA or elliptic-curve key' })
  } catch {
    context.addIssue({
      code: 'custom',
      message:
        'is no private key in PEM form: it begins with -----BEGIN PRIVATE KEY----- and has no passphrase',
    })
  }
})

const certificate = z.string().superRefine((pem, context) => {
  try {
    readCertificate(pem)
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'is no certificate in PEM form: it begins with -----BEGIN CERTIFICATE-----',
    })
  }
})

const oauth2 = z
  .strictObject({
    clientId: z.string().min(1).describe('Client ID of the integration record in NetSuite'),
    certificateId: z
      .string()
      .min(1)
      .describe('Certificate ID shown under Setup > Integration > OAuth 2.0 Client Credentials (M2M) Setup'),
    privateKey: privateKey.describe('Private key (PEM) of the certificate that was uploaded there'),
    certificate: certificate
      .optional()
      .describe('That certificate (PEM): Waybill reads from it when it ends, and warns you before'),
    validUntil: z.iso
      .date('must be a day such as 2027-05-01')
      .optional()
      .describe(
        'The day on which it ends, as the list there shows it; goes before what the certificate says',
      ),
  })
  .superRefine((given, context) => {
    if (given.certificate !== undefined && !belongTogether(given.certificate, given.privateKey))
      context.addIssue({
        code: 'custom',
        path: ['certificate'],
        message: 'is not the certificate of this private key',
      })
  })
  .describe('OAuth 2.0 client credentials (recommended)')

/** Whether they are of one pair; what cannot be read is found wrong by itself. */
function belongTogether(pem: string, key: string): boolean {
  try {
    return readCertificate(pem).checkPrivateKey(readPem(key))
  } catch {
    return true
  }
}

const tokenBased = z
  .strictObject({
    consumerKey: z.string().min(1).describe('Consumer key of the integration record in NetSuite'),
    consumerSecret: z.string().min(1).describe('Consumer secret of the integration record'),
    tokenId: z.string().min(1).describe('Token ID of the access token made for user and role'),
    tokenSecret: z.string().min(1).describe('Token secret of that access token'),
  })
  .describe('Token-based authentication, for existing integrations')

export const config = z.strictObject({
  account: z
    .string()
    .trim()
    .regex(
      /^[A-Za-z0-9]+([_-](SB\d+|RP\d*|TSTDRV\d+))?$/i,
      'must be an account ID such as 1234567 or 1234567_SB1',
    )
    .describe('Account ID: Setup > Company > Company Information'),
  url: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .describe('Another base address than https://<account>.suitetalk.api.netsuite.com (a proxy, a sandbox)'),
  credentials: z.union([oauth2, tokenBased]).describe('How Waybill signs in'),
  concurrency: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(5)
    .describe('Requests at once; the account shares this budget with its other integrations'),
  timeout: duration('60s').describe('How long Waybill waits for one answer'),
  requestLimit: duration('15m').describe(
    'How long NetSuite may go on with a request that Waybill gave up on: only then is an order sent again',
  ),
  timeZone: z
    .string()
    .refine((zone) => IANAZone.isValidZone(zone), 'must be an IANA time zone such as Europe/Berlin')
    .optional()
    .describe("Time zone of the integration's user (Home > Set Preferences); learnt by itself when left out"),
})

export type NetSuiteConfig = z.output<typeof config>
export type OAuth2Credentials = z.output<typeof oauth2>
export type TokenCredentials = z.output<typeof tokenBased>

export const usesOAuth2 = (credentials: NetSuiteConfig['credentials']): credentials is OAuth2Credentials =>
  'clientId' in credentials

const mostYears = 2

/**
 * Until when NetSuite takes the certificate: two years from its beginning at most, whatever it says itself. Tokens of the
 * older way do not end. https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/subsect_162755332391.html
 */
export function validity({ credentials }: Pick<NetSuiteConfig, 'credentials'>): Validity | null {
  if (!usesOAuth2(credentials)) return null
  if (credentials.validUntil !== undefined) return { endsAt: new Date(credentials.validUntil) }
  if (credentials.certificate === undefined) return { endsAt: null }
  const { validFrom, validTo } = readCertificate(credentials.certificate)
  const latest = new Date(validFrom)
  latest.setUTCFullYear(latest.getUTCFullYear() + mostYears)
  return { endsAt: new Date(Math.min(Date.parse(validTo), latest.getTime())) }
}

/** `1234567_SB1`: the account as realms and people spell it. */
export const accountId = (account: string): string => account.toUpperCase().replaceAll('-', '_')

/** `1234567-sb1`: the account as host names spell it. */
export const accountHost = (account: string): string => account.toLowerCase().replaceAll('_', '-')

/** Where the API is, without a slash at the end. */
export const baseUrl = (config: Pick<NetSuiteConfig, 'account' | 'url'>): string =>
  config.url ?? `https://${accountHost(config.account)}.suitetalk.api.netsuite.com`

/** The page of a sales order in NetSuite. */
export function recordUrl(config: Pick<NetSuiteConfig, 'account' | 'url'>, recordId: string): string {
  const pages = config.url ?? `https://${accountHost(config.account)}.app.netsuite.com`
  return `${pages}/app/accounting/transactions/salesord.nl?id=${encodeURIComponent(recordId)}`
}
