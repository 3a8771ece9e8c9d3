import type { Deps } from '../flows/deps.ts'
import { cancelAgedJob } from '../flows/cancel-aged.ts'
import { dailyReconciliation } from '../flows/reconcile-daily.ts'
import { enqueue, type NewJob } from '../ledger/jobs.ts'

/**
 * Sees to it that what has to happen again and again is in the queue: reading each shop and its backend's shipments,
 * comparing both at night, giving up on what stayed in error, and looking after webhooks. A job that is there already stays as it is, at its time.
 */
export async function enqueueRecurring(deps: Deps): Promise<void> {
  const runAt = deps.now()
  await deps.db.transaction().execute(async (tx) => {
    const routes = await tx
      .selectFrom('routes')
      .innerJoin('connections', 'connections.id', 'routes.channel_id')
      .selectAll('connections')
      .select(['routes.backend_id', 'routes.id as route_id', 'routes.auto_cancel'])
      .where('routes.removed_at', 'is', null)
      .execute()
    const there = await tx
      .selectFrom('jobs')
      .select(['kind', 'key'])
      .where('kind', 'in', ['poll', 'read-shipments', 'webhooks', 'reconcile-daily', 'cancel-aged'])
      .execute()
    const known = new Set(there.map((job) => `${job.kind} ${job.key}`))
    const wanted = routes.flatMap(({ backend_id: backendId, route_id: routeId, ...channel }): NewJob[] => [
      { kind: 'poll', key: channel.id, connectionId: channel.id, runAt },
      { kind: 'read-shipments', key: backendId, connectionId: backendId, runAt },
      dailyReconciliation(channel, runAt),
      ...(channel.auto_cancel === null ? [] : [cancelAgedJob({ id: routeId, backend_id: backendId }, runAt)]),
      ...(deps.hooks.urlOf(channel) !== null && deps.channelOf(channel.kind)?.webhooks
        ? [{ kind: 'webhooks' as const, key: channel.id, connectionId: channel.id, runAt }]
        : []),
    ])
    const missing = new Map(
      wanted
        .filter((job) => !known.has(`${job.kind} ${job.key}`))
        .map((job) => [`${job.kind} ${job.key}`, job]),
    )
    await enqueue(tx, [...missing.values()])
  })
}
