import type { Channel } from '../contract.ts'
import { config, homeOf, requestLimitMs, secrets, timeoutMs, type WooCommerceConfig } from './config.ts'
import { glance } from './glance.ts'
import { identify, prove } from './identity.ts'
import { changed, fetchOrder } from './orders.ts'
import { placed } from './placed.ts'
import { findShipment, sendShipment, updateShipment } from './shipments.ts'
import { cancelledStatuses, defaultStatuses, statuses } from './statuses.ts'
import { toOrder } from './to-order.ts'
import { ensure, verify } from './webhooks.ts'

/** WooCommerce by its REST API v3. Its quirks: README.md beside this file. */
export const woocommerce: Channel<WooCommerceConfig> = {
  kind: 'woocommerce',
  label: 'WooCommerce',
  config,
  secrets,
  limits: ({ concurrency, requestsPerSecond }) => ({
    concurrency,
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
  }),
  timeoutMs,
  requestLimitMs,
  reading: { overlapMs: 120_000, lagMs: 5_000, maxWindowMs: 31 * 86_400_000, paging: 'keyset' },
  identify,
  moving: {
    field: 'url',
    addressOf: ({ url }) => url,
    at: (settings, redirectedTo) => {
      const address = homeOf(redirectedTo)
      const isSafe = address.startsWith('https://') || settings.url.startsWith('http://')
      return isSafe ? { address, config: { ...settings, url: address, signedOnly: true } } : null
    },
    prove,
  },
  changed,
  placed,
  fetch: fetchOrder,
  toOrder,
  glance,
  statuses,
  defaultStatuses,
  cancelledStatuses,
  orderUrl: ({ url }, id) =>
    `${url}/wp-admin/admin.php?page=wc-orders&action=edit&id=${encodeURIComponent(id)}`,
  webhooks: { verify, ensure },
  shipping: { find: findShipment, send: sendShipment, update: updateShipment },
}
