import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { backup } from '../../src/ledger/backup.ts'
import { type Db, openDatabase } from '../../src/ledger/database.ts'
import { restore } from '../../src/ledger/restore.ts'
import { foldStatusCounts, statusCounts } from '../../src/ledger/status-counts.ts'
import { numbersFrom } from '../support/chance.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type Ends, makeEnds, putOrders } from '../support/many-orders.ts'

let database: TestDatabase
let db: Db
let ends: Ends

beforeEach(async () => {
  database = await testDatabase()
  db = openDatabase({ connectionString: database.url }, () => undefined).db
  ends = await makeEnds(database.pool)
})
afterEach(async () => {
  await db.destroy()
  await database.drop()
})

const sorted = (rows: { channelId: string; backendId: string; status: string; n: number }[]) =>
  rows.map((row) => `${row.channelId} ${row.backendId} ${row.status} ${row.n}`).sort()

/** Counted one by one. */
async function counted({ pool }: TestDatabase): Promise<string[]> {
  const { rows } = await pool.query<{ channelId: string; backendId: string; status: string; n: number }>(
    `SELECT channel_id AS "channelId", backend_id AS "backendId", status, count(*)::int AS n FROM orders GROUP BY 1, 2, 3`,
  )
  return sorted(rows)
}
const kept = async (of: Db) => sorted(await statusCounts(of))

const waiting = async () =>
  Number(
    (await database.pool.query<{ n: string }>('SELECT count(*) AS n FROM order_count_changes')).rows[0]!.n,
  )

/** Orders come in, change, are taken back and deleted, by several at once, while others fold. */
async function busyMix(seed: number): Promise<void> {
  const random = numbersFrom(seed)
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!
  const statuses = ['scheduled', 'posting', 'posted', 'complete', 'post_error', 'cancelled']
  let next = 0
  const one = async () => {
    for (let n = 0; n < 25; n += 1) {
      const client = await database.pool.connect()
      try {
        await client.query('BEGIN')
        const drawn = random()
        if (drawn < 0.4)
          await putOrders(client, ends, { from: (next += 10), count: 1 + (n % 9), shop: n % 2 })
        else if (drawn < 0.8)
          await client.query(
            `UPDATE orders SET status = $1 WHERE id IN (SELECT id FROM orders ORDER BY md5(number || $2) LIMIT 5 FOR UPDATE SKIP LOCKED)`,
            [pick(statuses), String(n)],
          )
        else
          await client.query(
            `DELETE FROM orders WHERE id IN (SELECT id FROM orders ORDER BY md5(number || $1) LIMIT 2 FOR UPDATE SKIP LOCKED)`,
            [String(n)],
          )
        await client.query(random() < 0.2 ? 'ROLLBACK' : 'COMMIT')
      } finally {
        client.release()
      }
      if (n % 3 === 0) await foldStatusCounts(db)
    }
  }
  await Promise.all([one(), one(), one(), one()])
}

it('what is kept is what is there, after a busy mix by many at once, folded or not', async () => {
  await busyMix(1)
  const there = await counted(database)
  expect(there.length).toBeGreaterThan(5)
  expect(await kept(db)).toEqual(there)
  await foldStatusCounts(db)
  expect(await waiting()).toBe(0)
  expect(await kept(db)).toEqual(there)
  expect(await foldStatusCounts(db)).toBe(0)
})

it('a reader in the middle of a fold counts nothing twice and nothing not at all', async () => {
  await putOrders(database.pool, ends, { from: 0, count: 300, shop: 0 })
  const there = await counted(database)
  const reads: string[][] = []
  const folds = async () => {
    for (let n = 0; n < 20; n += 1) {
      await database.pool.query(`UPDATE orders SET status = 'posted' WHERE status = 'scheduled'`)
      await database.pool.query(`UPDATE orders SET status = 'scheduled' WHERE status = 'posted'`)
      await foldStatusCounts(db)
    }
  }
  const readers = async () => {
    for (let n = 0; n < 60; n += 1) reads.push(await kept(db))
  }
  await Promise.all([folds(), readers()])
  const ofOne = (status: string) => there.map((line) => line.replace(/scheduled|posted/, status))
  for (const read of reads) expect([ofOne('scheduled'), ofOne('posted')]).toContainEqual(read)
})

it('a fold that another process is in the middle of is left to it, and nobody waits', async () => {
  await putOrders(database.pool, ends, { from: 0, count: 3, shop: 0 })
  const other = await database.pool.connect()
  try {
    await other.query(`BEGIN; SELECT pg_advisory_xact_lock(hashtext('waybill counts'))`)
    expect(await foldStatusCounts(db)).toBe(0)
    await other.query('COMMIT')
  } finally {
    other.release()
  }
  expect(await foldStatusCounts(db)).toBe(1)
})

it('workers that change orders at once do not wait for each other because of the counts', async () => {
  await putOrders(database.pool, ends, { from: 0, count: 2, shop: 0 })
  const [a, b] = [await database.pool.connect(), await database.pool.connect()]
  try {
    for (const client of [a, b]) await client.query(`BEGIN; SET LOCAL lock_timeout = '2s'`)
    await a.query(`UPDATE orders SET status = 'posted' WHERE number = '0'`)
    await b.query(`UPDATE orders SET status = 'posted' WHERE number = '1'`)
    await foldStatusCounts(db)
    await a.query('COMMIT')
    await b.query('COMMIT')
  } finally {
    a.release()
    b.release()
  }
  expect(await kept(db)).toEqual(await counted(database))
})

it('an emptied table is counted as empty', async () => {
  await putOrders(database.pool, ends, { from: 0, count: 3, shop: 0 })
  await foldStatusCounts(db)
  await database.pool.query('TRUNCATE orders CASCADE')
  expect(await kept(db)).toEqual([])
})

it('a restored ledger has the counts of the backup, and goes on counting', async () => {
  await busyMix(2)
  await putOrders(database.pool, ends, { from: 9000, count: 4, shop: 1 })
  const there = await counted(database)
  const file = new PassThrough()
  const target = await testDatabase('template1')
  const restoredDb = openDatabase({ connectionString: target.url }, () => undefined).db
  try {
    const [, restored] = await Promise.all([
      backup(database.pool, file, () => new Date(0)),
      restore(target.pool, file),
    ])
    expect(restored.ok).toBe(true)
    expect(await kept(restoredDb)).toEqual(there)
    await target.pool.query(`UPDATE orders SET status = 'held' WHERE number >= '9000'`)
    await target.pool.query(`DELETE FROM orders WHERE number = '9001'`)
    await foldStatusCounts(restoredDb)
    expect(await kept(restoredDb)).toEqual(await counted(target))
  } finally {
    await restoredDb.destroy()
    await target.drop()
  }
})
