import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { backup } from '../../src/ledger/backup.ts'
import { restore } from '../../src/ledger/restore.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})
async function database(template?: string): Promise<TestDatabase> {
  const made = await testDatabase(template)
  cleanups.push(made.drop)
  return made
}

const [shop, route, raw, order] = [1, 2, 3, 4].map((n) => `00000000-0000-0000-0000-00000000000${n}`)
const at = '2026-03-01T12:00:00Z'
const filled = `
  INSERT INTO connections (id, account_id, name, role, kind, config, secrets, health_since, created_at, updated_at)
    VALUES ('${shop}', 'main', 'shop', 'channel', 'woocommerce', '{}', '', '${at}', '${at}', '${at}');
  INSERT INTO routes (id, account_id, name, channel_id, backend_id, statuses, since, every_ms, post_automatic, mapping, created_at, updated_at)
    VALUES ('${route}', 'main', 'r', '${shop}', '${shop}', '{}', '${at}', 1, false, '{}', '${at}', '${at}');
  INSERT INTO raw_payloads (id, account_id, connection_id, channel_order_id, sha256, body, received_at)
    VALUES ('${raw}', 'main', '${shop}', '7', '', '', '${at}');
  INSERT INTO tombstones (order_id, account_id, channel_id, channel_order_id, number, status, deleted_at, deleted_by, why)
    VALUES ('${order}', 'main', '${shop}', '7', '1007', 'held', '${at}', 'anna', 'a “test”');`
const takeIn = `
  INSERT INTO orders (id, account_id, route_id, channel_id, backend_id, channel_order_id, number, status, first_seen_at, updated_at, raw_id, external_id)
    VALUES ('${order}', 'main', '${route}', '${shop}', '${shop}', '7', '1007', 'held', '${at}', '${at}', '${raw}', 'x')`

test('a backup brings tombstones back, and they keep their orders away', async () => {
  const source = await database()
  await source.pool.query(filled)
  const out = new PassThrough()
  const [bytes] = await Promise.all([buffer(out), backup(source.pool, out, () => new Date(at))])
  const target = await database('template1')
  expect(await restore(target.pool, Readable.from([bytes]))).toMatchObject({ ok: true })
  const stones = 'SELECT * FROM tombstones'
  const { rows } = await target.pool.query(stones)
  expect(rows).toHaveLength(1)
  expect(rows).toEqual((await source.pool.query(stones)).rows)
  await expect(target.pool.query(takeIn)).rejects.toThrow('a person has deleted this order')
  await target.pool.query('DELETE FROM tombstones')
  await target.pool.query(takeIn)
})
