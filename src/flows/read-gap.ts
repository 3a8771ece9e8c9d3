import type { Ctx, Failure, OrderRef, Outcome, Page } from '../connectors/contract.ts'
import { readCursor } from '../ledger/cursors.ts'
import type { Tx } from '../ledger/database.ts'
import { changeGap, closeGap, gapById, type GapRow } from '../ledger/gaps.ts'
import { connectionWorked } from '../ledger/health.ts'
import { enqueue, finish, type Job } from '../ledger/jobs.ts'
import type { Problem } from '../order/problems.ts'
import { ok } from '../result.ts'
import { type AnyChannel, callOver, channelFor, type Deps } from './deps.ts'
import { sayThatItFails, sayThatItWorks } from './failing-work.ts'
import { ensureIdentity } from './identify.ts'
import { importPage, storePage } from './import-page.ts'
import { activeRouteOf, rulesNow } from './route.ts'
import { isSystemic, stopConnection } from './trouble.ts'

/** A part of the gap, in the channel's time, and where in it the reading stands. */
interface Position {
  from: string
  to: string
  page?: Page
}

/** A gap that can be read: it has a beginning and an end. */
type Readable = GapRow & { read_from: Date; to_at: Date }

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** When a limit of the channel is looked at again: a person may have lifted it. */
const outOfReachMs = 6 * hourMs
const freshMs = 15_000

/**
 * Reads one page of a gap and takes in what the ledger does not have; it is posted when nothing else waits. The page, where
 * the reading stands and the count are one transaction: a crash repeats one page. Read to its end, the gap is read again
 * after a while, until a pass finds nothing new: an order may become visible late. What was changed meanwhile has left the
 * window, and the poll reads it; only when that has been through as well, the gap closes.
 */
export async function readGap(deps: Deps, job: Job): Promise<void> {
  const gap = await gapById(deps.db, job.key)
  if (!gap || gap.closed_at !== null || !isReadable(gap))
    return deps.db.transaction().execute((tx) => finish(tx, job, deps.workerId))
  const route = await activeRouteOf(deps.db, job.connection.id)
  // Taken up again when a route wants the channel's orders.
  if (!route) return putOff(deps, job, hourMs)
  if (gap.confirmed_at !== null) return closeWhenReadOn(deps, job, gap, gap.confirmed_at)

  const channel = channelFor(deps, job.connection)
  const ctx = callOver(deps, job.connection, channel.timeoutMs(deps.configOf(job.connection)))
  const identified = await ensureIdentity(deps, job.connection, ctx)
  if (!identified.ok) return later(deps, job, identified.error)
  const connection = identified.value
  const began = gap.pass_began_at ?? deps.now()
  const start =
    gap.position === null ? await startOfPass(channel, ctx, gap) : ok({ limit: undefined, ...asRead(gap) })
  if (!start.ok) return later(deps, job, start.error)
  const { position, limit } = start.value
  const read = await channel.changed(ctx, { from: position.from, to: position.to }, position.page)
  if (!read.ok) return later(deps, job, read.error)
  const refs = await withBodies(channel, ctx, read.value.refs)
  if (!refs.ok) return later(deps, job, refs.error)

  await storePage(deps, connection, async (tx, oneByOne) => {
    const missing = await importPage(deps, tx, {
      connection,
      route: await rulesNow(tx, route),
      refs: refs.value,
      source: 'gap',
      background: true,
      oneByOne,
    })
    const found = gap.found_in_pass + missing
    const next = nextPosition(channel, gap, position, read.value.next)
    const reached = reachedBy(gap, position, next, read.value.refs)
    await changeGap(tx, gap.id, {
      reached_at: gap.reached_at !== null && gap.reached_at > reached ? gap.reached_at : reached,
      orders_found: gap.orders_found + missing,
      ...(limit === undefined ? {} : { out_of_reach: limit === null ? null : JSON.stringify(limit) }),
      ...(next
        ? { position: JSON.stringify(next), found_in_pass: found, pass_began_at: began }
        : endOfPass(gap, found, began)),
    })
    await connectionWorked(tx, connection, deps.now())
    await sayThatItWorks(deps, tx, job)
    const waitMs = next ? 0 : channel.reading.overlapMs
    const runAt = new Date(deps.now().getTime() + waitMs)
    await finish(tx, job, deps.workerId, { runAt, countAttempt: false, anew: true })
  })
}

const isReadable = (gap: GapRow): gap is Readable => gap.to_at !== null && gap.read_from !== null

const asRead = (gap: GapRow) => ({ position: gap.position as unknown as Position })

