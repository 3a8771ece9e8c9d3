import { sql } from 'kysely'
import type { Failure } from '../connectors/contract.ts'
import type { Tx } from '../ledger/database.ts'
import { type ConnectionRow, connectionFailed } from '../ledger/health.ts'
import type { Deps } from './deps.ts'

/** Whether the failure is the connection's and not the order's: it stops the connection, and no attempt is burnt. */
export function isSystemic(failure: Failure): boolean {
  return failure.kind === 'auth' || failure.kind === 'throttled' || failure.kind === 'unavailable'
}

const second = 1000
const minute = 60 * second

/** The wait before probe number `failures` + 1: doubling, at most `cap`, with a fifth of jitter. */
export function backoffMs(
  failures: number,
  random: number,
  { first = second, cap = 5 * minute } = {},
): number {
  return Math.round(Math.min(cap, first * 2 ** Math.min(failures, 20)) * (0.9 + 0.2 * random))
}

/**
 * Stops a connection for a while, in the caller's transaction, and returns the time of the next probe. A login that is
 * refused while other calls are in flight counts as throttling (NetSuite's overload can look like a bad login) until a
 * lone probe is refused as well.
 */
export async function stopConnection(
  deps: Deps,
  tx: Tx,
  connection: ConnectionRow,
  failure: Failure,
): Promise<Date> {
  const at = deps.now()
  const alone = connection.failures > 0 || (await slotsInUse(tx, connection.id)) <= 1
  const refused = failure.kind === 'auth' && alone
  const passing = failure.kind === 'throttled' || (failure.kind === 'auth' && !alone)
  const wait = Math.max(
    failure.retryAfterMs ?? 0,
    backoffMs(connection.failures, deps.random(), passing ? { first: 500, cap: 30 * second } : {}),
  )
  const blockedUntil = new Date(at.getTime() + wait)
  const health = refused ? 'needs_reauthorisation' : !passing && connection.failures >= 2 ? 'down' : 'failing'
  await connectionFailed(tx, {
    connection,
    health,
    problem: failure.problems[0],
    blockedUntil,
    at,
    newId: deps.newId,
  })
  return blockedUntil
}

async function slotsInUse(tx: Tx, connectionId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM slots WHERE connection_id = ${connectionId} AND worker IS NOT NULL`.execute(
    tx,
  )
  return rows[0]?.n ?? 0
}
