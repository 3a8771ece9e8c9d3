import type { ReadingState } from '../ledger/cursors.ts'
import type { Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import { changeGap, dropGap, type GapRow, gapWithoutEnd, openGap } from '../ledger/gaps.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { enqueue, type NewJob, priorities } from '../ledger/jobs.ts'
import type { Problem } from '../order/problems.ts'
import type { Deps } from './deps.ts'

/**
 * A reading that is late by no more than this, and whose first page reaches to the end, was held up by a hiccup: that
 * page has brought everything, in its turn and before anybody could miss it. What takes longer, or leaves more than a
 * page behind, is a gap: it is read in the background, looked through once more, and people are told.
 */
export const hiccupMs = 10 * 60_000

/** The first page that was read, and what it shows. */
export interface FirstReading {
  connection: ConnectionRow
  /** Where the reading stood before. */
  state: ReadingState
  overlapMs: number
  /** How long the channel is left alone between two readings. */
  everyMs: number
  /** Where the cursor goes by what was read. */
  cursor: Date
  /** The channel's own clock, less its lag; null where it tells none. */
  shown: Date | null
  /** Whether there is more than this page. */
  more: boolean
  /** When the channel was asked: a pause or a failure since then is not over. */
  began: Date
  at: Date
}

/** How the reading goes on. */
export type AfterOutage =
  /** As always: no outage, or a hiccup whose orders this page has brought. */
  | { kind: 'read_on' }
  /** In its turn, page after page: the channel does not show where its present begins. */
  | { kind: 'in_turn' }
  /** What is new is read from `to` on, and what was missed as a gap. */
  | { kind: 'gap'; to: Date }

/** Judges, before the first page is stored, whether an outage lies behind it that is to be read as a gap. */
export async function judgeOutage(tx: Tx, reading: FirstReading): Promise<AfterOutage> {
  const { state, cursor, shown, more, at } = reading
  // The channel's clock went back: the next reading tells where it stands.
  if (cursor < state.modifiedAt) return { kind: 'read_on' }
  const gap = await gapBefore(tx, reading)
  const since = Math.min(...[silentSince(state), gap?.from_at ?? null].map((time) => (time ?? at).getTime()))
  const isLong = at.getTime() - since > reading.everyMs + hiccupMs
  if (!isLong && (gap === null || !more)) return { kind: 'read_on' }
  // Without a clock the last row shows how far the channel has come. One that lists nothing at all has kept nothing back.
  const end = shown ?? (cursor > state.modifiedAt || gap?.ended_at ? cursor : null)
  if (shown === null && more) return { kind: 'in_turn' }
  if (end === null) return { kind: 'read_on' }
  return { kind: 'gap', to: new Date(Math.max(end.getTime(), state.modifiedAt.getTime())) }
}

/** When the channel was read last, by our clock; null when it never was. */
const silentSince = ({ touchedAt, readAt }: ReadingState): Date | null => touchedAt ?? readAt

/** Notes what is known at the first page after an outage. Returns the gap, which has no end yet. */
export async function noteReturn(deps: Deps, tx: Tx, reading: FirstReading): Promise<GapRow> {
  const { connection, state, overlapMs, shown, at } = reading
  const since = silentSince(state)
  await openGap(tx, {
    connectionId: connection.id,
    reason: 'not_running',
    ...troubleOf(connection),
    from: since ?? at,
    at,
    newId: deps.newId,
  })
  const gap = (await gapWithoutEnd(tx, connection.id))!
  if (gap.ended_at !== null) return gap
  const from = since !== null && since < gap.from_at ? since : gap.from_at
  const ahead = shown === null ? 0 : at.getTime() - shown.getTime()
  const noted = {
    from_at: from,
    ended_at: at,
    placed_from: new Date(from.getTime() - ahead),
    read_from: new Date(state.modifiedAt.getTime() - overlapMs),
  }
  await changeGap(tx, gap.id, noted)
  return { ...gap, ...noted }
}

/** Gives the outage its end, in the transaction that moves the cursor there, and has what was missed read. */
export async function beginGap(
  deps: Deps,
  tx: Tx,
  reading: FirstReading,
  { to, found }: { to: Date; found: number },
): Promise<void> {
  const { connection, at } = reading
  const gap = await noteReturn(deps, tx, reading)
  await changeGap(tx, gap.id, { to_at: to, orders_found: found })
  await addEvents(tx, [
    {
      orderId: null,
      connectionId: connection.id,
      at,
      kind: 'gap_found',
      actor: 'waybill',
      detail: { gap: gap.id, reason: gap.reason, from: gap.from_at.toISOString(), to: to.toISOString() },
    },
  ])
  await enqueue(tx, [readGapJob(gap, at)])
}

/** The job that reads a gap: in the background, and at once. */
export const readGapJob = (gap: Pick<GapRow, 'id' | 'connection_id'>, runAt: Date): NewJob => ({
  kind: 'read-gap',
  key: gap.id,
  connectionId: gap.connection_id,
  runAt,
  priority: priorities.background,
})

/** Why nothing was read, where the connection was in trouble for long without being down (a limit of requests). */
function troubleOf(connection: ConnectionRow): { reason?: 'down'; problem: Problem | null } {
  if (connection.failures === 0) return { problem: null }
  return { reason: 'down', problem: connection.health_problem as Problem | null }
}

/** The gap without an end, where it began before the channel was asked. */
async function gapBefore(tx: Tx, { connection, began }: FirstReading): Promise<GapRow | null> {
  const gap = await gapWithoutEnd(tx, connection.id)
  return gap !== null && gap.opened_at < began ? gap : null
}

/** Everything has been read in its turn: what was held up for a moment is no gap. */
export async function forgetHiccup(tx: Tx, reading: FirstReading): Promise<void> {
  const gap = await gapBefore(tx, reading)
  if (gap !== null) await dropGap(tx, gap.id)
}
