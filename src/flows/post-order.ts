import type { BackendTotals, Failure, RecordRef } from '../connectors/contract.ts'
import { customerExternalId } from '../ids.ts'
import { addAttempt, finishAttempt, startAttempt } from '../ledger/attempts.ts'
import { addEvents } from '../ledger/events.ts'
import { connectionById, type ConnectionRow, connectionWorked } from '../ledger/health.ts'
import { enqueue, finish, type Job } from '../ledger/jobs.ts'
import { changeStatus, IllegalChange, orderById, type OrderRow, updateOrder } from '../ledger/orders.ts'
import { closeProblems, replaceProblems } from '../ledger/problems.ts'
import { readRaw } from '../ledger/raw.ts'
import { equals, subtract, toCurrency } from '../order/money.ts'
import type { Order } from '../order/order.ts'
import type { Problem } from '../order/problems.ts'
import { type AnyBackend, backendFor, type Call, callOver, channelFor, type Deps } from './deps.ts'
import { ensureIdentity } from './identify.ts'
import { routeById } from './route.ts'
import { isSystemic, stopConnection } from './trouble.ts'
import { verifyOrder } from './verify-order.ts'

/** What the flows around one order at its backend have in hand. */
export interface AtBackend {
  order: OrderRow
  connection: ConnectionRow
  backend: AnyBackend
  call: Call
  startedAt: Date
}

/**
 * Brings one order to its backend: prepare, create with its external id, record. The status goes to "posting" and is
 * committed before anything is sent; whoever meets an order in that status later knows that the outcome is unknown, and
 * looks before sending again.
 */
export async function postOrder(deps: Deps, job: Job): Promise<void> {
  const order = job.orderId === null ? null : await orderById(deps.db, job.orderId)
  const connection = await connectionById(deps.db, job.connectionId)
  if (!order || !connection || !['scheduled', 'posting', 'verifying'].includes(order.status)) {
    await deps.db.transaction().execute((tx) => finish(tx, job, deps.workerId))
    return
  }
  const backend = backendFor(deps, connection)
  const timing = backend.timing(deps.configOf(connection))
  const call = callOver(deps, connection, timing.timeoutMs)
  const at: AtBackend = { order, connection, backend, call, startedAt: deps.now() }
  const identified = await ensureIdentity(deps, connection, call)
  if (!identified.ok) return waitForConnection(deps, job, at, identified.error)
  if (order.status !== 'scheduled') return verifyOrder(deps, job, at)

  const prepared = await prepareDraft(deps, at)
  if (!prepared.ok) {
    if (prepared.failure && isSystemic(prepared.failure))
      return waitForConnection(deps, job, at, prepared.failure)
    if (prepared.failure && prepared.failure.kind !== 'rejected')
      return tryAgainLater(deps, job, at, prepared.failure)
    return stopWithProblems(deps, job, at, prepared.problems)
  }
  const attemptId = deps.newId()
  if (!(await beginPosting(deps, job, at, attemptId, backend.linesOf(prepared.draft)))) return
  const created = await backend.create(at.call.ctx, prepared.draft)
  if (created.ok) return recordPosted(deps, job, at, { ref: created.value, attemptId, how: 'created' })
  if (isSystemic(created.error)) return waitForConnection(deps, job, at, created.error, attemptId)
  return lookAfterFailure(deps, job, at, { failure: created.error, attemptId })
}

type Prepared = { ok: true; draft: unknown } | { ok: false; failure?: Failure; problems: readonly Problem[] }

