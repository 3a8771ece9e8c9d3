import type { ConnectionView } from '../ledger/views/connections.ts'
import type { GapRow } from '../ledger/gaps.ts'
import { describeProblem, type Problem } from '../order/problems.ts'
import { quoted } from '../quoted.ts'
import { type Check, clock, type ExplainedFix, type Explanation, soon } from './explanation.ts'
import { gapSentence } from './gap-words.ts'

interface Facts {
  query: string
  channels: ConnectionView[]
  /** Channels that no route reads. */
  unrouted: ConnectionView[]
  /** When each channel is read next, by its id. */
  polls: Map<string, Date>
  now: Date
}

/** An order that Waybill has never seen: what is known of the places it may be in. They are not asked here. */
export function explainUnknown(facts: Facts): Explanation {
  const { query, channels, unrouted } = facts
  const checks: Check[] = [
    { name: 'Seen by Waybill', outcome: 'fail', detail: `No order with the id or number ${query}` },
    ...channels.flatMap((channel) => checksOf(channel, facts)),
    ...unrouted.map((channel): Check => ({
      name: `Reading ${channel.name}`,
      outcome: 'fail',
      detail: 'No route reads it: add one to waybill.yaml',
    })),
  ]
  return { query, ...verdictOn(facts), checks, orders: [] }
}

function verdictOn(facts: Facts): Pick<Explanation, 'verdict' | 'headline' | 'fixes'> {
  const { query, channels, now } = facts
  const importFixes = channels.map((channel) => importFix(channel, query))
  const notSeen = `Waybill has not seen an order ${query}`
  if (channels.length === 0)
    return {
      verdict: 'not_yet_seen',
      headline: `${notSeen}: no shop is connected and read yet.`,
      fixes: [],
    }

  const stopped = channels.find(({ health }) => health === 'down' || health === 'needs_reauthorisation')
  if (stopped) {
    const problem = describeProblem(stopped.health_problem as Problem)
    return {
      verdict: 'connection_down',
      headline: `${notSeen}, and it cannot read ${stopped.name} since ${clock(stopped.health_since, stopped.time_zone)}: ${problem.title}.`,
      fixes: [
        { action: 'check_connection', label: problem.fix, command: `waybill check ${stopped.name}` },
        ...importFixes,
      ],
    }
  }

  const paused = channels.find((channel) => channel.paused_at !== null)
  if (paused)
    return {
      verdict: 'paused',
      headline: `${notSeen}, and reading ${paused.name} has been paused since ${clock(paused.paused_at!, paused.time_zone)}.`,
      fixes: [{ action: 'resume', label: `Resume ${paused.name} on its page`, command: null }],
    }

  // While webhooks failed, polling read on: nothing was missed for that.
  const unreadOf = ({ gaps }: ConnectionView) => gaps.filter(({ reason }) => reason !== 'webhooks')
  const missed = channels.find((channel) => unreadOf(channel).length > 0)
  if (missed) {
    const unread = unreadOf(missed)
    const gap = unread.find((one) => one.out_of_reach === null) ?? unread[0]!
    const end = gap.to_at === null ? 'until now' : `until ${clock(gap.to_at, missed.time_zone)}`
    return {
      verdict: 'missed_while_disconnected',
      headline: `${notSeen} yet; if it was placed or changed while ${missed.name} could not be read (from ${clock(gap.from_at, missed.time_zone)} ${end}), ${comesBy(gap)}, or now if you import it.`,
      fixes: importFixes,
    }
  }

  const [first] = channels
  const last = channels.length === 1 && first ? lastRead(first) : `${channels.length} shops are read`
  const next = channels.length === 1 && first ? `; it is read again ${nextRead(first, facts, now)}` : ''
  return {
    verdict: 'not_yet_seen',
    headline: `${notSeen} yet: ${last}${next}. If it is in the shop, import it by its number.`,
    fixes: importFixes,
  }
}

/** How an order of the gap would come. */
function comesBy(gap: GapRow): string {
  const limit = gap.out_of_reach as Problem | null
  if (limit !== null)
    return `a part of that time cannot be read (${limit.detail}): it comes when that is mended`
  if (gap.to_at === null) return 'it comes with the rest of that time'
  return 'it comes with the rest of that time, which is being read'
}

const importFix = (channel: ConnectionView, query: string): ExplainedFix => ({
  action: 'import',
  label: `Ask ${channel.name} for it and import it`,
  command: `waybill import ${channel.name} ${quoted(query)}`,
})

function checksOf(channel: ConnectionView, facts: Facts): Check[] {
  const { now } = facts
  const zone = channel.time_zone
  const name = `Reading ${channel.name}`
  const reading = ((): Check => {
    if (channel.paused_at)
      return { name, outcome: 'fail', detail: `Paused since ${clock(channel.paused_at, zone)}` }
    if (channel.health_problem !== null) {
      const problem = describeProblem(channel.health_problem as Problem)
      return {
        name,
        outcome: 'fail',
        detail: `${problem.title} (since ${clock(channel.health_since, zone)}). ${problem.detail}`,
      }
    }
    if (channel.read_at === null) return { name, outcome: 'fail', detail: 'Not read to the end yet' }
    return {
      name,
      outcome: 'ok',
      detail: `Last read on ${clock(channel.read_at, zone)}, next ${nextRead(channel, facts, now)}`,
    }
  })()
  const gaps = channel.gaps.map((gap): Check => ({
    name: `Gap of ${channel.name}`,
    outcome: 'fail',
    detail: gapSentence(gap, zone),
  }))
  return [
    reading,
    ...gaps,
    {
      name: `Asking ${channel.name} for it`,
      outcome: 'skipped',
      detail: 'Not asked now; the import asks it',
    },
  ]
}

const lastRead = (channel: ConnectionView): string =>
  channel.read_at === null
    ? `${channel.name} has not been read to the end yet`
    : `${channel.name} was last read on ${clock(channel.read_at, channel.time_zone)}`

function nextRead(channel: ConnectionView, { polls }: Facts, now: Date): string {
  const at = polls.get(channel.id)
  return at === undefined ? 'when a worker runs' : soon(at, now, channel.time_zone)
}
