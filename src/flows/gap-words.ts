import type { GapReason, GapRow } from '../ledger/gaps.ts'
import type { Problem } from '../order/problems.ts'
import { clock } from './explanation.ts'

const lead: Record<GapReason, string> = {
  down: 'Down',
  needs_reauthorisation: 'The credentials were refused',
  paused: 'Paused by a person',
  not_running: 'Waybill was not running',
  webhooks: 'Nothing was announced by webhooks',
}

const orders = (n: number) => `${n} ${n === 1 ? 'order' : 'orders'}`

/** A gap in a sentence or two, by the shop's own clock: since when, how far it has been read, what it held. */
export function gapSentence(gap: GapRow, zone: string | null): string {
  const from = `${lead[gap.reason]} from ${clock(gap.from_at, zone)}`
  if (gap.to_at === null) return `${from} on. What is placed meanwhile is read when it is back.`
  const span = `${from} to ${clock(gap.to_at, zone)}`
  const limit = gap.out_of_reach as Problem | null
  if (gap.closed_at === null) {
    if (limit !== null && gap.pass > 1) return `${span}. ${limit.detail}. All else has been read.`
    const upTo = gap.reached_at === null ? '' : ` up to ${clock(gap.reached_at, zone)},`
    return gap.pass > 1
      ? `${span}. What was missed has been read, ${orders(gap.orders_found)} so far, and is looked through once more.`
      : `${span}. What was missed is being read:${upTo} ${orders(gap.orders_found)} so far.`
  }
  if (gap.closed_by !== 'waybill' && gap.closed_by !== null)
    return `${span}. Closed by a person, though not all of it could be read.`
  if (gap.orders_found === 0) return `${span}. No order was missed.`
  return `${span}. ${orders(gap.orders_found)} placed meanwhile ${gap.orders_found === 1 ? 'was' : 'were'} imported.`
}