async function prepareDraft(deps: Deps, { order, connection, backend, call }: AtBackend): Promise<Prepared> {
  const { order: canonical, problem } = await canonicalOf(deps, order)
  if (!canonical) return { ok: false, problems: [problem] }
  const route = await routeById(deps.db, order.route_id)
  const channel = await connectionById(deps.db, order.channel_id)
  if (!channel || channel.identity === null) throw new Error(`order ${order.id} has no identified channel`)
  const mapping = backend.mapping.parse(route.mapping)
  const customerId = customerExternalId(channel.kind, channel.identity, canonical.customer)
  const lookups = await backend.lookups(call.ctx, canonical, mapping, customerId)
  if (!lookups.ok) return { ok: false, failure: lookups.error, problems: lookups.error.problems }
  const prepared = backend.prepare({
    order: canonical,
    mapping,
    lookups: lookups.value,
    externalId: order.external_id,
    customerExternalId: customerId,
  })
  deps.log.debug({ order: order.number, connection: connection.name, ok: prepared.ok }, 'prepared')
  return prepared.ok ? { ok: true, draft: prepared.value } : { ok: false, problems: prepared.error }
}

/** The canonical order of the channel's newest version. Reading is pure, so it is done anew and never stored. */
export async function canonicalOf(
  deps: Deps,
  order: OrderRow,
): Promise<{ order: Order; problem: null } | { order: null; problem: Problem }> {
  const connection = await connectionById(deps.db, order.channel_id)
  if (!connection) throw new Error(`order ${order.id} has no channel`)
  const body = await readRaw(deps.db, order.raw_id)
  const read = channelFor(deps, connection).toOrder({
    id: order.channel_order_id,
    body,
    modifiedAt: order.modified_at?.toISOString() ?? null,
  })
  return read.ok ? { order: read.value, problem: null } : { order: null, problem: read.error.problem }
}

/** Commits "posting" before anything is sent. False when the order has changed meanwhile: the job looks at it anew. */
async function beginPosting(
  deps: Deps,
  job: Job,
  { order }: AtBackend,
  attemptId: string,
  lines: { backendLine: string; channelLineId: string }[],
): Promise<boolean> {
  try {
    await deps.db.transaction().execute(async (tx) => {
      await changeStatus(tx, {
        orderId: order.id,
        to: 'posting',
        from: ['scheduled'],
        at: deps.now(),
        actor: 'waybill',
        kind: 'posting',
        set: {
          post_attempts: order.post_attempts + 1,
          next_attempt_at: null,
          record_lines: JSON.stringify(lines),
        },
      })
      const newer = await orderById(tx, order.id)
      if (newer?.raw_id !== order.raw_id) throw new ChangedMeanwhile()
      await startAttempt(tx, { id: attemptId, orderId: order.id, kind: 'post', at: deps.now() })
    })
    return true
  } catch (error) {
    if (!(error instanceof ChangedMeanwhile || error instanceof IllegalChange)) throw error
    await deps.db
      .transaction()
      .execute((tx) => finish(tx, job, deps.workerId, { runAt: deps.now(), countAttempt: false }))
    return false
  }
}

class ChangedMeanwhile extends Error {}

export interface Found {
  ref: RecordRef
  attemptId: string | null
  how: 'created' | 'found'
}

/** The record is there: link it, compare totals, and let the shipments come. */
export async function recordPosted(deps: Deps, job: Job, at: AtBackend, found: Found): Promise<void> {
  const { backend, call, connection } = at
  const totals = await backend.totals(call.ctx, found.ref.id)
  const time = deps.now()
  await deps.db.transaction().execute(async (tx) => {
    const order = await orderById(tx, at.order.id)
    if (!order) throw new Error(`order ${at.order.id} is gone`)
    const ref = totals.ok ? totals.value.ref : found.ref
    const problem = totals.ok ? totalProblem(order, totals.value) : null
    await changeStatus(tx, {
      orderId: order.id,
      to: problem ? 'post_error' : 'posted',
      from: ['posting', 'verifying'],
      at: time,
      actor: 'waybill',
      kind: found.how === 'created' ? 'posted' : 'found_in_backend',
      detail: { record: ref.id, number: ref.number, ...(problem ? { problem: problem.detail } : {}) },
      set: {
        record_id: ref.id,
        record_number: ref.number,
        record_url: ref.url,
        record_total: totals.ok ? totals.value.total : null,
        posted_raw_id: order.raw_id,
        posted_at: time,
        unknown_until: null,
        next_attempt_at: null,
        reason: null,
      },
    })
    await replaceProblems(tx, {
      orderId: order.id,
      connectionId: connection.id,
      problems: problem ? [problem] : [],
      at: time,
      newId: deps.newId,
    })
    if (!totals.ok)
      await enqueue(tx, [
        { kind: 'check-total', key: order.id, connectionId: connection.id, orderId: order.id, runAt: time },
      ])
    if (found.attemptId !== null)
      await finishAttempt(tx, {
        id: found.attemptId,
        at: time,
        outcome: found.how === 'created' ? 'posted' : 'found',
        detail: ref.number ?? ref.id,
        exchanges: call.exchanges,
      })
    if (totals.ok || !isSystemic(totals.error)) await connectionWorked(tx, connection, time)
    await finish(tx, job, deps.workerId)
  })
}

