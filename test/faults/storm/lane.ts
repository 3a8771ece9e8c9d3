import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Client, Pool } from 'pg'
import { type Embedded, startEmbedded } from '../../../src/ledger/embedded/index.ts'
import { migrate } from '../../../src/ledger/migrate.ts'
import { runSeed } from './run.ts'

const template = 'ledger_template'

/** Runs the seeds it is given, on a PostgreSQL of its own; each outcome goes to whoever forked this process. */
async function main(): Promise<void> {
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
    for (let seed = await nextSeed(); seed !== null; seed = await nextSeed())
      process.send!(await runSeed(seed, { postgres, template }))
  } finally {
    process.off('disconnect', giveUp)
    await postgres.stop()
    await rm(home, { recursive: true, force: true })
  }
}

async function nextSeed(): Promise<number | null> {
  const [{ seed }] = (await once(process, 'message')) as [{ seed: number | null }]
  return seed
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

await main()
process.disconnect()
