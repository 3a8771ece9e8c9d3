import type { Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import { addEvents } from './events.ts'

/** Reads a route and keeps others from changing it until the transaction ends. */
export async function lockRoute(tx: Tx, id: string): Promise<Selectable<Database['routes']>> {
  return tx.selectFrom('routes').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow()
}

/** Gives a route another mapping, and writes down who changed what. */
export async function changeMapping(
  tx: Tx,
  change: {
    route: { id: string; name: string; backend_id: string }
    mapping: unknown
    at: Date
    actor: string
    detail: object
  },
): Promise<void> {
  const { route, mapping, at, actor } = change
  await tx
    .updateTable('routes')
    .set({ mapping: JSON.stringify(mapping), updated_at: at })
    .where('id', '=', route.id)
    .execute()
  await addEvents(tx, [
    {
      orderId: null,
      connectionId: route.backend_id,
      at,
      kind: 'mapping_changed',
      actor,
      detail: { route: route.name, ...change.detail },
    },
  ])
}
