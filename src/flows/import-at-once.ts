import type { RawOrder } from '../connectors/contract.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { successIsNews } from '../ledger/health.ts'
import { finish, type Job, priorities, raisePriority } from '../ledger/jobs.ts'
import { hashOf } from '../ledger/raw.ts'
import { type Ahead, takeInScheduled } from '../ledger/take-in.ts'
import { backendFor, type Deps } from './deps.ts'
import { mostSilentFailures } from './failing-work.ts'
import { isOfTheContent } from './import-alone.ts'
import { newOrder, rawOf, seenDetail } from './import-order.ts'
import { judge } from './judge-order.ts'
import { postJob } from './newer-version.ts'
import { draftFromMemory } from './prepare-draft.ts'

/** Whether the order is the one that is known, and nothing can have become of it that a newer version would change. */
function isSettled({ known }: Ahead, raw: RawOrder): boolean {
  if (known === null || !known.sha256.equals(hashOf(raw.body))) return false
  const stopped = ['held', 'import_error'].includes(known.status) || known.cancel_reason === 'at_channel'
  return known.record_id !== null || !stopped
}

/**
 * The way of most orders that a webhook tells of: a new one that is to be posted, or one that is known as it is. It is
 * gone in one statement, and the job that posts the order handed on. Null: it is none of these, and nothing was done.
 */
export async function importAtOnce(
  deps: Deps,
  job: Job,
  {
    connection,
    raw,
    source,
    ahead,
  }: { connection: ConnectionRow; raw: RawOrder; source: string; ahead: Ahead },
): Promise<{ next: Job | null } | null> {
  const at = deps.now()
  if (job.attempts >= mostSilentFailures || successIsNews(connection, at)) return null
  if (isSettled(ahead, raw)) return endAsKnown(deps, job, ahead)
  if (ahead.known !== null || ahead.deleted) return null
  const { route, routeVersion } = ahead
  const input = { connection, route, raw, source }
  const judged = judge(deps, input, null)
  const { order: canonical, place, facts } = judged
  const backend = await deps.kept.withId(route.backend_id)
  if (canonical === null || place.status !== 'scheduled' || backend === null) return null
  const kept = rawOf(deps, input)
  const id = deps.newId()
  const placed = newOrder({ id, input, place, facts }, kept.id, at)
  const { mapping } = route
  const toPrepare = { order: canonical, externalId: placed.external_id, mapping, channel: connection }
  const draft = await draftFromMemory(deps, backend, toPrepare)
  const attemptId = deps.newId()
  try {
    const taken = await takeInScheduled(deps.db, job, deps.workerId, {
      order: placed,
      raw: kept,
      event: { actor: source, detail: seenDetail({ place, facts }) },
      routeVersion,
      post: postJob(id, input, at),
      hand: { worker: deps.workerId, connection: backend, now: at },
      begin: draft === null ? null : { attemptId, lines: backendFor(deps, backend).linesOf(draft) },
    })
    if (taken === null) return null
    const { order, post } = taken
    const begun = order.status === 'posting' && { begun: { attemptId, draft } }
    const carried = { order, mapping, channel: connection, body: raw.body, canonical, ...begun }
    return { next: post && { ...post, carried } }
  } catch (error) {
    // What the ledger cannot hold is kept as an order that cannot be read, by the way that takes more care.
    if (isOfTheContent(error)) return null
    throw error
  }
}

async function endAsKnown(deps: Deps, job: Job, { known }: Ahead): Promise<{ next: null }> {
  if (known?.status === 'scheduled')
    await deps.db.transaction().execute(async (tx) => {
      await raisePriority(tx, { kind: 'post', key: known.id, priority: priorities.daily })
      await finish(tx, job, deps.workerId)
    })
  else await finish(deps.db, job, deps.workerId)
  return { next: null }
}
