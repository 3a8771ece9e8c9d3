import { type RawBuilder, sql, type SqlBool } from 'kysely'
import { type Db, mainAccount } from '../database.ts'
import type { Narrowing } from './order-filter.ts'
import { idsInBackend, idsInChannel } from './order-names.ts'
import { rarestTrigrams, trigramsOf } from './trigrams.ts'

/** What is searched for, said of a row `s` of order_search. */
export interface Search extends Narrowing {
  /** Orders that it names exactly: by number, record or id. */
  named: string[]
  /** Whether the row has it, in an expression that no index answers. */
  has: RawBuilder<SqlBool>
  /** The same, so that an index finds the rows. */
  found: RawBuilder<SqlBool>
  /** Whether that index has them in the sequence in which they were placed. */
  isSorted: boolean
}

/**
 * Orders of which a name has the text in it. Trigrams are of three letters or digits: a text that has no three in a row
 * finds the numbers that begin with it.
 */
export async function readSearch(db: Db, given: string): Promise<Search> {
  const named = [...new Set([...(await idsInChannel(db, given)), ...(await idsInBackend(db, given))])]
  const { rows } = await sql<{
    text: string
  }>`SELECT search_form(${given.replace(/^#/, '')}) AS text`.execute(db)
  const text = rows[0]!.text
  const isSorted = trigramsOf(text).size === 0
  const { has, found } = isSorted ? beginningOfNumber(text) : await partOfName(db, text)
  const isNamed = (id: RawBuilder<unknown>) => sql<SqlBool>`${id} = ANY(${named}::uuid[])`
  return {
    named,
    has,
    found,
    isSorted,
    holds: (id) => sql`(${isNamed(id)} OR coalesce(
      (SELECT bool_or(${has}) FROM order_search AS s WHERE s.order_id = ${id}), false))`,
    ids: (isFrequent) => sql`
      SELECT s.order_id FROM order_search AS s
      WHERE s.account_id = ${mainAccount} AND ${isFrequent ? has : found} AND s.order_id <> ALL(${named}::uuid[])
        AND (s.part = 'order' OR NOT (SELECT ${inOther(has)} FROM order_search AS other
          WHERE other.order_id = s.order_id AND other.part = 'order'))
      UNION ALL SELECT unnest(${named}::uuid[])`,
  }
}

/** The expression on the row `other`, where `s` is another one already. */
const inOther = (has: RawBuilder<SqlBool>) => sql`(SELECT ${has} FROM (SELECT other.text, other.head) AS s)`

function beginningOfNumber(text: string): Pick<Search, 'has' | 'found'> {
  const head = text.length < 2 ? sql`left(s.head, 1) = ${text}` : sql`s.head = ${text.slice(0, 2)}`
  const rest = text.length <= 2 ? sql`` : sql` AND (s.text || '') LIKE ${`\n${literal(text)}%`}`
  const has = sql<SqlBool>`(s.head IS NOT NULL AND ${head}${rest})`
  return { has, found: has }
}

async function partOfName(db: Db, text: string): Promise<Pick<Search, 'has' | 'found'>> {
  const has = sql<SqlBool>`(s.text || '') LIKE ${`%${literal(text)}%`}`
  const rare = (await rarestTrigrams(db, text)).map((trigram) => sql`s.text LIKE ${`%${trigram}%`}`)
  return { has, found: sql`(${sql.join(rare, sql` AND `)} AND ${has})` }
}

/** The text in a pattern of LIKE, no character of it special. */
const literal = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`)
