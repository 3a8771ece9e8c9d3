import { redactText } from '../connectors/redact.ts'
import { availableActions, primaryAction, situationOf } from '../flows/available-actions.ts'
import type { Deps } from '../flows/deps.ts'
import { listConnections } from '../ledger/connections.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { recordChangesOf } from '../ledger/record-changes.ts'
import { type AttemptView, attemptsOf, eventsOf, payloadOf } from '../ledger/views/order-detail.ts'
import { relatedOrders } from '../ledger/views/problems.ts'
import type { ShipmentRow } from '../ledger/shipments.ts'
import type { OrderView, ProblemRow } from '../ledger/views/orders.ts'
import { describeProblem, type ProblemCode } from '../order/problems.ts'
import type { Hold } from '../order/rules.ts'
import { type CancelReason, statusLabel } from '../order/status.ts'
import { differenceJson, recordChangeJson } from './edits-json.ts'
import { eventJson } from './event-text.ts'
import type { Candidate, DescribedProblem, OrderDetail, OrderJson, ShipmentJson } from './schemas.ts'
import { moneyJson, timeJson, timeOrNull } from './values-json.ts'
import { comparisonJson, readVersions, totalsJson } from './versions-json.ts'

/** Writes orders as JSON; reads the connections once, for the links into the shops. */
export async function ordersJson(deps: Deps, orders: OrderView[]): Promise<OrderJson[]> {
  if (orders.length === 0) return []
  const connections = new Map((await listConnections(deps.db)).map((row) => [row.id, row]))
  return orders.map((order) => orderJson(deps, order, connections))
}

export const backendLabel = (deps: Deps, kind: string): string => deps.backendOf(kind)?.label ?? kind

function orderJson(deps: Deps, order: OrderView, connections: Map<string, ConnectionRow>): OrderJson {
  const problems = order.problems.map(problemJson)
  const total =
    order.total === null || order.currency === null ? null : moneyJson(order.total, order.currency)
  const situation = situationOf(order)
  return {
    id: order.id,
    connection: order.channel_name,
    backend: order.backend_name,
    route: order.route_name,
    channelOrderId: order.channel_order_id,
    number: order.number,
    status: order.status,
    label: statusLabel(order.status, backendLabel(deps, order.backend_kind)),
    reason: order.reason,
    hold: holdJson(order.hold as Hold | null),
    cancelReason: order.cancel_reason as CancelReason | null,
    channelStatus: order.channel_status,
    channelUrl: channelUrl(deps, order, connections.get(order.channel_id)),
    placedAt: timeOrNull(order.placed_at),
    firstSeenAt: timeJson(order.first_seen_at),
    updatedAt: timeJson(order.updated_at),
    total,
    customer: total === null ? null : { name: order.customer_name, email: order.customer_email },
    problem: problems[0] ?? null,
    problems,
    cancelsAt: timeOrNull(order.cancels_at),
    nextAttemptAt: timeOrNull(order.next_attempt_at),
    attemptCount: order.post_attempts,
    postedAt: timeOrNull(order.posted_at),
    record:
      order.record_id === null
        ? null
        : {
            connection: order.backend_name,
            id: order.record_id,
            number: order.record_number,
            url: order.record_url,
            total:
              order.record_total === null || order.currency === null
                ? null
                : moneyJson(order.record_total, order.currency),
          },
    shipments: order.shipments.map(shipmentJson),
    changedAfterPostingAt: timeOrNull(order.changed_after_posting_at),
    cancelRequestedAt: timeOrNull(order.cancel_requested_at),
    changing: order.changing,
    actions: availableActions(situation),
    primaryAction: primaryAction(situation),
  }
}

function holdJson(hold: Hold | null): OrderJson['hold'] {
  if (hold === null) return null
  const { rule, detail } = hold
  if (rule === 'person')
    return {
      rule,
      detail,
      found: null,
      wanted: null,
      filter: null,
      by: hold.by,
      at: hold.at,
      why: hold.why,
    }
  const { found, wanted, filter = null } = hold
  return { rule, detail, found, wanted, filter, by: null, at: null, why: null }
}

export function problemJson(
  row: Pick<ProblemRow, 'code' | 'subject' | 'detail' | 'vendor_message'>,
): DescribedProblem {
  return describeProblem({
    code: row.code as ProblemCode,
    subject: row.subject,
    detail: row.detail,
    vendorMessage: row.vendor_message,
  })
}

/** The order's page in the shop; null where the connection's settings cannot be read. */
function channelUrl(deps: Deps, order: OrderView, connection: ConnectionRow | undefined): string | null {
  const channel = connection && deps.channelOf(connection.kind)
  if (!connection || !channel) return null
  try {
    return channel.orderUrl(deps.configOf(connection), order.channel_order_id)
  } catch (error) {
    deps.log.warn({ err: error, connection: connection.name }, 'the settings of a connection cannot be read')
    return null
  }
}

const shipmentJson = (row: ShipmentRow): ShipmentJson => ({
  id: row.id,
  status: row.status,
  carrier: row.carrier,
  trackingNumbers: row.tracking_numbers,
  shippedAt: timeJson(row.shipped_at),
  sentAt: timeOrNull(row.sent_at),
  backendShipmentId: row.backend_shipment_id,
  channelShipmentId: row.channel_shipment_id,
  completesOrder: row.completes_order,
})

export const candidateJson = (deps: Deps, order: OrderView): Candidate => ({
  id: order.id,
  connection: order.channel_name,
  channelOrderId: order.channel_order_id,
  number: order.number,
  status: order.status,
  label: statusLabel(order.status, backendLabel(deps, order.backend_kind)),
  placedAt: timeOrNull(order.placed_at),
})

/** The order with its whole waybill: events, attempts with what they exchanged, and what the channel sent. */
export async function orderDetailJson(deps: Deps, order: OrderView): Promise<OrderDetail> {
  const [summary] = await ordersJson(deps, [order])
  const events = await eventsOf(deps.db, order.id)
  const attempts = await attemptsOf(deps.db, order.id)
  const payload = await payloadOf(deps.db, order.raw_id)
  const versions = await readVersions(deps, order, payload.body)
  const canonical = versions.newest
  const label = backendLabel(deps, order.backend_kind)
  return {
    ...summary!,
    externalId: order.external_id,
    events: events.map((event) => eventJson(event, label)),
    attempts: attempts.map(attemptJson),
    payload: { receivedAt: timeJson(payload.receivedAt), text: redactText(payload.body) },
    canonical,
    totals: canonical && totalsJson(canonical),
    comparison: comparisonJson(order, versions),
    difference: differenceJson(order, versions),
    related: await relatedOrders(deps.db, {
      orderId: order.id,
      fingerprints: [...new Set(summary!.problems.map(({ fingerprint }) => fingerprint))],
    }),
    recordChanges: (await recordChangesOf(deps.db, order.id)).map(recordChangeJson),
  }
}

const attemptJson = (attempt: AttemptView): OrderDetail['attempts'][number] => ({
  id: attempt.id,
  kind: attempt.kind,
  startedAt: timeJson(attempt.started_at),
  finishedAt: timeOrNull(attempt.finished_at),
  outcome: attempt.outcome,
  detail: attempt.detail,
  exchanges: attempt.exchanges.map(({ startedAt, ...exchange }) => ({ at: startedAt, ...exchange })),
})
