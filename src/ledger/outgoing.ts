import { sql } from 'kysely'
import { type Db, mainAccount, type Tx } from './database.ts'
import { type Notice, type NoticeKind, noticeColumns, noticeOf } from './notices.ts'

// Which notices wait for receivers that are no mail addresses, and how those answer.

/** Why something could not be sent, and what to do. */
export interface SendTrouble {
  cause: string
  fix: string
}

/** One process at a time sends; false when another does. */
export async function takeSendingTurn(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{
    got: boolean
  }>`SELECT pg_try_advisory_xact_lock(hashtext('waybill outgoing')) AS got`.execute(tx)
  return rows[0]!.got
}

/** Notes for each notice that was not handed out yet who is to get it. */
export async function handOut(
  tx: Tx,
  receivers: readonly { key: string; kinds: readonly NoticeKind[] }[],
  at: Date,
): Promise<void> {
  const fresh = await tx
    .updateTable('notices')
    .set({ handed_out_at: at })
    .where('account_id', '=', mainAccount)
    .where('handed_out_at', 'is', null)
    .returning(['id', 'kind', 'at'])
    .execute()
  const rows = fresh.flatMap((notice) =>
    receivers
      .filter(({ kinds }) => kinds.includes(notice.kind as NoticeKind))
      .map(({ key }) => ({
        notice_id: notice.id,
        account_id: mainAccount,
        receiver: key,
        made_at: at,
        next_at: at,
      })),
  )
  if (rows.length > 0)
    await tx
      .insertInto('outgoing')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}

export interface Waiting {
  notice: Notice
  /** When it was handed out. */
  since: Date
}

/** What waits for a receiver and may be sent now, the oldest first. */
export async function waitingFor(db: Db, receiver: string, now: Date): Promise<Waiting[]> {
  const rows = await db
    .selectFrom('outgoing')
    .innerJoin('notices', 'notices.id', 'outgoing.notice_id')
    .leftJoin('connections', 'connections.id', 'notices.connection_id')
    .select([...noticeColumns, 'outgoing.made_at'])
    .where('outgoing.account_id', '=', mainAccount)
    .where('outgoing.receiver', '=', receiver)
    .where('outgoing.ended_at', 'is', null)
    .where('outgoing.next_at', '<=', now)
    .orderBy('notices.at')
    .orderBy('notices.id')
    .limit(50)
    .execute()
  return rows.map((row) => ({ notice: noticeOf(row), since: row.made_at }))
}

const ofReceiver = (db: Db, receiver: string) =>
  db
    .updateTable('outgoing')
    .where('account_id', '=', mainAccount)
    .where('receiver', '=', receiver)
    .where('ended_at', 'is', null)

/** The receiver has taken the notice, so it takes what it gets. `told`: people had it before their eyes by that. */
export async function noteTaken(
  db: Db,
  { noticeId, receiver, at, told }: { noticeId: string; receiver: string; at: Date; told: boolean },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await ofReceiver(tx, receiver)
      .set({ ended_at: at, taken: true, trouble: null })
      .where('notice_id', '=', noticeId)
      .execute()
    await noteReceiverWorks(tx, receiver)
    if (told)
      await tx
        .updateTable('notices')
        .set({ delivered_at: at })
        .where('id', '=', noticeId)
        .where('delivered_at', 'is', null)
        .execute()
  })
}

/** The receiver refuses this notice, not others: it is tried again at that time; null: it is given up. */
export async function noteRefused(
  db: Db,
  refused: { noticeId: string; receiver: string; at: Date; trouble: SendTrouble; nextAt: Date | null },
): Promise<void> {
  const { noticeId, receiver, at, trouble, nextAt } = refused
  await db.transaction().execute(async (tx) => {
    await ofReceiver(tx, receiver)
      .set({
        trouble: JSON.stringify(trouble),
        ...(nextAt === null ? { ended_at: at } : { next_at: nextAt }),
      })
      .where('notice_id', '=', noticeId)
      .execute()
    await noteReceiverWorks(tx, receiver)
  })
}

export interface ReceiverState {
  /** How often in a row it took nothing. */
  failures: number
  trouble: SendTrouble | null
  nextAt: Date | null
}

