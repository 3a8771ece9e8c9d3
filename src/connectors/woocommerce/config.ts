import { z } from 'zod'

const units = { ms: 1, s: 1_000, m: 60_000 } as const

const key = (prefix: string) =>
  z
    .string()
    .trim()
    .min(1)
    .refine((text) => !text.startsWith(prefix === 'ck_' ? 'cs_' : 'ck_'), {
      message: `looks like the other half of the key: this one begins with ${prefix}`,
    })

export const config = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .transform(homeOf)
    .describe('Address of the shop, such as https://shop.example.com or https://example.com/shop'),
  credentials: z
    .strictObject({
      consumerKey: key('ck_').describe('Consumer key: WooCommerce > Settings > Advanced > REST API'),
      consumerSecret: key('cs_').describe('Consumer secret that was shown with it'),
    })
    .describe('A REST API key with read and write permission, of an administrator or shop manager'),
  extraStatuses: z
    .array(z.string().trim().min(1))
    .default([])
    .describe('Order statuses of plug-ins that the shop does not list by itself'),
  completeOrders: z
    .boolean()
    .default(true)
    .describe('Set orders to "completed" when everything has been shipped'),
  perPage: z.number().int().min(1).max(100).default(100).describe('Orders read with one request'),
  timeout: z
    .string()
    .regex(/^\d+(\.\d+)?(ms|s|m)$/, 'must be a duration such as 30s')
    .default('30s')
    .describe('How long Waybill waits for one answer'),
  requestLimit: z
    .string()
    .regex(/^\d+(\.\d+)?(ms|s|m)$/, 'must be a duration such as 5m')
    .default('5m')
    .describe(
      'How long the shop may go on with a request that Waybill gave up (max_execution_time of PHP): only then is a shipment that cannot be found sent again',
    ),
  concurrency: z.number().int().min(1).max(20).default(2).describe('Requests at once'),
  requestsPerSecond: z
    .number()
    .positive()
    .optional()
    .describe('For hosts that block quick callers: requests started per second at most'),
})

export type WooCommerceConfig = z.infer<typeof config> & {
  /** Sign every call, and never send the secret itself: the address has not been confirmed by a person. */
  signedOnly?: true
}

/** The paths of the fields that are encrypted at rest. */
export const secrets = ['credentials.consumerKey', 'credentials.consumerSecret']

/** The time-out of a call in milliseconds. */
export const timeoutMs = ({ timeout }: Pick<WooCommerceConfig, 'timeout'>): number => milliseconds(timeout)

/** How long PHP may go on with a request that nobody waits for any more, in milliseconds. */
export const requestLimitMs = ({ requestLimit }: Pick<WooCommerceConfig, 'requestLimit'>): number =>
  milliseconds(requestLimit)

function milliseconds(duration: string): number {
  const [, amount, unit] = /^([\d.]+)(ms|s|m)$/.exec(duration) ?? []
  if (amount === undefined) throw new Error(`${duration} is no duration`)
  return Math.round(Number(amount) * units[unit as keyof typeof units])
}

/** The address of the site from what people paste: without closing slashes, the API's path, a page of the admin. */
export function homeOf(url: string): string {
  const { origin, pathname } = new URL(url)
  const path = pathname
    .replace(/\/(wp-json|wp-admin|wp-login\.php|index\.php)(\/.*)?$/, '')
    .replaceAll(/\/{2,}/g, '/')
  return origin + path.replace(/\/$/, '')
}
