import { type RawBuilder, sql } from 'kysely'
import { askedAgain, type Job, jobRow, type NewJob, newsOf } from './jobs.ts'
import type { KeptConnection } from './kept-connections.ts'

// A job that is put into the queue by the process that would do it next anyway is taken in the same statement: looking
// for it and claiming it would cost two more round trips of an order's way.

/** Who takes the job at once: its worker, with a slot of the connection as it was read. */
export interface Hand {
  worker: string
  connection: KeptConnection
  now: Date
}

/**
 * The common table expression `slot`: a free one of the job's connection, where that is unchanged and in order; no row
 * where there is none, or nobody to take the job.
 */
export function slotInHand(connectionId: string, hand: Hand | null): RawBuilder<unknown> {
  if (hand === null) return sql`slot AS (SELECT NULL::uuid AS worker, NULL::int AS n WHERE false)`
  return sql`
    slot AS (
      SELECT ${hand.worker}::uuid AS worker, slots.n FROM slots JOIN connections c ON c.id = slots.connection_id
      WHERE c.id = ${connectionId} AND c.xmin::text = ${hand.connection.version}
        AND c.paused_at IS NULL AND c.failures = 0 AND (c.blocked_until IS NULL OR c.blocked_until <= ${hand.now})
        AND slots.worker IS NULL AND (slots.free_at IS NULL OR slots.free_at <= ${hand.now})
      ORDER BY slots.n LIMIT 1 FOR UPDATE OF slots SKIP LOCKED)`
}

/**
 * Common table expressions that put one job for each row of `from` (one at most) into the queue: `put` says whether it is
 * taken, with `slot`, for it is new and there is one.
 *
 * @param orderId of the job, as an expression over `from`
 */
export function putInHand(
  job: Omit<NewJob, 'orderId'>,
  { from, orderId = sql`NULL` }: { from: RawBuilder<unknown>; orderId?: RawBuilder<unknown> },
): RawBuilder<unknown> {
  const row = jobRow(job)
  return sql`
    put AS (
      INSERT INTO jobs (account_id, kind, key, connection_id, order_id, payload, run_at, priority, worker, attempts)
      SELECT ${row.account_id}, ${row.kind}, ${row.key}, ${row.connection_id}::uuid, ${orderId}::uuid,
        ${row.payload}::jsonb, ${row.run_at}::timestamptz, ${row.priority}::int,
        slot.worker, CASE WHEN slot.worker IS NULL THEN 0 ELSE 1 END
      FROM ${from} LEFT JOIN slot ON true
      ON CONFLICT (kind, key) DO UPDATE SET ${setAskedAgain}
      RETURNING id, connection_id, run_at, xmax = 0 AND worker IS NOT NULL AS taken, worker IS NULL AS waits),
    held AS (
      UPDATE slots SET worker = slot.worker, free_at = NULL FROM slot, put
      WHERE put.taken AND slots.connection_id = put.connection_id AND slots.n = slot.n)`
}

const setAskedAgain = sql.join(
  Object.entries(askedAgain).map(([column, value]) => sql`${sql.ref(column)} = ${value}`),
)

/** What the statement around `putInHand` selects of it. */
export interface PutRow {
  job_id: string | null
  job_taken: boolean | null
  job_slot: number | null
}

/** The columns of `PutRow`, over `put LEFT JOIN slot`; workers are told of a job that nobody has taken. */
export const putColumns = sql`put.id AS job_id, put.taken AS job_taken, slot.n AS job_slot,
  CASE WHEN put.waits THEN pg_notify('waybill_jobs', ${newsOf('put')}) END AS told`

/** The job that was taken; null when it waits in the queue. */
export function jobInHand(job: NewJob, hand: Hand | null, row: PutRow): Job | null {
  if (hand === null || row.job_id === null || row.job_slot === null || row.job_taken !== true) return null
  return {
    id: row.job_id,
    kind: job.kind,
    key: job.key,
    connection: hand.connection,
    orderId: job.orderId ?? null,
    payload: job.payload ?? {},
    attempts: 1,
    deaths: 0,
    slot: row.job_slot,
  }
}
