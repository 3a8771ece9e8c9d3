import type { RawOrder } from '../connectors/contract.ts'
import type { RouteRow } from '../ledger/routes.ts'
import { connectionViews, type ConnectionView } from '../ledger/views/connections.ts'
import { eventsOf } from '../ledger/views/order-detail.ts'
import { type OrderView, ordersNamed } from '../ledger/views/orders.ts'
import { tombstonesNamed } from '../ledger/tombstones.ts'
import { activeRoutes, nextPolls } from '../ledger/views/schedule.ts'
import { err, ok, type Result } from '../result.ts'
import { channelFor, type Deps } from './deps.ts'
import { askBackend, askChannel, type Told } from './ask-now.ts'
import { enqueueChecks } from './enqueue-for-orders.ts'
import type { Known } from './explain-checks.ts'
import { explainKnown } from './explain-known.ts'
import { explainUnknown, type Seen } from './explain-unknown.ts'
import type { Explanation } from './explanation.ts'
import { judge } from './judge-order.ts'

/**
 * Why is this order not in the backend? Answered from the ledger and, with `live`, from what channel and backend say just
 * now, within a few seconds. `query` is a Waybill id, a channel's id, an order number or a record; a name that means
 * several orders is answered with them.
 */
export async function explain(
  deps: Deps,
  { query, connection, live = true }: { query: string; connection?: string | undefined; live?: boolean },
): Promise<Result<Explanation, { candidates: OrderView[] }>> {
  const orders = await ordersNamed(deps.db, query, connection)
  if (orders.length > 1) return err({ candidates: orders })
  const connections = await connectionViews(deps.db)
  const order = orders[0]
  if (order) return ok(await known(deps, { query, order, connections, live }))
  return ok(await unknown(deps, { query, connection, connections, live }))
}

async function known(
  deps: Deps,
  {
    query,
    order,
    connections,
    live,
  }: { query: string; order: OrderView; connections: ConnectionView[]; live: boolean },
): Promise<Explanation> {
  const channel = connections.find(({ id }) => id === order.channel_id)
  const backend = connections.find(({ id }) => id === order.backend_id)
  if (!channel || !backend) throw new Error(`order ${order.id} has lost a connection`)
  const told = live ? await askBoth(deps, order, { channel, backend }) : null
  // What a person is told now the ledger has to learn as well: with it come the problem and its fixes.
  if (order.record_id !== null && told?.backend.asked && told.backend.found.is === 'gone')
    await deps.db.transaction().execute((tx) => enqueueChecks(tx, [order], deps.now()))
  return explainKnown({
    query,
    order,
    channel,
    backend,
    backendLabel: deps.backendOf(backend.kind)?.label ?? backend.kind,
    events: await eventsOf(deps.db, order.id),
    now: deps.now(),
    told,
  })
}

async function askBoth(
  deps: Deps,
  order: OrderView,
  { channel, backend }: { channel: ConnectionView; backend: ConnectionView },
): Promise<NonNullable<Known['told']>> {
  const [record, raw] = await Promise.all([
    askBackend(deps, backend, order),
    askChannel(deps, channel, order.channel_order_id),
  ])
  if (!raw.asked) return { backend: record, channel: raw }
  // A number that happens to be this id is another order.
  const isIt = raw.found !== null && raw.found.id === order.channel_order_id
  const found = isIt
    ? {
        status: channelFor(deps, channel).glance(raw.found!).channelStatus,
        modifiedAt: raw.found!.modifiedAt,
      }
    : null
  return { backend: record, channel: { ...raw, found } }
}

async function unknown(
  deps: Deps,
  asked: { query: string; connection: string | undefined; connections: ConnectionView[]; live: boolean },
): Promise<Explanation> {
  const { query, connection, connections, live } = asked
  const channels = connections.filter(
    ({ role, name }) => role === 'channel' && (connection === undefined || name === connection),
  )
  const routes = await activeRoutes(deps.db)
  const routeOf = (channel: ConnectionView) => routes.find((route) => route.channel_id === channel.id)
  const read = channels.filter((channel) => routeOf(channel) !== undefined)
  const told = new Map<string, Told<Seen | null>>()
  if (live)
    await Promise.all(
      read.map(async (channel) => {
        const answer = await askChannel(deps, channel, query)
        const found = answer.asked && answer.found
        const seen = found ? seenThere(deps, channel, routeOf(channel)!, found) : null
        told.set(channel.id, answer.asked ? { ...answer, found: seen } : answer)
      }),
    )
  const [tombstone] = await tombstonesNamed(deps.db, query, connection)
  return explainUnknown({
    query,
    tombstone: tombstone ?? null,
    channels: read,
    unrouted: channels.filter((channel) => routeOf(channel) === undefined),
    polls: await nextPolls(deps.db),
    now: deps.now(),
    told,
  })
}

/** What would become of an order that the channel has and Waybill does not. */
function seenThere(deps: Deps, channel: ConnectionView, route: RouteRow, raw: RawOrder): Seen {
  const { place, facts } = judge(deps, { connection: channel, route, raw, source: 'why' }, null)
  return {
    id: raw.id,
    number: facts.number,
    status: facts.channel_status,
    placedAt: facts.placed_at,
    modifiedAt: raw.modifiedAt === null ? null : new Date(raw.modifiedAt),
    place,
    route: route.name,
  }
}
