import { sql, type Selectable } from 'kysely'
import type { Filter } from '../order/filter-fields.ts'
import type { ImportRules } from '../order/rules.ts'
import { type Database, type Db, mainAccount, type Tx } from './database.ts'

export type RouteRow = Selectable<Database['routes']>

/** The account's routes by name, with the names of the connections at their ends; removed ones too. */
export async function listRoutes(db: Db): Promise<(RouteRow & { channel: string; backend: string })[]> {
  return db
    .selectFrom('routes')
    .innerJoin('connections as channel', 'channel.id', 'routes.channel_id')
    .innerJoin('connections as backend', 'backend.id', 'routes.backend_id')
    .selectAll('routes')
    .select(['channel.name as channel', 'backend.name as backend'])
    .where('routes.account_id', '=', mainAccount)
    .orderBy('routes.name')
    .execute()
}

export interface RouteToStore {
  id: string
  name: string
  channelId: string
  backendId: string
  statuses: string[]
  /** Default: none. */
  filters?: Filter[]
  /** UTC time. */
  since: string
  everyMs: number
  postAutomatic: boolean
  autoCancel: { afterMs: number; warnMs: number[] } | null
  /** What happens with a record whose order the channel cancels. Default: ask. */
  cancelledAfterPosting?: RouteRow['cancelled_after_posting']
  mapping: unknown
}

/** Makes the route, gives it other rules, or takes a removed one up again. */
export async function storeRoute(tx: Tx, route: RouteToStore, at: Date): Promise<void> {
  const rules = {
    statuses: route.statuses,
    filters: JSON.stringify(route.filters ?? []),
    since: new Date(route.since),
    every_ms: route.everyMs,
    post_automatic: route.postAutomatic,
    auto_cancel: route.autoCancel === null ? null : JSON.stringify(route.autoCancel),
    cancelled_after_posting: route.cancelledAfterPosting ?? 'ask',
    mapping: JSON.stringify(route.mapping),
    removed_at: null,
    updated_at: at,
  }
  await tx
    .insertInto('routes')
    .values({
      id: route.id,
      account_id: mainAccount,
      name: route.name,
      channel_id: route.channelId,
      backend_id: route.backendId,
      created_at: at,
      ...rules,
    })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(rules))
    .execute()
}

/** No more orders are imported by the route; those it has brought stay. */
export async function removeRoute(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.updateTable('routes').set({ removed_at: at, updated_at: at }).where('id', '=', id).execute()
}

/**
 * Reads the channel anew from `since` on, where it was read from a later time on until now. `before` is when the route
 * began until now; null for a new one, whose channel another route may have read.
 */
export async function readAgainFrom(
  tx: Tx,
  channelId: string,
  since: Date,
  before: Date | null,
): Promise<void> {
  if (before !== null && since >= before) return
  // A first reading may be under way that has no cursor yet: it must not set one behind which nothing is read.
  if (before !== null)
    await sql`
      INSERT INTO cursors (connection_id, account_id, stream, modified_at)
      VALUES (${channelId}, ${mainAccount}, 'orders', ${since}) ON CONFLICT DO NOTHING`.execute(tx)
  await sql`
    UPDATE cursors SET modified_at = least(modified_at, ${since}), row_id = NULL, page = NULL
    WHERE connection_id = ${channelId} AND stream = 'orders'`.execute(tx)
}

/** Orders that an earlier route of the channel brought and that are not in the backend yet go on by this one. */
export async function takeOverOrders(
  tx: Tx,
  route: { id: string; channelId: string; backendId: string },
): Promise<void> {
  await tx
    .updateTable('orders')
    .set({ route_id: route.id })
    .where('channel_id', '=', route.channelId)
    .where('backend_id', '=', route.backendId)
    .where('route_id', '!=', route.id)
    .where('record_id', 'is', null)
    .execute()
}

export const filtersOf = ({ filters }: Pick<RouteRow, 'filters'>): Filter[] => filters as Filter[]

/** Which orders the route imports. */
export const rulesOf = (route: RouteRow): ImportRules => ({
  statuses: route.statuses,
  since: route.since.toISOString(),
  filters: filtersOf(route),
})

/**
 * The channel's ids of the orders that another rule of the route held, and that these rules may let through; no person's.
 * What a filter holds that is still among the rules stays where it is, and what one holds that is gone has to say by which rule
 * it is held now.
 */
export async function heldThatMayPass(tx: Tx, routeId: string, rules: ImportRules): Promise<string[]> {
  const filters = sql`(SELECT jsonb_array_elements(${JSON.stringify(rules.filters)}::jsonb))`
  const rows = await tx
    .selectFrom('orders')
    .select('channel_order_id')
    .where('route_id', '=', routeId)
    .where('status', '=', 'held')
    .where(
      sql<boolean>`CASE hold ->> 'rule' WHEN 'person' THEN false WHEN 'filter' THEN hold -> 'filter' NOT IN ${filters}
        ELSE channel_status = ANY(${rules.statuses}) AND placed_at >= ${new Date(rules.since)} END`,
    )
    .orderBy('placed_at')
    .execute()
  return rows.map((row) => row.channel_order_id)
}
