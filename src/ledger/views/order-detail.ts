import type { Selectable } from 'kysely'
import type { Exchange } from '../../connectors/redact.ts'
import { readExchanges } from '../attempts.ts'
import { decompress } from '../compress.ts'
import type { Database, Db } from '../database.ts'

export type EventRow = Selectable<Database['events']>
export type AttemptView = Omit<Selectable<Database['attempts']>, 'exchanges'> & { exchanges: Exchange[] }

export async function eventsOf(db: Db, orderId: string): Promise<EventRow[]> {
  return db.selectFrom('events').selectAll().where('order_id', '=', orderId).orderBy('id').execute()
}

/** The newest attempts of an order, at most `limit`, oldest first, with what they exchanged. */
export async function attemptsOf(db: Db, orderId: string, limit = 50): Promise<AttemptView[]> {
  const rows = await db
    .selectFrom('attempts')
    .selectAll()
    .where('order_id', '=', orderId)
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.reverse().map((row) => ({ ...row, exchanges: readExchanges(row.exchanges) }))
}

export async function payloadOf(db: Db, rawId: string): Promise<{ receivedAt: Date; body: string }> {
  const row = await db
    .selectFrom('raw_payloads')
    .select(['received_at', 'body'])
    .where('id', '=', rawId)
    .executeTakeFirstOrThrow()
  return { receivedAt: row.received_at, body: decompress(row.body) }
}
