import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { compress, decompress } from './compress.ts'
import { type Db, mainAccount, type Tx } from './database.ts'

export const hashOf = (body: string): Buffer => createHash('sha256').update(body).digest()

export interface NewRaw {
  id: string
  connectionId: string
  channelOrderId: string
  body: string
  receivedAt: Date
}

/** Keeps orders as the channel sent them; the same bytes are kept once. Returns the payloads' ids by order. */
export async function keepRaws(tx: Tx, raws: NewRaw[]): Promise<Map<string, string>> {
  const rows = await tx
    .insertInto('raw_payloads')
    .values(
      raws.map((raw) => ({
        id: raw.id,
        account_id: mainAccount,
        connection_id: raw.connectionId,
        channel_order_id: raw.channelOrderId,
        sha256: hashOf(raw.body),
        body: compress(raw.body),
        received_at: raw.receivedAt,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['connection_id', 'channel_order_id', 'sha256'])
        .doUpdateSet((eb) => ({ received_at: eb.ref('raw_payloads.received_at') })),
    )
    .returning(['id', 'channel_order_id'])
    .execute()
  return new Map(rows.map((row) => [row.channel_order_id, row.id]))
}

/** The hashes of the versions that the ledger's orders stand on, by the channel's id of the order. */
export async function versionsOf(
  tx: Tx,
  channelId: string,
  channelOrderIds: string[],
): Promise<Map<string, Buffer>> {
  const rows = await tx
    .selectFrom('orders')
    .innerJoin('raw_payloads', 'raw_payloads.id', 'orders.raw_id')
    .select(['orders.channel_order_id', 'raw_payloads.sha256'])
    .where('orders.channel_id', '=', channelId)
    .where('orders.channel_order_id', '=', sql<string>`ANY(${channelOrderIds})`)
    .execute()
  return new Map(rows.map((row) => [row.channel_order_id, row.sha256]))
}

/** The kept payload, byte for byte. */
export async function readRaw(db: Db, id: string): Promise<string> {
  const row = await db
    .selectFrom('raw_payloads')
    .select('body')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return decompress(row.body)
}
