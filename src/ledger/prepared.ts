import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type pg from 'pg'

const oftenEnough = 3
const mostStatements = 300
const longest = 10_000

/** In a statement whose best plan depends on what is asked for: it stays unnamed, and is planned for its own values. */
export const plannedAnew = '/* planned anew */'

/**
 * The pool as Kysely sees it, preparing what is asked again and again under a name: planning the statements that every
 * order needs costs PostgreSQL more than running them. Statements that come seldom, or are as long as a page of rows,
 * stay unnamed.
 */
export function preparing(pool: pg.Pool): PostgresPool {
  const asked = new Map<string, number>()
  const names = new Map<string, string>()

  function nameOf(text: string): string | undefined {
    const known = names.get(text)
    if (known !== undefined || text.length > longest || names.size >= mostStatements) return known
    if (text.includes(plannedAnew)) return undefined
    const times = (asked.get(text) ?? 0) + 1
    if (times < oftenEnough) {
      if (asked.size > 10 * mostStatements) asked.clear()
      asked.set(text, times)
      return undefined
    }
    asked.delete(text)
    const name = `waybill_${names.size + 1}`
    names.set(text, name)
    return name
  }

  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>()

  function naming(client: pg.PoolClient): PostgresPoolClient {
    const query = (text: string, values: readonly unknown[] = []) => {
      const name = values.length === 0 ? undefined : nameOf(text)
      return client.query({ text, values: [...values], ...(name !== undefined && { name }) })
    }
    // Kysely's other form of a query, by cursor, is for streams: nothing here streams.
    return { query: query as unknown as PostgresPoolClient['query'], release: () => client.release() }
  }

  return {
    connect: async () => {
      const client = await pool.connect()
      const known = clients.get(client) ?? naming(client)
      clients.set(client, known)
      return known
    },
    end: () => pool.end(),
    options: pool.options,
  }
}
