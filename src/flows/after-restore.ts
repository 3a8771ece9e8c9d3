import { sql } from 'kysely'
import { connectionById } from '../ledger/health.ts'
import { enqueue } from '../ledger/jobs.ts'
import { changeStatuses, lockOrders } from '../ledger/many-orders.ts'
import { openChangesMayHaveBeenSent } from '../ledger/record-changes.ts'
import { readSetting, removeSetting, writeSetting } from '../ledger/settings.ts'
import type { Db, Tx } from '../ledger/database.ts'
import { backendFor, type Deps } from './deps.ts'

const setting = 'restored'

/** Marks a ledger as restored from a backup: the next start looks up what may have happened since. */
export async function markRestored(db: Db, restoredAt: Date): Promise<void> {
  await db.transaction().execute((tx) => writeSetting(tx, setting, { at: restoredAt.toISOString() }))
}

/**
 * After a restore, before anything runs: an order that was on its way when the backup was made may have reached the
 * backend since, and a request for it may still be running there. All of them are looked up before anything is sent;
 * "not there" is believed only when the backend's time limit has passed. Returns how many orders that concerns.
 */
export async function settleRestored(deps: Deps): Promise<number> {
  return deps.db.transaction().execute(async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtext('waybill restored'))`.execute(tx)
    if ((await readSetting(tx, setting)) === null) return 0
    const ids = await tx
      .selectFrom('orders')
      .select(['id', 'backend_id'])
      .where('status', 'in', ['scheduled', 'posting', 'verifying'])
      .execute()
    for (const [backendId, orders] of Map.groupBy(ids, (order) => order.backend_id))
      await lookUp(
        deps,
        tx,
        backendId,
        orders.map((order) => order.id),
      )
    for (const { backend_id: backendId } of await backendsWithChanges(tx)) {
      const until = await untilUnknown(deps, tx, backendId)
      await openChangesMayHaveBeenSent(tx, backendId, until)
    }
    await removeSetting(tx, setting)
    return ids.length
  })
}

const backendsWithChanges = (tx: Tx) =>
  tx
    .selectFrom('record_changes')
    .innerJoin('orders', 'orders.id', 'record_changes.order_id')
    .select('orders.backend_id')
    .distinct()
    .where('record_changes.ended_at', 'is', null)
    .execute()

/** Until then a request of the life before may still be running at the backend. */
async function untilUnknown(deps: Deps, tx: Tx, backendId: string): Promise<Date> {
  const connection = (await connectionById(tx, backendId))!
  const { requestLimitMs, timeoutMs } = backendFor(deps, connection).timing(deps.configOf(connection))
  return new Date(deps.now().getTime() + requestLimitMs + timeoutMs)
}

async function lookUp(deps: Deps, tx: Tx, backendId: string, ids: string[]): Promise<void> {
  const at = deps.now()
  const until = await untilUnknown(deps, tx, backendId)
  const orders = await lockOrders(tx, ids)
  await changeStatuses(tx, orders, {
    to: 'verifying',
    at,
    actor: 'waybill',
    kind: 'restored',
    detail: () => ({ until: until.toISOString() }),
    set: { unknown_until: until, next_attempt_at: at },
  })
  await enqueue(
    tx,
    orders.map((order) => ({
      kind: 'post' as const,
      key: order.id,
      connectionId: backendId,
      orderId: order.id,
      runAt: at,
    })),
  )
}
