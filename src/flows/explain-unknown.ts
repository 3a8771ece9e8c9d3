import type { ConnectionView } from '../ledger/views/connections.ts'
import type { GapRow } from '../ledger/gaps.ts'
import type { NamedTombstone } from '../ledger/tombstones.ts'
import { describeProblem, type Problem } from '../order/problems.ts'
import { quoted } from '../quoted.ts'
import type { Told } from './ask-now.ts'
import { deletedWords } from './delete-order.ts'
import {
  type Check,
  clock,
  type ExplainedFix,
  type Explanation,
  holderOf,
  soon,
  upperFirst,
  verdictOfHold,
} from './explanation.ts'
import { gapSentence } from './gap-words.ts'
import type { Place } from './judge-order.ts'

/** An order that a channel has and Waybill does not, and what would become of it by the rules. */
export interface Seen {
  id: string
  number: string
  status: string | null
  placedAt: Date | null
  modifiedAt: Date | null
  place: Place
  route: string
}

interface Facts {
  query: string
  /** What stays of it where a person has deleted it. */
  tombstone: NamedTombstone | null
  channels: ConnectionView[]
  /** Channels that no route reads. */
  unrouted: ConnectionView[]
  /** When each channel is read next, by its id. */
  polls: Map<string, Date>
  now: Date
  /** What each channel said just now, by its id; those that were not to be asked are not in it. */
  told: Map<string, Told<Seen | null>>
}

/** An order that Waybill has not, never seen or deleted: what the places it may be in say of it, and what is known of them. */
export function explainUnknown(facts: Facts): Explanation {
  const { query, channels, unrouted, tombstone } = facts
  const seen = tombstone
    ? `Order ${tombstone.number} was ${deletedWords(tombstone, tombstone.time_zone)}`
    : `No order with the id or number ${query}`
  const checks: Check[] = [
    { name: 'Seen by Waybill', outcome: 'fail', detail: seen },
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
  const { query, channels, tombstone, now } = facts
  if (tombstone) return deleted(tombstone)
  const importFixes = channels.map((channel) => importFix(channel, query))
  const notSeen = `Waybill has not seen an order ${query}`
  if (channels.length === 0)
    return {
      verdict: 'not_yet_seen',
      headline: `${notSeen}: no shop is connected and read yet.`,
      fixes: [],
    }

  const there = channels.find((channel) => seenAt(facts, channel) !== null)
  if (there) return notTaken(facts, there, seenAt(facts, there)!)

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

  if (channels.every(({ id }) => facts.told.get(id)?.asked))
    return {
      verdict: 'not_in_channel',
      headline: `${channels.length === 1 ? channels[0]!.name : 'None of the shops'} has ${channels.length === 1 ? 'no' : 'an'} order with the id or number ${query}: it was asked just now.`,
      fixes: importFixes,
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

function deleted(tombstone: NamedTombstone): Pick<Explanation, 'verdict' | 'headline' | 'fixes'> {
  const { channel_name: shop, channel_order_id: id, number, time_zone: zone } = tombstone
  return {
    verdict: 'deleted_by_person',
    headline: `Order ${number} of ${shop} was ${deletedWords(tombstone, zone)}: Waybill does not take it in by itself any more.`,
    fixes: [
      {
        action: 'import_anyway',
        label: 'Import it again',
        command: `waybill import ${quoted(shop)} ${quoted(id)} --anyway`,
        import: { connection: shop, orders: [id], anyway: true },
      },
    ],
  }
}

const seenAt = ({ told }: Facts, { id }: ConnectionView): Seen | null => {
  const answer = told.get(id)
  return answer?.asked ? answer.found : null
}

/** The channel has it: what keeps it from being in Waybill. */
function notTaken(
  facts: Facts,
  channel: ConnectionView,
  seen: Seen,
): Pick<Explanation, 'verdict' | 'headline' | 'fixes'> {
  const { now } = facts
  const { place, number, id } = seen
  const bring = importFix(channel, id)
  const lead = `Order ${number} is in ${channel.name} and not in Waybill`
  if (place.hold !== null)
    return {
      verdict: verdictOfHold(place.hold),
      headline: `${lead}: ${holderOf(place.hold, seen.route)} would hold it. ${place.hold.detail}.`,
      fixes: [
        {
          action: 'import_anyway',
          label: 'Import it anyway',
          command: `${bring.command} --anyway`,
          import: { connection: channel.name, orders: [id], anyway: true },
        },
      ],
    }
  if (place.status === 'import_error')
    return {
      verdict: 'error_importing',
      headline: `${lead}, and it cannot be read: ${place.problem?.detail ?? 'its content is not understood'}.`,
      fixes: [{ ...bring, label: 'Import it: it is kept, and read again when the shop changes it' }],
    }
  const changed = seen.modifiedAt ?? seen.placedAt
  const gap = channel.gaps.find((one) => one.reason !== 'webhooks' && covers(one, seen))
  const fixes = [{ ...bring, label: 'Import it now' }]
  if (gap)
    return {
      verdict: 'missed_while_disconnected',
      headline: `${lead} yet: ${channel.name} could not be read from ${clock(gap.from_at, channel.time_zone)} ${gap.to_at === null ? 'until now' : `until ${clock(gap.to_at, channel.time_zone)}`}, and it is of that time. ${upperFirst(comesBy(gap))}, or now if you import it.`,
      fixes,
    }
  const since = changed === null ? '' : `, changed there last on ${clock(changed, channel.time_zone)}`
  return {
    verdict: 'not_yet_seen',
    headline: `${lead} yet${since}: ${channel.name} is read again ${nextRead(channel, facts, now)}, or import it now.`,
    fixes,
  }
}

function covers(gap: GapRow, { placedAt, modifiedAt }: Seen): boolean {
  const from = gap.placed_from ?? gap.from_at
  return [placedAt, modifiedAt].some(
    (time) => time !== null && time >= from && (gap.to_at === null || time <= gap.to_at),
  )
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
  import: { connection: channel.name, orders: [query], anyway: false },
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
  return [reading, ...gaps, { name: `Asking ${channel.name} for it`, ...toldBy(facts, channel) }]
}

function toldBy({ told, query }: Facts, { id, time_zone: zone }: ConnectionView): Omit<Check, 'name'> {
  const answer = told.get(id)
  if (answer === undefined) return { outcome: 'skipped', detail: 'Not asked now; the import asks it' }
  if (!answer.asked) return { outcome: 'skipped', detail: `Not asked: ${answer.why}` }
  if (answer.found === null) return { outcome: 'fail', detail: `It has none with the id or number ${query}` }
  const { number, status, placedAt } = answer.found
  const placed = placedAt === null ? '' : `, placed on ${clock(placedAt, zone)}`
  return {
    outcome: 'ok',
    detail: `It has order ${number}${status === null ? '' : ` with the status "${status}"`}${placed}`,
  }
}

const lastRead = (channel: ConnectionView): string =>
  channel.read_at === null
    ? `${channel.name} has not been read to the end yet`
    : `${channel.name} was last read on ${clock(channel.read_at, channel.time_zone)}`

function nextRead(channel: ConnectionView, { polls }: Facts, now: Date): string {
  const at = polls.get(channel.id)
  return at === undefined ? 'when a worker runs' : soon(at, now, channel.time_zone)
}
