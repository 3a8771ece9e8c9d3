import { sql } from 'kysely'
import { type Db, mainAccount } from '../database.ts'

export interface ConfigurationEvent {
  id: string
  at: Date
  kind: string
  actor: string
  connection: string | null
  detail: Record<string, unknown>
}

/** As the index events_of_configuration has them: named in the query itself, so that it is used. */
const kinds = sql.raw(
  [
    'connection_created',
    'connection_changed',
    'connection_removed',
    'address_confirmed',
    'route_created',
    'route_changed',
    'route_removed',
    'mapping_changed',
    'notifications_created',
    'notifications_changed',
    'retention_created',
    'retention_changed',
  ]
    .map((kind) => `'${kind}'`)
    .join(', '),
)

export interface HistoryOf {
  /** Only what changed this route. */
  route?: string | undefined
  /** Only what changed this connection. */
  connection?: string | undefined
}

/** Changes of the configuration, the newest first, from those before `after` on. */
export async function configurationHistory(
  db: Db,
  { route, connection }: HistoryOf,
  { limit, after }: { limit: number; after: string | null },
): Promise<ConfigurationEvent[]> {
  const { rows } = await sql<ConfigurationEvent>`
    SELECT events.id, at, events.kind, actor, connections.name AS connection, detail
    FROM events LEFT JOIN connections ON connections.id = events.connection_id
    WHERE events.account_id = ${mainAccount} AND order_id IS NULL AND events.kind = ANY (ARRAY[${kinds}])
      AND (${after}::bigint IS NULL OR events.id < ${after}::bigint)
      AND (${route ?? null}::text IS NULL
        OR (events.kind IN ('route_created', 'route_changed', 'route_removed') AND detail ->> 'name' = ${route ?? null})
        OR (events.kind = 'mapping_changed' AND detail ->> 'route' = ${route ?? null}))
      AND (${connection ?? null}::text IS NULL
        OR (events.kind IN ('connection_created', 'connection_changed', 'connection_removed')
          AND detail ->> 'name' = ${connection ?? null})
        OR (events.kind = 'address_confirmed' AND connections.name = ${connection ?? null}))
    ORDER BY events.id DESC LIMIT ${limit}`.execute(db)
  return rows
}
