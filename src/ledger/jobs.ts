import { type RawBuilder, sql } from 'kysely'
import { type Db, mainAccount, type Tx } from './database.ts'
import type { ConnectionRow } from './health.ts'
import type { OrderToPost } from './posting.ts'

/** What a job does; see src/jobs for which flow runs it. */
export const jobKinds = [
  'poll',
  'import',
  'import-range',
  'read-gap',
  'follow-move',
  'post',
  'check-total',
  'change-record',
  'read-shipments',
  'ship',
  'webhooks',
  'reconcile',
  'reconcile-daily',
  'cancel-aged',
] as const
export type JobKind = (typeof jobKinds)[number]

export interface Job {
  id: string
  kind: JobKind
  key: string
  /** As it was when the job was claimed. */
  connection: ConnectionRow
  orderId: string | null
  payload: unknown
  /** How often it was claimed, this time included. */
  attempts: number
  /** How many workers in a row have ended while they did it. */
  deaths: number
  /** The slot of the connection that the job holds while it runs. */
  slot: number
  /** What the job before it has read already of the order to be posted. */
  carried?: OrderToPost
}

/** Which of two due jobs goes first. */
export const priorities = {
  /** A person waits for it. */
  person: 0,
  /** News from the shop, and answers that were lost: before what can wait its turn. */
  soon: 5,
  daily: 10,
  /** Catching up must not hold up the orders of today. */
  background: 20,
} as const

export interface NewJob {
  kind: JobKind
  key: string
  connectionId: string
  orderId?: string | null
  payload?: object
  runAt: Date
  /** Default: daily. */
  priority?: number
}

/**
 * Puts jobs into the queue, in the caller's transaction. There is one job for a kind and key: asked for again it runs
 * at the earlier of both times, and once more after the present run if it is running.
 */
export async function enqueue(tx: Tx, jobs: NewJob[]): Promise<void> {
  if (jobs.length === 0) return
  await tx
    .with('put', (db) =>
      db
        .insertInto('jobs')
        .values(jobs.map(jobRow))
        .onConflict((conflict) => conflict.columns(['kind', 'key']).doUpdateSet(askedAgain))
        .returning(['connection_id', 'run_at']),
    )
    .selectFrom('put')
    .select(sql`pg_notify('waybill_jobs', ${newsOf('put')})`.as('told'))
    .execute()
}

/** A job as its row. */
export const jobRow = (job: NewJob) => ({
  account_id: mainAccount,
  kind: job.kind,
  key: job.key,
  connection_id: job.connectionId,
  order_id: job.orderId ?? null,
  payload: JSON.stringify(job.payload ?? {}),
  run_at: job.runAt,
  priority: job.priority ?? priorities.daily,
})

/**
 * What becomes of a job that is in the queue already. Whose payload names the `news` it was asked for runs no second time
 * for the same news: what it reads was read after they came.
 */
export const askedAgain = {
  payload: sql<string>`excluded.payload`,
  priority: sql<number>`least(jobs.priority, excluded.priority)`,
  run_at: sql<Date>`CASE WHEN jobs.worker IS NULL THEN least(jobs.run_at, excluded.run_at) ELSE jobs.run_at END`,
  again_at: sql<Date>`CASE WHEN jobs.worker IS NULL THEN NULL
    WHEN jobs.payload ? 'news' AND jobs.payload = excluded.payload THEN jobs.again_at
    ELSE least(jobs.again_at, excluded.run_at) END`,
}

/** What workers are told of a job in `table`: whose connection it needs, and when. They hear it after the commit. */
export const newsOf = (table: string): RawBuilder<string> =>
  sql`${sql.ref(`${table}.connection_id`)} || ' ' || floor(extract(epoch FROM ${sql.ref(`${table}.run_at`)}) * 1000)::bigint`

/** The connection that a notification names, and whether its job is due; null when everything is to be looked at. */
export function readNews(news: string | undefined, now: Date): string | null {
  const [connectionId, runAt] = news?.split(' ') ?? []
  return connectionId && runAt && Number(runAt) <= now.getTime() ? connectionId : null
}

