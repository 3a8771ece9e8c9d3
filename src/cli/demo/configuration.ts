import { stringify } from 'yaml'
import { demoMapping } from '../../sandbox/demo-mapping.ts'
import type { Sandboxes } from './sandboxes.ts'

export const demoRoute = 'nordlys'

/** The demo's waybill.yaml; without its route when that is there already, so that what a person mapped stays. */
export function demoYaml(sandboxes: Sandboxes, since: string, withRoute: boolean): string {
  const { shop, netsuite } = sandboxes
  return stringify(
    {
      connections: {
        'nordlys-shop': {
          kind: 'woocommerce',
          url: shop.url,
          credentials: { consumerKey: '${DEMO_SHOP_KEY}', consumerSecret: '${DEMO_SHOP_SECRET}' },
          requestLimit: '2s',
        },
        netsuite: {
          kind: 'netsuite',
          account: netsuite.account,
          url: netsuite.url,
          credentials: {
            clientId: netsuite.clientId,
            certificateId: netsuite.certificateId,
            privateKey: '${DEMO_NETSUITE_KEY}',
            validUntil: netsuite.validUntil,
          },
          // The sandbox answers quickly and gives up early: a lost answer is looked up within seconds.
          timeout: '1s',
          requestLimit: '2s',
          concurrency: 5,
        },
      },
      ...(withRoute && {
        routes: [
          {
            name: demoRoute,
            from: 'nordlys-shop',
            to: 'netsuite',
            import: { statuses: ['processing', 'completed'], since, every: '2s' },
            post: { automatic: true },
            mapping: demoMapping,
          },
        ],
      }),
    },
    { lineWidth: 0 },
  )
}

export const demoValues = ({ shop, netsuite }: Sandboxes): Record<string, string> => ({
  DEMO_SHOP_KEY: shop.consumerKey,
  DEMO_SHOP_SECRET: shop.consumerSecret,
  DEMO_NETSUITE_KEY: netsuite.privateKey,
})
