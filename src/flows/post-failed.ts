import { isDeepStrictEqual } from 'node:util'
import type { Failure } from '../connectors/contract.ts'
import { giveDates } from '../ledger/ageing.ts'
import { addAttempt, finishAttempt } from '../ledger/attempts.ts'
import { addEvents } from '../ledger/events.ts'
import { connectionWorked } from '../ledger/health.ts'
import type { Tx } from '../ledger/database.ts'
import { finish, isAskedForAgain, type Job, priorities } from '../ledger/jobs.ts'
import { changeStatus, lockOrder, updateOrder } from '../ledger/orders.ts'
import { replaceProblems } from '../ledger/problems.ts'
import type { Problem } from '../order/problems.ts'
import type { Deps } from './deps.ts'
import { takeVersionThatWaited } from './newer-version.ts'
import { type AtBackend, recordFound } from './record-posted.ts'
import { routeById } from './route.ts'
import { stopConnection } from './trouble.ts'

interface Failed {
  failure: Failure
  attemptId: string
}

/**
 * The create failed and may have happened all the same. Any rejection looks for the record before it is believed; a lost
 * answer is looked for at once, and again until the backend's own time limit has passed.
 */
export async function lookAfterFailure(deps: Deps, job: Job, at: AtBackend, failed: Failed): Promise<void> {
  const { backend, call, order } = at
  const found = await backend.find(call.ctx, order.external_id)
  if (found.ok && found.value)
    return recordFound(deps, job, at, {
      ref: found.value,
      attemptId: failed.attemptId,
      kind: 'found_in_backend',
    })
  const { settleMs } = backend.timing(deps.configOf(at.connection))
  const isRefused = failed.failure.kind === 'rejected' || failed.failure.kind === 'not_found'
  // "Exists already", and not to be seen: it is there, and will be seen.
  const mayBeUnseen = settleMs > 0 && failed.failure.problems.some(({ code }) => code === 'external_id_taken')
  if (found.ok && isRefused && !mayBeUnseen)
    return stopWithProblems(deps, job, at, failed.failure.problems, failed.attemptId)
  await becomeVerifying(deps, job, at, failed)
}

async function becomeVerifying(
  deps: Deps,
  job: Job,
  at: AtBackend,
  { failure, attemptId }: Failed,
): Promise<void> {
  const { backend, connection, order, call } = at
  const { requestLimitMs } = backend.timing(deps.configOf(connection))
  const time = deps.now()
  const until = new Date(time.getTime() + requestLimitMs)
  const next = new Date(Math.min(time.getTime() + 1000, until.getTime()))
  await deps.db.transaction().execute(async (tx) => {
    await changeStatus(tx, {
      orderId: order.id,
      to: 'verifying',
      from: ['posting'],
      at: time,
      actor: 'waybill',
      kind: 'outcome_unknown',
      detail: { problem: failure.problems[0].detail, until: until.toISOString() },
      set: { unknown_until: until, next_attempt_at: next },
    })
    await finishAttempt(tx, {
      id: attemptId,
      at: time,
      outcome: 'unknown',
      detail: failure.problems[0].detail,
      exchanges: call.exchanges,
    })
    await finish(tx, job, deps.workerId, {
      runAt: next,
      countAttempt: false,
      anew: true,
      priority: priorities.soon,
    })
  })
}

/**
 * The order's own trouble: it stops, all its problems are shown, the others go on. Where it changed or was asked for again
 * while it was looked at, what was found is of yesterday: it begins anew instead.
 */
