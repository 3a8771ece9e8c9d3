const perDoubling = 4
const firstMs = 1

/** How many buckets a histogram has: up to 131 seconds, in steps of a fifth; the last one takes all that is longer. */
export const latencyBuckets = 17 * perDoubling + 1

/** The bucket in which a time is counted: bucket 0 is up to a millisecond. */
export function bucketOf(ms: number): number {
  const steps = Math.ceil(Math.log2(Math.max(ms, firstMs) / firstMs) * perDoubling)
  return Math.min(steps, latencyBuckets - 1)
}

/**
 * The time within which this share of all were done; null where nothing was counted. It is read from the middle of its
 * bucket, so it is at most a tenth too long or too short.
 */
export function latencyAt(share: number, histogram: readonly number[]): number | null {
  const all = histogram.reduce((sum, n) => sum + n, 0)
  if (all === 0) return null
  let below = 0
  const bucket = histogram.findIndex((n) => (below += n) >= share * all)
  return Math.round(firstMs * 2 ** (Math.max(0, bucket - 0.5) / perDoubling))
}

/** Both histograms as one. */
export const addedUp = (one: readonly number[], other: readonly number[]): number[] =>
  Array.from({ length: latencyBuckets }, (_, n) => (one[n] ?? 0) + (other[n] ?? 0))
