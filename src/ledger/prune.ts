import { sql } from 'kysely'
import { firstIdAt } from '../ids.ts'
import type { Status } from '../order/status.ts'
import { removeHours } from './activity.ts'
import { type Db, mainAccount } from './database.ts'

export interface Pruned {
  exchanges: number
  versions: number
  webhooks: number
  imports: number
}

/** Orders with nothing before them that would want to know what was sent and answered. */
const settled: Status[] = ['posted', 'partially_shipped', 'complete', 'cancelled', 'held']
const beforeAll = '00000000-0000-0000-0000-000000000000'
const atOnce = 1000
/** How connections were used is shown for a day. */
const keepHoursMs = 8 * 86_400_000

/**
 * Removes what is older than it is to be kept and is not needed to carry any order: requests and answers of settled
 * orders, versions that newer ones have replaced, finished imports, notices that were seen, webhooks, ended sessions, and how connections were used. Orders, the version
 * that each stands on, the versions that were posted or decided about, events, attempts and problems stay. In small steps, so that nobody
 * waits for it; ended anywhere, the next run goes on.
 */
export async function prune(
  db: Db,
  { now, keepHistoryMs, keepWebhooksMs }: { now: Date; keepHistoryMs: number; keepWebhooksMs: number },
): Promise<Pruned> {
  const historyBefore = new Date(now.getTime() - keepHistoryMs)
  const webhooksBefore = new Date(now.getTime() - keepWebhooksMs)
  await db
    .deleteFrom('sessions')
    .where('account_id', '=', mainAccount)
    .where('expires_at', '<', now)
    .execute()
  await removeNotices(db, historyBefore)
  await removeHours(db, new Date(now.getTime() - keepHoursMs))
  return {
    exchanges: await walk(db, 'attempts', historyBefore, removeExchanges),
    versions: await walk(db, 'raw_payloads', historyBefore, removeVersions),
    imports: await walk(db, 'imports', historyBefore, removeImports),
    webhooks: await removeWebhooks(db, webhooksBefore),
  }
}

/** Acts on the rows made before that time, a page after the other; returns how many rows the acts say they changed. */
async function walk(
  db: Db,
  table: 'attempts' | 'raw_payloads' | 'imports',
  before: Date,
  act: (db: Db, ids: string[]) => Promise<bigint>,
): Promise<number> {
  let changed = 0n
  for (let after = beforeAll; ;) {
    const page = await db
      .selectFrom(table)
      .select('id')
      .where('account_id', '=', mainAccount)
      .where('id', '>', after)
      .where('id', '<', firstIdAt(before))
      .orderBy('id')
      .limit(atOnce)
      .execute()
    if (page.length === 0) return Number(changed)
    const ids = page.map((row) => row.id)
    changed += await act(db, ids)
    after = ids.at(-1)!
  }
}

/** Those that an order in error still waits for stay. */
async function removeNotices(db: Db, before: Date): Promise<void> {
  await sql`
    DELETE FROM cancel_warnings USING orders
    WHERE orders.id = order_id AND orders.account_id = ${mainAccount} AND status <> 'post_error'`.execute(db)
  await sql`
    DELETE FROM notices WHERE account_id = ${mainAccount} AND at < ${before} AND delivered_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM cancel_warnings WHERE notice_id = notices.id)`.execute(db)
}

async function removeExchanges(db: Db, ids: string[]): Promise<bigint> {
  const { numAffectedRows } = await sql`
    UPDATE attempts SET exchanges = NULL FROM orders
    WHERE attempts.id = ANY(${ids}::uuid[]) AND attempts.exchanges IS NOT NULL AND attempts.finished_at IS NOT NULL
      AND orders.id = attempts.order_id AND orders.status = ANY(${settled})`.execute(db)
  return numAffectedRows ?? 0n
}

async function removeVersions(db: Db, ids: string[]): Promise<bigint> {
  const { numAffectedRows } = await sql`
    DELETE FROM raw_payloads WHERE id = ANY(${ids}::uuid[])
      AND NOT EXISTS (SELECT FROM orders WHERE orders.channel_id = raw_payloads.connection_id
        AND orders.channel_order_id = raw_payloads.channel_order_id
        AND raw_payloads.id IN (orders.raw_id, orders.posted_raw_id, orders.ignored_raw_id))
      AND NOT EXISTS (SELECT FROM record_changes WHERE record_changes.raw_id = raw_payloads.id)`.execute(db)
  return numAffectedRows ?? 0n
}

async function removeImports(db: Db, ids: string[]): Promise<bigint> {
  return db.transaction().execute(async (tx) => {
    const finished = await tx
      .selectFrom('imports')
      .select('id')
      .where('id', '=', sql<string>`ANY(${ids}::uuid[])`)
      .where('finished_at', 'is not', null)
      .forUpdate()
      .execute()
    const over = finished.map((row) => row.id)
    await tx
      .deleteFrom('import_items')
      .where('import_id', '=', sql<string>`ANY(${over}::uuid[])`)
      .execute()
    const gone = await tx
      .deleteFrom('imports')
      .where('id', '=', sql<string>`ANY(${over}::uuid[])`)
      .executeTakeFirst()
    return gone.numDeletedRows
  })
}

/** Their ids follow the time they came in: the first that is younger ends it. */
async function removeWebhooks(db: Db, before: Date): Promise<number> {
  let gone = 0
  for (;;) {
    const { rows } = await sql<{ gone: number }>`
      WITH page AS (SELECT id, received_at FROM webhooks WHERE account_id = ${mainAccount} ORDER BY id LIMIT ${atOnce}),
      gone AS (DELETE FROM webhooks USING page WHERE webhooks.id = page.id AND page.received_at < ${before} RETURNING 1)
      SELECT count(*)::int AS gone FROM gone`.execute(db)
    gone += rows[0]!.gone
    if (rows[0]!.gone < atOnce) return gone
  }
}
