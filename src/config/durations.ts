const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
type Unit = keyof typeof units

/** Reads "30s", "5m", "2h" or "7d" as milliseconds; null when it is none of these. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,6})([smhd])$/.exec(text.trim())
  return match ? Number(match[1]) * units[match[2] as Unit] : null
}

/** Writes milliseconds in the largest unit that gives a whole number: 604800000 is "7d". */
export function formatDuration(ms: number): string {
  const unit = (['d', 'h', 'm'] as const).find((unit) => ms > 0 && ms % units[unit] === 0) ?? 's'
  return `${Math.round(ms / units[unit])}${unit}`
}
