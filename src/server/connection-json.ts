import type { WebhookState } from '../flows/ensure-webhooks.ts'
import { type Deps, validityOf } from '../flows/deps.ts'
import { gapSentence } from '../flows/gap-words.ts'
import { expiryCodes } from '../flows/warn-of-expiry.ts'
import type { ConnectionView } from '../ledger/views/connections.ts'
import type { GapRow } from '../ledger/gaps.ts'
import { provenAddressOf } from '../ledger/moves.ts'
import { filtersOf, listRoutes } from '../ledger/routes.ts'
import { describeProblem, type Problem } from '../order/problems.ts'
import { timeJson, timeOrNull } from './values-json.ts'
import type { ConnectionJson, DescribedProblem, GapJson, RouteJson } from './schemas.ts'

const described = (problem: unknown): DescribedProblem | null =>
  problem === null ? null : describeProblem(problem as Problem)

export function connectionJson(deps: Deps, row: ConnectionView, publicUrl: URL | null): ConnectionJson {
  const problem = described(row.health_problem)
  return {
    name: row.name,
    role: row.role,
    kind: row.kind,
    label: (deps.channelOf(row.kind) ?? deps.backendOf(row.kind))?.label ?? row.kind,
    health: row.health,
    healthSince: timeJson(row.health_since),
    summary: summaryOf(row, problem, deps.now()),
    problem,
    lastSuccessAt: timeOrNull(row.last_success_at),
    lastReadAt: timeOrNull(row.read_at),
    nextAttemptAt: row.failures === 0 ? null : timeOrNull(row.blocked_until),
    pausedAt: timeOrNull(row.paused_at),
    pausedBy: row.paused_by,
    identity: row.identity,
    identityName: row.identity_name,
    timeZone: row.time_zone,
    webhooks: webhooksOf(deps, row, publicUrl),
    gaps: row.gaps.map((gap) => gapJson(gap, row.time_zone)),
    closedGaps: row.closed_gaps.map((gap) => gapJson(gap, row.time_zone)),
    credentials: credentialsOf(deps, row),
    warnings: row.problems
      .filter(({ code }) => expiryCodes.includes(code))
      .map(({ code, subject, detail }) =>
        describeProblem({ code: code as Problem['code'], subject, detail, vendorMessage: null }),
      ),
    movedTo: provenAddressOf(row),
    waitingOrders: row.waiting_orders,
    createdAt: timeJson(row.created_at),
    updatedAt: timeJson(row.updated_at),
  }
}

function credentialsOf(deps: Deps, row: ConnectionView): ConnectionJson['credentials'] {
  const validity = validityOf(deps, row)
  return validity && { endAt: timeOrNull(validity.endsAt) }
}

function summaryOf(row: ConnectionView, problem: DescribedProblem | null, now: Date): string {
  if (row.paused_at) return 'Paused by a person; nothing is read or sent until it is resumed'
  const orders =
    row.role === 'backend' && row.waiting_orders > 0
      ? `${row.waiting_orders} ${row.waiting_orders === 1 ? 'order waits' : 'orders wait'} for it`
      : null
  const hasGap = row.gaps.some(({ reason }) => reason !== 'webhooks')
  const unread = hasGap && row.role === 'channel' ? 'what was missed is read when it is back' : null
  const rest = [orders, unread].filter((part) => part !== null).join('; ')
  const tail = rest === '' ? '' : `; ${rest}`
  switch (row.health) {
    case 'new':
      return 'Not asked yet'
    case 'healthy':
      return hasGap ? 'Works; what was missed meanwhile is being read' : 'Works'
    case 'failing':
      return `${problem?.title ?? 'The last call failed'}; Waybill tries again by itself${tail}`
    case 'down':
      return `Down for ${span(now.getTime() - row.health_since.getTime())}: ${problem?.title ?? 'no answer'}; Waybill tries again by itself${tail}`
    case 'needs_reauthorisation':
      return `${problem?.title ?? 'The credentials are refused'}; it needs you${tail}`
  }
}

/** A length of time as people say it: "less than a minute", "5 minutes", "3 hours", "2 days". */
export function span(ms: number): string {
  const units: [string, number][] = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ]
  for (const [unit, length] of units) {
    const n = Math.floor(ms / length)
    if (n >= 1) return `${n} ${unit}${n === 1 ? '' : 's'}`
  }
  return 'less than a minute'
}

function webhooksOf(deps: Deps, row: ConnectionView, publicUrl: URL | null): ConnectionJson['webhooks'] {
  const [state, detail] = webhookState(deps, row, publicUrl)
  const refused = Number(row.hooks_refused)
  return {
    state,
    detail,
    lastReceivedAt: timeOrNull(row.last_webhook_at),
    refused:
      refused === 0
        ? null
        : { count: refused, lastAt: timeOrNull(row.hook_refused_at), why: row.hook_refused_why ?? '' },
  }
}

function webhookState(
  deps: Deps,
  row: ConnectionView,
  publicUrl: URL | null,
): [ConnectionJson['webhooks']['state'], string] {
  const carried = 'reading at intervals brings everything'
  if (row.role === 'backend' || !deps.channelOf(row.kind)?.webhooks)
    return ['unsupported', 'Read at intervals']
  if (publicUrl === null) return ['off', `Off, because WAYBILL_PUBLIC_URL is not set; ${carried}`]
  const state = row.webhook_state as WebhookState | null
  if (state === null) return ['off', `Not set up yet; ${carried}`]
  return state.active
    ? ['on', `The shop announces changes at once: ${state.detail}`]
    : ['off', `${state.detail}; ${carried}`]
}

export const gapJson = (row: GapRow, zone: string | null): GapJson => ({
  id: row.id,
  from: timeJson(row.from_at),
  to: timeOrNull(row.to_at),
  closedAt: timeOrNull(row.closed_at),
  reason: row.reason,
  summary: gapSentence(row, zone),
  ordersFound: row.orders_found,
  readUpTo: timeOrNull(row.reached_at),
  problem: described(row.problem),
  outOfReach: described(row.out_of_reach),
})

export function routeJson(row: Awaited<ReturnType<typeof listRoutes>>[number]): RouteJson {
  return {
    name: row.name,
    from: row.channel,
    to: row.backend,
    statuses: row.statuses,
    filters: filtersOf(row),
    since: timeJson(row.since),
    everyMs: row.every_ms,
    postAutomatic: row.post_automatic,
    autoCancel: row.auto_cancel as RouteJson['autoCancel'],
    cancelledAfterPosting: row.cancelled_after_posting,
    mapping: row.mapping as Record<string, unknown>,
    createdAt: timeJson(row.created_at),
    updatedAt: timeJson(row.updated_at),
  }
}
