/**
 * Times as a busy vendor's API shows them: most calls near the median, a few several times as long (lognormal). The
 * `random` of a seed gives the same times again. Milliseconds.
 */
export function lognormalMs(
  random: () => number,
  { medianMs, sigma }: { medianMs: number; sigma: number },
): () => number {
  return () => medianMs * Math.exp(sigma * standardNormal(random))
}

/** Box and Muller; 1 − random is never 0. */
const standardNormal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
