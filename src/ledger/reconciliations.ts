import { type Insertable, type Selectable, sql, type Updateable } from 'kysely'
import { type Database, type Db, mainAccount, type Tx } from './database.ts'
import type { OrderRow } from './orders.ts'
import { type Tombstone, tombstonesOf } from './tombstones.ts'

export type ReconciliationRow = Selectable<Database['reconciliations']>
export type ComparedRow = Selectable<Database['reconciliation_orders']>
type Compared = Omit<
  Insertable<Database['reconciliation_orders']>,
  'reconciliation_id' | 'account_id' | 'verdict' | 'kind' | 'detail'
>

export async function insertReconciliation(
  tx: Tx,
  row: Omit<Insertable<Database['reconciliations']>, 'account_id'>,
): Promise<void> {
  await tx
    .insertInto('reconciliations')
    .values({ ...row, account_id: mainAccount })
    .execute()
}

export async function reconciliationById(db: Db, id: string): Promise<ReconciliationRow | null> {
  const row = await db.selectFrom('reconciliations').selectAll().where('id', '=', id).executeTakeFirst()
  return row ?? null
}

export async function updateReconciliation(
  tx: Tx,
  id: string,
  set: Omit<Updateable<Database['reconciliations']>, 'id'>,
): Promise<void> {
  await tx.updateTable('reconciliations').set(set).where('id', '=', id).execute()
}

