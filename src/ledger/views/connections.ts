import { sql } from 'kysely'
import type { Status } from '../../order/status.ts'
import { type Db, mainAccount } from '../database.ts'
import { type GapRow, gapsToShow } from '../gaps.ts'
import type { ConnectionRow } from '../health.ts'
import { connectionProblems, type ConnectionProblemRow } from './problems.ts'
import { type StatusCount, statusCounts } from '../status-counts.ts'

/** A connection with what is shown beside it. */
export interface ConnectionView extends ConnectionRow {
  /** When it was last read to the end. */
  read_at: Date | null
  last_webhook_at: Date | null
  /** Those that are not closed, oldest first. */
  gaps: GapRow[]
  /** The last few that are, newest first. */
  closed_gaps: GapRow[]
  /** Orders that wait to go there: scheduled, being posted or being looked up. */
  waiting_orders: number
  /** The open problems of its own work, which stop no order. */
  problems: ConnectionProblemRow[]
}

const waiting: readonly Status[] = ['scheduled', 'posting', 'verifying']

export async function connectionViews(db: Db): Promise<ConnectionView[]> {
  const rows = await db
    .selectFrom('connections')
    .selectAll('connections')
    .select([
      sql<Date | null>`(SELECT max(read_at) FROM cursors WHERE cursors.connection_id = connections.id)`.as(
        'read_at',
      ),
      sql<Date | null>`(SELECT received_at FROM webhooks
        WHERE webhooks.connection_id = connections.id ORDER BY webhooks.id DESC LIMIT 1)`.as(
        'last_webhook_at',
      ),
    ])
    .where('connections.account_id', '=', mainAccount)
    .orderBy('role', 'desc')
    .orderBy('name')
    .execute()
  const gapsOf = Map.groupBy(await gapsToShow(db, { closed: 3 }), (gap) => gap.connection_id)
  const problemsOf = Map.groupBy(await connectionProblems(db), (problem) => problem.connection_id)
  const counts = await statusCounts(db)
  return rows.map((row) => {
    const gaps = gapsOf.get(row.id) ?? []
    return {
      ...row,
      waiting_orders: waitingFor(row.id, counts),
      gaps: gaps.filter((gap) => gap.closed_at === null),
      closed_gaps: gaps.filter((gap) => gap.closed_at !== null).reverse(),
      problems: problemsOf.get(row.id) ?? [],
    }
  })
}

const waitingFor = (backend: string, counts: StatusCount[]): number =>
  counts
    .filter(({ backendId, status }) => backendId === backend && waiting.includes(status))
    .reduce((sum, { n }) => sum + n, 0)
