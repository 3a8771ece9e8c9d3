import pg from 'pg'
import type { Log } from '../../connectors/contract.ts'
import { isConnectionError, openDatabase } from '../../ledger/database.ts'
import { startEmbedded } from '../../ledger/embedded/index.ts'
import type { LedgerFailure } from '../../ledger/failure.ts'
import { migrate } from '../../ledger/migrate.ts'
import { openVault, type Vault } from '../../ledger/secrets.ts'
import { proveSessionLocks } from '../../ledger/session-proof.ts'
import type { Environment } from '../environment.ts'
import { CliFailure } from '../failure.ts'

export interface OpenLedger {
  db: ReturnType<typeof openDatabase>['db']
  pool: pg.Pool
  url: string
  vault: Vault
  /** Closes the connections, and stops the embedded server where it is one. */
  close(): Promise<void>
}

/** Opens the ledger of this environment: embedded or not, migrated, with the key that belongs to it. */
export async function openLedger(
  environment: Environment,
  { now, log }: { now: () => Date; log: Log },
): Promise<OpenLedger> {
  const server = await findServer(environment, { now, log })
  let closing = false
  const { db, pool } = openDatabase({ connectionString: server.url }, (error) => {
    if (!closing) log.warn({ err: error.message }, 'a connection to the database was lost')
  })
  try {
    const migrated = await migrate(pool)
    if (!migrated.ok) throw failedLedger(migrated.error)
    const vault = await openVault(db, { home: environment.home, givenKey: environment.key })
    if (!vault.ok) throw failedLedger(vault.error)
    return {
      db,
      pool,
      url: server.url,
      vault: vault.value,
      close: async () => {
        closing = true
        await pool.end()
        await server.stop()
      },
    }
  } catch (error) {
    closing = true
    await pool.end()
    await server.stop()
    throw error
  }
}

/** Where the database is: the home's own, started, or the one of DATABASE_URL, proved to keep sessions. */
export async function findServer(
  environment: Environment,
  deps: { now: () => Date; log: Log },
): Promise<{ url: string; stop(): Promise<void> }> {
  if (environment.databaseUrl === null) {
    const embedded = await startEmbedded({ home: environment.home, ...deps })
    if (!embedded.ok) throw failedLedger(embedded.error)
    return { url: embedded.value.databaseUrl, stop: () => embedded.value.stop() }
  }
  const url = environment.databaseUrl
  const connect = async () => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  try {
    const proved = await proveSessionLocks(connect)
    if (!proved.ok) throw failedLedger(proved.error)
  } catch (error) {
    if (error instanceof CliFailure) throw error
    const away = isConnectionError(error)
    throw new CliFailure(
      `The database at DATABASE_URL cannot be used: ${error instanceof Error ? error.message || codeOf(error) : String(error)}`,
      away
        ? 'Check that PostgreSQL runs there and that host, port, user and password are right.'
        : 'Correct DATABASE_URL, or leave it out to use the embedded database.',
      away ? { code: databaseAway } : {},
    )
  }
  return { url, stop: async () => {} }
}

/** The code of the failure that ends by itself when the database is back. */
export const databaseAway = 'database_away'

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.name

/** A failure of the ledger as one line of the command. */
export const failedLedger = (
  failure: Pick<LedgerFailure, 'message' | 'fix'> & { code: string },
): CliFailure => new CliFailure(failure.message, failure.fix, { code: failure.code })
