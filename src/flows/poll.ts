import type { ChangedPage, Failure, RawOrder } from '../connectors/contract.ts'
import { moveCursor, readCursor } from '../ledger/cursors.ts'
import type { Tx } from '../ledger/database.ts'
import { closeGaps, type ConnectionRow, connectionWorked } from '../ledger/health.ts'
import { enqueue, finish, type Job } from '../ledger/jobs.ts'
import { lockOrdersOfChannel } from '../ledger/many-orders.ts'
import { advance } from './advance-cursor.ts'
import { callOver, channelFor, type Deps } from './deps.ts'
import { ensureIdentity } from './identify.ts'
import { hashOf, versionsOf } from '../ledger/raw.ts'
import type { RouteRow } from '../ledger/routes.ts'
import { sayThatItWorks } from './failing-work.ts'
import { importAlone, isOfTheContent } from './import-alone.ts'
import { importNewOrders, importOrder } from './import-order.ts'
import { activeRouteOf, rulesNow } from './route.ts'
import { stopConnection } from './trouble.ts'

/**
 * Reads one page of what changed at a channel. The orders, their jobs, the cursor and the next poll are one
 * transaction: a crash at any moment repeats the page or has it whole.
 */
export async function poll(deps: Deps, job: Job): Promise<void> {
  const found = job.connection
  const route = found && (await activeRouteOf(deps.db, found.id))
  if (!found || !route) {
    await deps.db.transaction().execute((tx) => finish(tx, job, deps.workerId))
    return
  }
  const channel = channelFor(deps, found)
  const ctx = callOver(deps, found, channel.timeoutMs(deps.configOf(found)))
  const identified = await ensureIdentity(deps, found, ctx)
  if (!identified.ok) return giveUpForNow(deps, job, found, identified.error)
  const connection = identified.value

  const state = (await readCursor(deps.db, connection.id, 'orders')) ?? {
    modifiedAt: route.since,
    page: null,
    readAt: null,
  }
  const from = new Date(state.modifiedAt.getTime() - channel.reading.overlapMs).toISOString()
  const changed = await channel.changed(ctx, { from }, state.page ?? undefined)
  if (!changed.ok) return giveUpForNow(deps, job, connection, changed.error)

  const page = changed.value
  const at = deps.now()
  const cursor = advance(state, page.refs, { ...channel.reading, shownAt: page.channelTime, now: at })
  const next = cursor < state.modifiedAt ? undefined : page.next
  const goesOn = next !== undefined || cursor < state.modifiedAt
  const store = async (tx: Tx, oneByOne: boolean) => {
    await importPage(deps, tx, { connection, route: await rulesNow(tx, route), page, oneByOne })
    await moveCursor(
      tx,
      connection.id,
      'orders',
      {
        modifiedAt: cursor,
        page: next ?? null,
        readAt: goesOn ? state.readAt : at,
      },
      state,
    )
    await connectionWorked(tx, connection, at)
    if (!goesOn) await closeGaps(tx, connection.id, at)
    await sayThatItWorks(deps, tx, job)
    const runAt = goesOn ? at : new Date(at.getTime() + route.every_ms)
    await finish(tx, job, deps.workerId, { runAt, countAttempt: false, anew: true })
  }
  try {
    await deps.db.transaction().execute((tx) => store(tx, false))
  } catch (error) {
    if (!isOfTheContent(error)) throw error
    // One order that cannot be taken in must not keep the page out: each gets a savepoint of its own.
    deps.log.error(
      { err: error, connection: connection.name },
      'a page could not be stored whole; storing its orders one by one',
    )
    await deps.db.transaction().execute((tx) => store(tx, true))
  }
}

interface PageToStore {
  connection: ConnectionRow
  route: RouteRow
  page: ChangedPage
  oneByOne: boolean
}

async function importPage(
  deps: Deps,
  tx: Tx,
  { connection, route, page, oneByOne }: PageToStore,
): Promise<void> {
  const refs = [...new Map(page.refs.map((ref) => [ref.id, ref])).values()]
  const versions = await versionsOf(
    tx,
    connection.id,
    refs.map((ref) => ref.id),
  )
  const input = (raw: RawOrder) => ({ connection, route, raw, source: 'poll' })
  const listed = refs.flatMap((ref) => ref.raw ?? [])
  const changed = listed.filter((raw) => !versions.get(raw.id)?.equals(hashOf(raw.body)))
  const known = changed.filter((raw) => versions.has(raw.id))
  const unknown = changed.filter((raw) => !versions.has(raw.id))
  await lockOrdersOfChannel(
    tx,
    connection.id,
    known.map((raw) => raw.id),
  )
  if (oneByOne) for (const raw of changed) await importAlone(deps, tx, input(raw))
  else {
    await importNewOrders(deps, tx, unknown.map(input))
    for (const raw of known) await importOrder(deps, tx, input(raw))
  }
  await enqueue(
    tx,
    refs
      .filter((ref) => !ref.raw)
      .map((ref) => ({
        kind: 'import' as const,
        key: `${connection.id}:${ref.id}`,
        connectionId: connection.id,
        payload: { query: ref.id, source: 'poll' },
        runAt: deps.now(),
      })),
  )
}

async function giveUpForNow(
  deps: Deps,
  job: Job,
  connection: ConnectionRow,
  failure: Failure,
): Promise<void> {
  deps.log.warn(
    { connection: connection.name, kind: failure.kind, problem: failure.problems[0] },
    'the channel could not be read',
  )
  await deps.db.transaction().execute(async (tx) => {
    const runAt = await stopConnection(deps, tx, connection, failure)
    await finish(tx, job, deps.workerId, { runAt, countAttempt: false })
  })
}
