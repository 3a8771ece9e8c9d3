import { type RawBuilder, sql } from 'kysely'
import { type Db, notWaitedFor, type Tx } from './database.ts'
import type { ConnectionRow } from './health.ts'
import type { Job, JobKind } from './jobs.ts'

/** Work that writes to a channel: it waits while the address that the channel has moved to is not confirmed. */
const writing: JobKind[] = ['ship', 'webhooks']

interface Wanted {
  connectionId: string
  worker: string
  now: Date
  atMost: number
  /**
   * Looks at how long jobs have waited instead of their priority: asked now and then, it keeps what can wait its turn
   * from waiting for ever.
   */
  oldestFirst?: boolean
}

export interface Claimed {
  jobs: Job[]
  /** Every free slot was taken: more jobs may be due, which whoever frees a slot has to look for. */
  allSlots: boolean
}

/**
 * Claims due jobs of one connection, as many as it has free slots (and `atMost`), slots and jobs in one statement. A
 * connection that is paused, blocked or in trouble gives none.
 */
export const claim = (db: Db, wanted: Wanted): Promise<Claimed> => take(db, wanted, sql`failures = 0`)

/** Claims one due job of a connection in trouble, while nothing else runs there: a lone probe. */
export async function claimProbe(db: Db, wanted: Omit<Wanted, 'atMost'>): Promise<Claimed> {
  return db
    .transaction()
    .execute(async (tx) =>
      (await mayProbe(tx, wanted.connectionId, wanted.now))
        ? take(tx, { ...wanted, atMost: 1 }, sql`true`)
        : { jobs: [], allSlots: true },
    )
}

/** A connection as it was when its job was claimed, and the job; without one where none was. */
type ClaimedRow = ConnectionRow & {
  free_slots: number
  job_id: string | null
  job_kind: JobKind
  job_key: string
  job_order_id: string | null
  job_payload: unknown
  job_attempts: number
  job_deaths: number
  job_slot: number
  not_waited_for: string
}

async function take(
  db: Db,
  { connectionId, worker, now, atMost, oldestFirst }: Wanted,
  condition: RawBuilder<unknown>,
): Promise<Claimed> {
  const { rows } = await sql<ClaimedRow>`
    WITH open AS (
      SELECT * FROM connections
      WHERE id = ${connectionId} AND paused_at IS NULL
        AND (blocked_until IS NULL OR blocked_until <= ${now}) AND ${condition}
    ), free AS (
      SELECT n, row_number() OVER () AS pair FROM (
        SELECT n FROM slots JOIN open ON slots.connection_id = open.id
        WHERE worker IS NULL AND (free_at IS NULL OR free_at <= ${now})
        ORDER BY n LIMIT ${atMost} FOR UPDATE OF slots SKIP LOCKED) AS s
    ), due AS (
      SELECT id, row_number() OVER () AS pair FROM (
        SELECT id FROM jobs
        WHERE connection_id = ${connectionId} AND worker IS NULL AND run_at <= ${now}
          AND (kind <> ALL(${writing}) OR (SELECT move ->> 'state' FROM open) IS DISTINCT FROM 'proven')
        ORDER BY ${oldestFirst ? sql`run_at` : sql`priority, run_at`} LIMIT (SELECT count(*) FROM free) FOR UPDATE SKIP LOCKED) AS j
    ), pairs AS (SELECT due.id, free.n FROM due JOIN free USING (pair)),
    taken AS (
      UPDATE slots SET worker = ${worker}, free_at = NULL FROM pairs
      WHERE slots.connection_id = ${connectionId} AND slots.n = pairs.n),
    claimed AS (
      UPDATE jobs SET worker = ${worker}, attempts = jobs.attempts + 1, again_at = NULL FROM pairs
      WHERE jobs.id = pairs.id
      RETURNING jobs.id AS job_id, kind AS job_kind, key AS job_key, order_id AS job_order_id, payload AS job_payload,
        attempts AS job_attempts, deaths AS job_deaths, pairs.n AS job_slot)
    SELECT (SELECT count(*)::int FROM free) AS free_slots, ${notWaitedFor} AS not_waited_for, claimed.*, open.*
    FROM (SELECT) AS one LEFT JOIN claimed ON true LEFT JOIN open ON claimed.job_id IS NOT NULL
  `.execute(db)
  const jobs = rows.flatMap(jobOf)
  return { jobs, allSlots: jobs.length >= rows[0]!.free_slots }
}

const jobOf = ({
  job_id: id,
  job_kind: kind,
  job_key: key,
  job_order_id: orderId,
  job_payload: payload,
  job_attempts: attempts,
  job_deaths: deaths,
  job_slot: slot,
  free_slots: _slots,
  not_waited_for: _now,
  ...connection
}: ClaimedRow): Job[] =>
  id === null ? [] : [{ id, kind, key, connection, orderId, payload, attempts, deaths, slot }]

/** Serialises the probes of a connection in trouble over all processes, and says whether nothing else runs there. */
async function mayProbe(tx: Tx, connectionId: string, now: Date): Promise<boolean> {
  await sql`SELECT 1 FROM connections WHERE id = ${connectionId} FOR NO KEY UPDATE`.execute(tx)
  const { rows } = await sql<{ taken: boolean }>`
    SELECT EXISTS (SELECT 1 FROM slots WHERE connection_id = ${connectionId}
      AND (worker IS NOT NULL OR (free_at > ${now} AND free_at < 'infinity'))) AS taken`.execute(tx)
  return rows[0]?.taken === false
}

interface DueRow {
  id: string
  failures: number
  blocked_until: Date | null
  run_at: Date
}

/** The connections that have due jobs now, whether each is in trouble, and when the next job of any other is due. */
export async function dueConnections(
  db: Db,
  now: Date,
): Promise<{ due: { id: string; inTrouble: boolean }[]; next: Date | null }> {
  const { rows } = await sql<DueRow>`
    SELECT c.id, c.failures, c.blocked_until, j.run_at FROM connections c
    CROSS JOIN LATERAL (
      SELECT run_at FROM jobs WHERE connection_id = c.id AND worker IS NULL ORDER BY run_at LIMIT 1) AS j
    WHERE c.paused_at IS NULL`.execute(db)
  const at = (row: DueRow) =>
    row.blocked_until && row.blocked_until > row.run_at ? row.blocked_until : row.run_at
  const later = rows.map(at).filter((time) => time > now)
  return {
    due: rows.filter((row) => at(row) <= now).map(({ id, failures }) => ({ id, inTrouble: failures > 0 })),
    next: later.length === 0 ? null : new Date(Math.min(...later.map((time) => time.getTime()))),
  }
}
