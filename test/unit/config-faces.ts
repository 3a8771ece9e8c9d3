import { z } from 'zod'
import { allowList } from '../../src/connectors/addresses.ts'
import type { ConfigurationInput, Connectors, Known } from '../../src/config/desired.ts'

/** Connectors with the shapes that matter to a reader of files: keys, unions, records, defaults. */
export const connectors: Connectors = {
  channels: [
    {
      kind: 'woocommerce',
      label: 'WooCommerce',
      config: z.strictObject({
        url: z.url({ protocol: /^https?$/ }).describe('the address of the shop'),
        credentials: z.strictObject({
          consumerKey: z.string().min(1).describe('the key that begins with ck_'),
          consumerSecret: z.string().min(1).describe('the secret that begins with cs_'),
        }),
        concurrency: z.number().int().min(1).max(20).default(2),
      }),
      secrets: ['credentials.consumerKey', 'credentials.consumerSecret'],
      limits: (config: { concurrency: number }) => ({ concurrency: config.concurrency }),
      defaultStatuses: [
        { code: 'processing', label: 'Processing', importByDefault: true },
        { code: 'completed', label: 'Completed', importByDefault: true },
        { code: 'pending', label: 'Pending', importByDefault: false },
      ],
    },
  ],
  backends: [
    {
      kind: 'netsuite',
      label: 'NetSuite',
      config: z.strictObject({
        account: z
          .string()
          .regex(/^[A-Za-z0-9_]+$/)
          .describe('the account id'),
        url: z.url().optional(),
        credentials: z.union([
          z.strictObject({ clientId: z.string(), certificateId: z.string(), privateKey: z.string() }),
          z.strictObject({
            consumerKey: z.string(),
            consumerSecret: z.string(),
            tokenId: z.string(),
            tokenSecret: z.string(),
          }),
        ]),
        concurrency: z.number().int().min(1).default(5),
      }),
      secrets: ['credentials'],
      limits: (config: { concurrency: number }) => ({ concurrency: config.concurrency }),
      mapping: z.strictObject({
        subsidiary: z.string().optional().describe('the internal id of the subsidiary'),
        skuField: z.enum(['itemId', 'upcCode']).default('itemId'),
        items: z.record(z.string(), z.string()).default({}),
      }),
    },
  ],
}

export const nothingKnown: Known = { connections: [], routes: [], notifications: null, retention: null }

export function input(yaml: string, change: Partial<ConfigurationInput> = {}): ConfigurationInput {
  return {
    yaml,
    values: { KEY: 'ck_1', SECRET: 'cs_1', NS: 'pem' },
    connectors,
    known: nothingKnown,
    allow: allowList([]),
    ...change,
  }
}