/** Lets a job go before what can wait its turn, where there is one; when it is due stays as it is. */
export async function raisePriority(
  tx: Tx,
  { kind, key, priority }: Required<Pick<NewJob, 'kind' | 'key' | 'priority'>>,
): Promise<void> {
  await tx
    .updateTable('jobs')
    .set({ priority })
    .where('kind', '=', kind)
    .where('key', '=', key)
    .where('priority', '>', priority)
    .execute()
}

/** Makes all that waits for a connection due now: a person has just seen that it works. */
export async function hurry(tx: Tx, connectionId: string, now: Date): Promise<void> {
  await sql`UPDATE jobs SET run_at = ${now} WHERE connection_id = ${connectionId} AND worker IS NULL AND run_at > ${now}`.execute(
    tx,
  )
  await sql`SELECT pg_notify('waybill_jobs', '')`.execute(tx)
}

/** Another process has taken the job over: what this run found out must not be written. */
export class Fenced extends Error {
  constructor(job: Job) {
    super(`job ${job.id} (${job.kind} ${job.key}) belongs to another worker now`)
  }
}

/** Makes sure, until the transaction ends, that the job is this worker's still. Throws `Fenced` when it is not. */
export async function holdJob(tx: Tx, job: Job, worker: string): Promise<void> {
  const row = await tx
    .selectFrom('jobs')
    .select('id')
    .where('id', '=', job.id)
    .where('worker', '=', worker)
    .forShare()
    .executeTakeFirst()
  if (!row) throw new Fenced(job)
}

/** Whether somebody wants the job to run once more than this time. */
export async function isAskedForAgain(tx: Tx, job: Job): Promise<boolean> {
  const row = await tx.selectFrom('jobs').select('again_at').where('id', '=', job.id).executeTakeFirst()
  return row !== undefined && row.again_at !== null
}

/**
 * Ends the job's run in the caller's transaction and frees its slot. It is removed, or put back to `runAt`, with another
 * priority where one is given; `countAttempt: false` makes as if this run had not been, `anew` as if there had been none.
 * Its worker has survived it, so the count of deaths begins anew, at `deaths`. Throws `Fenced` when the job is not this worker's any more.
 */
export async function finish(
  tx: Db,
  job: Job,
  worker: string,
  next:
    { runAt: Date; countAttempt: boolean; anew?: true; priority?: number; deaths?: number } | 'done' = 'done',
): Promise<void> {
  const put = next === 'done' ? null : next.runAt
  const anew = next === 'done' || next.anew === true
  const priority = next === 'done' ? null : (next.priority ?? null)
  const deaths = next === 'done' ? 0 : (next.deaths ?? 0)
  const { rows } = await sql<{ id: string }>`
    WITH mine AS (SELECT id, again_at FROM jobs WHERE id = ${job.id} AND worker = ${worker} FOR UPDATE),
    freed AS (
      UPDATE slots SET worker = NULL WHERE connection_id = ${job.connection.id} AND n = ${job.slot} AND worker = ${worker}),
    removed AS (DELETE FROM jobs USING mine WHERE jobs.id = mine.id AND mine.again_at IS NULL AND ${put}::timestamptz IS NULL),
    back AS (
      UPDATE jobs SET worker = NULL, again_at = NULL, run_at = least(mine.again_at, ${put}::timestamptz),
        priority = coalesce(${priority}::int, jobs.priority), deaths = ${deaths}::int,
        attempts = CASE WHEN ${anew} THEN 0 WHEN ${next !== 'done' && next.countAttempt} THEN jobs.attempts
                        ELSE greatest(jobs.attempts - 1, 0) END
      FROM mine WHERE jobs.id = mine.id AND (mine.again_at IS NOT NULL OR ${put}::timestamptz IS NOT NULL))
    SELECT id FROM mine`.execute(tx)
  if (rows.length === 0) throw new Fenced(job)
}
