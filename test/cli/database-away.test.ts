import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { startEmbedded } from '../../src/ledger/embedded/index.ts'
import { newHome, startCommand, until } from '../support/command.ts'
import { query } from '../support/embedded-home.ts'

/** A PostgreSQL that can go away, and come back where it was. */
async function launch(folder: string) {
  const started = await startEmbedded({
    home: folder,
    now: () => new Date(),
    log: { info: () => {}, warn: () => {}, error: console.error },
    durable: false,
  })
  if (!started.ok) throw new Error(started.error.message)
  return started.value
}

test(
  'a database that is away for longer than a restart of ours ends nothing for good',
  { timeout: 120_000 },
  async ({ onTestFinished }) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), `waybill-away-${randomUUID().slice(0, 8)}-`))
    const { home, remove } = await newHome()
    let database = await launch(folder)
    onTestFinished(async () => {
      await database.stop()
      await remove()
      await rm(folder, { recursive: true, force: true })
    })
    const url = database.databaseUrl
    const worker = await startCommand(['worker'], { WAYBILL_HOME: home, DATABASE_URL: url })
    const workers = () => query(url, 'SELECT pid FROM workers')
    const [first] = await workers()

    await database.stop()
    await until('a start without a database', () => worker.stderr().includes('cannot be used'), 60_000)
    database = await launch(folder)
    await until(
      'another worker',
      async () => {
        const there = await workers()
        return there.length > 0 && there.every(({ pid }) => pid !== first!['pid'])
      },
      60_000,
    )
    expect(await worker.stop()).toBe(0)
  },
)
