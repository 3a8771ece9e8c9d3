import { type Selectable, sql } from 'kysely'
import { type Database, type Db, mainAccount } from '../database.ts'
import type { ComparedRow, ReconciliationRow } from '../reconciliations.ts'

export type DayRow = Omit<Selectable<Database['reconciliation_days']>, 'reconciliation_id' | 'account_id'>
export type Totals = Omit<DayRow, 'day'>

export interface ReconciliationView extends ReconciliationRow {
  channel: string
  backend: string
  backend_kind: string
  /** What keeps the side that is to be asked from being asked now: its name, and its problem unless it is paused. */
  held_up: { connection: string; problem: unknown } | null
  totals: Totals
  /** How many orders were looked at so far. */
  compared: number
}

const sums = sql<Totals>`(SELECT jsonb_build_object(
    'at_channel', coalesce(sum(at_channel), 0), 'in_ledger', coalesce(sum(in_ledger), 0),
    'in_backend', coalesce(sum(in_backend), 0), 'imported', coalesce(sum(imported), 0),
    'explained', coalesce(sum(explained), 0), 'unexplained', coalesce(sum(unexplained), 0))
  FROM reconciliation_days AS days WHERE days.reconciliation_id = reconciliations.id)`

const views = (db: Db) =>
  db
    .selectFrom('reconciliations')
    .innerJoin('connections as channel', 'channel.id', 'reconciliations.channel_id')
    .innerJoin('connections as backend', 'backend.id', 'reconciliations.backend_id')
    .selectAll('reconciliations')
    .select([
      'channel.name as channel',
      'backend.name as backend',
      'backend.kind as backend_kind',
      sql<ReconciliationView['held_up']>`(
        SELECT jsonb_build_object('connection', name,
          'problem', CASE WHEN paused_at IS NULL THEN health_problem END)
        FROM connections AS asked
        WHERE asked.id = CASE WHEN step IN ('backend', 'missing') THEN backend_id ELSE channel_id END
          AND (paused_at IS NOT NULL OR (failures > 0 AND health_problem IS NOT NULL)))`.as('held_up'),
      sums.as('totals'),
      sql<number>`CASE WHEN finished_at IS NULL THEN (SELECT count(*)::int FROM reconciliation_orders AS compared
        WHERE compared.reconciliation_id = reconciliations.id) ELSE 0 END`.as('compared'),
    ])
    .where('reconciliations.account_id', '=', mainAccount)

export async function reconciliationView(db: Db, id: string): Promise<ReconciliationView | null> {
  return (await views(db).where('reconciliations.id', '=', id).executeTakeFirst()) ?? null
}

/** The newest reconciliations, of one channel or of all. */
export async function reconciliationViews(
  db: Db,
  { connection, limit }: { connection?: string | undefined; limit: number },
): Promise<ReconciliationView[]> {
  let query = views(db)
    .orderBy('reconciliations.created_at', 'desc')
    .orderBy('reconciliations.id', 'desc')
    .limit(limit)
  if (connection !== undefined) query = query.where('channel.name', '=', connection)
  return query.execute()
}

/** Each day of a reconciliation, the first one first. */
export async function daysOf(db: Db, reconciliationId: string): Promise<DayRow[]> {
  return db
    .selectFrom('reconciliation_days')
    .select(['day', 'at_channel', 'in_ledger', 'in_backend', 'imported', 'explained', 'unexplained'])
    .where('reconciliation_id', '=', reconciliationId)
    .orderBy('day')
    .execute()
}

export async function dayTotals(db: Db, reconciliationId: string): Promise<Totals> {
  const row = await db
    .selectFrom('reconciliations')
    .select(sums.as('totals'))
    .where('id', '=', reconciliationId)
    .executeTakeFirstOrThrow()
  return row.totals
}

export interface DifferenceView extends Pick<
  ComparedRow,
  'subject' | 'day' | 'order_id' | 'at_channel' | 'in_backend' | 'record_id' | 'record_number'
> {
  verdict: 'imported' | 'explained' | 'unexplained'
  kind: string
  detail: string
  number: string | null
  channel_order_id: string | null
  status: string | null
  /** The rule of its hold, 'person' where a person put it. */
  held_by: string | null
}

export interface DifferenceFilter {
  verdict?: DifferenceView['verdict'] | undefined
  kind?: string | undefined
}

/** Where a page of differences ended. */
export interface DifferenceCursor {
  rank: number
  day: string
  subject: string
}

const rank = sql<number>`CASE verdict WHEN 'unexplained' THEN 0 WHEN 'imported' THEN 2 ELSE
  CASE WHEN kind LIKE 'missing%' THEN 1 ELSE 3 END END`

/** A page of differences: first what nobody can explain, then what is missing, then what was brought, then the rest. */
export async function differencesOf(
  db: Db,
  reconciliationId: string,
  filter: DifferenceFilter,
  { limit, after }: { limit: number; after: DifferenceCursor | null },
): Promise<{ differences: DifferenceView[]; next: DifferenceCursor | null }> {
  let query = db
    .selectFrom('reconciliation_orders as compared')
    .leftJoin('orders', 'orders.id', 'compared.order_id')
    .select([
      'compared.subject',
      'compared.day',
      'compared.order_id',
      'compared.at_channel',
      'compared.in_backend',
      sql<'imported' | 'explained' | 'unexplained'>`compared.verdict`.as('verdict'),
      sql<string>`compared.kind`.as('kind'),
      sql<string>`compared.detail`.as('detail'),
      sql<string | null>`coalesce(compared.record_id, orders.record_id)`.as('record_id'),
      sql<string | null>`CASE WHEN compared.record_id IS NULL THEN orders.record_number
        ELSE compared.record_number END`.as('record_number'),
      'orders.number',
      'orders.channel_order_id',
      'orders.status',
      sql<string | null>`orders.hold ->> 'rule'`.as('held_by'),
      rank.as('rank'),
    ])
    .where('compared.reconciliation_id', '=', reconciliationId)
    .where('compared.verdict', 'in', ['imported', 'explained', 'unexplained'])
    .where(
      sql<boolean>`EXISTS (SELECT 1 FROM reconciliations AS run
      WHERE run.id = compared.reconciliation_id AND run.finished_at IS NOT NULL)`,
    )
    .orderBy(rank)
    .orderBy('compared.day', 'desc')
    .orderBy('compared.subject')
    .limit(limit + 1)
  if (filter.verdict !== undefined) query = query.where('compared.verdict', '=', filter.verdict)
  if (filter.kind !== undefined) query = query.where('compared.kind', '=', filter.kind)
  if (after)
    query = query.where(
      sql<boolean>`(${rank} > ${after.rank} OR (${rank} = ${after.rank} AND (compared.day < ${after.day}
        OR (compared.day = ${after.day} AND compared.subject > ${after.subject}))))`,
    )
  const rows = await query.execute()
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    differences: page,
    next: rows.length > limit && last ? { rank: last.rank, day: last.day, subject: last.subject } : null,
  }
}
