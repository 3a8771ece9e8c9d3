import type { ConnectionView } from '../ledger/views/connections.ts'
import type { EventRow } from '../ledger/views/order-detail.ts'
import type { OrderView } from '../ledger/views/orders.ts'
import { describeProblem, type Problem } from '../order/problems.ts'
import { type HoldingRule, personsHold } from '../order/rules.ts'
import { statusLabel } from '../order/status.ts'
import type { Told } from './ask-now.ts'
import { type Check, clock, heldWords } from './explanation.ts'
import type { FoundRecord } from './find-record.ts'

export interface Known {
  query: string
  order: OrderView
  channel: ConnectionView
  backend: ConnectionView
  /** The backend's own name: "NetSuite". */
  backendLabel: string
  /** Oldest first. */
  events: EventRow[]
  now: Date
  /** What the backend and the channel said just now; null: they were not to be asked. */
  told: { backend: Told<FoundRecord>; channel: Told<ChannelSight | null> } | null
}

/** The order as the channel has it now. */
export interface ChannelSight {
  status: string | null
  modifiedAt: string | null
}

/** When the linked record was seen in the backend just now; null: it was not, or not asked for. */
export function seenNow({ told }: Pick<Known, 'told'>): Date | null {
  const backend = told?.backend
  if (!backend?.asked) return null
  return backend.found.is === 'there' || backend.found.is === 'external_id_changed' ? backend.at : null
}

/** Whether its record is not in the backend any more, as far as is known; what was seen just now goes first. */
export function isMissing({ order, told }: Pick<Known, 'order' | 'told'>): boolean {
  if (seenNow({ told }) !== null) return false
  const isGone = told?.backend.asked && told.backend.found.is === 'gone'
  if (order.record_id !== null && isGone) return true
  return order.missing_accepted || order.problems.some(({ code }) => code === 'record_missing')
}

const sightings = ['posted', 'found_in_backend', 'total_checked', 'shipped_in_backend']

/** When the record was last seen in the backend. */
export function lastSeen({ events, order, told }: Known): Date {
  const now = seenNow({ told })
  if (now !== null) return now
  const seen = events.findLast((event) => sightings.includes(event.kind))
  return seen?.at ?? order.posted_at ?? order.updated_at
}

/** What was looked at for the answer, each with what was found. */
export function checksOf(known: Known): Check[] {
  const { order, channel, backend, backendLabel } = known
  const zone = channel.time_zone
  const inBackend = order.record_id !== null && !isMissing(known)
  return [
    { name: 'Seen by Waybill', outcome: 'ok', detail: `First on ${clock(order.first_seen_at, zone)}` },
    connectionCheck(`Reading ${channel.name}`, channel, zone),
    holdCheck(order, zone),
    {
      name: 'Status',
      outcome: order.problems.length > 0 || order.status === 'cancelled' ? 'fail' : 'ok',
      detail: statusLabel(order.status, backendLabel),
    },
    ...order.problems.map((row): Check => ({ name: 'Problem', outcome: 'fail', detail: row.detail })),
    connectionCheck(`Posting to ${backend.name}`, backend, zone),
    {
      name: `Record in ${backendLabel}`,
      outcome: inBackend ? 'ok' : 'fail',
      detail: inBackend
        ? `${order.record_number ?? order.record_id}, last seen on ${clock(lastSeen(known), zone)}`
        : isMissing(known)
          ? `${order.record_number ?? order.record_id} is not there any more`
          : 'None yet',
    },
    ...askedNow(known),
  ]
}

function holdCheck(order: OrderView, zone: string | null): Check {
  const byPerson = personsHold(order.hold)
  if (byPerson) return { name: 'Hold', outcome: 'fail', detail: heldWords(byPerson, zone) }
  const rule = order.hold as HoldingRule | null
  return {
    name: `Rules of the route "${order.route_name}"`,
    outcome: rule ? 'fail' : 'ok',
    detail: rule?.detail ?? 'None holds it',
  }
}

function connectionCheck(name: string, connection: ConnectionView, zone: string | null): Check {
  if (connection.paused_at)
    return { name, outcome: 'fail', detail: `Paused since ${clock(connection.paused_at, zone)}` }
  if (connection.health_problem !== null) {
    const problem = describeProblem(connection.health_problem as Problem)
    return {
      name,
      outcome: 'fail',
      detail: `${problem.title}, since ${clock(connection.health_since, zone)}`,
    }
  }
  return connection.last_success_at === null
    ? { name, outcome: 'skipped', detail: 'Not asked yet' }
    : { name, outcome: 'ok', detail: `Works, last on ${clock(connection.last_success_at, zone)}` }
}

/** What both ends said when they were asked just now. */
function askedNow({ order, channel, backendLabel, told }: Known): Check[] {
  const [atBackend, atChannel] = [`Asking ${backendLabel} now`, `Asking ${channel.name} now`]
  if (told === null)
    return [{ name: atBackend, outcome: 'skipped', detail: 'Answered from what was last seen' }]
  return [
    told.backend.asked
      ? { name: atBackend, ...inBackendNow(order, told.backend.found) }
      : { name: atBackend, outcome: 'skipped', detail: `Not asked: ${told.backend.why}` },
    told.channel.asked
      ? { name: atChannel, ...inChannelNow(told.channel.found, channel) }
      : { name: atChannel, outcome: 'skipped', detail: `Not asked: ${told.channel.why}` },
  ]
}

type Finding = Pick<Check, 'outcome' | 'detail'>

function inBackendNow(order: OrderView, found: FoundRecord): Finding {
  const name = order.record_number ?? order.record_id ?? ''
  switch (found.is) {
    case 'there':
      return { outcome: 'ok', detail: `${name} is there` }
    case 'external_id_changed':
      return { outcome: 'ok', detail: `${name} is there; its external id was changed` }
    case 'other_record':
      return {
        outcome: 'fail',
        detail: `${found.number ?? found.id} has the external id of this order, and Waybill has linked ${name || 'no record'}`,
      }
    case 'gone':
      return order.record_id === null
        ? { outcome: 'ok', detail: 'It has no record of this order' }
        : { outcome: 'fail', detail: `${name} is not there any more` }
  }
}

const inChannelNow = (found: ChannelSight | null, { time_zone: zone }: ConnectionView): Finding =>
  found === null
    ? { outcome: 'fail', detail: 'It has no such order any more' }
    : {
        outcome: 'ok',
        detail: `It is there${found.status === null ? '' : ` with the status "${found.status}"`}${found.modifiedAt === null ? '' : `, changed last on ${clock(new Date(found.modifiedAt), zone)}`}`,
      }
