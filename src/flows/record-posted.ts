import type { BackendTotals, Outcome, RecordRef } from '../connectors/contract.ts'
import { finishAttempt } from '../ledger/attempts.ts'
import { goBack } from '../ledger/cursors.ts'
import { type ConnectionRow, connectionWorked, successIsNews } from '../ledger/health.ts'
import { enqueue, finish, type Job } from '../ledger/jobs.ts'
import { changeStatus, type OrderRow } from '../ledger/orders.ts'
import { recordPosted } from '../ledger/posting.ts'
import { replaceProblems } from '../ledger/problems.ts'
import { equals, subtract, toCurrency } from '../order/money.ts'
import type { Problem } from '../order/problems.ts'
import type { AnyBackend, Call, Deps } from './deps.ts'

/** What the flows around one order at its backend have in hand. */
export interface AtBackend {
  order: OrderRow
  connection: ConnectionRow
  backend: AnyBackend
  call: Call
  startedAt: Date
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
  await recordPosted(deps.db, job, deps.workerId, {
    orderId: order.id,
    record: { ...totals.value.ref, total: totals.value.total },
    attemptId: found.attemptId,
    exchanges: call.exchanges,
    kind: found.kind,
    at: time,
  })
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
  { call, connection, order }: AtBackend,
  found: Found,
  totals: Outcome<BackendTotals & { ref: RecordRef }>,
  problem: Problem | null,
): Promise<void> {
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
    if (totals.ok) await connectionWorked(tx, connection, time)
    await finish(tx, job, deps.workerId)
  })
}

/** What the backend computed against what the channel said. Null: the same, to the cent. */
export function totalProblem(order: OrderRow, totals: BackendTotals): Problem | null {
  if (order.total === null || order.currency === null || order.total_accepted) return null
  if (totals.currency === order.currency && equals(totals.total, order.total)) return null
  const shop = `${toCurrency(order.total, order.currency)} ${order.currency}`
  const there = `${toCurrency(totals.total, totals.currency)} ${totals.currency}`
  const by =
    totals.currency === order.currency
      ? `: a difference of ${toCurrency(subtract(totals.total, order.total), order.currency)}`
      : ''
  return {
    code: 'total_differs',
    subject: '',
    detail: `The shop's total is ${shop}, the record's is ${there}${by}`,
    vendorMessage: null,
  }
}
