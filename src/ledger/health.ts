import type { Selectable } from 'kysely'
import type { Problem } from '../order/problems.ts'
import type { Database, Db, Tx } from './database.ts'
import { addEvents } from './events.ts'
import { connectionStates, type Health, healthAfter } from './connection-states.ts'
import { openGap } from './gaps.ts'

export type ConnectionRow = Selectable<Database['connections']>

export async function connectionById(db: Db, id: string): Promise<ConnectionRow | null> {
  return (await db.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst()) ?? null
}

/**
 * Notes that a connection failed for a reason that is not one order's: nothing more is sent over it until
 * `blockedUntil`. Calls that failed side by side count as one failure: `connection` is what it was when the call began.
 * A channel that is down has a gap from its last success on.
 */
export async function connectionFailed(
  tx: Tx,
  failed: {
    connection: ConnectionRow
    health: Health
    problem: Problem
    blockedUntil: Date
    at: Date
    newId: () => string
  },
): Promise<void> {
  const { connection, health, problem, at } = failed
  const row = await tx
    .selectFrom('connections')
    .select(['health', 'failures'])
    .where('id', '=', connection.id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  if (row.failures > connection.failures && health === 'failing') return
  await tx
    .updateTable('connections')
    .set({
      health,
      failures: Math.max(row.failures, connection.failures + 1),
      health_problem: JSON.stringify(problem),
      blocked_until: failed.blockedUntil,
      updated_at: at,
      ...(row.health === health ? {} : { health_since: at }),
    })
    .where('id', '=', connection.id)
    .execute()
  if (row.health !== health) {
    await addEvents(tx, [
      {
        orderId: null,
        connectionId: connection.id,
        at,
        kind: health,
        actor: 'waybill',
        from: row.health,
        to: health,
        detail: problem,
      },
    ])
  }
  if (connectionStates[health].opensGap && connection.role === 'channel')
    await openGap(tx, {
      connectionId: connection.id,
      reason: health === 'needs_reauthorisation' ? health : 'down',
      problem,
      from: connection.last_success_at ?? at,
      at,
      newId: failed.newId,
    })
}

/** Whether a success is worth writing down: the first after trouble, and one a minute. */
export function successIsNews(connection: ConnectionRow, at: Date): boolean {
  const recently = connection.last_success_at && at.getTime() - connection.last_success_at.getTime() < 60_000
  return connection.health !== 'healthy' || connection.failures > 0 || !recently
}

/**
 * Notes that a call over the connection succeeded, where that is news. A call that began before another one failed
 * proves nothing about the time since.
 */
export async function connectionWorked(tx: Tx, connection: ConnectionRow, at: Date): Promise<void> {
  if (!successIsNews(connection, at)) return
  const before = await tx
    .selectFrom('connections')
    .select(['health', 'failures'])
    .where('id', '=', connection.id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  if (before.failures > connection.failures) return
  await tx
    .updateTable('connections')
    .set({
      health: healthAfter.worked,
      failures: 0,
      blocked_until: null,
      health_problem: null,
      last_success_at: at,
      updated_at: at,
      ...(before.health === 'healthy' ? {} : { health_since: at }),
    })
    .where('id', '=', connection.id)
    .execute()
  if (before.health === 'healthy') return
  await addEvents(tx, [
    {
      orderId: null,
      connectionId: connection.id,
      at,
      kind: 'healthy',
      actor: 'waybill',
      from: before.health,
      to: 'healthy',
    },
  ])
}
