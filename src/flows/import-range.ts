import type { Failure, RawOrder } from '../connectors/contract.ts'
import { mainAccount, type Tx } from '../ledger/database.ts'
import { type ConnectionRow, connectionWorked } from '../ledger/health.ts'
import { enqueue, finish, type Job, priorities } from '../ledger/jobs.ts'
import { lockOrdersOfChannel } from '../ledger/many-orders.ts'
import { ok } from '../result.ts'
import { callOver, channelFor, type Deps } from './deps.ts'
import { ensureIdentity } from './identify.ts'
import { importAlone } from './import-alone.ts'
import { endImport, itemOf } from './import-by-id.ts'
import { activeRouteOf, rulesNow } from './route.ts'
import { isSystemic, stopConnection } from './trouble.ts'

interface RangePayload {
  importId: string
  /** By the time the orders were placed, UTC: from this time on, and before that one. */
  from: string
  to: string
  anyway: boolean
  source: string
  /** Where the reading stands. */
  page?: Record<string, unknown>
}

/** Starts an import of all orders placed in a range of time. */
export async function startRangeImport(
  deps: Deps,
  tx: Tx,
  request: { connection: ConnectionRow; from: Date; to: Date; anyway: boolean; actor: string },
): Promise<string> {
  const { connection, from, to, anyway, actor } = request
  const at = deps.now()
  const importId = deps.newId()
  await tx
    .insertInto('imports')
    .values({
      id: importId,
      account_id: mainAccount,
      connection_id: connection.id,
      actor,
      anyway,
      from_at: from,
      to_at: to,
      created_at: at,
    })
    .execute()
  const payload: RangePayload = {
    importId,
    from: from.toISOString(),
    to: to.toISOString(),
    anyway,
    source: actor,
  }
  await enqueue(tx, [
    {
      kind: 'import-range',
      key: importId,
      connectionId: connection.id,
      payload,
      runAt: at,
      priority: priorities.background,
    },
  ])
  return importId
}

/**
 * Reads one page of what changed since the range began (an order placed in it changed in it or later) and takes in those
 * placed in it. Where it stands is kept with each page: a crash repeats one page.
 */
export async function importRange(deps: Deps, job: Job): Promise<void> {
  const payload = job.payload as RangePayload
  const route = await activeRouteOf(deps.db, job.connection.id)
  if (!route) return end(deps, job, 'This connection has no route')
  const channel = channelFor(deps, job.connection)
  const ctx = callOver(deps, job.connection, channel.timeoutMs(deps.configOf(job.connection)))
  const identified = await ensureIdentity(deps, job.connection, ctx)
  if (!identified.ok) return later(deps, job, identified.error)
  const connection = identified.value
  const read = await channel.changed(ctx, { from: payload.from }, payload.page)
  if (!read.ok) return later(deps, job, read.error)
  const { refs, next } = read.value
  const listed: RawOrder[] = []
  for (const { id, raw } of refs) {
    const fetched = raw ? ok(raw) : await channel.fetch(ctx, id)
    if (!fetched.ok) return later(deps, job, fetched.error)
    if (fetched.value) listed.push(fetched.value)
  }
  const placedInRange = listed.filter((raw) => {
    const { placedAt } = channel.glance(raw)
    // One that does not tell when it was placed is taken: it is shown then, where leaving it out would hide it.
    return placedAt === null || (placedAt >= payload.from && placedAt < payload.to)
  })
  await deps.db.transaction().execute(async (tx) => {
    const rules = await rulesNow(tx, route)
    await lockOrdersOfChannel(
      tx,
      connection.id,
      placedInRange.map((raw) => raw.id),
    )
    for (const raw of placedInRange) {
      const anyway = payload.anyway ? { anyway: true } : {}
      const result = await importAlone(deps, tx, {
        connection,
        route: rules,
        raw,
        source: payload.source,
        ...anyway,
      })
      await noteOrder(tx, payload, raw.id, itemOf(result, connection.time_zone))
    }
    await connectionWorked(tx, connection, deps.now())
    if (!next) await endImport(deps, tx, payload.importId)
    else
      await tx
        .updateTable('jobs')
        .set({ payload: JSON.stringify({ ...payload, page: next }) })
        .where('id', '=', job.id)
        .execute()
    await finish(
      tx,
      job,
      deps.workerId,
      next ? { runAt: deps.now(), countAttempt: false, anew: true } : 'done',
    )
  })
}

async function noteOrder(
  tx: Tx,
  { importId }: RangePayload,
  query: string,
  { state, orderId, detail }: ReturnType<typeof itemOf>,
): Promise<void> {
  const values = { state, order_id: orderId ?? null, detail: detail ?? null }
  await tx
    .insertInto('import_items')
    .values({ import_id: importId, account_id: mainAccount, query, ...values })
    .onConflict((conflict) => conflict.columns(['import_id', 'query']).doNothing())
    .execute()
}

async function end(deps: Deps, job: Job, why: string): Promise<void> {
  await deps.db.transaction().execute((tx) => giveUpRange(deps, tx, job, why))
}

/** Ends the import with the reason why the rest of its days could not be read. */
export async function giveUpRange(deps: Deps, tx: Tx, job: Job, why: string): Promise<void> {
  const { importId, from, to } = job.payload as RangePayload
  const query = `${from.slice(0, 10)} – ${to.slice(0, 10)}`
  const detail = `Not all of these days could be read: ${why}`
  await tx
    .insertInto('import_items')
    .values({ import_id: importId, account_id: mainAccount, query, state: 'failed', detail })
    .execute()
  await endImport(deps, tx, importId)
  await finish(tx, job, deps.workerId)
}

const mostAttempts = 6

async function later(deps: Deps, job: Job, failure: Failure): Promise<void> {
  const systemic = isSystemic(failure)
  await deps.db.transaction().execute(async (tx) => {
    if (!systemic && job.attempts >= mostAttempts)
      return giveUpRange(deps, tx, job, failure.problems[0].detail)
    const runAt = systemic
      ? await stopConnection(deps, tx, job.connection, failure)
      : new Date(deps.now().getTime() + 60_000)
    await finish(tx, job, deps.workerId, { runAt, countAttempt: !systemic })
  })
}
