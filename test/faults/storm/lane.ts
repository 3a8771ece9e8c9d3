import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Client, Pool } from 'pg'
import { type Embedded, startEmbedded } from '../../../src/ledger/embedded/index.ts'
import { migrate } from '../../../src/ledger/migrate.ts'
import { runSeed } from './run.ts'

const template = 'ledger_template'

/** Runs one seed after the other on a PostgreSQL of its own; each outcome goes to whoever forked this process. */
async function main(seeds: number[]): Promise<void> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'waybill-lane-'))
  const started = await startEmbedded({
    home,
    now: () => new Date(),
    log: { info: () => {}, warn: () => {}, error: console.error },
    durable: false,
  })
  if (!started.ok) throw new Error(`${started.error.message} ${started.error.fix}`)
  const postgres = started.value
  // Waybill's own processes end with the clock that they live by.
  const giveUp = () => void postgres.stop().finally(() => process.exit(1))
  process.once('SIGTERM', giveUp).once('SIGINT', giveUp).once('disconnect', giveUp)
  try {
    await makeTemplate(postgres)
    for (const seed of seeds) process.send!(await runSeed(seed, { postgres, template }))
  } finally {
    process.off('disconnect', giveUp)
    await postgres.stop()
    await rm(home, { recursive: true, force: true })
  }
}

async function makeTemplate({ connection }: Embedded): Promise<void> {
  const admin = new Client(connection)
  await admin.connect()
  await admin.query(`CREATE DATABASE ${template}`)
  await admin.end()
  const pool = new Pool({ ...connection, database: template })
  const migrated = await migrate(pool)
  await pool.end()
  if (!migrated.ok) throw new Error(migrated.error.message)
}

await main(process.argv.slice(2).map(Number))
process.disconnect()
