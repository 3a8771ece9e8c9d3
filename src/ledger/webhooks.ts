import { sql } from 'kysely'
import { type Db, mainAccount, type Tx } from './database.ts'
import { compress } from './compress.ts'
import { askedAgain, jobRow, type NewJob } from './jobs.ts'

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
 * statement, and so one transaction, for most of what a shop sends. False when it is there already.
 */
export async function storeWebhookWithJob(
  db: Db,
  webhook: NewWebhook,
  job: NewJob,
  disproved: { fingerprint: string },
): Promise<boolean> {
  const row = jobRow(job)
  const { stored } = await db
    .with('stored', (cte) =>
      cte
        .insertInto('webhooks')
        .values(webhookRow(webhook))
        .onConflict((conflict) => conflict.doNothing())
        .returning('id'),
    )
    .with('put', (cte) =>
      cte
        .insertInto('jobs')
        .columns(['account_id', 'kind', 'key', 'connection_id', 'order_id', 'payload', 'run_at', 'priority'])
        .expression((from) =>
          from
            .selectFrom('stored')
            .select([
              sql<string>`${row.account_id}`.as('account_id'),
              sql<string>`${row.kind}`.as('kind'),
              sql<string>`${row.key}`.as('key'),
              sql<string>`${row.connection_id}::uuid`.as('connection_id'),
              sql<string | null>`${row.order_id}::uuid`.as('order_id'),
              sql<string>`${row.payload}::jsonb`.as('payload'),
              sql<Date>`${row.run_at}::timestamptz`.as('run_at'),
              sql<number>`${row.priority}::int`.as('priority'),
            ]),
        )
        .onConflict(askedAgain)
        .returning('id'),
    )
    .with('closed', (cte) =>
      cte
        .updateTable('problems')
        .set({ closed_at: webhook.at })
        .where('connection_id', '=', webhook.connectionId)
        .where('order_id', 'is', null)
        .where('fingerprint', '=', disproved.fingerprint)
        .where('closed_at', 'is', null)
        .returning('id'),
    )
    .selectNoFrom([
      sql<boolean>`EXISTS (SELECT FROM stored)`.as('stored'),
      sql`(SELECT ${sql.raw("pg_notify('waybill_jobs', '')")} FROM put)`.as('told'),
    ])
    .executeTakeFirstOrThrow()
  return stored
}
