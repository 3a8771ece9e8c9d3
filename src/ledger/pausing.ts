import { sql } from 'kysely'
import type { Tx } from './database.ts'
import { addEvents } from './events.ts'
import { connectionStates } from './connection-states.ts'
import { openGap } from './gaps.ts'

export interface Pausing {
  connectionId: string
  pause: boolean
  at: Date
  actor: string
  newId: () => string
}

/**
 * Stops or resumes all work over a connection. Returns false when it was so already. What a paused channel cannot be asked
 * meanwhile is a gap.
 */
export async function pauseConnection(
  tx: Tx,
  { connectionId, pause, at, actor, newId }: Pausing,
): Promise<boolean> {
  const changed = await tx
    .updateTable('connections')
    .set({ paused_at: pause ? at : null, paused_by: pause ? actor : null, updated_at: at })
    .where('id', '=', connectionId)
    .where('paused_at', pause ? 'is' : 'is not', null)
    .returning(['role', 'last_success_at'])
    .executeTakeFirst()
  if (!changed) return false
  if (pause && connectionStates.paused.opensGap && changed.role === 'channel')
    await openGap(tx, {
      connectionId,
      reason: 'paused',
      problem: null,
      from: changed.last_success_at ?? at,
      at,
      newId,
    })
  const kind = pause ? 'paused' : 'resumed'
  await addEvents(tx, [{ orderId: null, connectionId, at, kind, actor }])
  await sql`SELECT pg_notify('waybill_jobs', '')`.execute(tx)
  return true
}
