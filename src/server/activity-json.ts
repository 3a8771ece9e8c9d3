import type { Deps } from '../flows/deps.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { type ActivityHourRow, hoursOfCalls, slotsOf } from '../ledger/views/activity.ts'
import { firstHour } from '../ledger/views/overview.ts'
import { addedUp, latencyAt } from '../latency.ts'
import type { ConnectionActivityJson } from './schemas.ts'
import { timeJson } from './values-json.ts'

const hourMs = 3_600_000
const shownHours = 25

type Calls = ConnectionActivityJson['total']
type Counted = Omit<ActivityHourRow, 'hour'>

/** How much a connection was used in the present hour and the 24 before it. */
export async function activityJson(
  { db, now }: Pick<Deps, 'db' | 'now'>,
  { id }: Pick<ConnectionRow, 'id'>,
): Promise<ConnectionActivityJson> {
  const to = now()
  const from = firstHour(to)
  const rows = await hoursOfCalls(db, id, from)
  const byHour = new Map(rows.map((row) => [row.hour.getTime(), row]))
  const slots = await slotsOf(db, id)
  const hours = Array.from({ length: shownHours }, (_, n) => {
    const begins = new Date(from.getTime() + n * hourMs)
    const lasted = Math.min(hourMs, to.getTime() - begins.getTime())
    return { from: timeJson(begins), ...callsOf(byHour.get(begins.getTime()) ?? none, lasted) }
  })
  const total = callsOf(
    hours.map((hour) => byHour.get(Date.parse(hour.from)) ?? none).reduce(together, none),
    to.getTime() - from.getTime(),
  )
  return {
    from: timeJson(from),
    to: timeJson(to),
    summary: summaryOf(total, slots.limit),
    atOnce: slots,
    total,
    hours,
  }
}

const none: Counted = { calls: 0, failed: 0, throttled: 0, busy_ms: '0', peak: 0, latency: [] }

const together = (one: Counted, other: Counted): Counted => ({
  calls: one.calls + other.calls,
  failed: one.failed + other.failed,
  throttled: one.throttled + other.throttled,
  busy_ms: String(Number(one.busy_ms) + Number(other.busy_ms)),
  peak: Math.max(one.peak, other.peak),
  latency: addedUp(one.latency, other.latency),
})

const callsOf = ({ calls, failed, throttled, busy_ms, peak, latency }: Counted, lastedMs: number): Calls => ({
  calls,
  failed,
  throttled,
  p50Ms: latencyAt(0.5, latency),
  p95Ms: latencyAt(0.95, latency),
  averageAtOnce: lastedMs <= 0 ? 0 : Math.round((Number(busy_ms) / lastedMs) * 100) / 100,
  peakAtOnce: peak,
})

function summaryOf({ calls, throttled, peakAtOnce }: Calls, limit: number): string {
  if (calls === 0) return 'Not called in the last 24 hours'
  const atOnce =
    peakAtOnce < limit
      ? `Up to ${Math.max(1, peakAtOnce)} of ${limit} calls at once`
      : limit === 1
        ? 'One call at a time, as it may'
        : `At times all ${limit} calls at once were in use`
  const refused =
    throttled === 0
      ? 'never refused for being too many'
      : `refused ${throttled === 1 ? 'once' : `${throttled.toLocaleString('en')} times`} for being too many`
  return `${atOnce}; ${refused} in the last 24 hours`
}
