import type { Failure } from '../connectors/contract.ts'
import { moveCursor, readCursor, type ReadingState } from '../ledger/cursors.ts'
import { type ConnectionRow, connectionWorked } from '../ledger/health.ts'
import { finish, type Job } from '../ledger/jobs.ts'
import { advance } from './advance-cursor.ts'
import { callOver, channelFor, type Deps } from './deps.ts'
import { beginGap, type FirstReading, forgetHiccup, judgeOutage, noteReturn } from './end-of-outage.ts'
import { sayThatItWorks } from './failing-work.ts'
import { ensureIdentity } from './identify.ts'
import { importPage, storePage } from './import-page.ts'
import { activeRouteOf, rulesNow } from './route.ts'
import { stopConnection } from './trouble.ts'

/**
 * Reads one page of what changed at a channel. The orders, their jobs, the cursor and the next poll are one
 * transaction: a crash at any moment repeats the page or has it whole. After an outage the cursor goes on from the
 * channel's present, and what was missed is read as a gap beside it.
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
    touchedAt: null,
  }
  const began = deps.now()
  const from = new Date(state.modifiedAt.getTime() - channel.reading.overlapMs).toISOString()
  const changed = await channel.changed(ctx, { from }, state.page ?? undefined)
  if (!changed.ok) return giveUpForNow(deps, job, connection, changed.error)

  const page = changed.value
  const at = deps.now()
  const { lagMs, overlapMs } = channel.reading
  const cursor = advance(state, page.refs, { ...channel.reading, shownAt: page.channelTime, now: at })
  const next = cursor < state.modifiedAt ? undefined : page.next
  const goesOn = next !== undefined || cursor < state.modifiedAt
  const reading: FirstReading = {
    connection,
    state,
    overlapMs,
    everyMs: route.every_ms,
    cursor,
    shown: page.channelTime === null ? null : new Date(Date.parse(page.channelTime) - lagMs),
    more: next !== undefined,
    began,
    at,
  }
  await storePage(deps, connection, async (tx, oneByOne) => {
    const rules = await rulesNow(tx, route)
    const after = await judgeOutage(tx, reading)
    const isGap = after.kind === 'gap'
    const found = await importPage(deps, tx, {
      connection,
      route: rules,
      refs: page.refs,
      source: isGap ? 'gap' : 'poll',
      background: isGap && goesOn,
      oneByOne,
    })
    const position: ReadingState = {
      modifiedAt: isGap ? after.to : cursor,
      page: isGap ? null : (next ?? null),
      readAt: goesOn ? state.readAt : at,
      touchedAt: at,
    }
    const moved = await moveCursor(tx, connection.id, 'orders', position, state)
    await connectionWorked(tx, connection, at)
    if (moved && isGap) await beginGap(deps, tx, reading, { to: after.to, found })
    if (after.kind === 'in_turn') await noteReturn(deps, tx, reading)
    if (after.kind === 'read_on' && !goesOn) await forgetHiccup(tx, reading)
    await sayThatItWorks(deps, tx, job)
    const runAt = goesOn ? at : new Date(at.getTime() + route.every_ms)
    await finish(tx, job, deps.workerId, { runAt, countAttempt: false, anew: true })
  })
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