export async function readReceiver(db: Db, receiver: string): Promise<ReceiverState> {
  const row = await db
    .selectFrom('receivers')
    .select(['failures', 'trouble', 'next_at'])
    .where('account_id', '=', mainAccount)
    .where('receiver', '=', receiver)
    .executeTakeFirst()
  return {
    failures: row?.failures ?? 0,
    trouble: (row?.trouble ?? null) as SendTrouble | null,
    nextAt: row?.next_at ?? null,
  }
}

/**
 * The receiver takes nothing now. What has waited for it since before `tooOld` is given up.
 * @returns how many were given up
 */
export async function noteReceiverFails(
  db: Db,
  failed: { receiver: string; failures: number; trouble: SendTrouble; nextAt: Date; at: Date; tooOld: Date },
): Promise<number> {
  const { receiver, failures, at, tooOld, nextAt } = failed
  const trouble = JSON.stringify(failed.trouble)
  return db.transaction().execute(async (tx) => {
    await tx
      .insertInto('receivers')
      .values({ account_id: mainAccount, receiver, failures, trouble, next_at: nextAt })
      .onConflict((conflict) =>
        conflict.columns(['account_id', 'receiver']).doUpdateSet({ failures, trouble, next_at: nextAt }),
      )
      .execute()
    const given = await ofReceiver(tx, receiver)
      .set({ ended_at: at, trouble })
      .where('made_at', '<', tooOld)
      .returning('notice_id')
      .execute()
    return given.length
  })
}

const noteReceiverWorks = (tx: Tx, receiver: string) =>
  tx.deleteFrom('receivers').where('account_id', '=', mainAccount).where('receiver', '=', receiver).execute()

/** What waits for a receiver may be tried at once: it answers again, or a person has changed something. */
export async function hurryReceiver(tx: Tx, receiver: string, at: Date): Promise<void> {
  await ofReceiver(tx, receiver).set({ next_at: at }).execute()
  await tx
    .updateTable('receivers')
    .set({ next_at: null })
    .where('account_id', '=', mainAccount)
    .where('receiver', '=', receiver)
    .execute()
}

/** A kind that the receiver does not want any more. */
export async function dropWaiting(db: Db, noticeId: string, receiver: string): Promise<void> {
  await db
    .deleteFrom('outgoing')
    .where('notice_id', '=', noticeId)
    .where('receiver', '=', receiver)
    .where('ended_at', 'is', null)
    .execute()
}

/** Nobody is there under this key any more: what waits goes to the one that took its place, or nowhere. */
export async function replaceReceiver(tx: Tx, old: string, next: string | null): Promise<void> {
  if (next !== null)
    await ofReceiver(tx, old)
      .set({ receiver: next })
      .where(
        sql<boolean>`NOT EXISTS (SELECT FROM outgoing o WHERE o.notice_id = outgoing.notice_id AND o.receiver = ${next})`,
      )
      .execute()
  await tx
    .deleteFrom('outgoing')
    .where('account_id', '=', mainAccount)
    .where('receiver', '=', old)
    .where('ended_at', 'is', null)
    .execute()
  await noteReceiverWorks(tx, old)
}

/** How many notices wait for a receiver, how many were given up since a time, and why the last one was refused. */
export async function outgoingCounts(
  db: Db,
  receiver: string,
  since: Date,
): Promise<{ waiting: number; givenUp: number; refusal: SendTrouble | null; nextAt: Date | null }> {
  const { rows } = await sql<{
    waiting: number
    given_up: number
    refusal: SendTrouble | null
    next_at: Date | null
  }>`
    SELECT count(*) FILTER (WHERE ended_at IS NULL)::int AS waiting,
      count(*) FILTER (WHERE ended_at IS NOT NULL)::int AS given_up,
      (array_agg(trouble ORDER BY next_at DESC) FILTER (WHERE ended_at IS NULL AND trouble IS NOT NULL))[1] AS refusal,
      min(next_at) FILTER (WHERE ended_at IS NULL) AS next_at
    FROM outgoing
    WHERE account_id = ${mainAccount} AND receiver = ${receiver} AND (ended_at IS NULL OR (NOT taken AND ended_at >= ${since}))`.execute(
    db,
  )
  const { waiting, given_up: givenUp, refusal, next_at: nextAt } = rows[0]!
  return { waiting, givenUp, refusal, nextAt }
}
