import { sql } from 'kysely'
import pg from 'pg'
import type { Db, Tx } from './database.ts'

export interface Liveness {
  workerId: string
  /** Resolves when the lock is lost: the worker is dead to the others and has to stop. */
  lost: Promise<Error>
  release(): Promise<void>
}

/**
 * Registers a worker and holds its session advisory lock over a connection of its own, for as long as it lives: the
 * lock goes with the process, however it ends. Keep-alives let a vanished host's lock go within half a minute.
 */
export async function register(
  config: pg.ClientConfig,
  worker: { id: string; lockKey: string; role: string; host: string; pid: number; now: Date },
): Promise<Liveness> {
  const client = new pg.Client(config)
  const lost = new Promise<Error>((resolve) => {
    client.on('error', resolve)
    client.on('end', () => resolve(new Error('the connection that holds the worker lock has ended')))
  })
  await client.connect()
  await client.query(
    `SELECT set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
      set_config('tcp_keepalives_count', '3', false)`,
  )
  await client.query('SELECT pg_advisory_lock($1)', [worker.lockKey])
  await client.query(
    'INSERT INTO workers (id, lock_key, role, host, pid, started_at) VALUES ($1, $2, $3, $4, $5, $6)',
    [worker.id, worker.lockKey, worker.role, worker.host, worker.pid, worker.now],
  )
  return { workerId: worker.id, lost, release: () => client.end() }
}

/**
 * Buries workers whose lock can be had: their jobs go back to the queue, their slots become free once a call of theirs
 * can no longer be running (`callTimeoutMs` of the connection), their row goes. Returns how many.
 */
export async function buryTheDead(
  db: Db,
  { me, now, callTimeoutMs }: { me: string; now: Date; callTimeoutMs: (connectionId: string) => number },
): Promise<number> {
  const others = await db.selectFrom('workers').select(['id', 'lock_key']).where('id', '!=', me).execute()
  let buried = 0
  for (const other of others) {
    buried += await db.transaction().execute((tx) => bury(tx, other, now, callTimeoutMs))
  }
  return buried
}

const suspiciousDeaths = 3
const longestRestMs = 5 * 60_000

async function bury(
  tx: Tx,
  worker: { id: string; lock_key: string },
  now: Date,
  callTimeoutMs: (connectionId: string) => number,
): Promise<number> {
  const { rows } = await sql<{
    dead: boolean
  }>`SELECT pg_try_advisory_xact_lock(${worker.lock_key}) AS dead`.execute(tx)
  if (!rows[0]?.dead) return 0
  await sql`DELETE FROM slots WHERE worker = ${worker.id} AND free_at = 'infinity'`.execute(tx)
  const slots = await tx
    .selectFrom('slots')
    .select(['connection_id', 'n'])
    .where('worker', '=', worker.id)
    .execute()
  for (const slot of slots) {
    await tx
      .updateTable('slots')
      .set({ worker: null, free_at: new Date(now.getTime() + callTimeoutMs(slot.connection_id)) })
      .where('connection_id', '=', slot.connection_id)
      .where('n', '=', slot.n)
      .execute()
  }
  // What was under way is looked at first; but a job whose workers die again and again may be what kills them. Such
  // jobs rest longer each time, and one after the other, so that the one at fault takes no others along.
  await sql`
    UPDATE jobs SET worker = NULL, again_at = NULL, deaths = jobs.deaths + 1,
      run_at = CASE WHEN jobs.deaths + 1 < ${suspiciousDeaths} THEN jobs.run_at
        ELSE ${now}::timestamptz + least(${longestRestMs}::int, 1000 * (2 ^ jobs.deaths + mine.place)) * interval '1 millisecond' END
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM jobs WHERE worker = ${worker.id}) AS mine
    WHERE jobs.id = mine.id`.execute(tx)
  const gone = await tx.deleteFrom('workers').where('id', '=', worker.id).executeTakeFirst()
  await sql`SELECT pg_notify('waybill_jobs', '')`.execute(tx)
  return Number(gone.numDeletedRows)
}

/** An orderly end: nothing of this worker's runs any more. */
export async function deregister(db: Db, workerId: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx.updateTable('slots').set({ worker: null }).where('worker', '=', workerId).execute()
    await sql`UPDATE jobs SET worker = NULL, again_at = NULL WHERE worker = ${workerId}`.execute(tx)
    await tx.deleteFrom('workers').where('id', '=', workerId).execute()
  })
}
