import type { BackendTotals, Outcome, RecordRef } from '../connectors/contract.ts'
import { finishAttempt } from '../ledger/attempts.ts'
import { goBack } from '../ledger/cursors.ts'
import { type ConnectionRow, connectionWorked, successIsNews } from '../ledger/health.ts'
import { enqueue, finish, type Job } from '../ledger/jobs.ts'
import { changeStatus, type OrderRow } from '../ledger/orders.ts'
import { recordPosted } from '../ledger/posting.ts'
import { replaceProblems } from '../ledger/problems.ts'
import { type Decimal, equals, subtract, toCurrency } from '../order/money.ts'
import type { Problem } from '../order/problems.ts'
import type { AnyBackend, Call, Deps } from './deps.ts'
import { cancelledOnTheWay } from './later-version.ts'

/** What the flows around one order at its backend have in hand. */
export interface AtBackend {
  order: OrderRow
  /** The route's mapping as it was read with the order. */
  mapping: unknown
  connection: ConnectionRow
  backend: AnyBackend
  call: Call
  startedAt: Date
  /** Which line of the record carries which line of the order, worked out anew; null where that cannot be done now. */
  linesAnew: () => Promise<{ backendLine: string; channelLineId: string }[] | null>
}

export interface Found {
  ref: RecordRef
  attemptId: string | null
  kind: 'posted' | 'found_in_backend'
}

/** The record is there: read what the backend made of it, and link it. */
export async function recordFound(deps: Deps, job: Job, at: AtBackend, found: Found): Promise<void> {
  const { backend, call, connection, order } = at
  const totals = await backend.totals(call.ctx, found.ref.id)
  const time = deps.now()
  const problem = totals.ok ? totalProblem(order, totals.value) : null
  if (!totals.ok || problem || found.kind === 'found_in_backend')
    return recordInSteps(deps, job, at, found, totals, problem)
  const isUnwanted = await recordPosted(deps.db, job, deps.workerId, {
    orderId: order.id,
    record: { ...totals.value.ref, total: totals.value.total },
    attemptId: found.attemptId,
    exchanges: call.exchanges,
    kind: found.kind,
    at: time,
  })
  if (isUnwanted) await deps.db.transaction().execute((tx) => cancelledOnTheWay(deps, tx, order.id))
  if (successIsNews(connection, time))
    await deps.db.transaction().execute((tx) => connectionWorked(tx, connection, time))
}

/**
 * What happens rarely: the record was there already, its total differs, or cannot be read now. It is linked all the same,
 * never made again; shipments that left before it was linked were passed by, and are read again.
 */
async function recordInSteps(
  deps: Deps,
  job: Job,
  { call, connection, order, linesAnew }: AtBackend,
  found: Found,
  totals: Outcome<BackendTotals & { ref: RecordRef }>,
  problem: Problem | null,
): Promise<void> {
  // Sent by an earlier life of this ledger: which lines it sent was not in the backup.
  const unknown = found.attemptId === null && order.record_lines === null
  const lines = unknown ? await linesAnew() : null
  const time = deps.now()
  const ref = totals.ok ? totals.value.ref : found.ref
  await deps.db.transaction().execute(async (tx) => {
    await changeStatus(tx, {
      orderId: order.id,
      to: problem ? 'post_error' : 'posted',
      from: ['posting', 'verifying'],
      at: time,
      actor: 'waybill',
      kind: found.kind,
      detail: { record: ref.id, number: ref.number, ...(problem ? { problem: problem.detail } : {}) },
      set: {
        ...(lines ? { record_lines: JSON.stringify(lines), posted_raw_id: order.raw_id } : {}),
        record_id: ref.id,
        record_number: ref.number,
        record_url: ref.url,
        record_total: totals.ok ? totals.value.total : null,
        posted_at: time,
        unknown_until: null,
        next_attempt_at: null,
        reason: null,
      },
    })
    const problems = problem ? [problem] : []
    await replaceProblems(tx, {
      orderId: order.id,
      connectionId: connection.id,
      problems,
      at: time,
      newId: deps.newId,
    })
    if (!totals.ok)
      await enqueue(tx, [
        { kind: 'check-total', key: order.id, connectionId: connection.id, orderId: order.id, runAt: time },
      ])
    if (found.attemptId !== null)
      await finishAttempt(tx, {
        id: found.attemptId,
        at: time,
        outcome: found.kind === 'posted' ? 'posted' : 'found',
        detail: ref.number ?? ref.id,
        exchanges: call.exchanges,
      })
    if (found.kind === 'found_in_backend') {
      const made = totals.ok ? totals.value.createdAt : null
      const from = made === null ? (order.placed_at ?? order.first_seen_at) : new Date(made)
      await goBack(tx, connection.id, 'shipments', { from, begin: connection.created_at })
    }
    await cancelledOnTheWay(deps, tx, order.id)
    if (totals.ok) await connectionWorked(tx, connection, time)
    await finish(tx, job, deps.workerId)
  })
}

/**
 * What the backend computed against what the channel said. Null: the same, to the smallest unit of the currency. A shop
 * may keep more decimals than its currency has; a backend with one currency may not name it.
 */
export function totalProblem(
  order: Pick<OrderRow, 'total' | 'currency' | 'total_accepted'>,
  totals: Pick<BackendTotals, 'total' | 'currency'>,
): Problem | null {
  if (order.total === null || order.currency === null || order.total_accepted) return null
  const currency = totals.currency || order.currency
  const wanted = toCurrency(order.total, order.currency)
  if (currency === order.currency && equals(totals.total, wanted)) return null
  const there = `${exactly(totals.total, currency)} ${currency}`
  const by =
    currency === order.currency
      ? `: a difference of ${exactly(subtract(totals.total, wanted), currency)}`
      : ''
  return {
    code: 'total_differs',
    subject: '',
    detail: `The shop's total is ${wanted} ${order.currency}, the record's is ${there}${by}`,
    vendorMessage: null,
  }
}

/** As the currency writes it, unless that would hide a difference. */
function exactly(amount: Decimal, currency: string): Decimal {
  const written = toCurrency(amount, currency)
  return equals(written, amount) ? written : amount
}
