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
 * others. After a few times it is said where people look.
 */
export async function putBackFaulty(deps: Deps, job: Job, fault: Error): Promise<void> {
  const runAt = new Date(deps.now().getTime() + Math.min(mostWaitMs, 1000 * 2 ** job.attempts))
  const putBack = (tx: Tx) => finish(tx, job, deps.workerId, { runAt, countAttempt: true })
  await deps.db.transaction().execute(async (tx) => {
    if (job.attempts < mostSilentFailures) return putBack(tx)
    const detail = `Waybill failed at this ${job.attempts} times: ${fault.message}`
    if (!(await stopOrSay(deps, tx, job, { subject: fault.name, detail }))) await putBack(tx)
  })
  deps.log.error(
    { err: fault, job: job.kind, key: job.key, attempts: job.attempts },
    'a job failed by a fault of the program',
  )
}

/**
 * So many workers in a row have ended while they did the job that it is not begun: it may be what ends them, and all
 * else with them. It is said where people look, and tried once more after a while.
 */
export async function setDeadlyAside(deps: Deps, job: Job): Promise<void> {
  const runAt = new Date(deps.now().getTime() + mostWaitMs)
  const detail = `Waybill ended ${job.deaths} times while it worked on this, without a word: it may have run out of memory`
  await deps.db.transaction().execute(async (tx) => {
    if (await stopOrSay(deps, tx, job, { subject: 'ends the program', detail })) return
    await finish(tx, job, deps.workerId, { runAt, countAttempt: true, deaths: mostDeaths - 1 })
  })
  deps.log.error({ job: job.kind, key: job.key, deaths: job.deaths }, 'a job seems to end the program')
}

/**
 * From so many deaths on a job is set aside. It rests before each of the last ones, twice as long as before, apart from
 * others: an order that is at work by chance whenever somebody else ends the program is not blamed for it.
 */
export const mostDeaths = 8

/**
 * Says it on the order, which stops where that is safe, in the list of the import that wanted it, or on the connection.
 * Returns whether the job has ended with that.
 */
async function stopOrSay(
  deps: Deps,
  tx: Tx,
  job: Job,
  { subject, detail }: { subject: string; detail: string },
): Promise<boolean> {
  if (job.kind === 'import-range') {
    await giveUpRange(deps, tx, job, detail)
    return true
  }
  if (job.kind === 'import' && (await giveUpImport(deps, tx, job, detail))) return true
  const order = job.orderId === null ? null : await lockOrder(tx, job.orderId)
  if (!order) await sayThatItFails(deps, tx, job, { detail, vendorMessage: null })
  else if (job.kind !== 'post' || ['scheduled', 'posting', 'verifying'].includes(order.status)) {
    const problem: Problem = { code: 'program_fault', subject, detail, vendorMessage: null }
    await showOnOrder(deps, tx, job, order, problem)
    if (job.kind === 'post' && order.status === 'scheduled') {
      await finish(tx, job, deps.workerId)
      return true
    }
  }
  return false
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
