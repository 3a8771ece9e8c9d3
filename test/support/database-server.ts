import { mkdtemp, rm } from 'node:fs/promises'
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

async function start() {
  const home = await mkdtemp(path.join(os.tmpdir(), 'waybill-test-'))
  const started = await startEmbedded({
    home,
    now: () => new Date(),
    log: { info: () => {}, warn: console.warn, error: console.error },
    durable: false,
  })
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
