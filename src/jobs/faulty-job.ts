import type { Deps } from '../flows/deps.ts'
import { finish, type Job } from '../ledger/jobs.ts'
import { changeStatus, lockOrder } from '../ledger/orders.ts'
import { replaceProblems } from '../ledger/problems.ts'

const mostAttempts = 5
const mostWaitMs = 5 * 60_000

/**
 * A flow threw: a fault of the program's own. The job waits longer each time, so that it does not stand in the way of
 * others; an order that could not be posted for it is stopped with that problem, in the open.
 */
export async function putBackFaulty(deps: Deps, job: Job, fault: Error): Promise<void> {
  deps.log.error(
    { err: fault, job: job.kind, key: job.key, attempts: job.attempts },
    'a job failed by a fault of the program',
  )
  const at = deps.now()
  const runAt = new Date(at.getTime() + Math.min(mostWaitMs, 1000 * 2 ** job.attempts))
  await deps.db.transaction().execute(async (tx) => {
    const order = job.orderId === null ? null : await lockOrder(tx, job.orderId)
    const stops = order?.status === 'scheduled' && job.kind === 'post' && job.attempts >= mostAttempts
    if (!order || !stops) return finish(tx, job, deps.workerId, { runAt, countAttempt: true })
    const detail = `Waybill failed at this order ${job.attempts} times: ${fault.message}`
    await changeStatus(tx, {
      orderId: order.id,
      to: 'post_error',
      from: ['scheduled'],
      at,
      actor: 'waybill',
      kind: 'stopped',
      detail: { problems: [{ code: 'program_fault', detail }] },
      set: { next_attempt_at: null },
    })
    await replaceProblems(tx, {
      orderId: order.id,
      connectionId: job.connection.id,
      problems: [{ code: 'program_fault', subject: fault.name, detail, vendorMessage: null }],
      at,
      newId: deps.newId,
    })
    await finish(tx, job, deps.workerId)
  })
}
