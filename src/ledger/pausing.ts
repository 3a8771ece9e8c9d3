import { sql } from 'kysely'
import type { Tx } from './database.ts'
import { addEvents } from './events.ts'

/** Stops or resumes all work over a connection. Returns false when it was so already. */
export async function pauseConnection(
  tx: Tx,
  { connectionId, pause, at, actor }: { connectionId: string; pause: boolean; at: Date; actor: string },
): Promise<boolean> {
  const changed = await tx
    .updateTable('connections')
    .set({ paused_at: pause ? at : null, paused_by: pause ? actor : null, updated_at: at })
    .where('id', '=', connectionId)
    .where('paused_at', pause ? 'is' : 'is not', null)
    .returning('id')
    .executeTakeFirst()
  if (!changed) return false
  const kind = pause ? 'paused' : 'resumed'
  await addEvents(tx, [{ orderId: null, connectionId, at, kind, actor }])
  await sql`SELECT pg_notify('waybill_jobs', '')`.execute(tx)
  return true
}
