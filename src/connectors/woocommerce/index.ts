import type { Channel } from '../contract.ts'
import { config, secrets, timeoutMs, type WooCommerceConfig } from './config.ts'
import { glance } from './glance.ts'
import { identify } from './identity.ts'
import { changed, fetchOrder } from './orders.ts'
import { placed } from './placed.ts'
import { findShipments, sendShipment } from './shipments.ts'
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
  reading: { overlapMs: 120_000, lagMs: 5_000, maxWindowMs: 31 * 86_400_000, paging: 'keyset' },
  identify,
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
  shipping: { find: findShipments, send: sendShipment },
}
