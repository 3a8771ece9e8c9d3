import { type Db, mainAccount } from '../database.ts'
import type { RouteRow } from '../routes.ts'

export async function activeRoutes(db: Db): Promise<RouteRow[]> {
  return db
    .selectFrom('routes')
    .selectAll()
    .where('account_id', '=', mainAccount)
    .where('removed_at', 'is', null)
    .orderBy('name')
    .execute()
}

/** When each channel is read next, by connection id. */
export async function nextPolls(db: Db): Promise<Map<string, Date>> {
  const rows = await db
    .selectFrom('jobs')
    .select(['connection_id', 'run_at'])
    .where('account_id', '=', mainAccount)
    .where('kind', '=', 'poll')
    .execute()
  return new Map(rows.map((row) => [row.connection_id, row.run_at]))
}
