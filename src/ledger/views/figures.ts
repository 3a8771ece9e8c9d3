import { sql } from 'kysely'
import { type Db, mainAccount } from '../database.ts'
import { statusCounts } from '../status-counts.ts'
import { openProblems } from './open-problems.ts'

export interface Figures {
  orders: { connection: string; status: string; n: number }[]
  jobs: { connection: string; kind: string; state: 'due' | 'later' | 'running'; n: number }[]
  problems: { code: string; n: number }[]
  connections: { connection: string; role: string; health: string }[]
  openGaps: { connection: string; n: number }[]
  refusedWebhooks: { connection: string; n: number }[]
}

/** What is counted for monitoring. */
export async function figures(db: Db, now: Date): Promise<Figures> {
  const names = new Map(
    (
      await db
        .selectFrom('connections')
        .select(['id', 'name'])
        .where('account_id', '=', mainAccount)
        .execute()
    ).map(({ id, name }) => [id, name]),
  )
  const orders = new Map<string, Figures['orders'][number]>()
  for (const { channelId, status, n } of await statusCounts(db)) {
    const key = `${channelId} ${status}`
    const before = orders.get(key)?.n ?? 0
    orders.set(key, { connection: names.get(channelId)!, status, n: before + n })
  }
  const jobs = await sql<Figures['jobs'][number]>`
    SELECT c.name AS connection, j.kind,
      CASE WHEN j.worker IS NOT NULL THEN 'running' WHEN j.run_at <= ${now} THEN 'due' ELSE 'later' END AS state,
      count(*)::int AS n
    FROM jobs j JOIN connections c ON c.id = j.connection_id WHERE j.account_id = ${mainAccount}
    GROUP BY 1, 2, 3`.execute(db)
  const problems = await sql<Figures['problems'][number]>`
    SELECT code, count(*)::int AS n FROM (${openProblems}) AS open GROUP BY 1`.execute(db)
  const connections = await sql<Figures['connections'][number]>`
    SELECT name AS connection, role, CASE WHEN paused_at IS NULL THEN health ELSE 'paused' END AS health
    FROM connections WHERE account_id = ${mainAccount}`.execute(db)
  const openGaps = await sql<Figures['openGaps'][number]>`
    SELECT c.name AS connection, count(*)::int AS n FROM gaps g JOIN connections c ON c.id = g.connection_id
    WHERE g.account_id = ${mainAccount} AND g.closed_at IS NULL GROUP BY 1`.execute(db)
  const refusedWebhooks = await sql<Figures['refusedWebhooks'][number]>`
    SELECT name AS connection, hooks_refused::int AS n FROM connections
    WHERE account_id = ${mainAccount} AND hooks_refused > 0`.execute(db)
  return {
    orders: [...orders.values()],
    jobs: jobs.rows,
    problems: problems.rows,
    connections: connections.rows,
    openGaps: openGaps.rows,
    refusedWebhooks: refusedWebhooks.rows,
  }
}
