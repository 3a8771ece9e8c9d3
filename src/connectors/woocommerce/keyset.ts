import { z } from 'zod'
import type { Page } from '../contract.ts'

export const second = 1000

/** Where the reading of a window stands. */
const position = z.object({
  /** The second reached. */
  t: z.string(),
  /** Ids already read of that second. */
  seen: z.array(z.string()),
  /** One second filled a page: only the ids seen can be left out to get on. */
  stuck: z.boolean(),
  /** The shop's time when the first ids were left out: what these orders became since may not be in the pages after. */
  leftOutSince: z.string().optional(),
})
type Position = z.infer<typeof position>

/** Where a page left the reading; without one, where a window that begins with `from` begins. */
export const positionAt = (from: string, page: Page | undefined): Position =>
  position.safeParse(page).data ?? { t: startOfSecond(from), seen: [], stuck: false }

/** The parameter `exclude` of the next request. */
export const excluded = ({ stuck, seen }: Position): string | undefined =>
  stuck ? seen.filter((id) => /^\d+$/.test(id)).join(',') : undefined

/** Where the reading goes on behind these rows, which the shop was asked to sort by the time that is given with each. */
export function nextPosition(at: Position, rows: readonly { id: string; time: string }[]): Position {
  const last = rows.at(-1)!.time
  const ascending = rows.every((row, i) => i === 0 || rows[i - 1]!.time <= row.time)
  if (last > at.t && ascending)
    return { t: last, seen: rows.filter((row) => row.time === last).map((row) => row.id), stuck: false }
  const seen = [...new Set([...at.seen, ...rows.map((row) => row.id)])]
  // A whole page of orders that cannot even be named cannot be left out either: what comes after them counts more.
  if (at.stuck && seen.length === at.seen.length) return { t: later(at.t, second), seen: [], stuck: false }
  return { t: at.t, seen, stuck: true }
}

const startOfSecond = (iso: string): string => `${new Date(iso).toISOString().slice(0, 19)}.000Z`

const later = (iso: string, byMs: number): string => new Date(Date.parse(iso) + byMs).toISOString()

/** As WooCommerce has to be asked: UTC without suffix, moved by some milliseconds. */
export const bareUtc = (iso: string, byMs: number): string =>
  new Date(Date.parse(startOfSecond(iso)) + byMs).toISOString().slice(0, 19)
