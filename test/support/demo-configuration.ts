import { stringify } from 'yaml'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import type { SandboxNetSuite } from '../../src/sandbox/netsuite/index.ts'
import type { SandboxShop } from '../../src/sandbox/shop/index.ts'

export interface DemoConfiguration {
  yaml: string
  /** The environment that it names. */
  values: { SHOP_KEY: string; SHOP_SECRET: string; NS_KEY: string }
}

/** A waybill.yaml that carries the orders of a sandbox shop into a sandbox NetSuite, with settings of its own for each. */
export function demoConfiguration(
  { shop, netsuite }: { shop: SandboxShop; netsuite: SandboxNetSuite },
  own: { since: string; every?: string; shop?: object; netsuite?: object },
): DemoConfiguration {
  const { clientId, certificateId, privateKey } = netsuite.credentials.oauth2
  const yaml = stringify({
    connections: {
      shop: {
        kind: 'woocommerce',
        url: shop.url,
        credentials: { consumerKey: '${SHOP_KEY}', consumerSecret: '${SHOP_SECRET}' },
        ...own.shop,
      },
      netsuite: {
        kind: 'netsuite',
        account: netsuite.account,
        url: netsuite.url,
        credentials: { clientId, certificateId, privateKey: '${NS_KEY}' },
        ...own.netsuite,
      },
    },
    routes: [
      {
        name: 'main',
        from: 'shop',
        to: 'netsuite',
        import: {
          statuses: ['processing', 'completed'],
          since: own.since,
          ...(own.every !== undefined && { every: own.every }),
        },
        post: { automatic: true },
        mapping: demoMapping,
      },
    ],
  })
  return {
    yaml,
    values: { SHOP_KEY: shop.consumerKey, SHOP_SECRET: shop.consumerSecret, NS_KEY: privateKey },
  }
}
