import { sql } from 'kysely'
import type { Problem, ProblemCode } from '../order/problems.ts'
import { mainAccount, type Tx } from './database.ts'
import type { GapRow } from './gaps.ts'
import type { ToldProblem } from './notices.ts'

// What has come to pass and nobody was told of yet. States are compared with what was told last, so that nothing is missed
// by whoever looks, and what is over before anybody looks is no news.

/** One process at a time looks for news and mails it; false when another does. */
export async function takeNewsTurn(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{
    got: boolean
  }>`SELECT pg_try_advisory_xact_lock(hashtext('waybill news')) AS got`.execute(tx)
  return rows[0]!.got
}

export interface Outage {
  id: string
  role: 'channel' | 'backend'
  health: string
  healthSince: Date
  problem: Problem | null
  /** Since when it was what people were told last. */
  toldAt: Date | null
}

const bad = ['down', 'needs_reauthorisation']

/** Connections that went down, or came back, since people were told of them last. */
export async function changedOutages(tx: Tx): Promise<Outage[]> {
  const rows = await tx
    .selectFrom('connections')
    .select(['id', 'role', 'health', 'health_since', 'health_problem', 'told_health_at'])
    .where('account_id', '=', mainAccount)
    .where(
      sql<boolean>`((health = ANY(${bad}) AND paused_at IS NULL AND told_health IS DISTINCT FROM health)
        OR (health = 'healthy' AND told_health = ANY(${bad})))`,
    )
    .execute()
  return rows.map((row) => ({
    id: row.id,
    role: row.role,
    health: row.health,
    healthSince: row.health_since,
    problem: row.health_problem as Problem | null,
    toldAt: row.told_health_at,
  }))
}

export async function noteToldOutage(tx: Tx, { id, health, healthSince }: Outage): Promise<void> {
  await tx
    .updateTable('connections')
    .set({ told_health: health, told_health_at: healthSince })
    .where('id', '=', id)
    .execute()
}

/** Closed gaps that nobody was told of; they count as told from now on. */
export async function takeClosedGaps(tx: Tx, at: Date): Promise<(GapRow & { zone: string | null })[]> {
  const rows = await tx
    .updateTable('gaps')
    .set({ told_at: at })
    .from('connections')
    .whereRef('connections.id', '=', 'gaps.connection_id')
    .where('gaps.account_id', '=', mainAccount)
    .where('gaps.closed_at', 'is not', null)
    .where('gaps.told_at', 'is', null)
    .returningAll('gaps')
    .returning('connections.time_zone as zone')
    .execute()
  return rows as (GapRow & { zone: string | null })[]
}

export interface UntoldProblem extends ToldProblem {
  /** Whether people have heard of its kind lately. */
  isKnown: boolean
}

const someNumbers = 5

/** Open problems that nobody was told of, by cause, most orders first; those younger than `before` may pass by themselves. */
export async function untoldProblems(
  tx: Tx,
  { before, knownSince }: { before: Date; knownSince: Date },
): Promise<UntoldProblem[]> {
  const { rows } = await sql<{
    code: ProblemCode
    subject: string
    detail: string
    orders: number
    numbers: string[] | null
    known: boolean
  }>`
    SELECT p.code, p.subject, max(p.detail) AS detail, count(DISTINCT p.order_id)::int AS orders,
      (array_agg(o.number ORDER BY p.opened_at) FILTER (WHERE o.id IS NOT NULL))[1:${sql.lit(someNumbers)}] AS numbers,
      EXISTS (SELECT FROM told_kinds k
        WHERE k.account_id = ${mainAccount} AND k.code = p.code AND k.told_at >= ${knownSince}) AS known
    FROM problems p LEFT JOIN orders o ON o.id = p.order_id
    WHERE p.account_id = ${mainAccount} AND p.closed_at IS NULL AND p.told_at IS NULL AND p.opened_at <= ${before}
    GROUP BY p.code, p.subject ORDER BY orders DESC, p.code, p.subject`.execute(tx)
  return rows.map(({ known: isKnown, numbers, ...row }) => ({ ...row, numbers: numbers ?? [], isKnown }))
}

/** Those problems count as told, and their kinds as known. */
export async function noteToldProblems(tx: Tx, { before, at }: { before: Date; at: Date }): Promise<void> {
  await sql`
    WITH told AS (
      UPDATE problems SET told_at = ${at}
      WHERE account_id = ${mainAccount} AND closed_at IS NULL AND told_at IS NULL AND opened_at <= ${before}
      RETURNING code)
    INSERT INTO told_kinds (account_id, code, told_at) SELECT DISTINCT ${mainAccount}, code, ${at}::timestamptz FROM told
    ON CONFLICT (account_id, code) DO UPDATE SET told_at = excluded.told_at`.execute(tx)
}
