import { sql } from 'kysely'
import type { Failure } from '../connectors/contract.ts'
import type { Tx } from '../ledger/database.ts'
import { healthAfter, type Signal } from '../ledger/connection-states.ts'
import { connectionById, type ConnectionRow, connectionFailed } from '../ledger/health.ts'
import { enqueue, type NewJob, priorities } from '../ledger/jobs.ts'
import { moveOf, noteMove, provenAddressOf } from '../ledger/moves.ts'
import type { Deps } from './deps.ts'
import { isWorthFollowing } from './follow-move.ts'

/** Whether the failure is the connection's and not the order's: it stops the connection, and no attempt is burnt. */
export function isSystemic(failure: Failure): boolean {
  return failure.kind === 'auth' || failure.kind === 'throttled' || failure.kind === 'unavailable'
}

/** Whether one permission is missing, that other work over the connection does not need. */
export const isMissingPermission = (failure: Failure): boolean =>
  failure.kind === 'auth' && failure.problems[0].code === 'permission_missing'

const second = 1000
const minute = 60 * second

/** The wait before probe number `failures` + 1: doubling, at most `cap`, a tenth more or less. */
export function backoffMs(failures: number, random: number, { first = second, cap = minute } = {}): number {
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
  met: Failure,
): Promise<Date> {
  const at = deps.now()
  const failure = met.movedTo === undefined ? met : afterLooking(connection, met)
  const refused = failure.kind === 'auth' && (await wasAlone(tx, connection))
  const passing = failure.kind === 'throttled' || (failure.kind === 'auth' && !refused)
  const pace = passing ? { first: 500, cap: 30 * second } : refused ? { cap: 5 * minute } : {}
  // A site in maintenance asks for ten minutes and is back after one: its orders are not to wait for the rest.
  const asked = failure.retryAfterMs ?? 0
  const wait = Math.max(
    Math.min(asked, failure.kind === 'throttled' ? 60 * minute : minute),
    backoffMs(connection.failures, deps.random(), pace),
  )
  const blockedUntil = new Date(at.getTime() + wait)
  const signal: Signal = refused
    ? 'refused'
    : passing
      ? 'held_up'
      : connection.failures >= 2
        ? 'failed_again'
        : 'failed'
  const health = healthAfter[signal]
  const isMoved = provenAddressOf(connection) !== null
  // What answered at the new address has ended there: its own address is asked again, and tells where it is now.
  if (isMoved && (met.movedTo !== undefined || health !== 'failing'))
    await noteMove(tx, connection, null, { at, actor: 'waybill', newId: deps.newId })
  else if (met.movedTo !== undefined && isWorthFollowing(connection, met.movedTo, at))
    await enqueue(tx, [followMoveJob(connection, met.movedTo, at)])
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

/** First of all that waits for the connection: nothing else can work before. */
const followMoveJob = (connection: ConnectionRow, to: string, runAt: Date): NewJob => ({
  kind: 'follow-move',
  key: connection.id,
  connectionId: connection.id,
  payload: { to },
  runAt,
  priority: priorities.person,
})

/** The redirect, with what was found at its end. */
function afterLooking(connection: ConnectionRow, failure: Failure): Failure {
  const move = moveOf(connection)
  if (move?.redirect !== new URL(failure.movedTo!).host) return failure
  const [problem] = failure.problems
  if (move.state === 'refused')
    return {
      kind: 'auth',
      problems: [{ ...problem, code: 'different_account', subject: '', detail: move.why }],
    }
  if (move.state !== 'unproven') return failure
  const detail = `${problem.detail}. It could not be proved that the same shop is there: ${move.why}`
  return { ...failure, problems: [{ ...problem, detail }] }
}

/** Whether the call that failed was the only one: a lone probe, or the first to fail with no other beside it. */
async function wasAlone(tx: Tx, connection: ConnectionRow): Promise<boolean> {
  if (connection.failures > 0) return true
  const now = await connectionById(tx, connection.id)
  return now?.failures === 0 && (await slotsInUse(tx, connection.id)) <= 1
}

async function slotsInUse(tx: Tx, connectionId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM slots WHERE connection_id = ${connectionId} AND worker IS NOT NULL`.execute(
    tx,
  )
  return rows[0]?.n ?? 0
}
