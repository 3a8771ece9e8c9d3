import type { Failure } from '../connectors/contract.ts'
import { customerExternalId } from '../ids.ts'
import { finish, type Job } from '../ledger/jobs.ts'
import type { OrderRow } from '../ledger/orders.ts'
import { beginPosting, type OrderToPost, readForPosting } from '../ledger/posting.ts'
import type { Order } from '../order/order.ts'
import type { Problem } from '../order/problems.ts'
import { backendFor, recordedCall, type Deps } from './deps.ts'
import { ensureIdentity } from './identify.ts'
import { lookAfterFailure, stopWithProblems, tryAgainLater, waitForConnection } from './post-failed.ts'
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
  const toPost = job.orderId === null ? null : await readForPosting(deps.db, job.orderId)
  if (!toPost || !['scheduled', 'posting', 'verifying'].includes(toPost.order.status)) {
    await deps.db.transaction().execute((tx) => finish(tx, job, deps.workerId))
    return
  }
  const { order, mapping } = toPost
  const backend = backendFor(deps, connection)
  const timing = backend.timing(deps.configOf(connection))
  const call = recordedCall(deps, connection, timing.timeoutMs)
  const linesAnew = async () => {
    const prepared = await prepareDraft(deps, at, toPost)
    return prepared.ok ? backend.linesOf(prepared.draft) : null
  }
  const at: AtBackend = { order, mapping, connection, backend, call, startedAt: deps.now(), linesAnew }
  const identified = await ensureIdentity(deps, connection, call.ctx)
  if (!identified.ok) return waitForConnection(deps, job, at, identified.error)
  if (order.status !== 'scheduled') return verifyOrder(deps, job, at)

  const prepared = await prepareDraft(deps, at, toPost)
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
  const created = await backend.create(call.ctx, prepared.draft)
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

type Prepared = { ok: true; draft: unknown } | { ok: false; failure?: Failure; problems: readonly Problem[] }

async function prepareDraft(
  deps: Deps,
  { order, connection, backend, call }: AtBackend,
  { mapping: route, channel, body }: OrderToPost,
): Promise<Prepared> {
  if (channel.identity === null) throw new Error(`order ${order.id} has no identified channel`)
  const { order: canonical, problem } = canonicalFrom(deps, channel.kind, order, body)
  if (!canonical) return { ok: false, problems: [problem] }
  const mapping = backend.mapping.parse(route)
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

type Canonical = { order: Order; problem: null } | { order: null; problem: Problem }

/** The canonical order of the channel's newest version. Reading is pure, so it is done anew and never stored. */
export async function canonicalOf(deps: Deps, order: OrderRow): Promise<Canonical> {
  const toPost = await readForPosting(deps.db, order.id)
  if (!toPost) throw new Error(`order ${order.id} is gone`)
  return canonicalFrom(deps, toPost.channel.kind, order, toPost.body)
}

function canonicalFrom(deps: Deps, kind: string, order: OrderRow, body: string): Canonical {
  const channel = deps.channelOf(kind)
  if (!channel) throw new Error(`no channel of kind ${kind}`)
  const modifiedAt = order.modified_at?.toISOString() ?? null
  const read = channel.toOrder({ id: order.channel_order_id, body, modifiedAt })
  return read.ok ? { order: read.value, problem: null } : { order: null, problem: read.error.problem }
}
