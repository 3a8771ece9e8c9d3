import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Pool } from 'pg'
import { afterEach, expect, it } from 'vitest'
import { openDatabase } from '../../src/ledger/database.ts'
import { migrate, migrationNames } from '../../src/ledger/migrate.ts'
import { statusCounts } from '../../src/ledger/status-counts.ts'
import { listOrders } from '../../src/ledger/views/order-pages.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { makeEnds, putOrders } from '../support/many-orders.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function emptyDatabase(): Promise<TestDatabase> {
  const made = await testDatabase('template1')
  cleanups.push(made.drop)
  return made
}

const found = async (url: string, search: string) => {
  const { db } = openDatabase({ connectionString: url }, () => undefined)
  try {
    const { orders } = await listOrders(db, { search }, { limit: 50, after: null, sort: 'placed' })
    return orders.map((order) => order.number)
  } finally {
    await db.destroy()
  }
}

/** The migrations before the search came. */
async function earlier(): Promise<URL> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'waybill-migrations-'))
  cleanups.push(() => rm(dir, { recursive: true }))
  const folder = new URL('../../src/ledger/migrations/', import.meta.url)
  for (const name of await migrationNames())
    if (name < '0008') await copyFile(new URL(`${name}.sql`, folder), path.join(dir, `${name}.sql`))
  return pathToFileURL(`${dir}/`)
}

it('finds and counts the orders that were there before the program could', async () => {
  const { pool, url } = await emptyDatabase()
  await migrate(pool, await earlier())
  await putOrders(pool, await makeEnds(pool), { from: 1000, count: 7, shop: 0 })
  await pool.query(`UPDATE orders SET record_number = 'SO-55', status = 'posted' WHERE number = '1003'`)
  expect(await migrate(pool)).toMatchObject({ ok: true, value: expect.arrayContaining(['0008_desk']) })
  expect(await found(url, '1003')).toEqual(['1003'])
  expect(await found(url, 'so-55')).toEqual(['1003'])
  expect(await found(url, '10')).toHaveLength(7)
  const { db } = openDatabase({ connectionString: url }, () => undefined)
  cleanups.push(() => db.destroy())
  const counts = (await statusCounts(db)).map(({ status, n }) => `${status} ${n}`)
  expect(counts.toSorted()).toEqual(['posted 1', 'scheduled 6'])
})

/** The database, opened by a role that may make tables in it and nothing else. */
async function asPlainRole({ pool, url }: TestDatabase): Promise<{ pool: Pool; url: string; role: string }> {
  const name = new URL(url.replace(/@[^/]*\//, '@host/')).pathname.slice(1)
  const role = `plain_${name}`
  await pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'plain'; GRANT ALL ON SCHEMA public TO ${role}`)
  cleanups.push(() => pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`))
  const plainUrl = url.replace(/\/\/[^@]*@/, `//${role}:plain@`)
  const plain = new Pool({ connectionString: plainUrl })
  cleanups.push(() => plain.end())
  return { pool: plain, url: plainUrl, role }
}

it('says who has to create the extension where the role may not, changes nothing, and goes on when it is there', async () => {
  const database = await emptyDatabase()
  const plain = await asPlainRole(database)
  const refused = await migrate(plain.pool)
  expect(refused).toMatchObject({
    ok: false,
    error: {
      code: 'no_trigrams',
      message: expect.stringContaining(plain.role),
      fix: expect.stringContaining('CREATE EXTENSION pg_trgm'),
    },
  })
  const { rows } = await plain.pool.query(`SELECT to_regclass('orders') AS orders`)
  expect(rows).toEqual([{ orders: null }])
  await database.pool.query('CREATE EXTENSION pg_trgm')
  expect(await migrate(plain.pool)).toMatchObject({ ok: true })
})

it('takes the extension from whatever schema it is in', async () => {
  const database = await emptyDatabase()
  await database.pool.query('CREATE SCHEMA elsewhere; CREATE EXTENSION pg_trgm SCHEMA elsewhere')
  expect(await migrate(database.pool)).toMatchObject({ ok: true })
  await putOrders(database.pool, await makeEnds(database.pool), { from: 1000, count: 3, shop: 0 })
  expect(await found(database.url, '1002')).toEqual(['1002'])
})
