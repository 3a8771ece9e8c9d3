import { sql } from 'kysely'
import { type Db, mainAccount } from '../database.ts'

const most = 100

const withoutHash = (text: string): string => text.replace(/^#/, '')

/** The orders whose number or channel id this is. At most 100. */
export async function idsInChannel(db: Db, text: string): Promise<string[]> {
  const number = withoutHash(text)
  const { rows } = await sql<{ id: string }>`
    (SELECT id FROM orders WHERE account_id = ${mainAccount} AND number = ${number} LIMIT ${most})
    UNION (SELECT id FROM orders WHERE account_id = ${mainAccount} AND channel_order_id = ${number} LIMIT ${most})
    LIMIT ${most}`.execute(db)
  return rows.map((row) => row.id)
}

/** The orders whose record's number or id, or whose external id, this is. At most 100. */
export async function idsInBackend(db: Db, text: string): Promise<string[]> {
  const number = withoutHash(text)
  const { rows } = await sql<{ id: string }>`
    WITH backends AS MATERIALIZED (SELECT id FROM connections WHERE account_id = ${mainAccount} AND role = 'backend')
    (SELECT id FROM orders WHERE account_id = ${mainAccount} AND upper(record_number) = upper(${number}) LIMIT ${most})
    UNION (SELECT o.id FROM backends CROSS JOIN LATERAL (
      SELECT id FROM orders WHERE backend_id = backends.id AND record_id = ${number} LIMIT ${most}) AS o)
    UNION (SELECT o.id FROM backends CROSS JOIN LATERAL (
      SELECT id FROM orders WHERE backend_id = backends.id AND external_id = ${text} LIMIT 1) AS o)
    LIMIT ${most}`.execute(db)
  return rows.map((row) => row.id)
}
