import { type Selectable, sql, type Updateable } from 'kysely'
import type { Problem } from '../order/problems.ts'
import { type Database, type Db, mainAccount, type Tx } from './database.ts'
import { addEvents } from './events.ts'

export type GapRow = Selectable<Database['gaps']>
export type GapReason = GapRow['reason']

export interface NewGap {
  connectionId: string
  reason: GapReason
  /** What was wrong; null where nothing was (a pause, a machine that was off). */
  problem: Problem | null
  /** Our clock. */
  from: Date
  at: Date
  newId: () => string
}

/** Opens a gap that has no end yet, unless the connection has one: a second cause within it begins no other. */
export async function openGap(tx: Tx, gap: NewGap): Promise<void> {
  await tx
    .insertInto('gaps')
    .values({
      id: gap.newId(),
      account_id: mainAccount,
      connection_id: gap.connectionId,
      reason: gap.reason,
      problem: gap.problem === null ? null : JSON.stringify(gap.problem),
      from_at: gap.from,
      opened_at: gap.at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function gapById(db: Db, id: string): Promise<GapRow | null> {
  return (await db.selectFrom('gaps').selectAll().where('id', '=', id).executeTakeFirst()) ?? null
}

/** The gap that is still going on, if there is one. */
export async function gapWithoutEnd(db: Db, connectionId: string): Promise<GapRow | null> {
  const row = await db
    .selectFrom('gaps')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('to_at', 'is', null)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  return row ?? null
}

export async function changeGap(tx: Tx, id: string, set: Updateable<Database['gaps']>): Promise<void> {
  await tx.updateTable('gaps').set(set).where('id', '=', id).execute()
}

/** Forgets what was too short to be a gap. */
export async function dropGap(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('gaps').where('id', '=', id).execute()
}

/** How many orders were placed during the gap and came into the ledger only after it had ended. */
async function placedMeanwhile(tx: Tx, gap: GapRow): Promise<number> {
  const row = await tx
    .selectFrom('orders')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('channel_id', '=', gap.connection_id)
    .where('placed_at', '>=', gap.placed_from ?? gap.from_at)
    .where('placed_at', '<=', gap.to_at)
    .where('first_seen_at', '>=', gap.ended_at ?? gap.opened_at)
    .executeTakeFirstOrThrow()
  return Number(row.n)
}

/** Closes a gap with the exact count of what it held, and says so on the connection. False when it was closed already. */
export async function closeGap(
  tx: Tx,
  gap: GapRow,
  { at, actor }: { at: Date; actor: string },
): Promise<boolean> {
  const orders = await placedMeanwhile(tx, gap)
  const closed = await tx
    .updateTable('gaps')
    .set({ closed_at: at, closed_by: actor, orders_found: orders, position: null })
    .where('id', '=', gap.id)
    .where('closed_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  if (!closed) return false
  await addEvents(tx, [
    {
      orderId: null,
      connectionId: gap.connection_id,
      at,
      kind: 'gap_closed',
      actor,
      detail: {
        gap: gap.id,
        reason: gap.reason,
        from: gap.from_at.toISOString(),
        to: gap.to_at?.toISOString() ?? null,
        orders,
        ...(gap.out_of_reach === null ? {} : { notRead: gap.out_of_reach }),
      },
    },
  ])
  return true
}

/** The gaps that are not closed, oldest first, and the newest of those that are: at most `closed` for each connection. */
export async function gapsToShow(db: Db, { closed }: { closed: number }): Promise<GapRow[]> {
  const { rows } = await sql<GapRow>`
    SELECT gaps.* FROM gaps JOIN (
      SELECT id, row_number() OVER (
        PARTITION BY connection_id, closed_at IS NULL ORDER BY closed_at DESC, id DESC) AS place
      FROM gaps WHERE account_id = ${mainAccount}) AS ranked USING (id)
    WHERE closed_at IS NULL OR place <= ${closed} ORDER BY from_at`.execute(db)
  return rows
}
