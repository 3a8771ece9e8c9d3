import type { BackendTotals, Failure, RecordRef } from '../connectors/contract.ts'
import type { Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import { connectionWorked } from '../ledger/health.ts'
import { finish, type Job } from '../ledger/jobs.ts'
import { openProblemCodes } from '../ledger/many-orders.ts'
import { changeStatus, lockOrder, orderById, type OrderRow, updateOrder } from '../ledger/orders.ts'
import { replaceProblems } from '../ledger/problems.ts'
import type { Problem } from '../order/problems.ts'
import { shippingStatuses, type Status } from '../order/status.ts'
import { backendFor, callOver, type Deps } from './deps.ts'
import { ensureIdentity } from './identify.ts'
import { totalProblem } from './record-posted.ts'
import { followShipments } from './shipping-status.ts'
import { isSystemic, stopConnection } from './trouble.ts'

const checked: Status[] = ['post_error', ...shippingStatuses]

/** A person's "check again", and the reading of a total that could not be read right after posting. */
export async function checkTotal(deps: Deps, job: Job): Promise<void> {
  const order = job.orderId === null ? null : await orderById(deps.db, job.orderId)
  if (!order || order.record_id === null || !checked.includes(order.status)) {
    await deps.db.transaction().execute((tx) => finish(tx, job, deps.workerId))
    return
  }
  const backend = backendFor(deps, job.connection)
  const ctx = callOver(deps, job.connection, backend.timing(deps.configOf(job.connection)).timeoutMs)
  const identified = await ensureIdentity(deps, job.connection, ctx)
  if (!identified.ok) return notTold(deps, job, order, identified.error)
  const totals = await backend.totals(ctx, order.record_id)
  if (totals.ok) return compareTotals(deps, job, order.id, totals.value)
  return notTold(deps, job, order, totals.error)
}

async function compareTotals(
  deps: Deps,
  job: Job,
  orderId: string,
  totals: BackendTotals & { ref: RecordRef },
): Promise<void> {
  const at = deps.now()
  await deps.db.transaction().execute(async (tx) => {
    const order = await lockOrder(tx, orderId)
    await connectionWorked(tx, job.connection, at)
    if (order && checked.includes(order.status)) {
      const { number } = totals.ref
      const there = { record_total: totals.total, record_number: number, missing_accepted: false }
      await updateOrder(tx, orderId, at, there)
      await judge(deps, tx, job.connection.id, order, totalProblem(order, totals))
    }
    await finish(tx, job, deps.workerId)
  })
}

/** After so many times people see why the total is not known; it is asked for on and on meanwhile. */
const mostSilentTries = 5
const minute = 60_000

async function notTold(deps: Deps, job: Job, { id }: OrderRow, failure: Failure): Promise<void> {
  const at = deps.now()
  const systemic = isSystemic(failure)
  await deps.db.transaction().execute(async (tx) => {
    const order = await lockOrder(tx, id)
    if (failure.kind === 'not_found' && order && checked.includes(order.status)) {
      await sayThatItIsMissing(deps, tx, job.connection.id, order)
      return finish(tx, job, deps.workerId)
    }
    const runAt = systemic
      ? await stopConnection(deps, tx, job.connection, failure)
      : new Date(at.getTime() + minute)
    if (!systemic && job.attempts >= mostSilentTries)
      await showProblems(deps, tx, job.connection.id, id, failure.problems)
    await finish(tx, job, deps.workerId, { runAt, countAttempt: !systemic })
  })
}

/** The record of the order is not there any more: a person is asked what to do, once. */
export async function sayThatItIsMissing(
  deps: Deps,
  tx: Tx,
  connectionId: string,
  order: OrderRow,
): Promise<void> {
  if (!checked.includes(order.status) || order.missing_accepted) return
  const codes = (await openProblemCodes(tx, [order.id])).get(order.id) ?? []
  if (!codes.includes('record_missing')) await judge(deps, tx, connectionId, order, recordMissing(order))
}

const recordMissing = (order: OrderRow): Problem => ({
  code: 'record_missing',
  subject: '',
  detail: `${order.record_number ?? `The record ${order.record_id}`} does not exist any more`,
  vendorMessage: null,
})

/** What was found stops the order, or lets it go on; one that has left the warehouse already stays where it is. */
async function judge(
  deps: Deps,
  tx: Tx,
  connectionId: string,
  order: OrderRow,
  problem: Problem | null,
): Promise<void> {
  const event = {
    orderId: order.id,
    at: deps.now(),
    actor: 'waybill',
    kind: problem?.code === 'record_missing' ? 'record_missing' : 'total_checked',
    detail: problem ? { problem: problem.detail } : {},
  }
  const to = problem ? 'post_error' : 'posted'
  const from = problem ? 'posted' : 'post_error'
  if (order.status === from) await changeStatus(tx, { ...event, to, from: [from] })
  else if (problem && order.status !== to) await addEvents(tx, [event])
  await showProblems(deps, tx, connectionId, order.id, problem ? [problem] : [])
  if (order.status === 'post_error' && !problem)
    await followShipments(tx, order.id, { ...event, kind: 'shipments_counted', detail: {} })
}

const showProblems = (
  deps: Deps,
  tx: Tx,
  connectionId: string,
  orderId: string,
  problems: readonly Problem[],
) =>
  replaceProblems(tx, {
    orderId,
    connectionId,
    problems,
    at: deps.now(),
    newId: deps.newId,
  })
