import { sql } from 'kysely'
import { type Db, mainAccount, type Tx } from './database.ts'

/** The account's setting of that name, as JSON; null when it is not set. */
export async function readSetting(db: Db, key: string): Promise<unknown> {
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('account_id', '=', mainAccount)
    .where('key', '=', key)
    .executeTakeFirst()
  return row?.value ?? null
}

export async function writeSetting(tx: Tx, key: string, value: unknown): Promise<void> {
  const json = JSON.stringify(value)
  await tx
    .insertInto('settings')
    .values({ account_id: mainAccount, key, value: json })
    .onConflict((conflict) => conflict.columns(['account_id', 'key']).doUpdateSet({ value: json }))
    .execute()
}

export async function removeSetting(tx: Tx, key: string): Promise<void> {
  await tx.deleteFrom('settings').where('account_id', '=', mainAccount).where('key', '=', key).execute()
}

/** Until the end of the transaction nobody else changes the configuration, or does what has to agree with it. */
export async function lockConfiguration(tx: Tx): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('waybill configuration'))`.execute(tx)
}
