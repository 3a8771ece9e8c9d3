import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Db, isConnectionError, openDatabase } from '../../src/ledger/database.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

let database: TestDatabase
let db: Db

beforeAll(async () => {
  database = await testDatabase()
  db = openDatabase({ connectionString: database.url, max: 1 }, () => undefined).db
})

afterAll(async () => {
  await db.destroy()
  await database.drop()
})

const prepared = async () =>
  (await sql<{ statement: string }>`SELECT statement FROM pg_prepared_statements`.execute(db)).rows.map(
    (row) => row.statement,
  )

it('prepares what is asked again and again, and answers the same', async () => {
  const ask = async (n: number) =>
    (await sql<{ twice: number }>`SELECT ${n}::int * 2 AS twice`.execute(db)).rows[0]?.twice
  const answers = []
  for (let n = 1; n <= 5; n += 1) answers.push(await ask(n))
  expect(answers).toEqual([2, 4, 6, 8, 10])
  expect((await prepared()).filter((statement) => statement.includes('AS twice'))).toHaveLength(1)
})

it('leaves alone what comes once, and what is as long as a page of rows', async () => {
  await sql`SELECT ${1}::int AS once`.execute(db)
  const page = sql.join(Array.from({ length: 3000 }, (_, n) => sql`${n}::int`))
  for (let n = 0; n < 4; n += 1) await sql`SELECT ARRAY[${page}] AS page`.execute(db)
  expect((await prepared()).filter((statement) => /AS once|AS page/.test(statement))).toEqual([])
})

it('plans anew what depends on what is asked for', async () => {
  for (let n = 0; n < 5; n += 1) await sql`/* planned anew */ SELECT ${n}::int AS anew`.execute(db)
  expect((await prepared()).filter((statement) => statement.includes('AS anew'))).toEqual([])
})

it('goes on over a new connection when the server has ended the old one', async () => {
  const ask = async (n: number) =>
    (await sql<{ n: number }>`SELECT ${n}::int + 1 AS n`.execute(db)).rows[0]?.n
  for (let n = 0; n < 4; n += 1) await ask(n)
  await sql`SELECT pg_terminate_backend(pg_backend_pid())`.execute(db).catch(() => undefined)
  // The first to notice fails, as with any lost connection; the next gets a fresh one.
  await ask(1).catch(() => undefined)
  expect(await ask(41)).toBe(42)
})

it('survives that the server ends a connection which a transaction holds, between two queries', async () => {
  const unheard: unknown[] = []
  const listen = (error: unknown) => unheard.push(error)
  process.on('uncaughtException', listen)
  try {
    const admin = openDatabase({ connectionString: database.url, max: 1 }, () => undefined)
    const cut = db.transaction().execute(async (tx) => {
      const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(tx)
      await sql`SELECT pg_terminate_backend(${rows[0]!.pid}, 10000)`.execute(admin.db)
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
      await sql`SELECT 1`.execute(tx)
    })
    const said: unknown = await cut.catch((error: unknown) => error)
    expect(isConnectionError(said)).toBe(true)
    await admin.db.destroy()
  } finally {
    process.off('uncaughtException', listen)
  }
  expect(unheard).toEqual([])
  expect((await sql<{ n: number }>`SELECT 1::int AS n`.execute(db)).rows).toEqual([{ n: 1 }])
})
