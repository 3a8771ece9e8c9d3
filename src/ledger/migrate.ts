import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { Migration } from 'kysely/migration'
import type { ClientBase, Pool, PoolClient } from 'pg'
import { ok } from '../result.ts'
import { root } from '../root.ts'
import { failure } from './failure.ts'
import type { LedgerResult } from './failure.ts'
import { noTrigrams } from './no-trigrams.ts'

/** Where the built program is, the files are still at their place. */
const folder = pathToFileURL(path.join(root, 'src', 'ledger', 'migrations', path.sep))

/** The numbered SQL files of this program, in order. */
export async function migrationNames(from: URL = folder): Promise<string[]> {
  const files = await readdir(from)
  return files
    .filter((file) => /^\d{4}_\w+\.sql$/.test(file))
    .map((file) => file.slice(0, -'.sql'.length))
    .sort()
}

/**
 * Brings a database to this program's schema: forward only, all pending files in one transaction, under an advisory
 * lock, so that any number of processes may do it at once.
 * @returns the names of the migrations that were applied
 */
export async function migrate(pool: Pool, from: URL = folder): Promise<LedgerResult<string[]>> {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  const names = await migrationNames(from)
  const newer = (await applied(pool)).find((name) => !names.includes(name))
  if (newer) {
    return failure(
      'database_newer',
      `The database is newer than this Waybill: it has the migration ${newer}, which this program does not know.`,
      'Start the version of Waybill that was running before, or a later one.',
    )
  }
  const { error, results = [] } = await migrator(db, names, from).migrateToLatest()
  if (error) return (await noTrigrams(pool, error)) ?? Promise.reject(error as Error)
  return ok(results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName))
}

/** Makes the tables of an earlier schema in an empty database, within the transaction that the client has open. */
export async function makeSchema(client: ClientBase, upTo: string, from: URL = folder): Promise<void> {
  const connection = { query: client.query.bind(client), release: () => {} } as unknown as PoolClient
  const pool = { connect: async () => connection, end: async () => {}, options: {} }
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  const { error } = await migrator(db, await migrationNames(from), from, true).migrateTo(upTo)
  if (error) throw error
}

const migrator = (db: Kysely<unknown>, names: string[], from: URL, disableTransactions = false) =>
  new Migrator({
    db,
    provider: { getMigrations: () => read(names, from) },
    migrationTableName: 'migrations',
    migrationLockTableName: 'migrations_lock',
    disableTransactions,
  })

async function read(names: string[], from: URL): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {}
  for (const name of names) {
    const text = await readFile(new URL(`${name}.sql`, from), 'utf8')
    migrations[name] = { up: async (db) => void (await sql.raw(text).execute(db)) }
  }
  return migrations
}

/** The migrations a database has had, oldest first; none when it is empty. */
export async function applied(db: Pool | ClientBase): Promise<string[]> {
  const { rows } = await db.query<{ present: string | null }>(
    `SELECT to_regclass('public.migrations') AS present`,
  )
  if (!rows[0]?.present) return []
  const { rows: done } = await db.query<{ name: string }>('SELECT name FROM migrations ORDER BY name')
  return done.map(({ name }) => name)
}
