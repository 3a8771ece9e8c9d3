import { finish, type Job } from '../ledger/jobs.ts'
import { beginPosting, readForPosting } from '../ledger/posting.ts'
import { backendFor, recordedCall, type Deps } from './deps.ts'
import { ensureIdentity } from './identify.ts'
import { lookAfterFailure, stopWithProblems, tryAgainLater, waitForConnection } from './post-failed.ts'
import { draftToPost } from './prepare-draft.ts'
import { type AtBackend, recordFound } from './record-posted.ts'
import { isSystemic } from './trouble.ts'
import { verifyOrder } from './verify-order.ts'

/**
 * Brings one order to its backend: prepare, create with its external id, record. The status goes to "posting" and is
 * committed before anything is sent; whoever meets an order in that status later knows that the outcome is unknown, and
 * looks before sending again.
 */
export async function postOrder(deps: Deps, job: Job): Promise<void> {
  const { connection } = job
  const toPost = job.carried ?? (job.orderId === null ? null : await readForPosting(deps.db, job.orderId))
  if (!toPost || !['scheduled', 'posting', 'verifying'].includes(toPost.order.status)) {
    await deps.db.transaction().execute((tx) => finish(tx, job, deps.workerId))
    return
  }
  const { order, mapping } = toPost
  const backend = backendFor(deps, connection)
  const timing = backend.timing(deps.configOf(connection))
  const call = recordedCall(deps, connection, timing.timeoutMs)
  const linesAnew = async () => {
    const prepared = await draftToPost(deps, at, toPost)
    return prepared.ok ? backend.linesOf(prepared.draft) : null
  }
  const at: AtBackend = { order, mapping, connection, backend, call, startedAt: deps.now(), linesAnew }
  const identified = await ensureIdentity(deps, connection, call.ctx)
  if (!identified.ok) return waitForConnection(deps, job, at, identified.error)
  if (toPost.begun) return send(deps, job, at, toPost.begun)
  if (order.status !== 'scheduled') return verifyOrder(deps, job, at)

  const prepared = await draftToPost(deps, at, toPost)
  if (!prepared.ok) {
    if (prepared.failure && isSystemic(prepared.failure))
      return waitForConnection(deps, job, at, prepared.failure)
    if (prepared.failure && prepared.failure.kind !== 'rejected')
      return tryAgainLater(deps, job, at, prepared.failure)
    return stopWithProblems(deps, job, at, prepared.problems)
  }
  const attemptId = deps.newId()
  const lines = backend.linesOf(prepared.draft)
  if (!(await beginPosting(deps.db, { order, attemptId, lines, at: deps.now() }))) return lookAnew(deps, job)
  return send(deps, job, at, { attemptId, draft: prepared.draft })
}

/** Sends what is on its way by the ledger. */
async function send(
  deps: Deps,
  job: Job,
  at: AtBackend,
  { attemptId, draft }: { attemptId: string; draft: unknown },
): Promise<void> {
  const created = await at.backend.create(at.call.ctx, draft)
  if (created.ok) return recordFound(deps, job, at, { ref: created.value, attemptId, kind: 'posted' })
  if (isSystemic(created.error)) return waitForConnection(deps, job, at, created.error, attemptId)
  return lookAfterFailure(deps, job, at, { failure: created.error, attemptId })
}

/** The order was changed while it was prepared: the job begins again with what it is now. */
async function lookAnew(deps: Deps, job: Job): Promise<void> {
  await deps.db
    .transaction()
    .execute((tx) => finish(tx, job, deps.workerId, { runAt: deps.now(), countAttempt: false }))
}
