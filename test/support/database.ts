import { randomUUID } from 'node:crypto'
import { Client, Pool } from 'pg'
import { inject } from 'vitest'

export interface TestDatabase {
  /** A PostgreSQL URL, as in DATABASE_URL. */
  url: string
  pool: Pool
  /** Ends the pool and drops the database, whoever is still connected. */
  drop(): Promise<void>
}

/**
 * A database of its own on the run's PostgreSQL.
 * @param template what it is a copy of: the migrated ledger, or `template1` for an empty one
 */
export async function testDatabase(template = 'ledger_template'): Promise<TestDatabase> {
  const server = inject('databaseUrl')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(server, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`)
  const url = server.replace(/[^/]*$/, name)
  const pool = new Pool({ connectionString: url })
  // A pool has ended before its connections have: one of them may still hear that its database is dropped.
  pool.on('error', () => {})
  return {
    url,
    pool,
    drop: async () => {
      await pool.end()
      await administer(server, `DROP DATABASE ${name} WITH (FORCE)`)
    },
  }
}

async function administer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
