import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { applied, migrate, migrationNames } from '../../src/ledger/migrate.ts'
import { testDatabase } from '../support/database.ts'

const cleanups: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function emptyDatabase() {
  const database = await testDatabase('template1')
  cleanups.push(database.drop)
  return database
}

async function migrations(files: Record<string, string>): Promise<URL> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'waybill-migrations-'))
  cleanups.push(() => rm(dir, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(dir, name), text)
  return pathToFileURL(`${dir}/`)
}

test('files with several statements run in order, once', async () => {
  const { pool } = await emptyDatabase()
  const from = await migrations({
    '0002_more.sql': "ALTER TABLE a ADD COLUMN note text; INSERT INTO a VALUES (2, 'x;y');",
    '0001_first.sql': 'CREATE TABLE a (id int);\n-- a comment; with a semicolon\nINSERT INTO a VALUES (1);',
    'README.md': 'not a migration',
  })
  expect(await migrate(pool, from)).toEqual({ ok: true, value: ['0001_first', '0002_more'] })
  expect(await migrate(pool, from)).toEqual({ ok: true, value: [] })
  expect((await pool.query('SELECT * FROM a ORDER BY id')).rows).toEqual([
    { id: 1, note: null },
    { id: 2, note: 'x;y' },
  ])
  expect(await applied(pool)).toEqual(['0001_first', '0002_more'])
})

test('a failing file leaves the database as it was', async () => {
  const { pool } = await emptyDatabase()
  const from = await migrations({
    '0001_good.sql': 'CREATE TABLE good (id int)',
    '0002_bad.sql': 'CREATE TABLE half (id int); SELECT 1/0',
  })
  await expect(migrate(pool, from)).rejects.toThrow('division by zero')
  const { rows } = await pool.query(`SELECT to_regclass('good') AS good, to_regclass('half') AS half`)
  expect(rows).toEqual([{ good: null, half: null }])
})

test('a database newer than the program is refused with its migration named', async () => {
  const { pool } = await emptyDatabase()
  await migrate(pool, await migrations({ '0001_a.sql': 'SELECT 1', '0002_later.sql': 'SELECT 1' }))
  const refused = await migrate(pool, await migrations({ '0001_a.sql': 'SELECT 1' }))
  expect(refused).toMatchObject({ ok: false, error: { code: 'database_newer' } })
  expect(!refused.ok && refused.error.message).toContain('0002_later')
})

test('four processes at once on an empty database apply every file once', async () => {
  const { url, pool } = await emptyDatabase()
  const from = await migrations({
    '0001_a.sql': 'CREATE TABLE a (id int); SELECT pg_sleep(0.05)',
    '0002_b.sql': 'INSERT INTO a VALUES (1)',
  })
  const program = `
    import { Pool } from 'pg'
    import { migrate } from ${JSON.stringify(new URL('../../src/ledger/migrate.ts', import.meta.url).href)}
    const pool = new Pool({ connectionString: ${JSON.stringify(url)} })
    console.log(JSON.stringify(await migrate(pool, new URL(${JSON.stringify(from.href)}))))
    await pool.end()`
  const migrateInProcess = async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
    return JSON.parse(stdout) as Awaited<ReturnType<typeof migrate>>
  }
  const results = await Promise.all([1, 2, 3, 4].map(migrateInProcess))
  expect(results.map((result) => result.ok && result.value.length).sort()).toEqual([0, 0, 0, 2])
  expect((await pool.query('SELECT * FROM a')).rows).toEqual([{ id: 1 }])
})

test("this program's own migrations bring up an empty database", async () => {
  const { pool } = await emptyDatabase()
  expect(await migrate(pool)).toEqual({ ok: true, value: await migrationNames() })
})
