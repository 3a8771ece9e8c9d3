import { sql } from 'kysely'
import { type Db, mainAccount } from './database.ts'
import type { ConnectionRow } from './health.ts'

/** A connection as it was read, with the mark by which a statement tells whether it has been changed since. */
export type KeptConnection = ConnectionRow & { version: string }

export interface KeptConnections {
  /** As it was within the last second; null when there is none of that name. */
  named(name: string): Promise<KeptConnection | null>
  withId(id: string): Promise<KeptConnection | null>
  /** Lets go of what is kept: it proved to be old. */
  forget(): void
}

const keptMs = 1000

/**
 * Connections as many orders a second ask for them. Whoever writes on the strength of one has its `version` checked in
 * the same statement.
 */
export function keepConnections(db: Db): KeptConnections {
  const kept = new Map<string, { until: number; row: Promise<KeptConnection | null> }>()

  function keep(column: 'id' | 'name', value: string): Promise<KeptConnection | null> {
    const key = `${column} ${value}`
    const known = kept.get(key)
    if (known && known.until > performance.now()) return known.row
    const row = read(column, value)
    // Names that strangers ask for must not fill the memory, and what failed is asked for again.
    const drop = () => void (kept.get(key)?.row === row && kept.delete(key))
    row.then((found) => found ?? drop(), drop)
    kept.set(key, { until: performance.now() + keptMs, row })
    return row
  }

  async function read(column: 'id' | 'name', value: string): Promise<KeptConnection | null> {
    const row = await db
      .selectFrom('connections')
      .selectAll()
      .select(sql<string>`xmin::text`.as('version'))
      .where('account_id', '=', mainAccount)
      .where(column, '=', value)
      .executeTakeFirst()
    return row ?? null
  }

  return {
    named: (name) => keep('name', name),
    withId: (id) => keep('id', id),
    forget: () => kept.clear(),
  }
}
