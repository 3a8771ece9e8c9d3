import { ok } from '../result.ts'
import { failure, type LedgerResult } from './failure.ts'

/** One connection to the database, as far as the proof needs it. */
export interface ProofClient {
  query(sql: string): Promise<{ rows: Record<string, unknown>[] }>
  end(): Promise<void>
}

const key = 1_204_209

/**
 * Proves that a session keeps its advisory lock between statements: the workers' liveness rests on it. A pooler in
 * transaction mode hands each statement to whichever server process is free: while the lock is held, other clients open
 * transactions, so that such a pooler has to give us another process, which does not have the lock.
 */
export async function proveSessionLocks(connect: () => Promise<ProofClient>): Promise<LedgerResult<null>> {
  const clients: ProofClient[] = []
  const open = async () => {
    const client = await connect()
    clients.push(client)
    return client
  }
  try {
    const session = await open()
    const before = await processOf(session)
    await session.query(`SELECT pg_advisory_lock_shared(${key})`)
    for (let i = 0; i < 3; i++) {
      const other = await open()
      await other.query('BEGIN')
      await other.query('SELECT 1')
    }
    const after = await processOf(session)
    const { rows } = await session.query(
      `SELECT count(*)::int AS held FROM pg_locks
       WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted
         AND classid = 0 AND objid = ${key}`,
    )
    if (before === after && rows[0]?.['held'] === 1) {
      await session.query(`SELECT pg_advisory_unlock_shared(${key})`)
      return ok(null)
    }
    return failure(
      'no_session',
      'The database does not keep a session: a pooler in transaction mode stands before it, which cannot serve',
      'Give DATABASE_URL the address of PostgreSQL itself, or of a pooler in session mode.',
    )
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()))
  }
}

async function processOf(client: ProofClient): Promise<unknown> {
  return (await client.query('SELECT pg_backend_pid() AS pid')).rows[0]?.['pid']
}
