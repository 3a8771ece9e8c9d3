import { randomUUID } from 'node:crypto'
import { storeConnection } from '../../src/ledger/connections.ts'
import type { Db } from '../../src/ledger/database.ts'
import { enqueue } from '../../src/ledger/jobs.ts'
import { storeRoute } from '../../src/ledger/routes.ts'
import type { Vault } from '../../src/ledger/secrets.ts'
import { resizeSlots } from '../../src/ledger/slots.ts'
import type { SandboxCredentials } from '../../src/sandbox/netsuite/index.ts'

export interface Ends {
  shop: { url: string; consumerKey: string; consumerSecret: string; requestLimit?: string | undefined }
  netsuite: { url: string; account: string; credentials: SandboxCredentials }
  mapping: object
  statuses: string[]
  since: string
  automatic: boolean
  /** Calls at once to NetSuite. */
  concurrency: number
  at: Date
}

/** Makes a connection to each sandbox and the route between them. */
export async function connect(
  db: Db,
  vault: Vault,
  ends: Ends,
): Promise<{ shopId: string; netsuiteId: string; routeId: string }> {
  const [shopId, netsuiteId, routeId] = [randomUUID(), randomUUID(), randomUUID()]
  const { shop, netsuite, at, concurrency } = ends
  const { clientId, certificateId, privateKey } = netsuite.credentials.oauth2
  await db.transaction().execute(async (tx) => {
    await storeConnection(
      tx,
      vault,
      {
        id: shopId,
        name: 'shop',
        role: 'channel',
        kind: 'woocommerce',
        config: {
          url: shop.url,
          credentials: { consumerKey: '${K}', consumerSecret: '${S}' },
          timeout: '2s',
          requestLimit: shop.requestLimit ?? '2s',
        },
        secrets: {
          'credentials.consumerKey': shop.consumerKey,
          'credentials.consumerSecret': shop.consumerSecret,
        },
      },
      at,
    )
    await resizeSlots(tx, shopId, 2)
    await storeConnection(
      tx,
      vault,
      {
        id: netsuiteId,
        name: 'netsuite',
        role: 'backend',
        kind: 'netsuite',
        config: {
          account: netsuite.account,
          url: netsuite.url,
          credentials: { clientId, certificateId, privateKey: '${P}' },
          timeout: '1s',
          requestLimit: '2s',
          concurrency,
        },
        secrets: { 'credentials.privateKey': privateKey },
      },
      at,
    )
    await resizeSlots(tx, netsuiteId, concurrency)
    await storeRoute(
      tx,
      {
        id: routeId,
        name: 'route',
        channelId: shopId,
        backendId: netsuiteId,
        statuses: ends.statuses,
        since: ends.since,
        everyMs: 60_000,
        postAutomatic: ends.automatic,
        autoCancel: null,
        mapping: ends.mapping,
      },
      at,
    )
    await enqueue(tx, [
      {
        kind: 'read-shipments',
        key: netsuiteId,
        connectionId: netsuiteId,
        runAt: new Date(at.getTime() + 30_000),
      },
    ])
  })
  return { shopId, netsuiteId, routeId }
}
