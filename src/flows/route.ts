import type { Db, Tx } from '../ledger/database.ts'
import type { RouteRow } from '../ledger/routes.ts'

/** The route that carries a channel's orders; null when it has none (any more). */
export async function activeRouteOf(db: Db, channelId: string): Promise<RouteRow | null> {
  const route = await db
    .selectFrom('routes')
    .selectAll()
    .where('channel_id', '=', channelId)
    .where('removed_at', 'is', null)
    .orderBy('created_at')
    .executeTakeFirst()
  return route ?? null
}

/** The same, as its rules stand until the transaction ends: they may have been changed while the channel was asked. */
export async function rulesNow(tx: Tx, read: RouteRow): Promise<RouteRow> {
  return tx.selectFrom('routes').selectAll().where('id', '=', read.id).forShare().executeTakeFirstOrThrow()
}

export async function routeById(db: Db, id: string): Promise<RouteRow> {
  return db.selectFrom('routes').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}