export async function stopWithProblems(
  deps: Deps,
  job: Job,
  at: AtBackend,
  problems: readonly Problem[],
  attemptId?: string,
): Promise<void> {
  const { order, connection, call, startedAt } = at
  const time = deps.now()
  const detail = problems.map((problem) => problem.detail).join('; ')
  await deps.db.transaction().execute(async (tx) => {
    if (!attemptId && (await isOutdated(tx, job, at)))
      return finish(tx, job, deps.workerId, { runAt: time, countAttempt: false })
    await changeStatus(tx, {
      orderId: order.id,
      to: 'post_error',
      from: ['scheduled', 'posting', 'verifying'],
      at: time,
      actor: 'waybill',
      kind: 'stopped',
      detail: { problems: problems.map(({ code, detail: text }) => ({ code, detail: text })) },
      set: { next_attempt_at: null, unknown_until: null },
    })
    await giveDates(tx, { orderIds: [order.id] }, time)
    await replaceProblems(tx, {
      orderId: order.id,
      connectionId: connection.id,
      problems,
      at: time,
      newId: deps.newId,
    })
    const result = { at: time, outcome: 'stopped', detail, exchanges: call.exchanges }
    if (attemptId) await finishAttempt(tx, { id: attemptId, ...result })
    else await addAttempt(tx, { id: deps.newId(), orderId: order.id, kind: 'post', startedAt, ...result })
    await connectionWorked(tx, connection, time)
    if (attemptId) await takeVersionThatWaited(deps, tx, order.id)
    await finish(tx, job, deps.workerId)
  })
}

/** Whether what was prepared is of yesterday: a newer version, another status or mapping, or a person's new wish. */
async function isOutdated(tx: Tx, job: Job, { order, mapping }: AtBackend): Promise<boolean> {
  const now = await lockOrder(tx, order.id)
  if (now?.status !== order.status || now.raw_id !== order.raw_id) return true
  const route = await routeById(tx, now.route_id)
  return !isDeepStrictEqual(route.mapping, mapping) || (await isAskedForAgain(tx, job))
}

/** The connection's trouble: it stops, the order stays scheduled and no attempt is burnt. */
export async function waitForConnection(
  deps: Deps,
  job: Job,
  at: AtBackend,
  failure: Failure,
  attemptId?: string,
): Promise<void> {
  const { order, connection, call } = at
  const time = deps.now()
  await deps.db.transaction().execute(async (tx) => {
    const runAt = await stopConnection(deps, tx, connection, failure)
    if (attemptId) {
      await changeStatus(tx, {
        orderId: order.id,
        to: 'scheduled',
        from: ['posting'],
        at: time,
        actor: 'waybill',
        kind: 'put_back',
        detail: { problem: failure.problems[0].detail },
        set: { post_attempts: order.post_attempts, next_attempt_at: runAt },
      })
      await finishAttempt(tx, {
        id: attemptId,
        at: time,
        outcome: 'not_sent',
        detail: failure.problems[0].detail,
        exchanges: call.exchanges,
      })
      await takeVersionThatWaited(deps, tx, order.id)
    } else await updateOrder(tx, order.id, time, { next_attempt_at: runAt })
    await finish(tx, job, deps.workerId, { runAt, countAttempt: false })
  })
}

const mostLookupAttempts = 8

/** An answer of the backend that cannot be read, before anything was sent: tried again a few times, then shown. */
export async function tryAgainLater(deps: Deps, job: Job, at: AtBackend, failure: Failure): Promise<void> {
  if (job.attempts >= mostLookupAttempts)
    return stopWithProblems(deps, job, at, [
      { ...failure.problems[0], code: 'gave_up_retrying', subject: failure.problems[0].code },
    ])
  const time = deps.now()
  const runAt = new Date(time.getTime() + 1000 * 2 ** job.attempts)
  await deps.db.transaction().execute(async (tx) => {
    await addEvents(tx, [
      {
        orderId: at.order.id,
        at: time,
        kind: 'attempt_failed',
        actor: 'waybill',
        detail: { problem: failure.problems[0].detail, next: runAt.toISOString() },
      },
    ])
    await updateOrder(tx, at.order.id, time, { next_attempt_at: runAt })
    await finish(tx, job, deps.workerId, { runAt, countAttempt: true })
  })
}