/** Where a pass begins: at the beginning of the gap, or as far back as the channel lists. */
async function startOfPass(
  channel: AnyChannel,
  ctx: Ctx<unknown>,
  gap: Readable,
): Promise<Outcome<{ position: Position; limit: Problem | null }>> {
  const reach = channel.reach ? await channel.reach(ctx) : ok(null)
  if (!reach.ok) return reach
  const limitAt = reach.value === null ? gap.read_from : new Date(reach.value.from)
  const from = new Date(Math.min(Math.max(gap.read_from.getTime(), limitAt.getTime()), gap.to_at.getTime()))
  const limit: Problem | null =
    reach.value === null || from <= gap.read_from
      ? null
      : {
          code: 'out_of_reach',
          subject: channel.label,
          detail: `${channel.label} lists no changes before ${reach.value.from.slice(0, 10)}: ${reach.value.limit}`,
          vendorMessage: null,
        }
  return ok({ position: windowFrom(channel, from, gap), limit })
}

function windowFrom(channel: AnyChannel, from: Date, gap: Readable): Position {
  const to = new Date(Math.min(from.getTime() + channel.reading.maxWindowMs, gap.to_at.getTime()))
  return { from: from.toISOString(), to: to.toISOString() }
}

/** The next page, or the next window; null when the gap has been read to its end. */
function nextPosition(
  channel: AnyChannel,
  gap: Readable,
  position: Position,
  page: Page | undefined,
): Position | null {
  if (page) return { ...position, page }
  const to = new Date(position.to)
  return to < gap.to_at ? windowFrom(channel, to, gap) : null
}

/** The time up to which everything has been read, for those who wait. */
function reachedBy(
  gap: Readable,
  position: Position,
  next: Position | null,
  refs: readonly OrderRef[],
): Date {
  if (next === null) return gap.to_at
  if (!next.page) return new Date(next.from)
  return new Date(refs.at(-1)?.modifiedAt ?? position.from)
}

/** A first pass confirms nothing: what becomes visible late has had no time to. */
function endOfPass(gap: GapRow, found: number, began: Date) {
  const isClean = gap.pass > 1 && found === 0
  return {
    position: null,
    pass: gap.pass + 1,
    pass_began_at: null,
    found_in_pass: 0,
    confirmed_at: isClean ? began : null,
  }
}

/** Orders whose bodies the list does not give are fetched; those that are gone meanwhile are left out. */
async function withBodies(
  channel: AnyChannel,
  ctx: Ctx<unknown>,
  refs: readonly OrderRef[],
): Promise<Outcome<OrderRef[]>> {
  const whole: OrderRef[] = []
  for (const ref of refs) {
    const fetched = ref.raw ? ok(ref.raw) : await channel.fetch(ctx, ref.id)
    if (!fetched.ok && fetched.error.kind !== 'not_found') return fetched
    if (fetched.ok && fetched.value) whole.push({ ...ref, raw: fetched.value })
  }
  return ok(whole)
}

/**
 * Closes the gap once the channel has been read to its present after the last pass began: an order that was changed while
 * the gap was read has left its window, and is in the ledger then. What lies out of reach keeps it open.
 */
async function closeWhenReadOn(deps: Deps, job: Job, gap: GapRow, confirmedAt: Date): Promise<void> {
  const at = deps.now()
  const cursor = await readCursor(deps.db, gap.connection_id, 'orders')
  const readAt = cursor?.readAt ?? null
  if (readAt === null || readAt < confirmedAt) {
    const { id: connectionId } = job.connection
    await deps.db
      .transaction()
      .execute((tx) => enqueue(tx, [{ kind: 'poll', key: connectionId, connectionId, runAt: at }]))
    return putOff(deps, job, freshMs)
  }
  await deps.db.transaction().execute(async (tx) => {
    if (gap.out_of_reach === null) {
      await closeGap(tx, gap, { at, actor: 'waybill' })
      return finish(tx, job, deps.workerId)
    }
    await changeGap(tx, gap.id, { confirmed_at: null })
    const runAt = new Date(at.getTime() + outOfReachMs)
    return finish(tx, job, deps.workerId, { runAt, countAttempt: false, anew: true })
  })
}

async function putOff(deps: Deps, job: Job, ms: number): Promise<void> {
  const runAt = new Date(deps.now().getTime() + ms)
  await deps.db
    .transaction()
    .execute((tx) => finish(tx, job, deps.workerId, { runAt, countAttempt: false, anew: true }))
}

const longestWaitMs = 5 * minuteMs

/** What cannot be read now is tried again for as long as it takes: a gap is never given up. */
async function later(deps: Deps, job: Job, failure: Failure): Promise<void> {
  const systemic = isSystemic(failure)
  await deps.db.transaction().execute(async (tx: Tx) => {
    const runAt = systemic
      ? await stopConnection(deps, tx, job.connection, failure)
      : new Date(deps.now().getTime() + Math.min(longestWaitMs, 1000 * 2 ** job.attempts))
    if (!systemic) await sayThatItFails(deps, tx, job, failure.problems[0])
    await finish(tx, job, deps.workerId, { runAt, countAttempt: !systemic })
  })
}
