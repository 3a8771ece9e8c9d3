import type { CallWatch } from '../connectors/call-watch.ts'
import type { HttpResponse } from '../connectors/contract.ts'
import { addHours, type HourOfCalls } from '../ledger/activity.ts'
import { noteExpiry } from '../ledger/expiries.ts'
import { addedUp, bucketOf, latencyBuckets } from '../latency.ts'
import type { Deps } from './deps.ts'

/** How calls went in this process, counted in memory until it is written down. */
export interface Activity {
  watch(connectionId: string, isThrottled: (answer: HttpResponse) => boolean): CallWatch
  /** What was counted since it was taken last. */
  take(): Counted
  /** What could not be written: it is taken again. */
  putBack(counted: Counted): void
}

export interface Counted {
  hours: HourOfCalls[]
  /** Until when the certificate of a connection's address is valid. */
  certificates: Map<string, Date>
}

const hourMs = 3_600_000

export function createActivity({ now, signal }: Pick<Deps, 'now' | 'signal'>): Activity {
  let hours = new Map<string, HourOfCalls>()
  let certificates = new Map<string, Date>()
  const running = new Map<string, number>()

  function hourOf(connectionId: string): HourOfCalls {
    const hour = new Date(Math.floor(now().getTime() / hourMs) * hourMs)
    const key = `${connectionId} ${hour.getTime()}`
    const known = hours.get(key)
    if (known) return known
    const fresh = emptyHour(connectionId, hour)
    hours.set(key, fresh)
    return fresh
  }

  function begins(connectionId: string): void {
    const atOnce = (running.get(connectionId) ?? 0) + 1
    running.set(connectionId, atOnce)
    const hour = hourOf(connectionId)
    hour.peak = Math.max(hour.peak, atOnce)
  }

  return {
    watch: (connectionId, isThrottled) => ({
      begins() {
        begins(connectionId)
        return ({ ms, answer }) => {
          running.set(connectionId, running.get(connectionId)! - 1)
          // A call that Waybill itself cut off, because it stops, says nothing of the other side.
          if (answer === null && signal.aborted) return
          const hour = hourOf(connectionId)
          const throttled = answer !== null && isThrottled(answer)
          hour.calls += 1
          hour.busyMs += ms
          hour.latency[bucketOf(ms)]! += 1
          if (throttled) hour.throttled += 1
          else if (answer === null || isFailure(answer)) hour.failed += 1
        }
      },
      certificate: (validTo) => void certificates.set(connectionId, validTo),
    }),
    take() {
      const taken = { hours: [...hours.values()], certificates }
      hours = new Map()
      certificates = new Map()
      return taken
    },
    putBack(counted) {
      for (const one of counted.hours) {
        const key = `${one.connectionId} ${one.hour.getTime()}`
        const newer = hours.get(key)
        hours.set(key, newer ? together(one, newer) : one)
      }
      certificates = new Map([...counted.certificates, ...certificates])
    },
  }
}

/** What an answer of the other side means for no order at all: it does not let Waybill in, or has broken down. */
const isFailure = ({ status }: HttpResponse): boolean => status === 401 || status === 403 || status >= 500

const emptyHour = (connectionId: string, hour: Date): HourOfCalls => ({
  connectionId,
  hour,
  calls: 0,
  failed: 0,
  throttled: 0,
  busyMs: 0,
  peak: 0,
  latency: Array.from({ length: latencyBuckets }, () => 0),
})

const together = (one: HourOfCalls, other: HourOfCalls): HourOfCalls => ({
  ...one,
  calls: one.calls + other.calls,
  failed: one.failed + other.failed,
  throttled: one.throttled + other.throttled,
  busyMs: one.busyMs + other.busyMs,
  peak: Math.max(one.peak, other.peak),
  latency: addedUp(one.latency, other.latency),
})

/** Adds what this process has counted to the ledger. A process that is killed loses what it had not written. */
export async function writeActivity({ db, activity }: Pick<Deps, 'db' | 'activity'>): Promise<void> {
  const counted = activity.take()
  if (counted.hours.length + counted.certificates.size === 0) return
  try {
    await db.transaction().execute(async (tx) => {
      await addHours(tx, counted.hours)
      for (const [connectionId, endsAt] of counted.certificates)
        await noteExpiry(tx, { connectionId, kind: 'certificate', endsAt })
    })
  } catch (error) {
    activity.putBack(counted)
    throw error
  }
}
