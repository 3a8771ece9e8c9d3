import { texts } from './texts.ts'

const locale = navigator.language.startsWith(texts.language) ? navigator.language : texts.language
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

const amounts = new Map<string, Intl.NumberFormat>()

/** "1,234.50" with as many decimals as the currency has. Formats the string itself: no float in between. */
export function formatAmount(amount: string, currency: string): string {
  let format = amounts.get(currency)
  if (format === undefined) {
    const { maximumFractionDigits } = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
    }).resolvedOptions()
    const digits = maximumFractionDigits ?? 2
    format = new Intl.NumberFormat(locale, {
      minimumFractionDigits: digits,
      maximumFractionDigits: Math.max(digits, 6),
    })
    amounts.set(currency, format)
  }
  return format.format(amount as Intl.StringNumericLiteral)
}

export const formatMoney = (money: { amount: string; currency: string }): string =>
  `${formatAmount(money.amount, money.currency)} ${money.currency}`

export const formatCount = (n: number): string => n.toLocaleString(locale)

const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const precise = new Intl.DateTimeFormat(locale, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' })
const dayOfYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' })

const calendarDay = new Intl.DateTimeFormat(locale, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})

/** "1 May 2027": a day of the calendar, wherever the viewer is. */
export const formatCalendarDay = (iso: string): string => calendarDay.format(new Date(iso))

/** The day and time in the viewer's zone, no longer than it has to be: "14:03", "Yesterday 14:03", "3 Nov, 14:03". */
export function formatWhen(iso: string, now: Date): string {
  const date = new Date(iso)
  const name = formatDay(date, now)
  return name === texts.time.today ? time.format(date) : texts.time.dayAt(name, time.format(date))
}

/** "Today", "Yesterday", "3 Nov", "3 Nov 2024". */
export function formatDay(date: Date, now: Date): string {
  const days = Math.round((startOfDay(now) - startOfDay(date)) / 86_400_000)
  if (days === 0) return texts.time.today
  if (days === 1) return texts.time.yesterday
  return (date.getFullYear() === now.getFullYear() ? day : dayOfYear).format(date)
}

const weekday = new Intl.DateTimeFormat(locale, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
})

/** A shop's day, "2026-03-02", as "Mon, 2 Mar": it is no moment, so no zone moves it. */
export const formatShopDay = (date: string): string => weekday.format(new Date(`${date}T12:00:00Z`))

/** "14:00" in the viewer's zone. */
export const formatTime = (at: string | Date): string => time.format(new Date(at))

export const formatClock = (iso: string): string => precise.format(new Date(iso))

const startOfDay = (date: Date): number =>
  new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()

/** The same moment where the viewer is, at the shop and in UTC, for the hover. */
export function formatZones(iso: string, shopZone?: string | null): string {
  const date = new Date(iso)
  const lines = [texts.time.yours(formatIn(zone)?.format(date) ?? iso, zone)]
  const atShop = shopZone && formatIn(shopZone)?.format(date)
  if (atShop) lines.push(texts.time.shops(atShop, shopZone))
  lines.push(texts.time.utc(formatIn('UTC')?.format(date) ?? iso))
  return lines.join('\n')
}

const zones = new Map<string, Intl.DateTimeFormat | null>()

/** Made once for each zone: making one takes a thousand times as long as using it. Null for what is no zone. */
function formatIn(timeZone: string): Intl.DateTimeFormat | null {
  const known = zones.get(timeZone)
  if (known !== undefined) return known
  const made = makeFormat(timeZone)
  zones.set(timeZone, made)
  return made
}

function makeFormat(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat(locale, {
      dateStyle: 'medium',
      timeStyle: 'medium',
      hourCycle: 'h23',
      timeZone,
    })
  } catch {
    return null
  }
}

const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'long' })
const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
]

/** "in 2 minutes", "3 days ago". */
export function formatFromNow(iso: string, now: Date): string {
  const seconds = Math.round((new Date(iso).getTime() - now.getTime()) / 1000)
  for (const [unit, size] of steps)
    if (Math.abs(seconds) >= size || unit === 'second')
      return relative.format(Math.round(seconds / size), unit)
  return relative.format(0, 'second')
}

/** "340 ms", "2.1 s", "3 min". */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.round(ms / 60_000)} min`
}

const short = (n: number, unit: string): string =>
  new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  }).format(n)

/** How long people waited, in one unit: "42 sec", "12 min", "3.4 hr", "2.1 days". */
export function formatWait(ms: number): string {
  const [unit, size] = units.find(([, length]) => ms >= length * (length === 86_400_000 ? 2 : 1)) ?? [
    'second',
    1_000,
  ]
  const n = ms / size
  return short(unit === 'hour' || unit === 'day' ? n : Math.round(n), unit)
}

const quantities = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 })

/** "2", "0.333333". */
export const formatQuantity = (value: string): string => quantities.format(value as Intl.StringNumericLiteral)

const units: [string, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
]

/** "5 minutes", "1 day": in the largest unit that fits. */
export function formatSpan(ms: number): string {
  const [unit, size] = units.find(([, length]) => ms >= length) ?? ['second', 1_000]
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(ms / size)
}
