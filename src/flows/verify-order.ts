import { addAttempt } from '../ledger/attempts.ts'
import { connectionWorked } from '../ledger/health.ts'
import { finish, type Job, priorities } from '../ledger/jobs.ts'
import { changeStatus, updateOrder } from '../ledger/orders.ts'
import type { Deps } from './deps.ts'
import { takeVersionThatWaited } from './newer-version.ts'
import { type AtBackend, recordFound } from './record-posted.ts'
import { isSystemic, stopConnection } from './trouble.ts'

/**
 * Finds out what became of a request whose answer was lost. A record that is there ends it. "Not there" is believed only
 * when the backend's own time limit has passed, for until then the request may still be running; then the order is sent
 * again.
 */
export async function verifyOrder(deps: Deps, job: Job, at: AtBackend): Promise<void> {
  const { backend, call, connection, order } = at
  const unknownUntil = order.unknown_until ?? (await orphaned(deps, at))
  const askedAt = deps.now()
  const found = await backend.find(call.ctx, order.external_id)
  const time = deps.now()

  if (found.ok && found.value)
    return recordFound(deps, job, at, { ref: found.value, attemptId: null, kind: 'found_in_backend' })

  if (!found.ok) {
    const { error: failure } = found
    await deps.db.transaction().execute(async (tx) => {
      const runAt = isSystemic(failure)
        ? await stopConnection(deps, tx, connection, failure)
        : new Date(time.getTime() + waitMs(job.attempts))
      await updateOrder(tx, order.id, time, { next_attempt_at: runAt })
      await finish(tx, job, deps.workerId, { runAt, countAttempt: !isSystemic(failure) })
    })
    return
  }

  const sure = askedAt >= unknownUntil
  await deps.db.transaction().execute(async (tx) => {
    await connectionWorked(tx, connection, time)
    if (!sure) {
      const runAt = new Date(Math.min(time.getTime() + waitMs(job.attempts), unknownUntil.getTime()))
      await updateOrder(tx, order.id, time, { next_attempt_at: runAt })
      await finish(tx, job, deps.workerId, { runAt, countAttempt: true })
      return
    }
    await changeStatus(tx, {
      orderId: order.id,
      to: 'scheduled',
      from: ['verifying'],
      at: time,
      actor: 'waybill',
      kind: 'not_in_backend',
      detail: { limitPassedAt: unknownUntil.toISOString() },
      set: { unknown_until: null, next_attempt_at: time },
    })
    await addAttempt(tx, {
      id: deps.newId(),
      orderId: order.id,
      kind: 'verify',
      startedAt: at.startedAt,
      at: time,
      outcome: 'not_found',
      exchanges: call.exchanges,
    })
    await takeVersionThatWaited(deps, tx, order.id)
    await finish(tx, job, deps.workerId, { runAt: time, countAttempt: false, priority: priorities.daily })
  })
}

/** The worker that sent it ended before it could write down the outcome: nobody knows it. */
async function orphaned(deps: Deps, { backend, connection, order }: AtBackend): Promise<Date> {
  const { requestLimitMs, timeoutMs } = backend.timing(deps.configOf(connection))
  const at = deps.now()
  const until = new Date(at.getTime() + requestLimitMs + timeoutMs)
  await deps.db.transaction().execute((tx) =>
    changeStatus(tx, {
      orderId: order.id,
      to: 'verifying',
      from: ['posting'],
      at,
      actor: 'waybill',
      kind: 'outcome_unknown',
      detail: { problem: 'The program ended while the request was under way', until: until.toISOString() },
      set: { unknown_until: until, next_attempt_at: at },
    }),
  )
  return until
}

const waitMs = (attempts: number): number => Math.min(60_000, 500 * 2 ** Math.min(attempts, 10))
