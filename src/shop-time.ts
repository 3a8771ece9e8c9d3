import { DateTime } from 'luxon'

/** A moment in a shop's zone: an IANA name, or an offset such as "+02:00". Null where the zone is not known. */
export function inZone(time: Date, zone: string | null): DateTime | null {
  if (zone === null) return null
  const local = [zone, `UTC${zone}`].map((name) => DateTime.fromJSDate(time, { zone: name }))
  return local.find((at) => at.isValid) ?? null
}

const local = (time: Date, zone: string | null): DateTime =>
  inZone(time, zone) ?? DateTime.fromJSDate(time, { zone: 'utc' })

/** The day of a moment in the shop's zone, in UTC where that is not known: "2026-03-29". */
export const dayOf = (time: Date, zone: string | null): string => local(time, zone).toFormat('yyyy-MM-dd')

/** When the day of the moment began there: a day has 23 or 25 hours where the clocks change. */
export const startOfDay = (time: Date, zone: string | null): Date =>
  local(time, zone).startOf('day').toJSDate()

/** The days from the one of `from` to the one of the last moment before `to`. */
export function daysBetween(from: Date, to: Date, zone: string | null): string[] {
  const days: string[] = []
  for (let day = local(from, zone).startOf('day'); day.toJSDate() < to; day = day.plus({ days: 1 }))
    days.push(day.toFormat('yyyy-MM-dd'))
  return days
}

/** The next time the shop's clock shows this hour and minute. */
export function nextAt(clock: { hour: number; minute: number }, now: Date, zone: string | null): Date {
  const today = local(now, zone).set({ ...clock, second: 0, millisecond: 0 })
  return (today.toJSDate() > now ? today : today.plus({ days: 1 }).set(clock)).toJSDate()
}

/**
 * When the clock shows this hour and minute on the day of the moment: the first time, where it does twice; where the
 * clocks skip it, as long after the skip as it is after its beginning.
 */
export const timeOfDay = (clock: { hour: number; minute: number }, time: Date, zone: string | null): Date =>
  local(time, zone).startOf('day').set(clock).toJSDate()
