import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Client, Pool } from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '../../src/ledger/embedded/index.ts'
import type { Embedded } from '../../src/ledger/embedded/index.ts'
import { migrate } from '../../src/ledger/migrate.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    databaseUrl: string
  }
}

export const TEMPLATE = 'ledger_template'

interface Shared {
  users: number
  started: Promise<{ home: string; database: Embedded }>
}

const shared = globalThis as typeof globalThis & { waybillTestDatabase?: Shared }

/** Starts one PostgreSQL for the whole run, however many projects ask for it, with a migrated template to clone. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = (shared.waybillTestDatabase ??= { users: 0, started: start() })
  server.users += 1
  const { home, database } = await server.started
  project.provide('databaseUrl', database.databaseUrl)
  return async () => {
    server.users -= 1
    if (server.users > 0) return
    delete shared.waybillTestDatabase
    await database.stop()
    await rm(home, { recursive: true, force: true })
  }
}

const PREFIX = 'waybill-test-'
const HOUR_MS = 3_600_000

const launch = (home: string) =>
  startEmbedded({
    home,
    now: () => new Date(),
    log: { info: () => {}, warn: console.warn, error: console.error },
    durable: false,
  })

/** Ends the servers of runs that were killed, and removes their homes. One that a run still holds refuses us. */
async function sweep(): Promise<void> {
  for (const name of await readdir(os.tmpdir())) {
    if (!name.startsWith(PREFIX)) continue
    const home = path.join(os.tmpdir(), name)
    // Another run may be removing its own just now.
    const { mtimeMs } = await stat(home).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs < HOUR_MS) continue
    const left = await launch(home)
    if (!left.ok) continue
    await left.value.stop()
    await rm(home, { recursive: true, force: true })
  }
}

async function start() {
  await sweep()
  const home = await mkdtemp(path.join(os.tmpdir(), PREFIX))
  const started = await launch(home)
  if (!started.ok) throw new Error(`${started.error.message} ${started.error.fix}`)
  await makeTemplate(started.value)
  return { home, database: started.value }
}

async function makeTemplate({ connection }: Embedded): Promise<void> {
  const admin = new Client(connection)
  await admin.connect()
  await admin.query(`CREATE DATABASE ${TEMPLATE}`)
  await admin.end()
  const pool = new Pool({ ...connection, database: TEMPLATE })
  const migrated = await migrate(pool)
  await pool.end()
  if (!migrated.ok) throw new Error(migrated.error.message)
}
