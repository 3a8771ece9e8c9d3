/** How many letters must be changed, added, left out or swapped to make one word of the other. */
export function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = swapped ? rows[i - 2]![j - 2]! + 1 : change
      row.push(Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, change, swap))
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}

/** The known word that was probably meant, or null when none is near. */
export function nearest(word: string, known: Iterable<string>): string | null {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_\s]/g, '')
  let best: { word: string; distance: number } | null = null
  for (const candidate of known) {
    const d = distance(plain(word), plain(candidate))
    if (d <= Math.max(1, Math.floor(candidate.length / 3)) && (best === null || d < best.distance))
      best = { word: candidate, distance: d }
  }
  return best?.word ?? null
}

/** The remedy for an unknown word: the one that was probably meant, else all that are known. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const words = [...known]
  const near = nearest(word, words)
  if (near !== null) return `Did you mean "${near}"?`
  return words.length === 0 ? 'Remove it.' : `Known here: ${words.sort().join(', ')}.`
}
