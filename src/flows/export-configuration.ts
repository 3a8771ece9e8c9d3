import { stringify } from 'yaml'
import type { ZodType } from 'zod'
import type { Connectors } from '../config/desired.ts'
import { formatDuration } from '../config/durations.ts'
import { filterInFile } from '../config/filter-form.ts'
import { autoCancelInFile, notificationsSchema, retentionInFile } from '../config/file-schema.ts'
import { inSchemaOrder } from '../config/schema-mistakes.ts'
import type { Db } from '../ledger/database.ts'
import type { Vault } from '../ledger/secrets.ts'
import { routeOfRow } from './configuration-changes.ts'
import { knownConfiguration } from './known-configuration.ts'

/**
 * The configuration as a waybill.yaml, secrets as the `${NAMES}` they came from. To apply it where it came from changes
 * nothing, and needs none of the secrets again.
 */
export async function exportConfiguration(deps: {
  db: Db
  vault: Vault
  connectors: Connectors
}): Promise<string> {
  const known = await knownConfiguration(deps.db, deps.vault)
  const { channels, backends } = deps.connectors
  const configOf = (kind: string) => [...channels, ...backends].find((face) => face.kind === kind)?.config
  const mappingOf = (backend: string) => {
    const kind = known.connections.find((connection) => connection.name === backend)?.kind
    return backends.find((face) => face.kind === kind)?.mapping
  }
  const routes = known.routeRows.filter((row) => row.removed_at === null).map((row) => routeOfRow(row))
  const file = {
    ...(known.connections.length > 0 && {
      connections: Object.fromEntries(
        known.connections.map(({ name, kind, config }) => [
          name,
          { kind, ...(ordered(configOf(kind), config) as Record<string, unknown>) },
        ]),
      ),
    }),
    ...(routes.length > 0 && {
      routes: routes.map((route) => ({
        name: route.name,
        from: route.from,
        to: route.to,
        import: {
          statuses: route.statuses,
          since: dayOrTime(route.since),
          every: formatDuration(route.everyMs),
          ...(route.filters.length > 0 && { filters: route.filters.map(filterInFile) }),
        },
        post: { automatic: route.postAutomatic },
        autoCancel: autoCancelInFile(route.autoCancel) ?? false,
        cancelledAfterPosting: route.cancelledAfterPosting,
        mapping: ordered(mappingOf(route.to), route.mapping),
      })),
    }),
    ...(known.notifications && {
      notifications: ordered(notificationsSchema, known.notifications.config),
    }),
    ...(known.retention && { retention: retentionInFile(known.retention) }),
  }
  return stringify(Object.keys(file).length === 0 ? { connections: {} } : file, { lineWidth: 0 })
}

/** The ledger does not keep the order of keys; people read them as the documentation has them. */
const ordered = (schema: ZodType | undefined, value: unknown): unknown =>
  schema ? inSchemaOrder(schema, value) : value

const dayOrTime = (time: string): string => (time.endsWith('T00:00:00.000Z') ? time.slice(0, 10) : time)
