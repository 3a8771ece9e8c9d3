import { DateTime } from 'luxon'
import type { OrderView } from '../ledger/views/orders.ts'
import type { FixAction } from '../order/problems.ts'
import type { Hold, PersonsHold } from '../order/rules.ts'
import { inZone } from '../shop-time.ts'

/** Where an order is and why it is not in the backend, in a word. */
export const verdicts = [
  'in_backend',
  'missing_in_backend',
  'on_its_way',
  'automatic_posting_off',
  'error_posting',
  'error_importing',
  'backend_down',
  'paused',
  'cancelled_after_error',
  'cancelled_by_person',
  'cancelled_at_channel',
  'deleted_by_person',
  'held_by_status',
  'held_by_rule',
  'before_start_date',
  'missed_while_disconnected',
  'not_yet_seen',
  'connection_down',
  'not_in_channel',
] as const
export type Verdict = (typeof verdicts)[number]

export const verdictOfHold = ({ rule }: Pick<Hold, 'rule'>): Verdict =>
  rule === 'status' ? 'held_by_status' : rule === 'before_start_date' ? 'before_start_date' : 'held_by_rule'

/** What holds an order, as the page of the route calls it. */
export const holderOf = (hold: Pick<Hold, 'rule'> | null, route: string): string =>
  `a ${hold?.rule === 'filter' ? 'filter' : 'rule'} of the route "${route}"`

export interface Check {
  name: string
  outcome: 'ok' | 'fail' | 'skipped'
  detail: string
}

export interface ExplainedFix {
  action: FixAction | 'import' | 'resume'
  label: string
  /** The command that does it; null where it is done outside Waybill or on its page. */
  command: string | null
  /** The import that does it, of an order that Waybill has not seen. */
  import?: { connection: string; orders: string[]; anyway: boolean }
}

export interface Explanation {
  query: string
  verdict: Verdict
  /** One sentence that a shop owner understands. */
  headline: string
  checks: Check[]
  fixes: ExplainedFix[]
  orders: OrderView[]
}

/** A time as the shop's own clock shows it: "23 Nov at 07:02"; in UTC, and so called, where the zone is not known. */
export function clock(time: Date, zone: string | null): string {
  return (
    inZone(time, zone)?.toFormat("d LLL 'at' HH:mm") ??
    DateTime.fromJSDate(time, { zone: 'utc' }).toFormat("d LLL 'at' HH:mm 'UTC'")
  )
}

/** A time to come: "in 40 seconds", "in 5 minutes", "now"; far ones by the clock. */
export function soon(time: Date | null, now: Date, zone: string | null): string {
  const ms = time === null ? 0 : time.getTime() - now.getTime()
  if (ms <= 1000) return 'now'
  if (ms < 120_000) return `in ${Math.round(ms / 1000)} seconds`
  if (ms < 7_200_000) return `in ${Math.round(ms / 60_000)} minutes`
  return `on ${clock(time!, zone)}`
}

/** Who did something, in words: a person has no name here yet. */
export const nameOf = (actor: string): string => (actor === 'person' ? 'a person' : actor)

/** "Held by a person since 2 Mar at 10:00: “the customer called”". */
export const heldWords = ({ by, at, why }: PersonsHold, zone: string | null): string =>
  `Held by ${nameOf(by)} since ${clock(new Date(at), zone)}${why === null ? '' : `: “${why}”`}`

export const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
export const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
