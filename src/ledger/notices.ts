import { sql } from 'kysely'
import type { Problem, ProblemCode } from '../order/problems.ts'
import type { Status } from '../order/status.ts'
import { type Db, mainAccount, type Tx } from './database.ts'

/** What people are told of by themselves. */
export const noticeKinds = [
  'new_problem',
  'connection_down',
  'connection_back',
  'gap_read',
  'cancel_warning',
  'auto_cancelled',
  'daily_summary',
] as const
export type NoticeKind = (typeof noticeKinds)[number]

/** An order that a notice is about, as it was then. */
interface NoticedOrder {
  id: string
  number: string
  total: string | null
  currency: string | null
  /** What it stopped for; absent in older notices. */
  problem?: Pick<Problem, 'code' | 'subject'> | null
}

/** A cause, and the orders that wait for its end. */
export interface ToldProblem {
  code: ProblemCode
  subject: string
  detail: string
  orders: number
  /** Some of them by number. */
  numbers: string[]
}

/** What has come to pass in a time, and what there is to do. */
export interface SummaryFigures {
  cameIn: number
  posted: number
  /** Orders that go no further without a person, by their status. */
  waiting: { status: Status; orders: number }[]
  /** Orders in the backend that the shop has changed or cancelled since: somebody decides. */
  toDecide: number
  /** Orders that are going to be cancelled, and when the first of them is. */
  endings: { orders: number; first: string } | null
  /** Connections that do not work. */
  unwell: { connection: string; health: string }[]
}

interface Details {
  /** `causes` counts those too that are not named; `isNew`: of a kind that nobody has heard of for long. */
  new_problem: { problems: ToldProblem[]; causes: number; isNew: boolean }
  connection_down: { health: string; since: string; problem: Problem | null; role: 'channel' | 'backend' }
  connection_back: { from: string; to: string; role: 'channel' | 'backend' }
  gap_read: { says: string }
  cancel_warning: { route: string; orders: NoticedOrder[]; cancelsAt: string }
  auto_cancelled: { route: string; orders: NoticedOrder[] }
  daily_summary: { from: string; to: string; zone: string } & SummaryFigures
}

interface Base {
  id: string
  connection: string | null
  timeZone: string | null
  at: Date
  deliveredAt: Date | null
}

export type NoticeOf<K extends NoticeKind> = Base & { kind: K; detail: Details[K] }
export type Notice = { [K in NoticeKind]: NoticeOf<K> }[NoticeKind]
export type NewNotice = {
  [K in NoticeKind]: { id: string; kind: K; connectionId: string | null; at: Date; detail: Details[K] }
}[NoticeKind]

/** Notes what people have to be told, in the transaction in which it came to pass. */
export async function addNotice(tx: Tx, notice: NewNotice): Promise<void> {
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
  const rows = await noticeRows(db)
    .$if(page.after !== null, (query) =>
      query.where(sql<boolean>`(notices.at, notices.id) < (${page.after!.at}, ${page.after!.id}::uuid)`),
    )
    .orderBy('notices.at', 'desc')
    .orderBy('notices.id', 'desc')
    .limit(page.limit)
    .execute()
  return rows.map(noticeOf)
}

const noticeRows = (db: Db) =>
  db
    .selectFrom('notices')
    .leftJoin('connections', 'connections.id', 'notices.connection_id')
    .select(noticeColumns)
    .where('notices.account_id', '=', mainAccount)

/** What a notice is made of, where its connection is joined. */
export const noticeColumns = [
  'notices.id',
  'notices.kind',
  'notices.at',
  'notices.detail',
  'notices.delivered_at',
  'connections.name',
  'connections.time_zone',
] as const

type NoticeRow = Awaited<ReturnType<ReturnType<typeof noticeRows>['execute']>>[number]

export const noticeOf = (row: NoticeRow): Notice =>
  ({
    id: row.id,
    kind: row.kind,
    connection: row.name,
    timeZone: row.time_zone,
    at: row.at,
    detail: row.detail,
    deliveredAt: row.delivered_at,
  }) as Notice

/** Notices since a time that are still to be mailed to some address, the oldest first. */
export async function noticesToMail(db: Db, since: Date): Promise<Notice[]> {
  const rows = await noticeRows(db)
    .where('notices.mailed_at', 'is', null)
    .where('notices.at', '>=', since)
    .orderBy('notices.at')
    .orderBy('notices.id')
    .limit(200)
    .execute()
  return rows.map(noticeOf)
}

/** Which of the notices each address has had by mail, as "id address". */
export async function alreadyMailed(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('mailed_notices')
    .select(['notice_id', 'address'])
    .where('notice_id', '=', sql<string>`ANY(${ids}::uuid[])`)
    .execute()
  return new Set(rows.map((row) => `${row.notice_id} ${row.address}`))
}

/** The mail server has taken a mail with these notices for the address. */
export async function noteMailed(
  db: Db,
  { ids, address, at }: { ids: readonly string[]; address: string; at: Date },
): Promise<void> {
  await db
    .insertInto('mailed_notices')
    .values(ids.map((id) => ({ notice_id: id, account_id: mainAccount, address, at })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Nobody is left to whom these would have to be mailed. Those that somebody has had by mail count as told. */
export async function endMailing(tx: Tx, ids: readonly string[], at: Date): Promise<void> {
  await sql`
    UPDATE notices SET mailed_at = ${at}, delivered_at = CASE
      WHEN EXISTS (SELECT FROM mailed_notices m WHERE m.notice_id = notices.id) THEN coalesce(delivered_at, ${at})
      ELSE delivered_at END
    WHERE account_id = ${mainAccount} AND id = ANY(${ids}::uuid[])`.execute(tx)
}

/** The kinds that addresses do not want by mail, as "address kind". */
export async function unwantedMails(db: Db): Promise<Set<string>> {
  const rows = await db
    .selectFrom('unwanted_mails')
    .select(['address', 'kind'])
    .where('account_id', '=', mainAccount)
    .execute()
  return new Set(rows.map(({ address, kind }) => `${address} ${kind}`))
}

/** An address does not want a kind of notice by mail (any more), or wants it again. */
export async function wantMail(
  db: Db,
  { address, kind, wanted, at }: { address: string; kind: NoticeKind; wanted: boolean; at: Date },
): Promise<void> {
  if (wanted)
    await db
      .deleteFrom('unwanted_mails')
      .where('account_id', '=', mainAccount)
      .where('address', '=', address)
      .where('kind', '=', kind)
      .execute()
  else
    await db
      .insertInto('unwanted_mails')
      .values({ account_id: mainAccount, address, kind, at })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}

/** When people were last told of problems; null before the first time. */
export async function lastDigestAt(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('notices')
    .select('at')
    .where('account_id', '=', mainAccount)
    .where('kind', '=', 'new_problem')
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.at ?? null
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
