import type { Tx } from '../ledger/database.ts'
import type { Job } from '../ledger/jobs.ts'
import { closeConnectionProblem, openConnectionProblem } from '../ledger/problems.ts'
import type { Deps } from './deps.ts'

/** So often a job may fail before people are told; it goes on trying. */
export const mostSilentFailures = 5

function workOf(job: Job): string {
  switch (job.kind) {
    case 'poll':
      return 'Reading orders'
    case 'read-gap':
      return 'Reading what was missed'
    case 'follow-move':
      return 'Following a redirect'
    case 'read-shipments':
      return 'Reading shipments'
    case 'webhooks':
      return 'Looking after webhooks'
    case 'reconcile':
      return 'Reconciling'
    case 'import':
      return `Reading order ${(job.payload as { query?: string }).query ?? ''}`.trim()
    default:
      return `The work "${job.kind}"`
  }
}

/** After a few failures, shows on the connection that this work fails, and why. */
export async function sayThatItFails(
  deps: Deps,
  tx: Tx,
  job: Job,
  { detail, vendorMessage }: { detail: string; vendorMessage: string | null },
): Promise<void> {
  if (job.attempts < mostSilentFailures) return
  await openConnectionProblem(tx, {
    id: deps.newId(),
    connectionId: job.connection.id,
    problem: { code: 'work_failing', subject: workOf(job), detail, vendorMessage },
    at: deps.now(),
  })
}

/** It works again: what was said of it is over. */
export async function sayThatItWorks(deps: Deps, tx: Tx, job: Job): Promise<void> {
  if (job.attempts < mostSilentFailures) return
  const problem = { code: 'work_failing', subject: workOf(job) } as const
  await closeConnectionProblem(tx, job.connection.id, problem, deps.now())
}