/** What the backend computed against what the channel said. Null: the same, to the cent. */
export function totalProblem(order: OrderRow, totals: BackendTotals): Problem | null {
  if (order.total === null || order.currency === null || order.total_accepted) return null
  if (totals.currency === order.currency && equals(totals.total, order.total)) return null
  const shop = `${toCurrency(order.total, order.currency)} ${order.currency}`
  const there = `${toCurrency(totals.total, totals.currency)} ${totals.currency}`
  const by =
    totals.currency === order.currency
      ? `: a difference of ${toCurrency(subtract(totals.total, order.total), order.currency)}`
      : ''
  return {
    code: 'total_differs',
    subject: '',
    detail: `The shop's total is ${shop}, the record's is ${there}${by}`,
    vendorMessage: null,
  }
}

interface Failed {
  failure: Failure
  attemptId: string
}

/**
 * The create failed and may have happened all the same. Any rejection looks for the record before it is believed; a lost
 * answer is looked for at once, and again until the backend's own time limit has passed.
 */
async function lookAfterFailure(deps: Deps, job: Job, at: AtBackend, failed: Failed): Promise<void> {
  const { backend, call, order } = at
  const found = await backend.find(call.ctx, order.external_id)
  if (found.ok && found.value)
    return recordPosted(deps, job, at, { ref: found.value, attemptId: failed.attemptId, how: 'found' })
  if (found.ok && failed.failure.kind === 'rejected')
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
    await finish(tx, job, deps.workerId, { runAt: next, countAttempt: true })
  })
}

/** The order's own trouble: it stops, all its problems are shown, the others go on. */
async function stopWithProblems(
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
    await finish(tx, job, deps.workerId)
  })
}

/** The connection's trouble: it stops, the order stays scheduled and no attempt is burnt. */
async function waitForConnection(
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
    } else await updateOrder(tx, order.id, time, { next_attempt_at: runAt })
    await finish(tx, job, deps.workerId, { runAt, countAttempt: false })
  })
}

const mostLookupAttempts = 8

/** An answer of the backend that cannot be read, before anything was sent: tried again a few times, then shown. */
async function tryAgainLater(deps: Deps, job: Job, at: AtBackend, failure: Failure): Promise<void> {
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

/** A person's "check again", and the reading of a total that could not be read right after posting. */
export async function checkTotal(deps: Deps, job: Job): Promise<void> {
  const order = job.orderId === null ? null : await orderById(deps.db, job.orderId)
  const connection = await connectionById(deps.db, job.connectionId)
  if (!order || !connection || order.record_id === null || !['posted', 'post_error'].includes(order.status)) {
    await deps.db.transaction().execute((tx) => finish(tx, job, deps.workerId))
    return
  }
  const backend = backendFor(deps, connection)
  const call = callOver(deps, connection, backend.timing(deps.configOf(connection)).timeoutMs)
  const totals = await backend.totals(call.ctx, order.record_id)
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
