import { type RawBuilder, sql, type SqlBool } from 'kysely'
import { type Db, mainAccount } from '../database.ts'
import { all, type Narrowing } from './narrowing.ts'
import { idsInBackend, idsInChannel } from './order-names.ts'
import { hasTrigram, rarityOf, textsThatBegin } from './trigrams.ts'

/** What is searched for, said of a row `s` of order_search. */
export interface Search extends Narrowing {
  /** Orders that it names exactly: by number, record or id. */
  named: string[]
  /** Whether the row has it, in an expression that no index answers. */
  has: RawBuilder<SqlBool>
  /** The same, so that an index finds the rows. */
  found: RawBuilder<SqlBool>
  /** The share of all names that have it; null: the index has what it finds in the sequence in which it was placed. */
  share: number | null
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
  const { has, found, share, orders, looked } = await (hasTrigram(text) ? partOfName : beginningOfNumber)(
    db,
    text,
  )
  const isNamed = (id: RawBuilder<unknown>) => sql<SqlBool>`${id} = ANY(${named}::uuid[])`
  return {
    named,
    has,
    found,
    share,
    orders,
    looked,
    holds: (id) => sql`(${isNamed(id)} OR coalesce(
      (SELECT bool_or(${has}) FROM order_search AS s WHERE s.order_id = ${id}), false))`,
    ids: ({ isRead, placed }) => sql`
      SELECT s.order_id FROM order_search AS s
      WHERE ${all([sql`s.account_id = ${mainAccount}`, isRead ? has : found, ...placed(sql`s.placed_at`)])} AND s.order_id <> ALL(${named}::uuid[])
        AND (s.part = 'order' OR NOT (SELECT ${inOther(has)} FROM order_search AS other
          WHERE other.order_id = s.order_id AND other.part = 'order'))
      UNION ALL SELECT unnest(${named}::uuid[])`,
  }
}

/** The expression on the row `other`, where `s` is another one already. */
const inOther = (has: RawBuilder<SqlBool>) => sql`(SELECT ${has} FROM (SELECT other.text, other.head) AS s)`

type Found = Pick<Search, 'has' | 'found' | 'share' | 'orders' | 'looked'>

async function beginningOfNumber(db: Db, text: string): Promise<Found> {
  const head = text.length < 2 ? sql`left(s.head, 1) = ${text}` : sql`s.head = ${text.slice(0, 2)}`
  const rest = text.length <= 2 ? sql`` : sql` AND (s.text || '') LIKE ${`\n${literal(text)}%`}`
  const has = sql<SqlBool>`(s.head IS NOT NULL AND ${head}${rest})`
  const orders = await textsThatBegin(db, `\n${text}`)
  return { has, found: has, share: null, orders, looked: orders }
}

async function partOfName(db: Db, text: string): Promise<Found> {
  // As an equality: of one that is not, the planner expects a third of all rows, and keeps them in no table to look into.
  const has = sql<SqlBool>`least(strpos(s.text, ${text}), 1) = 1`
  const { parts, share, texts, looked } = await rarityOf(db, text)
  const rare = parts.map((part) => sql`s.text LIKE ${`%${literal(part)}%`}`)
  return { has, found: sql`(${sql.join(rare, sql` AND `)} AND ${has})`, share, orders: texts, looked }
}

/** The text in a pattern of LIKE, no character of it special. */
const literal = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`)
