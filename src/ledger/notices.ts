import { sql } from 'kysely'
import { type Db, mainAccount, type Tx } from './database.ts'

/** What people are told of by themselves. */
export const noticeKinds = ['cancel_warning', 'auto_cancelled'] as const
export type NoticeKind = (typeof noticeKinds)[number]

/** The orders that a notice is about, as they were then. */
export interface NoticeDetail {
  route: string
  orders: { id: string; number: string; total: string | null; currency: string | null }[]
  /** UTC time: when they would be cancelled. */
  cancelsAt?: string
}

export interface Notice {
  id: string
  kind: NoticeKind
  connection: string | null
  timeZone: string | null
  at: Date
  detail: NoticeDetail
  deliveredAt: Date | null
}

/** Notes what people have to be told, in the transaction in which it came to pass. */
export async function addNotice(
  tx: Tx,
  notice: { id: string; kind: NoticeKind; connectionId: string | null; at: Date; detail: NoticeDetail },
): Promise<void> {
  await tx
    .insertInto('notices')
    .values({
      id: notice.id,
      account_id: mainAccount,
      kind: notice.kind,
      connection_id: notice.connectionId,
      at: notice.at,
      detail: JSON.stringify(notice.detail),
    })
    .execute()
}

/** Notices, the newest first; those after a position, where one is given. */
export async function listNotices(
  db: Db,
  page: { limit: number; after: { at: string; id: string } | null },
): Promise<Notice[]> {
  const rows = await db
    .selectFrom('notices')
    .leftJoin('connections', 'connections.id', 'notices.connection_id')
    .select(['notices.id', 'notices.kind', 'notices.at', 'notices.detail', 'notices.delivered_at'])
    .select(['connections.name', 'connections.time_zone'])
    .where('notices.account_id', '=', mainAccount)
    .$if(page.after !== null, (query) =>
      query.where(sql<boolean>`(notices.at, notices.id) < (${page.after!.at}, ${page.after!.id}::uuid)`),
    )
    .orderBy('notices.at', 'desc')
    .orderBy('notices.id', 'desc')
    .limit(page.limit)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind as NoticeKind,
    connection: row.name,
    timeZone: row.time_zone,
    at: row.at,
    detail: row.detail as unknown as NoticeDetail,
    deliveredAt: row.delivered_at,
  }))
}

/** How many nobody has seen. */
export async function countUnseen(db: Db): Promise<number> {
  const row = await db
    .selectFrom('notices')
    .select(({ fn }) => fn.countAll<string>().as('n'))
    .where('account_id', '=', mainAccount)
    .where('delivered_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(row.n)
}

/** A person had these before their eyes. */
export async function deliver(db: Db, ids: readonly string[], at: Date): Promise<void> {
  await db
    .updateTable('notices')
    .set({ delivered_at: at })
    .where('account_id', '=', mainAccount)
    .where('id', '=', sql<string>`ANY(${ids}::uuid[])`)
    .where('delivered_at', 'is', null)
    .execute()
}
