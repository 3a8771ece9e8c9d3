import { sql } from 'kysely'
import type { Db } from '../database.ts'

interface Sample {
  /** Some of the texts, each a line of words. */
  texts: string[]
  /** In how many of them each trigram is. */
  counts: Map<string, number>
  /** How many texts there are in all. */
  size: number
  searchesLeft: number
}

/** How one searches for a text, and what a sample says of it. */
export interface Rarity {
  /** Parts of the text: what the index is asked for. */
  parts: string[]
  /** About how many texts have it. */
  texts: number
  /** About how many texts have these parts, whether or not they have all of it. */
  looked: number
  /** The same as a share of all. */
  share: number
}

const sampled = 2_000
const searchesOfSample = 500
const samples = new WeakMap<Db, Sample>()

const mostParts = 4
/** Looking at a text that has not what is searched for costs as much as so many entries of the index. */
const entriesOfLook = 200

/**
 * Which trigrams of the text to ask the index for: the rarest, and those that leave out more than they cost. An address
 * has thirty, most of them in half of all orders, and reading through all their lists takes longer than looking at what
 * the rare ones leave over.
 */
export async function rarityOf(db: Db, text: string): Promise<Rarity> {
  const { texts, counts, size } = await sampleOf(db)
  const countOf = (part: string) => counts.get(inWords(part)) ?? 0
  const [rarest, ...others] = partsOf(text).toSorted((a, b) => countOf(a) - countOf(b))
  const parts = [rarest!]
  let left = texts.filter((one) => one.includes(inWords(rarest!)))
  while (parts.length < mostParts) {
    const [best] = others
      .filter((part) => !parts.includes(part))
      .map((part) => ({ part, leaves: left.filter((one) => one.includes(inWords(part))) }))
      .toSorted((a, b) => a.leaves.length - b.leaves.length)
    if (!best) break
    // Where the sample sees nothing any more, a quarter of a text may still be left out.
    const leftOut = Math.max(left.length - best.leaves.length, 0.25)
    if (leftOut * entriesOfLook < countOf(best.part)) break
    parts.push(best.part)
    left = best.leaves
  }
  const share = left.filter((one) => one.includes(inWords(text))).length / texts.length || 0
  return { parts, share, texts: share * size, looked: (left.length * size) / texts.length || 0 }
}

/** About how many texts begin with this one. */
export async function textsThatBegin(db: Db, text: string): Promise<number> {
  const { texts, size } = await sampleOf(db)
  return (texts.filter((one) => one.startsWith(inWords(text))).length * size) / texts.length || 0
}

async function sampleOf(db: Db): Promise<Sample> {
  const known = samples.get(db)
  if (known !== undefined && known.searchesLeft > 0) {
    known.searchesLeft -= 1
    return known
  }
  const size = await sizeOf(db)
  const texts = (await someTexts(db, size)).map(inWords)
  const counts = new Map<string, number>()
  for (const text of texts) for (const part of partsOf(text)) counts.set(part, (counts.get(part) ?? 0) + 1)
  // One of a young ledger is soon out of date.
  const searchesLeft = Math.min(searchesOfSample, 20 + texts.length / 4)
  const sample = { texts, counts, size, searchesLeft }
  samples.set(db, sample)
  return sample
}

async function sizeOf(db: Db): Promise<number> {
  const { rows } = await sql<{ rows: number }>`
    SELECT reltuples::float8 AS rows FROM pg_class WHERE oid = 'order_search'::regclass`.execute(db)
  return Math.max(1, rows[0]!.rows)
}

async function someTexts(db: Db, size: number): Promise<string[]> {
  const percent = Math.min(100, (100 * sampled) / size)
  const { rows } = await sql<{ text: string }>`
    SELECT text FROM order_search TABLESAMPLE SYSTEM (${percent}) LIMIT ${2 * sampled}`.execute(db)
  return rows.map((row) => row.text)
}

/** As trigrams see it: letters and digits, and what is between words. */
const inWords = (text: string): string => text.replaceAll(/[^a-z0-9]/g, ' ')

/** Whether three letters or digits are in a row. */
export const hasTrigram = (text: string): boolean => /[a-z0-9]{3}/.test(text)

/** Each with one trigram: three letters or digits in a row, or the last two of a word and what follows it. */
function partsOf(text: string): string[] {
  const found = text.matchAll(/(?=([a-z0-9]{3}|[a-z0-9]{2}[^a-z0-9]))/g)
  return [...new Set(Array.from(found, (match) => match[1]!))]
}
