import { stringify } from 'yaml'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { type SandboxNetSuite, startSandboxNetSuite } from '../../src/sandbox/netsuite/index.ts'
import { type SandboxShop, startSandboxShop } from '../../src/sandbox/shop/index.ts'

export interface Outside {
  shop: SandboxShop
  netsuite: SandboxNetSuite
  /** A waybill.yaml that carries the orders of the one into the other. */
  yaml: string
  /** The environment that it names. */
  env: { SHOP_KEY: string; SHOP_SECRET: string; NS_KEY: string; WAYBILL_ALLOW_HOSTS: string }
  close(): Promise<void>
}

/** A sandbox shop and a sandbox NetSuite in this process, for commands that run in others. */
export async function startOutside(): Promise<Outside> {
  const now = () => new Date()
  const shop = await startSandboxShop({ port: 0, now, random: Math.random, seed: 'empty' })
  const netsuite = await startSandboxNetSuite({
    port: 0,
    now,
    seed: 'demo',
    requestLimitMs: 2000,
    timeZone: 'UTC',
  })
  const { clientId, certificateId, privateKey } = netsuite.credentials.oauth2
  const yaml = stringify({
    connections: {
      shop: {
        kind: 'woocommerce',
        url: shop.url,
        credentials: { consumerKey: '${SHOP_KEY}', consumerSecret: '${SHOP_SECRET}' },
        requestLimit: '2s',
      },
      netsuite: {
        kind: 'netsuite',
        account: netsuite.account,
        url: netsuite.url,
        credentials: { clientId, certificateId, privateKey: '${NS_KEY}' },
        timeout: '1s',
        requestLimit: '2s',
      },
    },
    routes: [
      {
        name: 'main',
        from: 'shop',
        to: 'netsuite',
        import: { statuses: ['processing', 'completed'], since: '2020-01-01', every: '1s' },
        post: { automatic: true },
        mapping: demoMapping,
      },
    ],
  })
  return {
    shop,
    netsuite,
    yaml,
    env: {
      SHOP_KEY: shop.consumerKey,
      SHOP_SECRET: shop.consumerSecret,
      NS_KEY: privateKey,
      WAYBILL_ALLOW_HOSTS: '127.0.0.1',
    },
    close: async () => {
      await Promise.all([shop.close(), netsuite.close()])
    },
  }
}
