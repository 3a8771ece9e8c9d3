import type { Failure, Outcome, RecordField, RecordState, UpdatePlan } from '../connectors/contract.ts'
import { finishAttempt, startAttempt } from '../ledger/attempts.ts'
import { connectionById, connectionWorked } from '../ledger/health.ts'
import { finish, holdJob, type Job } from '../ledger/jobs.ts'
import { lockOrder, orderById, type OrderRow } from '../ledger/orders.ts'
import { moveRecordChange, openRecordChange, type RecordChangeRow } from '../ledger/record-changes.ts'
import { differencesBetween, needingReplacement } from '../order/difference.ts'
import type { Order } from '../order/order.ts'
import {
  type AnyBackend,
  type AnyChannel,
  backendFor,
  type Call,
  channelFor,
  type Deps,
  recordedCall,
} from './deps.ts'
import { ensureIdentity } from './identify.ts'
import { recordChanged, refuseChange } from './record-changed.ts'
import { routeById } from './route.ts'
import { isMissingPermission, isSystemic, stopConnection } from './trouble.ts'
import { versionOf } from './versions.ts'

type Changing = NonNullable<AnyBackend['changing']>

/** What the steps of one change have in hand. */
export interface ChangeWork {
  deps: Deps
  job: Job
  change: RecordChangeRow
  order: OrderRow
  call: Call
  attemptId: string
  /** How long a call may take here, and how long the backend may go on with one that was given up. */
  timing: { timeoutMs: number; requestLimitMs: number }
}

/**
 * Changes a record that is in the backend: reads it, decides, writes, and writes down what came of it. A request whose
 * answer was lost may still be running there, so nothing else is sent to this record before the backend's time limit has
 * passed; until then it is only looked at, and what it shows by then is taken. Writing the same again changes nothing more.
 */
export async function changeRecord(deps: Deps, job: Job): Promise<void> {
  const order = job.orderId === null ? null : await orderById(deps.db, job.orderId)
  const change = order && (await openRecordChange(deps.db, order.id))
  if (!order || !change) {
    await deps.db.transaction().execute((tx) => finish(tx, job, deps.workerId))
    return
  }
  const { connection } = job
  const backend = backendFor(deps, connection)
  const timing = backend.timing(deps.configOf(connection))
  const call = recordedCall(deps, connection, timing.timeoutMs)
  const work: ChangeWork = { deps, job, change, order, call, timing, attemptId: deps.newId() }
  if (order.record_id !== change.record_id) return refuseChange(work, 'The order has another record by now')
  if (!backend.changing)
    return refuseChange(work, `Records of ${backend.label} are changed in ${backend.label} itself`)
  const identified = await ensureIdentity(deps, connection, call.ctx)
  if (!identified.ok) return cannotLook(work, identified.error)

  const unknownUntil = change.unknown_until ?? (change.state === 'sending' ? await orphaned(work) : null)
  const askedAt = deps.now()
  const looked = await backend.changing.look(call.ctx, change.record_id)
  if (!looked.ok) return cannotLook(work, looked.error)
  const next = await nextStep(work, backend, looked.value)
  if (next.is === 'done') return recordChanged(work, next)
  if (unknownUntil !== null && askedAt < unknownUntil) return lookAgain(work, unknownUntil)
  if (next.is === 'refused') return refuseChange(work, next.why, next.conflicts)
  return send(work, backend, backend.changing, next)
}

type NextStep =
  | { is: 'done'; gone: boolean; written: RecordField[] }
  | { is: 'refused'; why: string; conflicts?: RecordField[] }
  | { is: 'close'; record: RecordState }
  | { is: 'update'; record: RecordState; plan: UpdatePlan }

/** What is to be done with the record as it is now. Pure, but for reading the versions of the order. */
async function nextStep(
  work: ChangeWork,
  backend: AnyBackend,
  record: RecordState | null,
): Promise<NextStep> {
  const { change } = work
  const name = record?.ref.number ?? change.record_number ?? change.record_id
  if (change.kind === 'update') return record ? updateStep(work, backend, record, name) : gone(name)
  const wrong = change.kind === 'replace' ? await whyNotPosted(work) : null
  if (wrong !== null) return { is: 'refused', why: wrong }
  if (record === null) return { is: 'done', gone: true, written: [] }
  if (record.untouchable !== null)
    return { is: 'refused', why: `${name} cannot be closed: ${record.untouchable}` }
  return record.closed ? { is: 'done', gone: false, written: [] } : { is: 'close', record }
}

