import { type RawBuilder, sql } from 'kysely'
import { type Db, mainAccount } from '../database.ts'
import { plannedAnew } from '../prepared.ts'
import type { Search } from './order-search.ts'

export const sorts = ['placed', 'updated'] as const
export type Sort = (typeof sorts)[number]

/** Where a page ended. Orders that the search names exactly come before all others. */
export interface OrderCursor {
  sort: Sort
  /** When it was placed, or changed last; those that have no time come first. */
  at: string | null
  id: string
  named: boolean
}

export interface Position {
  id: string
  at: Date | null
}

export interface Wanted {
  sort: Sort
  after: Pick<OrderCursor, 'at' | 'id'> | null
  limit: number
}

export const newest = sql.raw('ORDER BY at DESC NULLS FIRST, id DESC')

/** What comes after that position, newest first. */
export function laterThan(
  after: Wanted['after'],
  at: RawBuilder<unknown>,
  id: RawBuilder<unknown>,
): RawBuilder<boolean>[] {
  if (after === null) return []
  if (after.at === null) return [sql`(${at} IS NOT NULL OR (${at} IS NULL AND ${id} < ${after.id}::uuid))`]
  return [sql`(${at}, ${id}) < (${new Date(after.at)}::timestamptz, ${after.id}::uuid)`]
}

/** Reading a name that the index has found costs as much as so many that follow each other. */
const namesOfFound = 5

/**
 * A page of what the search alone finds, without a look at the orders: what is frequent is soon found among the newest
 * names, and what is rare by the index.
 */
export async function searchedAlone(db: Db, search: Search, wanted: Wanted): Promise<Position[]> {
  if (search.share !== null) {
    const atMost = Math.ceil((1.5 * wanted.limit) / search.share)
    if (atMost < namesOfFound * search.looked) {
      const found = await amongNewest(db, search, wanted, atMost)
      if (found.length >= wanted.limit) return found
    }
  }
  return byIndex(db, search, wanted)
}

const rowsOf = (search: Search, { after }: Wanted) =>
  sql.join(
    [
      sql`s.account_id = ${mainAccount}`,
      sql`s.order_id <> ALL(${search.named}::uuid[])`,
      ...laterThan(after, sql`s.placed_at`, sql`s.order_id`),
    ],
    sql` AND `,
  )

/** An order has one row or two, beside each other in this sequence. */
async function amongNewest(db: Db, search: Search, wanted: Wanted, atMost: number): Promise<Position[]> {
  const { rows } = await sql<Position>`
    ${sql.raw(plannedAnew)} SELECT DISTINCT s.placed_at AS at, s.order_id AS id FROM (
      SELECT s.placed_at, s.order_id, s.text, s.head FROM order_search AS s WHERE ${rowsOf(search, wanted)}
      ORDER BY s.placed_at DESC NULLS FIRST, s.order_id DESC LIMIT ${atMost}) AS s
    WHERE ${search.has} ${newest} LIMIT ${wanted.limit}`.execute(db)
  return rows
}

async function byIndex(db: Db, search: Search, wanted: Wanted): Promise<Position[]> {
  const { rows } = await sql<Position>`
    ${sql.raw(plannedAnew)} SELECT DISTINCT s.placed_at AS at, s.order_id AS id FROM order_search AS s
    WHERE ${rowsOf(search, wanted)} AND ${search.found} ${newest} LIMIT ${wanted.limit}`.execute(db)
  return rows
}
