import type { Ctx, Failure, Page } from '../connectors/contract.ts'
import type { ReconciliationStep, Tx } from '../ledger/database.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { enqueue, finish, type Job, type NewJob, priorities } from '../ledger/jobs.ts'
import { type ReconciliationRow, updateReconciliation } from '../ledger/reconciliations.ts'
import type { RouteRow } from '../ledger/routes.ts'
import type { Deps } from './deps.ts'
import { mostSilentFailures, sayThatItFails, sayThatItWorks } from './failing-work.ts'
import { isMissingPermission, isSystemic, stopConnection } from './trouble.ts'

/** What a step of a reconciliation has in hand. */
export interface Reconciling {
  run: ReconciliationRow
  job: Job
  route: RouteRow
  /** The side that this step asks. */
  connection: ConnectionRow
  ctx: Ctx<unknown>
}

/** Whom a step asks: a job calls one connection only. */
export const sideOf: Record<ReconciliationStep, 'channel' | 'backend'> = {
  channel: 'channel',
  unlisted: 'channel',
  backend: 'backend',
  missing: 'backend',
  unknown: 'channel',
  explain: 'channel',
  done: 'channel',
}

/** The job that goes on with a reconciliation. Catching up must not hold up the orders of today. */
export function reconcileJob(
  run: Pick<ReconciliationRow, 'id' | 'channel_id' | 'backend_id' | 'step'>,
  runAt: Date,
): NewJob {
  const side = sideOf[run.step]
  return {
    kind: 'reconcile',
    key: `${run.id}:${side}`,
    connectionId: side === 'channel' ? run.channel_id : run.backend_id,
    payload: { reconciliationId: run.id },
    runAt,
    priority: priorities.background,
  }
}

/** Ends this page of the work, in the transaction that writes what it found out, and says what comes next. */
export async function goOn(
  deps: Deps,
  tx: Tx,
  { run, job }: Reconciling,
  next: { step: ReconciliationStep; page?: Page | undefined; runAt?: Date },
): Promise<void> {
  const { step, page, runAt = deps.now() } = next
  await updateReconciliation(tx, run.id, {
    step,
    page: page === undefined ? null : JSON.stringify(page),
    trouble: null,
  })
  await sayThatItWorks(deps, tx, job)
  if (sideOf[step] === sideOf[run.step])
    return finish(tx, job, deps.workerId, { runAt, countAttempt: false, anew: true })
  await finish(tx, job, deps.workerId)
  await enqueue(tx, [reconcileJob({ ...run, step }, runAt)])
}

const minute = 60_000

/** The side cannot be asked, or does not answer well: it is asked again later, and the reconciliation says so. */
export async function waits(
  deps: Deps,
  { run, job, connection }: Reconciling,
  failure: Failure,
): Promise<void> {
  const [problem] = failure.problems
  deps.log.warn({ connection: connection.name, step: run.step, problem }, 'a reconciliation waits')
  // Posting goes on where only the list of the records may not be read.
  const systemic = isSystemic(failure) && !isMissingPermission(failure)
  await deps.db.transaction().execute(async (tx) => {
    const runAt = systemic
      ? await stopConnection(deps, tx, connection, failure)
      : new Date(deps.now().getTime() + minute)
    if (!systemic) await sayThatItFails(deps, tx, job, problem)
    await updateReconciliation(tx, run.id, { trouble: `${connection.name}: ${problem.detail}` })
    await finish(tx, job, deps.workerId, { runAt, countAttempt: !systemic })
  })
}

/** Whether one order alone cannot be asked for, again and again: the others must not wait for it. */
export const isPassedOver = (job: Job, failure: Failure): boolean =>
  !isSystemic(failure) && job.attempts >= mostSilentFailures
