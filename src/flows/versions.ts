import type { Db } from '../ledger/database.ts'
import type { OrderRow } from '../ledger/orders.ts'
import { readRaw } from '../ledger/raw.ts'
import type { Order } from '../order/order.ts'
import type { AnyChannel } from './deps.ts'

/**
 * A kept version of an order, read anew from what the channel sent; null where this program cannot read it. Reading is
 * pure, so it is never stored.
 */
export async function versionOf(
  db: Db,
  channel: AnyChannel,
  order: Pick<OrderRow, 'channel_order_id' | 'modified_at'>,
  rawId: string | null,
): Promise<Order | null> {
  if (rawId === null) return null
  const read = channel.toOrder({
    id: order.channel_order_id,
    body: await readRaw(db, rawId),
    modifiedAt: order.modified_at?.toISOString() ?? null,
  })
  return read.ok ? read.value : null
}
