import { sql } from 'kysely'
import { type Db, type ExpiryKind, mainAccount, type Tx } from './database.ts'

/** Something of a connection that ends by itself. */
export interface Expiry {
  connectionId: string
  kind: ExpiryKind
  endsAt: Date
  /** How many days before the end people were told last; null: not yet, of this end. */
  warnedDays: number | null
}

/** Notes when something ends. Another end than before has its warnings before it. */
export async function noteExpiry(
  tx: Tx,
  { connectionId, kind, endsAt }: Pick<Expiry, 'connectionId' | 'kind' | 'endsAt'>,
): Promise<void> {
  await sql`
    INSERT INTO expiries (connection_id, account_id, kind, ends_at)
    SELECT id, account_id, ${kind}, ${endsAt}::timestamptz FROM connections WHERE id = ${connectionId}
    ON CONFLICT (connection_id, kind) DO UPDATE SET ends_at = excluded.ends_at, warned_days = NULL
      WHERE expiries.ends_at <> excluded.ends_at`.execute(tx)
}

/** What is not known to end any more. */
export async function forgetExpiry(tx: Tx, connectionId: string, kind: ExpiryKind): Promise<void> {
  await tx.deleteFrom('expiries').where('connection_id', '=', connectionId).where('kind', '=', kind).execute()
}

export async function listExpiries(db: Db): Promise<Expiry[]> {
  const rows = await db.selectFrom('expiries').selectAll().where('account_id', '=', mainAccount).execute()
  return rows.map((row) => ({
    connectionId: row.connection_id,
    kind: row.kind,
    endsAt: row.ends_at,
    warnedDays: row.warned_days,
  }))
}

/** People are going to be told, this many days before the end; null: of another end than this one, anew. */
export async function noteWarned(
  tx: Tx,
  { connectionId, kind }: Pick<Expiry, 'connectionId' | 'kind'>,
  days: number | null,
): Promise<void> {
  await tx
    .updateTable('expiries')
    .set({ warned_days: days })
    .where('connection_id', '=', connectionId)
    .where('kind', '=', kind)
    .execute()
}
