import { type Db, mainAccount, type Tx } from './database.ts'
import type { ConnectionRow } from './health.ts'
import type { Owner, Vault } from './secrets.ts'

/** The account's connections by name. */
export async function listConnections(db: Db): Promise<ConnectionRow[]> {
  return db
    .selectFrom('connections')
    .selectAll()
    .where('account_id', '=', mainAccount)
    .orderBy('name')
    .execute()
}

export async function connectionByName(db: Db, name: string): Promise<ConnectionRow | null> {
  const row = await db
    .selectFrom('connections')
    .selectAll()
    .where('account_id', '=', mainAccount)
    .where('name', '=', name)
    .executeTakeFirst()
  return row ?? null
}

const ownerOf = (connection: { id: string; account_id: string }): Owner => ({
  accountId: connection.account_id,
  id: connection.id,
  purpose: 'credentials',
})

/** The connection's secret values by their path in its settings. Never to be shown or logged. */
export function secretsOf(
  vault: Vault,
  connection: Pick<ConnectionRow, 'id' | 'account_id' | 'secrets'>,
): Record<string, string> {
  return JSON.parse(vault.open(ownerOf(connection), connection.secrets)) as Record<string, string>
}

export interface ConnectionToStore {
  id: string
  name: string
  role: 'channel' | 'backend'
  kind: string
  /** As the file writes them, `${NAME}` in the place of each secret. */
  config: Record<string, unknown>
  secrets: Record<string, string>
}

/**
 * Makes the connection, or gives it other settings. Its account has to prove again who it is before anything is read or
 * sent, and what stopped it before is forgotten.
 */
export async function storeConnection(
  tx: Tx,
  vault: Vault,
  connection: ConnectionToStore,
  at: Date,
): Promise<void> {
  const { id, name, role, kind } = connection
  const settings = {
    config: JSON.stringify(connection.config),
    secrets: vault.seal(ownerOf({ id, account_id: mainAccount }), JSON.stringify(connection.secrets)),
    identity_checked: false,
    failures: 0,
    blocked_until: null,
    updated_at: at,
  }
  await tx
    .insertInto('connections')
    .values({ id, account_id: mainAccount, name, role, kind, health_since: at, created_at: at, ...settings })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(settings))
    .execute()
}
