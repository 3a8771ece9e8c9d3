import type { ReadingState } from '../ledger/cursors.ts'

export interface Shown {
  /** The other side's own clock when it answered (UTC), where it tells. */
  shownAt: string | null
  /** How much later than its time a row may become visible. */
  lagMs: number
  /** How much is read twice anyway. */
  overlapMs: number
  /** Our clock. */
  now: Date
}

/**
 * Where a cursor stands after these rows. It moves only to a time the other side has shown: the last row read, held back
 * to that side's own clock less the lag (to ours, where it does not tell its own). It goes back only when that clock did,
 * by more than is read twice anyway: what was read while the clock was ahead must not hide what comes after it was set
 * right.
 *
 * How far the clock went back shows by what it says now, less the time since it was last read. What came after that reading
 * bears no earlier time, however long nothing could be read meanwhile.
 */
export function advance(
  { modifiedAt, page, readAt, touchedAt }: ReadingState,
  rows: readonly { modifiedAt: string }[],
  { shownAt, lagMs, overlapMs, now }: Shown,
): Date {
  const before = modifiedAt.getTime()
  const last = rows.at(-1)
  const to = Math.max(before, last ? Date.parse(last.modifiedAt) : before)
  if (shownAt === null) return new Date(Math.min(to, Math.max(before, now.getTime())))
  const shown = Date.parse(shownAt) - lagMs
  const lastRead = touchedAt ?? readAt
  // In the middle of a long reading the cursor is ahead of the last one's end anyway.
  const since = page === null && lastRead !== null ? Math.max(0, now.getTime() - lastRead.getTime()) : 0
  if (before - overlapMs > shown - since) return new Date(Math.min(shown - since, readAt?.getTime() ?? shown))
  return new Date(Math.max(before, Math.min(to, shown)))
}
