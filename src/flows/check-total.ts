import { finish, type Job } from '../ledger/jobs.ts'
import { changeStatus, orderById, updateOrder } from '../ledger/orders.ts'
import { closeProblems, replaceProblems } from '../ledger/problems.ts'
import { backendFor, callOver, type Deps } from './deps.ts'
import { totalProblem } from './record-posted.ts'
import { isSystemic, stopConnection } from './trouble.ts'

/** A person's "check again", and the reading of a total that could not be read right after posting. */
export async function checkTotal(deps: Deps, job: Job): Promise<void> {
  const order = job.orderId === null ? null : await orderById(deps.db, job.orderId)
  const { connection } = job
  if (!order || order.record_id === null || !['posted', 'post_error'].includes(order.status)) {
    await deps.db.transaction().execute((tx) => finish(tx, job, deps.workerId))
    return
  }
  const backend = backendFor(deps, connection)
  const ctx = callOver(deps, connection, backend.timing(deps.configOf(connection)).timeoutMs)
  const totals = await backend.totals(ctx, order.record_id)
  const time = deps.now()
  await deps.db.transaction().execute(async (tx) => {
    if (!totals.ok) {
      const systemic = isSystemic(totals.error)
      const runAt = systemic
        ? await stopConnection(deps, tx, connection, totals.error)
        : new Date(time.getTime() + 60_000)
      await finish(tx, job, deps.workerId, { runAt, countAttempt: !systemic })
      return
    }
    const problem = totalProblem(order, totals.value)
    const set = { record_total: totals.value.total, record_number: totals.value.ref.number }
    const to = problem ? 'post_error' : 'posted'
    if (order.status === to) await updateOrder(tx, order.id, time, set)
    else
      await changeStatus(tx, {
        orderId: order.id,
        to,
        from: [order.status],
        at: time,
        actor: 'waybill',
        kind: 'total_checked',
        detail: problem ? { problem: problem.detail } : {},
        set,
      })
    if (problem)
      await replaceProblems(tx, {
        orderId: order.id,
        connectionId: connection.id,
        problems: [problem],
        at: time,
        newId: deps.newId,
      })
    else await closeProblems(tx, order.id, time)
    await finish(tx, job, deps.workerId)
  })
}
