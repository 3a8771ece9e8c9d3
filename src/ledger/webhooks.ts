import { sql } from 'kysely'
import { type Db, mainAccount, type Tx } from './database.ts'
import { compress } from './compress.ts'
import { type Hand, jobInHand, putColumns, putInHand, type PutRow, slotInHand } from './in-hand.ts'
import type { Job, NewJob } from './jobs.ts'

/** A delivery, told apart from others by subscription, delivery and the hash of its raw body. */
export interface NewWebhook {
  connectionId: string
  subscription: string
  delivery: string
  /** SHA-256 of the raw body. */
  hash: Buffer
  topic: string
  body: string
  at: Date
  /** The order it is about, where it is one. */
  channelOrderId: string | null
}

const webhookRow = (webhook: NewWebhook) => ({
  account_id: mainAccount,
  connection_id: webhook.connectionId,
  subscription: webhook.subscription,
  delivery: webhook.delivery,
  body_hash: webhook.hash,
  topic: webhook.topic,
  body: compress(webhook.body),
  received_at: webhook.at,
  channel_order_id: webhook.channelOrderId,
})

/** Stores a delivery; false when it is there already. */
export async function storeWebhook(tx: Tx, webhook: NewWebhook): Promise<boolean> {
  const stored = await tx
    .insertInto('webhooks')
    .values(webhookRow(webhook))
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  return stored !== undefined
}

/**
 * Stores a delivery together with the job that it means, and closes a problem of the connection that it disproves: one
 * statement, and so one transaction, for most of what a shop sends. With `hand`, the job may be taken at once.
 * `stored` is false when the delivery is there already.
 */
export async function storeWebhookWithJob(
  db: Db,
  webhook: NewWebhook,
  job: NewJob,
  { disproved, hand }: { disproved: { fingerprint: string }; hand: Hand | null },
): Promise<{ stored: boolean; taken: Job | null }> {
  const row = webhookRow(webhook)
  const { rows } = await sql<PutRow & { stored: boolean }>`
    WITH stored AS (
      INSERT INTO webhooks (account_id, connection_id, subscription, delivery, body_hash, topic, body, received_at,
        channel_order_id)
      VALUES (${row.account_id}, ${row.connection_id}, ${row.subscription}, ${row.delivery}, ${row.body_hash},
        ${row.topic}, ${row.body}, ${row.received_at}, ${row.channel_order_id})
      ON CONFLICT DO NOTHING RETURNING id),
    ${slotInHand(job.connectionId, hand)},
    ${putInHand(job, { from: sql`stored` })},
    closed AS (
      UPDATE problems SET closed_at = ${webhook.at}
      WHERE connection_id = ${webhook.connectionId} AND order_id IS NULL AND closed_at IS NULL
        AND fingerprint = ${disproved.fingerprint})
    SELECT EXISTS (SELECT FROM stored) AS stored, ${putColumns}
    FROM (SELECT) AS one LEFT JOIN put ON true LEFT JOIN slot ON true`.execute(db)
  const [said] = rows
  return { stored: said!.stored, taken: jobInHand(job, hand, said!) }
}
