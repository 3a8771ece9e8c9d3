import { type OnConflictBuilder, type RawBuilder, sql } from 'kysely'
import { type Database, type Db, mainAccount, type Tx } from './database.ts'
import type { ConnectionRow } from './health.ts'

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
}

/** Work that writes to a channel: it waits while the address that the channel has moved to is not confirmed. */
const writing: JobKind[] = ['ship', 'webhooks']

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
      db.insertInto('jobs').values(jobs.map(jobRow)).onConflict(askedAgain).returning('id'),
    )
    .selectFrom('put')
    .select(toldWorkers)
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

/** What becomes of a job that is in the queue already. */
export const askedAgain = (conflict: OnConflictBuilder<Database, 'jobs'>) =>
  conflict.columns(['kind', 'key']).doUpdateSet({
    payload: sql`excluded.payload`,
    priority: sql`least(jobs.priority, excluded.priority)`,
    run_at: sql`CASE WHEN jobs.worker IS NULL THEN least(jobs.run_at, excluded.run_at) ELSE jobs.run_at END`,
    again_at: sql`CASE WHEN jobs.worker IS NULL THEN NULL ELSE least(jobs.again_at, excluded.run_at) END`,
  })

/** Wakes the workers when the transaction is committed. */
export const toldWorkers = sql<string>`pg_notify('waybill_jobs', '')`.as('told')

interface ClaimedRow {
  id: string
  kind: JobKind
  key: string
  order_id: string | null
  payload: unknown
  attempts: number
  deaths: number
  n: number
}

/**
 * Claims due jobs of one connection, as many as it has free slots (and `atMost`), slots and jobs in one statement. A
 * connection that is paused or blocked gives none; one in trouble gives one job while nothing else runs: a lone probe.
 * `oldestFirst` looks at how long they have waited instead of their priority: asked now and then, it keeps what can wait
 * its turn from waiting for ever.
 */
export async function claim(
  db: Db,
  wanted: { connection: ConnectionRow; worker: string; now: Date; atMost: number; oldestFirst?: boolean },
): Promise<Job[]> {
  const { connection, now } = wanted
  const rows =
    connection.failures === 0
      ? await take(db, wanted, sql`failures = 0`)
      : await db
          .transaction()
          .execute(async (tx) =>
            (await mayProbe(tx, connection.id, now)) ? take(tx, { ...wanted, atMost: 1 }, sql`true`) : [],
          )
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    key: row.key,
    connection,
    orderId: row.order_id,
    payload: row.payload,
    attempts: row.attempts,
    deaths: row.deaths,
    slot: row.n,
  }))
}

async function take(
  db: Db,
  {
    connection,
    worker,
    now,
    atMost,
    oldestFirst,
  }: { connection: ConnectionRow; worker: string; now: Date; atMost: number; oldestFirst?: boolean },
  condition: RawBuilder<unknown>,
): Promise<ClaimedRow[]> {
  const { rows } = await sql<ClaimedRow>`
    WITH open AS (
      SELECT id FROM connections
      WHERE id = ${connection.id} AND paused_at IS NULL
        AND (blocked_until IS NULL OR blocked_until <= ${now}) AND ${condition}
    ), free AS (
      SELECT n, row_number() OVER () AS pair FROM (
        SELECT n FROM slots JOIN open ON slots.connection_id = open.id
        WHERE worker IS NULL AND (free_at IS NULL OR free_at <= ${now})
        ORDER BY n LIMIT ${atMost} FOR UPDATE OF slots SKIP LOCKED) AS s
    ), due AS (
      SELECT id, row_number() OVER () AS pair FROM (
        SELECT id FROM jobs
        WHERE connection_id = ${connection.id} AND worker IS NULL AND run_at <= ${now}
          AND (kind <> ALL(${writing}) OR (SELECT move ->> 'state' FROM connections WHERE id = ${connection.id}) IS DISTINCT FROM 'proven')
        ORDER BY ${oldestFirst ? sql`run_at` : sql`priority, run_at`} LIMIT (SELECT count(*) FROM free) FOR UPDATE SKIP LOCKED) AS j
    ), pairs AS (SELECT due.id, free.n FROM due JOIN free USING (pair)),
    taken AS (
      UPDATE slots SET worker = ${worker}, free_at = NULL FROM pairs
      WHERE slots.connection_id = ${connection.id} AND slots.n = pairs.n)
    UPDATE jobs SET worker = ${worker}, attempts = jobs.attempts + 1, again_at = NULL FROM pairs
    WHERE jobs.id = pairs.id
    RETURNING jobs.id, jobs.kind, jobs.key, jobs.order_id, jobs.payload, jobs.attempts, jobs.deaths, pairs.n
  `.execute(db)
  return rows
}

/** Serialises the probes of a connection in trouble over all processes, and says whether nothing else runs there. */
async function mayProbe(tx: Tx, connectionId: string, now: Date): Promise<boolean> {
  await sql`SELECT 1 FROM connections WHERE id = ${connectionId} FOR NO KEY UPDATE`.execute(tx)
  const { rows } = await sql<{ taken: boolean }>`
    SELECT EXISTS (SELECT 1 FROM slots WHERE connection_id = ${connectionId}
      AND (worker IS NOT NULL OR (free_at > ${now} AND free_at < 'infinity'))) AS taken`.execute(tx)
  return rows[0]?.taken === false
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

/** The connections that have due jobs now, and when the next job of any other is due. */
export async function dueConnections(
  db: Db,
  now: Date,
): Promise<{ due: ConnectionRow[]; next: Date | null }> {
  const { rows } = await sql<ConnectionRow & { run_at: Date }>`
    SELECT c.*, j.run_at FROM connections c
    CROSS JOIN LATERAL (
      SELECT run_at FROM jobs WHERE connection_id = c.id AND worker IS NULL ORDER BY run_at LIMIT 1) AS j
    WHERE c.paused_at IS NULL`.execute(db)
  const at = (row: (typeof rows)[number]) =>
    row.blocked_until && row.blocked_until > row.run_at ? row.blocked_until : row.run_at
  const later = rows.map(at).filter((time) => time > now)
  return {
    due: rows.filter((row) => at(row) <= now),
    next: later.length === 0 ? null : new Date(Math.min(...later.map((time) => time.getTime()))),
  }
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
  tx: Tx,
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
