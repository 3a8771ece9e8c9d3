import type { Deps } from '../flows/deps.ts'
import { mostSilentFailures, sayThatItFails } from '../flows/failing-work.ts'
import { giveUpImport } from '../flows/import-by-id.ts'
import { giveUpRange } from '../flows/import-range.ts'
import type { Tx } from '../ledger/database.ts'
import { finish, type Job } from '../ledger/jobs.ts'
import { changeStatus, lockOrder, type OrderRow } from '../ledger/orders.ts'
import { replaceProblems } from '../ledger/problems.ts'
import type { Problem } from '../order/problems.ts'

const mostWaitMs = 5 * 60_000

/**
 * A flow threw: a fault of the program's own. The job waits longer each time, so that it does not stand in the way of
 * others. After a few times it is said where people look: on the order, which stops where that is safe, in the list of
 * their import, or on the connection.
 */
export async function putBackFaulty(deps: Deps, job: Job, fault: Error): Promise<void> {
  const runAt = new Date(deps.now().getTime() + Math.min(mostWaitMs, 1000 * 2 ** job.attempts))
  const putBack = (tx: Tx) => finish(tx, job, deps.workerId, { runAt, countAttempt: true })
  await deps.db.transaction().execute(async (tx) => {
    if (job.attempts < mostSilentFailures) return putBack(tx)
    const detail = `Waybill failed at this ${job.attempts} times: ${fault.message}`
    if (job.kind === 'import-range') return giveUpRange(deps, tx, job, detail)
    if (job.kind === 'import' && (await giveUpImport(deps, tx, job, detail))) return
    const order = job.orderId === null ? null : await lockOrder(tx, job.orderId)
    if (!order) await sayThatItFails(deps, tx, job, { detail, vendorMessage: null })
    else if (job.kind !== 'post' || ['scheduled', 'posting', 'verifying'].includes(order.status)) {
      const problem: Problem = { code: 'program_fault', subject: fault.name, detail, vendorMessage: null }
      await showOnOrder(deps, tx, job, order, problem)
      if (job.kind === 'post' && order.status === 'scheduled') return finish(tx, job, deps.workerId)
    }
    await putBack(tx)
  })
  deps.log.error(
    { err: fault, job: job.kind, key: job.key, attempts: job.attempts },
    'a job failed by a fault of the program',
  )
}

/** One that was not sent stops; one that may have been is looked for on and on. */
async function showOnOrder(deps: Deps, tx: Tx, job: Job, order: OrderRow, problem: Problem): Promise<void> {
  const at = deps.now()
  if (job.kind === 'post' && order.status === 'scheduled')
    await changeStatus(tx, {
      orderId: order.id,
      to: 'post_error',
      from: ['scheduled'],
      at,
      actor: 'waybill',
      kind: 'stopped',
      detail: { problems: [{ code: problem.code, detail: problem.detail }] },
      set: { next_attempt_at: null },
    })
  await replaceProblems(tx, {
    orderId: order.id,
    shipmentId: job.kind === 'ship' ? job.key : null,
    connectionId: job.connection.id,
    problems: [problem],
    at,
    newId: deps.newId,
  })
}
