import type { Failure } from '../connectors/contract.ts'
import { addAttempt, firstAbsence, sentInVain } from '../ledger/attempts.ts'
import { connectionWorked } from '../ledger/health.ts'
import { finish, type Job, priorities } from '../ledger/jobs.ts'
import { changeStatus, updateOrder } from '../ledger/orders.ts'
import { replaceProblems } from '../ledger/problems.ts'
import type { Problem } from '../order/problems.ts'
import type { Deps } from './deps.ts'
import { takeVersionThatWaited } from './newer-version.ts'
import { type AtBackend, recordFound } from './record-posted.ts'
import { isSystemic, stopConnection } from './trouble.ts'

/**
 * Finds out what became of a request whose answer was lost. A record that is there ends it. "Not there" is believed only
 * when the backend's own time limit has passed, for until then the request may still be running; where a record may stay
 * unseen for a while, only when it was looked for in vain twice, that while apart. Then the order is sent again.
 */
export async function verifyOrder(deps: Deps, job: Job, at: AtBackend): Promise<void> {
  const { backend, call, order } = at
  const unknownUntil = order.unknown_until ?? (await orphaned(deps, at))
  const askedAt = deps.now()
  const found = await backend.find(call.ctx, order.external_id)

  if (found.ok && found.value)
    return recordFound(deps, job, at, { ref: found.value, attemptId: null, kind: 'found_in_backend' })

  if (!found.ok) return lookLater(deps, job, at, found.error)
  if (askedAt < unknownUntil) return lookAgain(deps, job, at, unknownUntil)
  const { settleMs } = backend.timing(deps.configOf(at.connection))
  if (settleMs > 0) {
    const first = await firstAbsence(deps.db, order.id, unknownUntil)
    const settled = new Date((first ?? askedAt).getTime() + settleMs)
    if (askedAt < settled) return lookOnceMore(deps, job, at, { settled, isFirst: first === null, askedAt })
  }
  return sendAgain(deps, job, at, unknownUntil)
}

/** After so many times people see why nothing can be found out; it is looked for on and on meanwhile. */
const mostSilentLooks = 5

async function lookLater(deps: Deps, job: Job, at: AtBackend, failure: Failure): Promise<void> {
  const { connection, order } = at
  const time = deps.now()
  const systemic = isSystemic(failure)
  await deps.db.transaction().execute(async (tx) => {
    const runAt = systemic
      ? await stopConnection(deps, tx, connection, failure)
      : new Date(time.getTime() + waitMs(job.attempts))
    await updateOrder(tx, order.id, time, { next_attempt_at: runAt })
    if (!systemic && job.attempts >= mostSilentLooks)
      await replaceProblems(tx, {
        orderId: order.id,
        connectionId: connection.id,
        problems: failure.problems,
        at: time,
        newId: deps.newId,
      })
    await finish(tx, job, deps.workerId, { runAt, countAttempt: !systemic })
  })
}

async function lookAgain(deps: Deps, job: Job, at: AtBackend, until: Date): Promise<void> {
  const time = deps.now()
  const runAt = new Date(Math.min(time.getTime() + waitMs(job.attempts), until.getTime()))
  await deps.db.transaction().execute(async (tx) => {
    await connectionWorked(tx, at.connection, time)
    await updateOrder(tx, at.order.id, time, { next_attempt_at: runAt })
    await finish(tx, job, deps.workerId, { runAt, countAttempt: true })
  })
}

/** Not to be seen, where what is there may not be seen yet: noted, and looked for once more. */
async function lookOnceMore(
  deps: Deps,
  job: Job,
  { order, connection, call }: AtBackend,
  { settled, isFirst, askedAt }: { settled: Date; isFirst: boolean; askedAt: Date },
): Promise<void> {
  const time = deps.now()
  await deps.db.transaction().execute(async (tx) => {
    await connectionWorked(tx, connection, time)
    await updateOrder(tx, order.id, time, { next_attempt_at: settled })
    if (isFirst)
      await addAttempt(tx, {
        id: deps.newId(),
        orderId: order.id,
        kind: 'verify',
        startedAt: askedAt,
        at: time,
        outcome: 'not_seen',
        exchanges: call.exchanges,
      })
    await finish(tx, job, deps.workerId, { runAt: settled, countAttempt: false })
  })
}

/** After so many times the fault is taken for the order's own: it stops, and a person decides. */
const mostSends = 5

/** It is surely not there: it is sent again, or stops when that was in vain too often. */
async function sendAgain(deps: Deps, job: Job, at: AtBackend, limitPassedAt: Date): Promise<void> {
  const { order, connection } = at
  const time = deps.now()
  await deps.db.transaction().execute(async (tx) => {
    await connectionWorked(tx, connection, time)
    const { times, lastDetail } = await sentInVain(tx, order.id)
    const stops = times >= mostSends
    const detail = `It was sent ${times} times, no answer said what became of it, and it is not there. ${lastDetail ?? ''}`
    const problem: Problem = {
      code: 'gave_up_retrying',
      subject: 'unknown_outcome',
      detail: detail.trim(),
      vendorMessage: null,
    }
    await changeStatus(tx, {
      orderId: order.id,
      to: stops ? 'post_error' : 'scheduled',
      from: ['verifying'],
      at: time,
      actor: 'waybill',
      kind: stops ? 'stopped' : 'not_in_backend',
      detail: stops
        ? { problems: [{ code: problem.code, detail: problem.detail }] }
        : { limitPassedAt: limitPassedAt.toISOString() },
      set: { unknown_until: null, next_attempt_at: stops ? null : time },
    })
    await replaceProblems(tx, {
      orderId: order.id,
      connectionId: connection.id,
      problems: stops ? [problem] : [],
      at: time,
      newId: deps.newId,
    })
    await addAttempt(tx, {
      id: deps.newId(),
      orderId: order.id,
      kind: 'verify',
      startedAt: at.startedAt,
      at: time,
      outcome: 'not_found',
      exchanges: at.call.exchanges,
    })
    await takeVersionThatWaited(deps, tx, order.id)
    const again = { runAt: time, countAttempt: false, anew: true, priority: priorities.daily } as const
    await finish(tx, job, deps.workerId, stops ? 'done' : again)
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
