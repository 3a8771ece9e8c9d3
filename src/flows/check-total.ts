import type { BackendTotals, Failure, RecordRef } from '../connectors/contract.ts'
import type { Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import { connectionWorked } from '../ledger/health.ts'
import { finish, type Job } from '../ledger/jobs.ts'
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
      await updateOrder(tx, orderId, at, { record_total: totals.total, record_number: totals.ref.number })
      await judge(deps, tx, job, order, totalProblem(order, totals))
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
      await judge(deps, tx, job, order, recordMissing(order))
      return finish(tx, job, deps.workerId)
    }
    const runAt = systemic
      ? await stopConnection(deps, tx, job.connection, failure)
      : new Date(at.getTime() + minute)
    if (!systemic && job.attempts >= mostSilentTries) await showProblems(deps, tx, job, id, failure.problems)
    await finish(tx, job, deps.workerId, { runAt, countAttempt: !systemic })
  })
}

const recordMissing = (order: OrderRow): Problem => ({
  code: 'record_missing',
  subject: '',
  detail: `${order.record_number ?? `The record ${order.record_id}`} does not exist any more`,
  vendorMessage: null,
})

/** What was found stops the order, or lets it go on; one that has left the warehouse already stays where it is. */
async function judge(deps: Deps, tx: Tx, job: Job, order: OrderRow, problem: Problem | null): Promise<void> {
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
  await showProblems(deps, tx, job, order.id, problem ? [problem] : [])
  if (order.status === 'post_error' && !problem)
    await followShipments(tx, order.id, { ...event, kind: 'shipments_counted', detail: {} })
}

const showProblems = (deps: Deps, tx: Tx, job: Job, orderId: string, problems: readonly Problem[]) =>
  replaceProblems(tx, {
    orderId,
    connectionId: job.connection.id,
    problems,
    at: deps.now(),
    newId: deps.newId,
  })
