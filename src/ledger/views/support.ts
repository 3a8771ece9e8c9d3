import { sql } from 'kysely'
import { type Db, mainAccount } from '../database.ts'
import { statusCounts } from '../status-counts.ts'

export interface WaitingWork {
  kind: string
  jobs: number
  /** How many of them a worker has in hand. */
  running: number
  next_at: Date
  most_attempts: number
  most_deaths: number
}

/** What there is to do over a connection, by kind. */
export async function waitingWork(db: Db, connectionId: string): Promise<WaitingWork[]> {
  const { rows } = await sql<WaitingWork>`
    SELECT kind, count(*)::int AS jobs, count(worker)::int AS running, min(run_at) AS next_at,
      max(attempts) AS most_attempts, max(deaths) AS most_deaths
    FROM jobs WHERE account_id = ${mainAccount} AND connection_id = ${connectionId}
    GROUP BY kind ORDER BY kind`.execute(db)
  return rows
}

/** What there is to do for an order. */
export const jobsOfOrder = (db: Db, orderId: string) =>
  db
    .selectFrom('jobs')
    .innerJoin('connections', 'connections.id', 'jobs.connection_id')
    .select(['jobs.kind', 'connections.name as connection', 'run_at', 'attempts', 'deaths', 'worker'])
    .where('order_id', '=', orderId)
    .orderBy('jobs.id')
    .execute()

/** How many calls a connection may have at once, and how many it has. */
export async function slotsOf(db: Db, connectionId: string): Promise<{ all: number; taken: number }> {
  return db
    .selectFrom('slots')
    .select([sql<number>`count(*)::int`.as('all'), sql<number>`count(worker)::int`.as('taken')])
    .where('connection_id', '=', connectionId)
    .executeTakeFirstOrThrow()
}

/** What happened to a connection itself, the newest last. */
export async function eventsOfConnection(db: Db, connectionId: string, limit: number) {
  const rows = await db
    .selectFrom('events')
    .select(['at', 'kind', 'actor', 'detail'])
    .where('connection_id', '=', connectionId)
    .where('order_id', 'is', null)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.reverse()
}

/** Orders that stand for the open problems of a connection: the newest of each code, the newest code first. */
export async function examplesOfProblems(db: Db, connectionId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ order_id: string }>`
    SELECT order_id FROM (
      SELECT DISTINCT ON (code) code, order_id, opened_at FROM problems
      WHERE account_id = ${mainAccount} AND closed_at IS NULL AND order_id IS NOT NULL
        AND connection_id = ${connectionId}
      ORDER BY code, opened_at DESC) AS newest
    ORDER BY opened_at DESC LIMIT ${limit}`.execute(db)
  return [...new Set(rows.map((row) => row.order_id))]
}

/** How many orders of a shop, or for a backend, there are of each status. */
export async function statusesOf(db: Db, connectionId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { channelId, backendId, status, n } of await statusCounts(db))
    if (channelId === connectionId || backendId === connectionId) counts[status] = (counts[status] ?? 0) + n
  return counts
}

export const databaseVersion = async (db: Db): Promise<string> => {
  const { rows } = await sql<{ server_version: string }>`SHOW server_version`.execute(db)
  return rows[0]!.server_version
}
