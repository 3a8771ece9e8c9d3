import { connectionViews, type ConnectionView } from '../ledger/views/connections.ts'
import { eventsOf } from '../ledger/views/order-detail.ts'
import { type OrderView, ordersNamed } from '../ledger/views/orders.ts'
import { activeRoutes, nextPolls } from '../ledger/views/schedule.ts'
import { err, ok, type Result } from '../result.ts'
import type { Deps } from './deps.ts'
import { explainKnown } from './explain-known.ts'
import { explainUnknown } from './explain-unknown.ts'
import type { Explanation } from './explanation.ts'

/**
 * Why is this order not in the backend? Answered from the ledger: what Waybill knows, and since when. `query` is a
 * Waybill id, a channel's id, an order number or a record; a name that means several orders is answered with them.
 */
export async function explain(
  deps: Deps,
  { query, connection }: { query: string; connection?: string | undefined },
): Promise<Result<Explanation, { candidates: OrderView[] }>> {
  const orders = await ordersNamed(deps.db, query, connection)
  if (orders.length > 1) return err({ candidates: orders })
  const connections = await connectionViews(deps.db)
  const order = orders[0]
  if (order) return ok(await known(deps, query, order, connections))
  const channels = connections.filter(
    ({ role, name }) => role === 'channel' && (connection === undefined || name === connection),
  )
  const routed = new Set((await activeRoutes(deps.db)).map((route) => route.channel_id))
  return ok(
    explainUnknown({
      query,
      channels: channels.filter(({ id }) => routed.has(id)),
      unrouted: channels.filter(({ id }) => !routed.has(id)),
      polls: await nextPolls(deps.db),
      now: deps.now(),
    }),
  )
}

async function known(
  deps: Deps,
  query: string,
  order: OrderView,
  connections: ConnectionView[],
): Promise<Explanation> {
  const channel = connections.find(({ id }) => id === order.channel_id)
  const backend = connections.find(({ id }) => id === order.backend_id)
  if (!channel || !backend) throw new Error(`order ${order.id} has lost a connection`)
  return explainKnown({
    query,
    order,
    channel,
    backend,
    backendLabel: deps.backendOf(backend.kind)?.label ?? backend.kind,
    events: await eventsOf(deps.db, order.id),
    now: deps.now(),
  })
}
