import { createHash } from 'node:crypto'
import { compress, decompress } from './compress.ts'
import { type Db, mainAccount, type Tx } from './database.ts'

export const hashOf = (body: string): Buffer => createHash('sha256').update(body).digest()

/** Keeps an order as the channel sent it; the same bytes are kept once. Returns the id of the kept payload. */
export async function keepRaw(
  tx: Tx,
  raw: { id: string; connectionId: string; channelOrderId: string; body: string; receivedAt: Date },
): Promise<string> {
  const sha256 = hashOf(raw.body)
  const inserted = await tx
    .insertInto('raw_payloads')
    .values({
      id: raw.id,
      account_id: mainAccount,
      connection_id: raw.connectionId,
      channel_order_id: raw.channelOrderId,
      sha256,
      body: compress(raw.body),
      received_at: raw.receivedAt,
    })
    .onConflict((conflict) => conflict.columns(['connection_id', 'channel_order_id', 'sha256']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted) return inserted.id
  const kept = await tx
    .selectFrom('raw_payloads')
    .select('id')
    .where('connection_id', '=', raw.connectionId)
    .where('channel_order_id', '=', raw.channelOrderId)
    .where('sha256', '=', sha256)
    .executeTakeFirstOrThrow()
  return kept.id
}

/** The kept payload, byte for byte. */
export async function readRaw(db: Db, id: string): Promise<string> {
  const row = await db.selectFrom('raw_payloads').select('body').where('id', '=', id).executeTakeFirstOrThrow()
  return decompress(row.body)
}
