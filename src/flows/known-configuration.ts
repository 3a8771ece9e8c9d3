import type { Known, StoredConfig } from '../config/desired.ts'
import { listConnections, secretsOf } from '../ledger/connections.ts'
import { type Db, mainAccount } from '../ledger/database.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { listRoutes } from '../ledger/routes.ts'
import type { Owner, Vault } from '../ledger/secrets.ts'
import { readSetting } from '../ledger/settings.ts'
import { type NotificationsInFile, notificationsSchema, type Retention } from '../config/file-schema.ts'
import { withSecrets } from '../config/secret-parts.ts'

/** What the ledger has of a configuration: as the file would write it, and the rows it came from. */
export interface KnownConfiguration extends Known {
  rows: ConnectionRow[]
  routeRows: Awaited<ReturnType<typeof listRoutes>>
}

export const notificationsSetting = 'notifications'
export const retentionSetting = 'retention'
export const notificationsOwner: Owner = {
  accountId: mainAccount,
  id: notificationsSetting,
  purpose: 'setting',
}

/** Reads the whole configuration, secrets in clear: for comparing and exporting, never to be shown as it is. */
export async function knownConfiguration(db: Db, vault: Vault): Promise<KnownConfiguration> {
  const rows = await listConnections(db)
  const routeRows = await listRoutes(db)
  return {
    rows,
    routeRows,
    connections: rows.map((row) => ({
      name: row.name,
      role: row.role,
      kind: row.kind,
      ...storedConfigOf(vault, row),
    })),
    routes: routeRows.map((row) => ({
      name: row.name,
      from: row.channel,
      to: row.backend,
      removed: row.removed_at !== null,
    })),
    notifications: await storedNotifications(db, vault),
    retention: (await readSetting(db, retentionSetting)) as Retention | null,
  }
}

/** A connection's settings with its secrets apart, as they are stored. */
export function storedConfigOf(vault: Vault, row: ConnectionRow): StoredConfig {
  return { config: row.config as Record<string, unknown>, secrets: secretsOf(vault, row) }
}

async function storedNotifications(db: Db, vault: Vault): Promise<StoredConfig | null> {
  const stored = (await readSetting(db, notificationsSetting)) as {
    config: Record<string, unknown>
    sealed: string
  } | null
  if (stored === null) return null
  const opened = vault.open(notificationsOwner, Buffer.from(stored.sealed, 'base64'))
  return { config: stored.config, secrets: JSON.parse(opened) as Record<string, string> }
}

/** Who is told by mail, with the mail server's password in clear: for sending, never to be shown. Null: nobody. */
export async function readNotifications(db: Db, vault: Vault): Promise<NotificationsInFile | null> {
  const stored = await storedNotifications(db, vault)
  return stored && notificationsSchema.parse(withSecrets(stored))
}
