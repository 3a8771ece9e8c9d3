import type { Failure } from '../connectors/contract.ts'
import { moveCursor, readCursor } from '../ledger/cursors.ts'
import { type ConnectionRow, connectionWorked } from '../ledger/health.ts'
import { finish, type Job } from '../ledger/jobs.ts'
import { advance } from './advance-cursor.ts'
import { backendFor, callOver, type Deps } from './deps.ts'
import { sayThatItFails, sayThatItWorks } from './failing-work.ts'
import { ensureIdentity } from './identify.ts'
import { takeShipments } from './take-shipments.ts'
import { isMissingPermission, isSystemic, stopConnection } from './trouble.ts'

const everyMs = 60_000
const overlapMs = 120_000

/**
 * Reads which of our records have left the warehouse. What is new is stored, queued for the shop, and the cursor moves,
 * in one transaction.
 */
export async function readShipments(deps: Deps, job: Job): Promise<void> {
  const connection = job.connection
  if (!connection || !(await hasRoute(deps, connection.id))) {
    await deps.db.transaction().execute((tx) => finish(tx, job, deps.workerId))
    return
  }
  const backend = backendFor(deps, connection)
  const ctx = callOver(deps, connection, backend.timing(deps.configOf(connection)).timeoutMs)
  const identified = await ensureIdentity(deps, connection, ctx)
  if (!identified.ok) return failed(deps, job, connection, identified.error)
  const state = (await readCursor(deps.db, connection.id, 'shipments')) ?? {
    modifiedAt: connection.created_at,
    page: null,
    readAt: null,
    touchedAt: null,
  }
  const from = new Date(state.modifiedAt.getTime() - overlapMs).toISOString()
  const read = await backend.shipments(ctx, { from }, state.page ?? undefined)
  if (!read.ok) return failed(deps, job, connection, read.error)
  const at = deps.now()
  await deps.db.transaction().execute(async (tx) => {
    const { shipments, next, backendTime } = read.value
    await takeShipments(deps, tx, connection, shipments)
    const modifiedAt = advance(state, shipments, { shownAt: backendTime, lagMs: 0, overlapMs, now: at })
    await moveCursor(
      tx,
      connection.id,
      'shipments',
      {
        modifiedAt,
        page: next ?? null,
        readAt: next ? state.readAt : at,
        touchedAt: at,
      },
      state,
    )
    await connectionWorked(tx, connection, at)
    await sayThatItWorks(deps, tx, job)
    const runAt = next ? at : new Date(at.getTime() + everyMs)
    await finish(tx, job, deps.workerId, { runAt, countAttempt: false, anew: true })
  })
}

async function failed(deps: Deps, job: Job, connection: ConnectionRow, failure: Failure): Promise<void> {
  deps.log.warn({ connection: connection.name, problem: failure.problems[0] }, 'shipments could not be read')
  // Posting goes on where only the fulfilments may not be read.
  const systemic = isSystemic(failure) && !isMissingPermission(failure)
  await deps.db.transaction().execute(async (tx) => {
    const runAt = systemic
      ? await stopConnection(deps, tx, connection, failure)
      : new Date(deps.now().getTime() + everyMs)
    if (!systemic) await sayThatItFails(deps, tx, job, failure.problems[0])
    await finish(tx, job, deps.workerId, { runAt, countAttempt: !systemic })
  })
}

async function hasRoute(deps: Deps, backendId: string): Promise<boolean> {
  const route = await deps.db
    .selectFrom('routes')
    .select('id')
    .where('backend_id', '=', backendId)
    .where('removed_at', 'is', null)
    .executeTakeFirst()
  return route !== undefined
}
