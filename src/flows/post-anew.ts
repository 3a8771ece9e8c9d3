import { orderExternalId } from '../ids.ts'
import type { Tx } from '../ledger/database.ts'
import { connectionById } from '../ledger/health.ts'
import { closeOrderProblems } from '../ledger/many-orders.ts'
import { changeStatus, type OrderRow } from '../ledger/orders.ts'
import type { Deps } from './deps.ts'
import { enqueuePosts } from './enqueue-for-orders.ts'

/**
 * The record is gone, and a person wants another: under an external id of its own, so that the one that is gone, should it
 * come back, is not taken for it.
 */
export async function postAnew(deps: Deps, tx: Tx, orders: OrderRow[], actor: string): Promise<void> {
  const at = deps.now()
  for (const order of orders) {
    const channel = await connectionById(tx, order.channel_id)
    if (!channel?.identity) throw new Error(`order ${order.id} has no identified channel`)
    const replacements = order.replacements + 1
    await changeStatus(tx, {
      orderId: order.id,
      to: 'scheduled',
      from: [order.status],
      at,
      actor,
      kind: 'post_anew_requested',
      detail: { record: order.record_number ?? order.record_id },
      set: {
        replacements,
        external_id: orderExternalId(channel.kind, channel.identity, order.channel_order_id, replacements),
        record_id: null,
        record_number: null,
        record_url: null,
        record_lines: null,
        record_total: null,
        posted_at: null,
        posted_raw_id: null,
        total_accepted: false,
        missing_accepted: false,
        changed_after_posting_at: null,
        reason: null,
        next_attempt_at: at,
      },
    })
  }
  await closeOrderProblems(
    tx,
    orders.map((order) => order.id),
    at,
  )
  await enqueuePosts(tx, orders, at)
}
