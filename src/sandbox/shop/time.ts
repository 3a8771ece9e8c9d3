import { DateTime } from 'luxon'

/** Whole seconds since 1970: the resolution in which WooCommerce keeps time. */
export type Seconds = number

/** The shop's time zone: an IANA name, or a fixed offset in hours as WordPress allows ("UTC+5.5"). */
export type Zone = { name: string } | { offsetHours: number }

export const toSeconds = (date: Date): Seconds => Math.floor(date.getTime() / 1000)

/** "2026-11-23T07:58:42", UTC without a suffix, as every `…_gmt` field has it. */
export const gmtText = (at: Seconds): string => new Date(at * 1000).toISOString().slice(0, 19)

export function offsetSeconds(zone: Zone, at: Seconds): number {
  if ('offsetHours' in zone) return Math.round(zone.offsetHours * 3600)
  const quarter = Math.floor(at / quarterHour)
  const known = offsets.get(zone.name)
  if (known?.quarter === quarter) return known.seconds
  const seconds = DateTime.fromSeconds(quarter * quarterHour, { zone: zone.name }).offset * 60
  offsets.set(zone.name, { quarter, seconds })
  return seconds
}

/** No zone changes its offset within a quarter of an hour: what is asked for most is kept, as luxon is slow. */
const quarterHour = 900
const offsets = new Map<string, { quarter: number; seconds: number }>()

export const localText = (zone: Zone, at: Seconds): string => gmtText(at + offsetSeconds(zone, at))

/** Reads "2026-11-23T07:58:42" (a space for the T, and fractions, are allowed) as UTC; null when it is no time. */
export function readGmt(text: unknown): Seconds | null {
  if (typeof text !== 'string') return null
  const match = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})/.exec(text)
  if (!match) return null
  const ms = Date.parse(`${match[1]}T${match[2]}Z`)
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000)
}

const restDate = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}(?::\d{2})?)?$/

/**
 * A date parameter of the order list as a UTC time, or null when WordPress refuses it.
 *
 * Bare times are the shop's own unless `datesAreGmt`; a suffix is honoured, but together with `datesAreGmt` the
 * time is moved by the shop's offset: recordings/woocommerce-11.0.1 listing.json, "zone Berlin: Z suffix and
 * dates_are_gmt true" and "zone New York: Z suffix and dates_are_gmt true, 1 s after".
 */
export function readDateParameter(text: string, datesAreGmt: boolean, zone: Zone): Seconds | null {
  const match = restDate.exec(text)
  if (!match) return null
  const bare = readGmt(text)
  if (bare === null) return null
  const suffix = match[3]
  if (suffix === undefined) return datesAreGmt ? bare : bare - offsetOfLocal(zone, bare)
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(suffix) ?? []
  const offset =
    sign === undefined ? 0 : (Number(hours) * 3600 + Number(minutes) * 60) * (sign === '-' ? -1 : 1)
  const absolute = bare - offset
  return datesAreGmt ? absolute + offsetSeconds(zone, absolute) : absolute
}

function offsetOfLocal(zone: Zone, localSeconds: number): number {
  const guess = offsetSeconds(zone, localSeconds)
  return offsetSeconds(zone, localSeconds - guess)
}
