import { sql } from 'kysely'
import type { Exchange } from '../connectors/redact.ts'
import { compress, decompress } from './compress.ts'
import { type Db, mainAccount, type Tx } from './database.ts'

/** Written before anything is sent, so that a crash leaves a trace of what may have happened. */
export async function startAttempt(
  tx: Tx,
  attempt: { id: string; orderId: string; kind: string; at: Date; detail?: string },
): Promise<void> {
  await tx
    .insertInto('attempts')
    .values({
      id: attempt.id,
      account_id: mainAccount,
      order_id: attempt.orderId,
      kind: attempt.kind,
      started_at: attempt.at,
      detail: attempt.detail ?? null,
    })
    .execute()
}

export async function finishAttempt(
  tx: Tx,
  attempt: { id: string; at: Date; outcome: string; detail?: string; exchanges: readonly Exchange[] },
): Promise<void> {
  await tx
    .updateTable('attempts')
    .set({
      finished_at: attempt.at,
      outcome: attempt.outcome,
      detail: attempt.detail ?? null,
      exchanges: compress(JSON.stringify(attempt.exchanges)),
    })
    .where('id', '=', attempt.id)
    .execute()
}

/** An attempt that began and ended before anything had to be kept from a crash. */
export async function addAttempt(
  tx: Tx,
  attempt: {
    id: string
    orderId: string
    kind: string
    startedAt: Date
    at: Date
    outcome: string
    detail?: string
    exchanges: readonly Exchange[]
  },
): Promise<void> {
  await startAttempt(tx, {
    id: attempt.id,
    orderId: attempt.orderId,
    kind: attempt.kind,
    at: attempt.startedAt,
  })
  await finishAttempt(tx, attempt)
}

/**
 * How often the order was sent without an answer that said what became of it, since a person or a stop last began the
 * count anew; and what the last of these answers was.
 */
export async function sentInVain(
  tx: Tx,
  orderId: string,
): Promise<{ times: number; lastDetail: string | null }> {
  const { rows } = await sql<{ detail: string | null }>`
    SELECT detail FROM attempts
    WHERE order_id = ${orderId} AND kind = 'post' AND coalesce(outcome, 'unknown') = 'unknown'
      AND started_at > coalesce((SELECT max(at) FROM events
        WHERE order_id = ${orderId} AND kind IN ('stopped', 'post_requested', 'uncancelled')), '-infinity')
    ORDER BY started_at`.execute(tx)
  return { times: rows.length, lastDetail: rows.at(-1)?.detail ?? null }
}

/** When the order was first looked for in vain since then; null: never. */
export async function firstAbsence(db: Db, orderId: string, since: Date): Promise<Date | null> {
  const row = await db
    .selectFrom('attempts')
    .select('started_at')
    .where('order_id', '=', orderId)
    .where('kind', '=', 'verify')
    .where('outcome', '=', 'not_seen')
    .where('started_at', '>=', since)
    .orderBy('started_at')
    .executeTakeFirst()
  return row?.started_at ?? null
}

export const readExchanges = (bytes: Buffer | null): Exchange[] =>
  bytes === null ? [] : (JSON.parse(decompress(bytes)) as Exchange[])
