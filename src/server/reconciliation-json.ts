import { type DifferenceKind, fixOfDifference } from '../flows/difference.ts'
import type { Deps } from '../flows/deps.ts'
import type { ReconciliationStep } from '../ledger/database.ts'
import { connectionById } from '../ledger/health.ts'
import type { DifferenceView, ReconciliationView, Totals } from '../ledger/views/reconciliations.ts'
import { describeProblem, type Problem } from '../order/problems.ts'
import { type Status, statusLabel } from '../order/status.ts'
import { backendLabel } from './order-json.ts'
import type { DifferenceJson, ReconciliationSummary } from './schemas.ts'
import { timeJson, timeOrNull } from './values-json.ts'

export const countsJson = (row: Totals): ReconciliationSummary['totals'] => ({
  atChannel: row.at_channel,
  inWaybill: row.in_ledger,
  inBackend: row.in_backend,
  imported: row.imported,
  explained: row.explained,
  unexplained: row.unexplained,
})

const stepWords: Record<ReconciliationStep, (shop: string, backend: string) => string> = {
  channel: (shop) => `Reading what was placed at ${shop}`,
  unlisted: (shop) => `Asking ${shop} for orders that it did not list`,
  backend: (_, backend) => `Reading what is in ${backend}`,
  missing: (_, backend) => `Looking in ${backend} for records that it did not list`,
  unknown: (shop) => `Asking ${shop} for orders that only the backend knows`,
  explain: () => 'Explaining what differs',
  done: () => 'Done',
}

export function summaryJson(deps: Deps, view: ReconciliationView): ReconciliationSummary {
  const finished = view.finished_at !== null
  return {
    id: view.id,
    connection: view.channel,
    backend: view.backend,
    backendLabel: backendLabel(deps, view.backend_kind),
    actor: view.actor,
    timeZone: view.time_zone,
    from: timeJson(view.from_at),
    to: timeJson(view.to_at),
    state: !finished ? 'running' : view.trouble === null ? 'done' : 'given_up',
    step: stepWords[view.step](view.channel, view.backend),
    waiting: finished ? view.trouble : (heldUp(view) ?? view.trouble),
    compared: view.compared,
    createdAt: timeJson(view.created_at),
    finishedAt: timeOrNull(view.finished_at),
    totals: countsJson(view.totals),
  }
}

function heldUp({ held_up: held }: ReconciliationView): string | null {
  if (held === null) return null
  if (held.problem === null) return `${held.connection} is paused`
  return `${held.connection}: ${describeProblem(held.problem as Problem).title}`
}

export async function differencesJson(
  deps: Deps,
  view: ReconciliationView,
  rows: readonly DifferenceView[],
): Promise<DifferenceJson[]> {
  const urlOf = await recordUrls(deps, view)
  const label = backendLabel(deps, view.backend_kind)
  return rows.map((row) => {
    const order =
      row.order_id === null
        ? null
        : {
            id: row.order_id,
            number: row.number!,
            channelOrderId: row.channel_order_id!,
            status: row.status as Status,
            heldByPerson: row.status === 'held' && row.held_by === 'person',
          }
    const kind = row.kind as DifferenceKind
    const channelOrderId =
      order?.channelOrderId ?? (/^(hidden|record):/.test(row.subject) ? null : row.subject)
    return {
      day: row.day,
      verdict: row.verdict,
      kind,
      detail: row.detail,
      atChannel: row.at_channel,
      inBackend: row.in_backend,
      channelOrderId,
      order: order && {
        id: order.id,
        number: order.number,
        status: order.status,
        label: statusLabel(order.status, label),
      },
      record:
        row.record_id === null
          ? null
          : { id: row.record_id, number: row.record_number, url: urlOf(row.record_id) },
      fix: fixOfDifference(kind, order, { shop: view.channel, channelOrderId }),
    }
  })
}

/** The pages of records in the backend; null where the connection's settings cannot be read. */
async function recordUrls(deps: Deps, view: ReconciliationView): Promise<(id: string) => string | null> {
  const connection = await connectionById(deps.db, view.backend_id)
  const backend = connection && deps.backendOf(connection.kind)
  if (!connection || !backend) return () => null
  try {
    const config = deps.configOf(connection)
    return (id) => backend.recordUrl(config, id)
  } catch (error) {
    deps.log.warn({ err: error, connection: connection.name }, 'the settings of a connection cannot be read')
    return () => null
  }
}