/** Whether a daily reconciliation of the channel is under way. */
export async function dailyIsRunning(db: Db, channelId: string): Promise<boolean> {
  const row = await db
    .selectFrom('reconciliations')
    .select('id')
    .where('channel_id', '=', channelId)
    .where('actor', '=', 'waybill')
    .where('finished_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}

/** Puts down what was found out; of an order that stands there already, what is new is added. */
export async function noteCompared(tx: Tx, reconciliationId: string, rows: Compared[]): Promise<void> {
  if (rows.length === 0) return
  const once = [...new Map(rows.map((row) => [row.subject, row])).values()]
  await tx
    .insertInto('reconciliation_orders')
    .values(once.map((row) => ({ ...row, reconciliation_id: reconciliationId, account_id: mainAccount })))
    .onConflict((conflict) =>
      conflict.columns(['reconciliation_id', 'subject']).doUpdateSet({
        day: sql`CASE WHEN excluded.at_channel THEN excluded.day ELSE reconciliation_orders.day END`,
        order_id: sql`coalesce(excluded.order_id, reconciliation_orders.order_id)`,
        at_channel: sql`reconciliation_orders.at_channel OR excluded.at_channel`,
        in_backend: sql`reconciliation_orders.in_backend OR excluded.in_backend`,
        imported: sql`coalesce(reconciliation_orders.imported, excluded.imported)`,
        channel_finding: sql`coalesce(excluded.channel_finding, reconciliation_orders.channel_finding)`,
        backend_finding: sql`coalesce(excluded.backend_finding, reconciliation_orders.backend_finding)`,
        note: sql`coalesce(excluded.note, reconciliation_orders.note)`,
        record_id: sql`coalesce(excluded.record_id, reconciliation_orders.record_id)`,
        record_number: sql`coalesce(excluded.record_number, reconciliation_orders.record_number)`,
        missed_at: sql`coalesce(excluded.missed_at, reconciliation_orders.missed_at)`,
      }),
    )
    .execute()
}

/** The ledger's ids of a channel's orders, by the channel's own. */
export async function orderIdsOf(
  tx: Tx,
  channelId: string,
  channelOrderIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await tx
    .selectFrom('orders')
    .select(['id', 'channel_order_id'])
    .where('channel_id', '=', channelId)
    .where('channel_order_id', '=', sql<string>`ANY(${channelOrderIds})`)
    .execute()
  return new Map(rows.map((row) => [row.channel_order_id, row.id]))
}

/** Orders of the ledger, placed in the window, that the channel's list did not show; oldest first. */
export async function unlistedOrders(db: Db, run: ReconciliationRow, limit: number): Promise<OrderRow[]> {
  const rows = await db
    .selectFrom('orders')
    .selectAll()
    .where('account_id', '=', mainAccount)
    .where('channel_id', '=', run.channel_id)
    .where('placed_at', '>=', run.from_at)
    .where('placed_at', '<', run.to_at)
    .where(
      sql<boolean>`NOT EXISTS (SELECT 1 FROM reconciliation_orders AS seen
        WHERE seen.reconciliation_id = ${run.id} AND seen.subject = orders.channel_order_id)`,
    )
    .orderBy('placed_at')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows as OrderRow[]
}

export type Owner = Pick<
  OrderRow,
  'id' | 'channel_order_id' | 'external_id' | 'record_id' | 'replacements' | 'placed_at' | 'missing_accepted'
>

/** The orders that records of the backend may belong to: by external id, or by the channel's id in it. */
export async function ownersOf(
  db: Db,
  run: ReconciliationRow,
  { externalIds, channelOrderIds }: { externalIds: string[]; channelOrderIds: string[] },
): Promise<Owner[]> {
  return db
    .selectFrom('orders')
    .select([
      'id',
      'channel_order_id',
      'external_id',
      'record_id',
      'replacements',
      'placed_at',
      'missing_accepted',
    ])
    .where((where) =>
      where.or([
        where.and([
          where('backend_id', '=', run.backend_id),
          where('external_id', '=', sql<string>`ANY(${externalIds})`),
        ]),
        where.and([
          where('channel_id', '=', run.channel_id),
          where('channel_order_id', '=', sql<string>`ANY(${channelOrderIds})`),
        ]),
      ]),
    )
    .execute()
}

const missed = (db: Db, run: ReconciliationRow) =>
  db
    .selectFrom('reconciliation_orders as compared')
    .innerJoin('orders', 'orders.id', 'compared.order_id')
    .where('compared.reconciliation_id', '=', run.id)
    .where('compared.in_backend', '=', false)
    .where('compared.backend_finding', 'is', null)
    .where('orders.backend_id', '=', run.backend_id)
    .where('orders.record_id', 'is not', null)

/** Orders with a record that the backend's list did not show: not looked at yet, or missed before `lookedBefore`. */
export async function missedOrders(
  db: Db,
  run: ReconciliationRow,
  { limit, lookedBefore }: { limit: number; lookedBefore: Date },
): Promise<(OrderRow & { day: string; missed_at: Date | null })[]> {
  const rows = await missed(db, run)
    .selectAll('orders')
    .select(['compared.day', 'compared.missed_at'])
    .where((where) =>
      where.or([where('compared.missed_at', 'is', null), where('compared.missed_at', '<=', lookedBefore)]),
    )
    .orderBy('compared.subject')
    .limit(limit)
    .execute()
  return rows as (OrderRow & { day: string; missed_at: Date | null })[]
}

/** When the first of those that were missed once was missed; null when none waits for a second look. */
export async function firstMissedAt(db: Db, run: ReconciliationRow): Promise<Date | null> {
  const row = await missed(db, run)
    .select(sql<Date | null>`min(compared.missed_at)`.as('at'))
    .executeTakeFirstOrThrow()
  return row.at
}

/** Channel ids of orders that have a record in the backend, and that neither the list nor the ledger knows. */
export async function unknownSubjects(db: Db, run: ReconciliationRow, limit: number): Promise<ComparedRow[]> {
  return db
    .selectFrom('reconciliation_orders')
    .selectAll()
    .where('reconciliation_id', '=', run.id)
    .where('order_id', 'is', null)
    .where('in_backend', '=', true)
    .where('channel_finding', 'is', null)
    .orderBy('subject')
    .limit(limit)
    .execute()
}

/** What was compared and is to be explained, with the order as it stands and the first of its open problems. */
export interface ToExplain extends ComparedRow {
  order: (OrderRow & { problem: string | null }) | null
  /** Where a person has deleted the order. */
  tombstone: Tombstone | null
}

export async function toExplain(db: Db, run: ReconciliationRow, limit: number): Promise<ToExplain[]> {
  const rows = await db
    .selectFrom('reconciliation_orders')
    .selectAll()
    .where('reconciliation_id', '=', run.id)
    .where('verdict', 'is', null)
    .orderBy('subject')
    .limit(limit)
    .execute()
  const ids = rows.flatMap((row) => row.order_id ?? [])
  const orders = await db
    .selectFrom('orders')
    .selectAll()
    .select(
      sql<string | null>`(SELECT detail FROM problems WHERE problems.order_id = orders.id
        AND problems.closed_at IS NULL ORDER BY opened_at, problems.id LIMIT 1)`.as('problem'),
    )
    .where('id', '=', sql<string>`ANY(${ids}::uuid[])`)
    .execute()
  const byId = new Map(orders.map((order) => [order.id, order as OrderRow & { problem: string | null }]))
  const tombstones = await tombstonesOf(
    db,
    run.channel_id,
    rows.filter((row) => row.order_id === null).map((row) => row.subject),
  )
  return rows.map((row) => ({
    ...row,
    order: (row.order_id && byId.get(row.order_id)) || null,
    tombstone: tombstones.get(row.subject) ?? null,
  }))
}

export async function setVerdicts(
  tx: Tx,
  run: ReconciliationRow,
  verdicts: { subject: string; verdict: string; kind: string; detail: string }[],
): Promise<void> {
  if (verdicts.length === 0) return
  const column = (name: keyof (typeof verdicts)[number]) => verdicts.map((one) => one[name])
  await sql`
    UPDATE reconciliation_orders AS compared SET verdict = v.verdict, kind = v.kind, detail = v.detail
    FROM unnest(${column('subject')}::text[], ${column('verdict')}::text[], ${column('kind')}::text[],
      ${column('detail')}::text[]) AS v (subject, verdict, kind, detail)
    WHERE compared.reconciliation_id = ${run.id} AND compared.subject = v.subject`.execute(tx)
}

/** Counts what was compared by the shop's days, `days` and whatever others occur, and forgets what agrees. */
export async function countDays(tx: Tx, run: ReconciliationRow, days: readonly string[]): Promise<void> {
  await sql`
    INSERT INTO reconciliation_days
      (reconciliation_id, account_id, day, at_channel, in_ledger, in_backend, imported, explained, unexplained)
    SELECT ${run.id}, ${mainAccount}, day, count(*) FILTER (WHERE at_channel), count(DISTINCT order_id),
      count(*) FILTER (WHERE in_backend), count(*) FILTER (WHERE verdict = 'imported'),
      count(*) FILTER (WHERE verdict = 'explained'), count(*) FILTER (WHERE verdict = 'unexplained')
    FROM (
      SELECT day, order_id, at_channel, in_backend, verdict FROM reconciliation_orders
      WHERE reconciliation_id = ${run.id}
      UNION ALL SELECT day, NULL, false, false, NULL FROM unnest(${days}::text[]) AS day) AS compared
    GROUP BY day`.execute(tx)
  await sql`DELETE FROM reconciliation_orders WHERE reconciliation_id = ${run.id} AND verdict = 'same'`.execute(
    tx,
  )
}

/** Forgets reconciliations of the channel that ended before `before`. */
export async function forgetReconciliations(tx: Tx, channelId: string, before: Date): Promise<void> {
  const old = sql`SELECT id FROM reconciliations WHERE channel_id = ${channelId} AND finished_at < ${before}`
  await sql`DELETE FROM reconciliation_orders WHERE reconciliation_id IN (${old})`.execute(tx)
  await sql`DELETE FROM reconciliation_days WHERE reconciliation_id IN (${old})`.execute(tx)
  await sql`DELETE FROM reconciliations WHERE channel_id = ${channelId} AND finished_at < ${before}`.execute(
    tx,
  )
}
