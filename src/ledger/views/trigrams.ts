import { sql } from 'kysely'
import type { Db } from '../database.ts'

interface Sample {
  /** In how many of the sampled texts each trigram is. */
  counts: Map<string, number>
  searchesLeft: number
}

const sampled = 2_000
const searchesOfSample = 2_000
const samples = new WeakMap<Db, Sample>()

/**
 * The four rarest trigrams of a text. The index is asked for these alone: an address has thirty, most of them in half of
 * all orders, and reading through all their lists takes longer than looking at what the rare ones leave over.
 */
export async function rarestTrigrams(db: Db, text: string): Promise<string[]> {
  const { counts } = await sampleOf(db)
  return [...trigramsOf(text)].toSorted((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0)).slice(0, 4)
}

async function sampleOf(db: Db): Promise<Sample> {
  const known = samples.get(db)
  if (known !== undefined && known.searchesLeft > 0) {
    known.searchesLeft -= 1
    return known
  }
  const counts = new Map<string, number>()
  for (const text of await someTexts(db))
    for (const trigram of trigramsOf(text)) counts.set(trigram, (counts.get(trigram) ?? 0) + 1)
  const sample = { counts, searchesLeft: searchesOfSample }
  samples.set(db, sample)
  return sample
}

async function someTexts(db: Db): Promise<string[]> {
  const { rows: size } = await sql<{ rows: number }>`
    SELECT reltuples::float8 AS rows FROM pg_class WHERE oid = 'order_search'::regclass`.execute(db)
  const percent = Math.min(100, (100 * sampled) / Math.max(1, size[0]!.rows))
  const { rows } = await sql<{ text: string }>`
    SELECT text FROM order_search TABLESAMPLE SYSTEM (${percent}) LIMIT ${2 * sampled}`.execute(db)
  return rows.map((row) => row.text)
}

/** Those within words: three letters or digits in a row. */
export function trigramsOf(text: string): Set<string> {
  const words = text.match(/[a-z0-9]{3,}/g) ?? []
  return new Set(
    words.flatMap((word) => Array.from({ length: word.length - 2 }, (_, at) => word.slice(at, at + 3))),
  )
}