/** Nothing is closed for a version that could not be posted afterwards. */
async function whyNotPosted({ deps, order }: ChangeWork): Promise<string | null> {
  const channel = await channelOf(deps, order)
  const newest = await versionOf(deps.db, channel, order, order.raw_id)
  if (newest === null) return 'What the shop has now cannot be read'
  return channel.cancelledStatuses.includes(newest.channelStatus)
    ? 'The shop has cancelled it: nothing would be posted in its place'
    : null
}

async function channelOf(deps: Deps, order: OrderRow): Promise<AnyChannel> {
  const connection = await connectionById(deps.db, order.channel_id)
  if (!connection) throw new Error(`order ${order.id} has no channel`)
  return channelFor(deps, connection)
}

const gone = (name: string): NextStep => ({ is: 'refused', why: `${name} does not exist any more` })

async function updateStep(
  { deps, change, order }: ChangeWork,
  backend: AnyBackend,
  record: RecordState,
  name: string,
): Promise<NextStep> {
  const versions = await versionsOf(deps, order, change.raw_id)
  if (versions === null)
    return { is: 'refused', why: 'What was posted, or what the shop has now, cannot be read' }
  if (needingReplacement(differencesBetween(versions.sent, versions.wanted)).length > 0)
    return { is: 'refused', why: 'What was bought or what it costs has changed: that takes another record' }
  const { mapping } = await routeById(deps.db, order.route_id)
  const plan = backend.changing!.plan({ ...versions, mapping: backend.mapping.parse(mapping), record })
  const written = (change.detail as { written?: RecordField[] }).written ?? plan.fields
  if (plan.fields.length === 0 && plan.conflicts.length === 0) return { is: 'done', gone: false, written }
  if (record.untouchable !== null)
    return { is: 'refused', why: `${name} cannot be changed any more: ${record.untouchable}` }
  if (record.closed) return { is: 'refused', why: `${name} is closed` }
  if (plan.conflicts.length > 0)
    return {
      is: 'refused',
      why: `${name} was edited in ${backend.label}: ${plan.conflicts.map(({ label }) => label).join(', ')}`,
      conflicts: plan.conflicts,
    }
  return { is: 'update', record, plan }
}

async function versionsOf(
  deps: Deps,
  order: OrderRow,
  rawId: string,
): Promise<{ sent: Order; wanted: Order } | null> {
  const channel = await channelOf(deps, order)
  const sent = await versionOf(deps.db, channel, order, order.posted_raw_id)
  const wanted = await versionOf(deps.db, channel, order, rawId)
  return sent && wanted && { sent, wanted }
}

async function send(
  work: ChangeWork,
  backend: AnyBackend,
  changing: Changing,
  step: Extract<NextStep, { is: 'close' | 'update' }>,
): Promise<void> {
  const { call, change } = work
  const fields = step.is === 'update' ? step.plan.fields : []
  if (!(await beginSending(work, fields))) return
  const sent =
    step.is === 'update'
      ? await changing.update(call.ctx, change.record_id, step.plan)
      : await changing.close(call.ctx, change.record_id, step.record)
  if (sent.ok && step.is === 'update') return recordChanged(work, { gone: false, written: fields })
  const looked = sent.ok || !isSystemic(sent.error) ? await changing.look(call.ctx, change.record_id) : null
  return afterSending(work, backend, sent, looked)
}

/** What it was answered is believed only after a look at the record: to close it is asked for, line by line, and may half fail. */
async function afterSending(
  work: ChangeWork,
  backend: AnyBackend,
  sent: Outcome<true>,
  looked: Outcome<RecordState | null> | null,
): Promise<void> {
  if (!sent.ok && isSystemic(sent.error)) return cannotLook(work, sent.error, 'not_sent')
  if (looked?.ok) {
    const next = await nextStep(work, backend, looked.value)
    if (next.is === 'done') return recordChanged(work, next)
    if (sent.ok) {
      const name = work.change.record_number ?? work.change.record_id
      return refuseChange(work, `${backend.label} took it, but ${name} is not closed`)
    }
    if (sent.error.kind === 'rejected' || sent.error.kind === 'not_found')
      return refuseChange(work, `${backend.label} refuses it: ${textOf(sent.error)}`)
  }
  return outcomeUnknown(work, sent.ok ? 'The record could not be read afterwards' : textOf(sent.error))
}

