import type { ReconciliationStep, Tx } from '../ledger/database.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { enqueue, finish, type Job } from '../ledger/jobs.ts'
import {
  insertReconciliation,
  reconciliationById,
  type ReconciliationRow,
  updateReconciliation,
} from '../ledger/reconciliations.ts'
import type { RouteRow } from '../ledger/routes.ts'
import { startOfDay } from '../shop-time.ts'
import { backendFor, callOver, channelFor, type Deps } from './deps.ts'
import { ensureIdentity } from './identify.ts'
import { lookForMissing, matchRecords } from './reconcile-backend.ts'
import { askForUnknown, askForUnlisted, compareListed } from './reconcile-channel.ts'
import { explainAll } from './reconcile-explain.ts'
import { reconcileJob, type Reconciling, waits } from './reconcile-run.ts'
import { activeRouteOf } from './route.ts'

/** What happens in each step, a page of it at a time. */
const steps: Record<Exclude<ReconciliationStep, 'done'>, (deps: Deps, at: Reconciling) => Promise<void>> = {
  // What the channel lists is compared with the ledger; what is not here, or is of another version, is taken in.
  channel: compareListed,
  // What the ledger has and the channel did not list is asked for by its id.
  unlisted: askForUnlisted,
  // What the backend lists under our external ids is compared with the ledger.
  backend: matchRecords,
  // Of what the ledger has posted and the backend did not list, the record itself is looked at.
  missing: lookForMissing,
  // Records under our external ids whose order the ledger does not know: the channel is asked for it.
  unknown: askForUnknown,
  // Whatever is not the same on all sides gets its explanation, and the days are counted.
  explain: explainAll,
}

/**
 * Starts comparing a channel with the ledger and the backend: whole days of the shop, from the one that `from` is in (but
 * nothing from before the route's start date) until the end of this second.
 */
export async function startReconciliation(
  deps: Deps,
  tx: Tx,
  asked: { connection: ConnectionRow; route: RouteRow; from: Date; actor: string },
): Promise<string> {
  const { connection, route, from, actor } = asked
  const at = deps.now()
  const zone = connection.time_zone ?? 'UTC'
  const begin = startOfDay(from, zone)
  const run = {
    id: deps.newId(),
    channel_id: connection.id,
    backend_id: route.backend_id,
    step: 'channel' as const,
  }
  await insertReconciliation(tx, {
    ...run,
    actor,
    time_zone: zone,
    from_at: wholeSecond(begin < route.since ? route.since : begin),
    // Shops tell whole seconds: an order of this one is compared too.
    to_at: new Date(wholeSecond(at).getTime() + 1000),
    created_at: at,
  })
  await enqueue(tx, [reconcileJob(run, at)])
  return run.id
}

const wholeSecond = (time: Date): Date => new Date(Math.floor(time.getTime() / 1000) * 1000)

/** Goes on with a reconciliation by one page. Where it stands is kept with each: a crash repeats one page. */
export async function reconcile(deps: Deps, job: Job): Promise<void> {
  const { reconciliationId } = job.payload as { reconciliationId: string }
  const run = await reconciliationById(deps.db, reconciliationId)
  if (!run || run.step === 'done')
    return deps.db.transaction().execute((tx) => finish(tx, job, deps.workerId))
  const route = await activeRouteOf(deps.db, run.channel_id)
  if (route?.backend_id !== run.backend_id)
    return giveUp(deps, job, run, 'No route leads from this shop to that backend any more')
  const { connection: found } = job
  const timeoutMs =
    found.role === 'channel'
      ? channelFor(deps, found).timeoutMs(deps.configOf(found))
      : backendFor(deps, found).timing(deps.configOf(found)).timeoutMs
  const ctx = callOver(deps, found, timeoutMs)
  const identified = await ensureIdentity(deps, found, ctx)
  const at: Reconciling = { run, job, route, connection: found, ctx }
  if (!identified.ok) return waits(deps, at, identified.error)
  await steps[run.step](deps, { ...at, connection: identified.value })
}

async function giveUp(deps: Deps, job: Job, run: ReconciliationRow, trouble: string): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    await updateReconciliation(tx, run.id, { step: 'done', trouble, finished_at: deps.now() })
    await finish(tx, job, deps.workerId)
  })
}
