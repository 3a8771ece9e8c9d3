import type { ConnectionRow } from '../ledger/health.ts'
import { finish, type Job, type NewJob } from '../ledger/jobs.ts'
import { dailyIsRunning } from '../ledger/reconciliations.ts'
import { nextAt } from '../shop-time.ts'
import type { Deps } from './deps.ts'
import { startReconciliation } from './reconcile.ts'
import { activeRouteOf } from './route.ts'

/** The shop's clock when the comparison begins: nobody orders then, and the day before is over. */
const quietHour = 3
const spreadMinutes = 60
const day = 86_400_000
/** How far back the daily comparison looks. */
export const usualDays = 7

type Channel = Pick<ConnectionRow, 'id' | 'time_zone'>

/** Many shops of one backend do not begin at once: each has a minute of its own. */
function nextQuietTime(channel: Channel, now: Date): Date {
  const minute = Number.parseInt(channel.id.slice(-4), 16) % spreadMinutes
  return nextAt({ hour: quietHour, minute }, now, channel.time_zone)
}

/** The recurring job of a channel: one reconciliation each night. */
export const dailyReconciliation = (channel: Channel, now: Date): NewJob => ({
  kind: 'reconcile-daily',
  key: channel.id,
  connectionId: channel.id,
  runAt: nextQuietTime(channel, now),
})

/** Starts the day's reconciliation, unless that of an earlier day still waits for a side that cannot be asked. */
export async function reconcileDaily(deps: Deps, job: Job): Promise<void> {
  const { connection } = job
  const route = await activeRouteOf(deps.db, connection.id)
  await deps.db.transaction().execute(async (tx) => {
    if (!route) return finish(tx, job, deps.workerId)
    const from = new Date(deps.now().getTime() - usualDays * day)
    if (!(await dailyIsRunning(tx, connection.id)))
      await startReconciliation(deps, tx, { connection, route, from, actor: 'waybill' })
    const runAt = nextQuietTime(connection, deps.now())
    await finish(tx, job, deps.workerId, { runAt, countAttempt: false, anew: true })
  })
}