const textOf = ({ problems: [first] }: Failure): string => first.vendorMessage ?? first.detail

/**
 * Written before anything is sent, so that whoever finds it later knows that the outcome is unknown; not by a worker that
 * has lost the job to another, nor for an order that has moved on meanwhile.
 */
async function beginSending(work: ChangeWork, fields: RecordField[]): Promise<boolean> {
  const { deps, job, change, order, attemptId } = work
  const at = deps.now()
  return deps.db.transaction().execute(async (tx) => {
    const now = await lockOrder(tx, order.id)
    await holdJob(tx, job, deps.workerId)
    if (now?.status !== order.status || now.record_id !== change.record_id) {
      await finish(tx, job, deps.workerId, { runAt: at, countAttempt: false })
      return false
    }
    await moveRecordChange(tx, change.id, {
      state: 'sending',
      unknown_until: null,
      detail: { ...(change.detail as object), ...(fields.length > 0 ? { written: fields } : {}) },
    })
    await startAttempt(tx, { id: attemptId, orderId: order.id, kind: `${change.kind}_record`, at })
    return true
  })
}

/** The worker that sent it ended before it could write down the outcome: nobody knows it. */
async function orphaned({ deps, change, timing }: ChangeWork): Promise<Date> {
  const until = new Date(deps.now().getTime() + timing.timeoutMs + timing.requestLimitMs)
  await deps.db.transaction().execute((tx) => moveRecordChange(tx, change.id, { unknown_until: until }))
  return until
}

async function outcomeUnknown(work: ChangeWork, problem: string): Promise<void> {
  const { deps, job, change, timing, call, attemptId } = work
  const at = deps.now()
  const until = new Date(at.getTime() + timing.requestLimitMs)
  await deps.db.transaction().execute(async (tx) => {
    await moveRecordChange(tx, change.id, {
      unknown_until: until,
      detail: { ...(await detailNow(work)), waits: `The answer was lost: ${problem}` },
    })
    await finishAttempt(tx, {
      id: attemptId,
      at,
      outcome: 'unknown',
      detail: problem,
      exchanges: call.exchanges,
    })
    const runAt = new Date(Math.min(at.getTime() + 1000, until.getTime()))
    await finish(tx, job, deps.workerId, { runAt, countAttempt: false, anew: true })
  })
}

async function lookAgain({ deps, job }: ChangeWork, until: Date): Promise<void> {
  const at = deps.now()
  const runAt = new Date(Math.min(at.getTime() + waitMs(job.attempts), until.getTime()))
  await deps.db.transaction().execute(async (tx) => {
    await connectionWorked(tx, job.connection, at)
    await finish(tx, job, deps.workerId, { runAt, countAttempt: true })
  })
}

/** After so many failures of its own a change that was not sent is given back to the person, with the reason. */
const mostLooks = 5

/** The record cannot be read now, or nothing was sent: what was sent before is looked for on and on. */
async function cannotLook(work: ChangeWork, failure: Failure, outcome?: 'not_sent'): Promise<void> {
  const { deps, job, change, call, attemptId } = work
  const systemic = isSystemic(failure) && !isMissingPermission(failure)
  const mayHaveBeenSent = change.state === 'sending' && outcome === undefined
  if (!systemic && !mayHaveBeenSent && (isMissingPermission(failure) || job.attempts >= mostLooks))
    return refuseChange(work, textOf(failure))
  const at = deps.now()
  await deps.db.transaction().execute(async (tx) => {
    const runAt = systemic
      ? await stopConnection(deps, tx, job.connection, failure)
      : new Date(at.getTime() + waitMs(job.attempts))
    await moveRecordChange(tx, change.id, {
      ...(outcome === 'not_sent' ? { state: 'waiting', unknown_until: null } : {}),
      detail: { ...(await detailNow(work)), waits: textOf(failure) },
    })
    if (outcome === 'not_sent')
      await finishAttempt(tx, {
        id: attemptId,
        at,
        outcome,
        detail: textOf(failure),
        exchanges: call.exchanges,
      })
    await finish(tx, job, deps.workerId, { runAt, countAttempt: !systemic })
  })
}

const detailNow = async ({ deps, change }: ChangeWork): Promise<object> =>
  ((await openRecordChange(deps.db, change.order_id))?.detail ?? {}) as object

const waitMs = (attempts: number): number => Math.min(60_000, 500 * 2 ** Math.min(attempts, 10))
