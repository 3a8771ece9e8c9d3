import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { backup } from '../../src/ledger/backup.ts'
import { migrate, migrationNames } from '../../src/ledger/migrate.ts'
import { restore } from '../../src/ledger/restore.ts'
import { testDatabase } from '../support/database.ts'
import type { TestDatabase } from '../support/database.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function database(template: string): Promise<TestDatabase> {
  const made = await testDatabase(template)
  cleanups.push(made.drop)
  return made
}

const emptyDatabase = () => database('template1')
const now = () => new Date('2026-03-01T12:00:00Z')

async function saved(source: TestDatabase): Promise<Buffer> {
  const chunks: Buffer[] = []
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  const made = await backup(source.pool, sink, now)
  expect(made).toMatchObject({ ok: true })
  return Buffer.concat(chunks)
}

/** The bytes of strings and objects that are still referred to. */
function heldInMemory(): number {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return process.memoryUsage().heapUsed
}

async function migrations(files: Record<string, string>): Promise<URL> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'waybill-migrations-'))
  cleanups.push(() => rm(dir, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(dir, `${name}.sql`), text)
  return pathToFileURL(`${dir}/`)
}

/** Every kind of value, key and rule that could be lost or stand in the way. */
const everything = `
  CREATE TYPE mood AS ENUM ('glad', 'it''s "so"');
  CREATE TABLE b (id int PRIMARY KEY, a_id bigint, parent int REFERENCES b);
  CREATE TABLE a (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, serial_no serial, b_id int NOT NULL,
    flag boolean, small smallint, "Odd ""name" text, amount numeric, money numeric(12, 2), price double precision,
    at timestamptz, at_ms timestamptz(3), day date, span interval, raw bytea, doc jsonb, doc_text json, tags text[],
    grid int[][], stamps timestamptz[], fixed char(5), kind mood, kinds mood[], ip inet, key uuid,
    twice numeric GENERATED ALWAYS AS (amount * 2) STORED, UNIQUE (serial_no)
  );
  ALTER TABLE a ADD CONSTRAINT to_b FOREIGN KEY (b_id) REFERENCES b ON DELETE CASCADE;
  ALTER TABLE b ADD CONSTRAINT to_a FOREIGN KEY (a_id) REFERENCES a DEFERRABLE INITIALLY DEFERRED;
  CREATE SEQUENCE unused START 7;
  CREATE TABLE nothing (id int);
  CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'append only'; END $$;
  CREATE TABLE seeded (name text);
  INSERT INTO seeded VALUES ('by the migration');`

const trigger =
  'CREATE TRIGGER refused BEFORE INSERT OR UPDATE OR DELETE ON a FOR EACH ROW EXECUTE FUNCTION refuse();'

const values = `
  INSERT INTO b VALUES (2, NULL, NULL), (1, NULL, 2);
  INSERT INTO a (b_id, flag, small, "Odd ""name", amount, money, price, at, at_ms, day, span, raw, doc, doc_text, tags, grid,
                 stamps, fixed, kind, kinds, ip, key) VALUES
    (1, true, -3, E'tab\\t line\\n back\\\\slash "q" ''s'' é 😀 NULL', 123456789012345678901234567890.000100, 12.30,
     0.1::float8 + 0.2, '2026-03-29 01:59:59.999999+01', now(), '0044-03-15 BC', '1 mon -2 days 03:04:05.678901',
     '\\x00ff0a5c', '{"n": 1.10, "big": 12345678901234567890123, "s": "\\u20ac \\\\ \\""}', '{"b": 1,  "a" : 2}',
     ARRAY['', NULL, 'NULL', 'a,b', '{x}', 'q"q', 'back\\slash'], '{{1,2},{3,NULL}}',
     ARRAY['infinity'::timestamptz, '2026-01-01Z'], 'ab', 'it''s "so"', '{glad}', '::1', gen_random_uuid()),
    (2, false, NULL, '', 'NaN', 0, 'NaN', '-infinity', NULL, 'infinity', NULL, '', 'null', 'null', '{}', '{}', NULL, '     ',
     NULL, NULL, NULL, NULL);
  INSERT INTO a (b_id) VALUES (1);
  UPDATE b SET a_id = 1;
  DELETE FROM a WHERE id = 3;
  DELETE FROM seeded;
  INSERT INTO seeded VALUES ('since');`

describe('a backup', () => {
  test('restored elsewhere gives the same backup again, byte for byte, whatever the types', async () => {
    const schema = await migrations({ '0001_everything': everything, '0002_trigger': trigger })
    const source = await emptyDatabase()
    await migrate(source.pool, await migrations({ '0001_everything': everything }))
    await source.pool.query(values)
    await migrate(source.pool, schema)
    const file = await saved(source)

    const target = await emptyDatabase()
    expect(await restore(target.pool, Readable.from([file]), schema)).toEqual({
      ok: true,
      value: { tables: 6, rows: 8 },
    })
    expect(gunzipSync(await saved(target)).equals(gunzipSync(file))).toBe(true)

    const select = `SELECT *, twice FROM a ORDER BY id`
    expect((await target.pool.query(select)).rows).toEqual((await source.pool.query(select)).rows)
    expect(await migrate(target.pool, schema)).toEqual({ ok: true, value: [] })
    // What the schema enforces is enforced again, and numbers go on where they were.
    await expect(target.pool.query('DELETE FROM a')).rejects.toThrow('append only')
    await expect(target.pool.query('INSERT INTO b VALUES (9, 9)')).rejects.toThrow('to_a')
    const numbers = `SELECT nextval('unused') AS unused, nextval('a_id_seq') AS id, nextval('a_serial_no_seq') AS serial`
    expect((await target.pool.query(numbers)).rows).toEqual([{ unused: '7', id: '4', serial: '4' }])
  })

  test("of Waybill's own tables restores too", async () => {
    const source = await database('ledger_template')
    await source.pool.query(`
      INSERT INTO connections (id, account_id, name, role, kind, config, secrets, health_since, created_at, updated_at)
      VALUES (gen_random_uuid(), 'main', 'shop', 'channel', 'woocommerce', '{"url": "https://shop.example.com"}', '\\x00ff',
              now(), now(), now())`)
    const file = await saved(source)
    const target = await emptyDatabase()
    expect(await restore(target.pool, Readable.from([file]))).toMatchObject({ ok: true })
    expect(gunzipSync(await saved(target)).equals(gunzipSync(file))).toBe(true)
    expect(await migrate(target.pool)).toEqual({ ok: true, value: [] })
  })

  test('of an earlier schema is restored by a later program, which then migrates it', async () => {
    const source = await emptyDatabase()
    await migrate(
      source.pool,
      await migrations({ '0001_t': 'CREATE TABLE t (id int); INSERT INTO t VALUES (1)' }),
    )
    const file = await saved(source)
    const later = await migrations({
      '0001_t': 'CREATE TABLE t (id int); INSERT INTO t VALUES (1)',
      '0002_u': 'ALTER TABLE t ADD COLUMN doubled int; UPDATE t SET doubled = id * 2',
    })
    const target = await emptyDatabase()
    expect(await restore(target.pool, Readable.from([file]), later)).toMatchObject({ ok: true })
    expect(await migrate(target.pool, later)).toEqual({ ok: true, value: ['0002_u'] })
    expect((await target.pool.query('SELECT * FROM t')).rows).toEqual([{ id: 1, doubled: 2 }])
  })

  test('is of one moment, though others write meanwhile', async () => {
    const schema = await migrations({ '0001_t': 'CREATE TABLE a (n int); CREATE TABLE z (n int)' })
    const source = await emptyDatabase()
    await migrate(source.pool, schema)
    await source.pool.query(
      `INSERT INTO a SELECT g FROM generate_series(1, 200000) g; INSERT INTO z VALUES (1)`,
    )
    const out = new PassThrough({ highWaterMark: 1024 })
    const running = backup(source.pool, out, now)
    const begun = await new Promise<Buffer>((resolve) => out.once('data', resolve))
    out.pause()
    await source.pool.query('INSERT INTO z VALUES (2); DELETE FROM a')
    const rest = await out.toArray()
    expect(await running).toMatchObject({ ok: true })
    const target = await emptyDatabase()
    await restore(target.pool, Readable.from([begun, ...(rest as Buffer[])]), schema)
    const counted = 'SELECT (SELECT count(*)::int FROM a) AS a, (SELECT count(*)::int FROM z) AS z'
    expect((await target.pool.query(counted)).rows).toEqual([{ a: 200_000, z: 1 }])
  })

  test('streams: of 150 MB of rows only a few are in memory at any time', async () => {
    const schema = await migrations({ '0001_t': 'CREATE TABLE t (id int, body bytea)' })
    const source = await emptyDatabase()
    await migrate(source.pool, schema)
    await source.pool.query(
      `INSERT INTO t SELECT g, decode(repeat(md5(g::text), 16384), 'hex') FROM generate_series(1, 300) g`,
    )
    const target = await emptyDatabase()
    const before = heldInMemory()
    let most = 0
    const through = new PassThrough()
    const copying = Promise.all([backup(source.pool, through, now), restore(target.pool, through, schema)])
    const watch = setInterval(() => (most = Math.max(most, heldInMemory())), 100)
    const results = await copying
    clearInterval(watch)
    const counts = { ok: true, value: { tables: 3, rows: 302 } }
    expect(results).toEqual([counts, counts])
    expect(most).toBeGreaterThan(0)
    expect(most - before).toBeLessThan(50e6)
    const sum = `SELECT md5(string_agg(md5(body), '' ORDER BY id)) FROM t`
    expect((await target.pool.query(sum)).rows).toEqual((await source.pool.query(sum)).rows)
  }, 180_000)

  test('of a database without Waybill is refused', async () => {
    const { pool } = await emptyDatabase()
    expect(await backup(pool, new PassThrough(), now)).toMatchObject({
      ok: false,
      error: { code: 'database_missing' },
    })
  })
})

describe('restoring refuses, and changes nothing,', () => {
  async function refused(file: Buffer, target?: TestDatabase, schema?: URL) {
    const into = target ?? (await emptyDatabase())
    const tables = `SELECT count(*)::int AS tables FROM pg_class WHERE relnamespace = 'public'::regnamespace`
    const before = await into.pool.query(tables)
    const result = await restore(into.pool, Readable.from([file]), schema)
    expect((await into.pool.query(tables)).rows).toEqual(before.rows)
    if (result.ok) throw new Error('it was restored')
    return result.error
  }

  const ledger = async () => await saved(await database('ledger_template'))
  const edited = (file: Buffer, edit: (text: string) => string) => gzipSync(edit(gunzipSync(file).toString()))

  test('a database that has tables', async () => {
    expect((await refused(await ledger(), await database('ledger_template'))).code).toBe('not_empty')
  })

  test('a backup of a later schema', async () => {
    const names = await migrationNames()
    const file = edited(await ledger(), (text) => text.replace(names.at(-1)!, '9999_future'))
    const error = await refused(file)
    expect(error.code).toBe('database_newer')
    expect(error.message).toContain('9999_future')
  })

  test('a backup of a later format', async () => {
    const file = edited(await ledger(), (text) => text.replace('"format":1', '"format":2'))
    expect((await refused(file)).code).toBe('database_newer')
  })

  test('a file cut short, in its gzip or at the end of a line', async () => {
    const file = await ledger()
    expect((await refused(file.subarray(0, file.length - 30))).code).toBe('unreadable_backup')
    const lineless = edited(file, (text) => text.split('\n').slice(0, -2).join('\n') + '\n')
    expect((await refused(lineless)).message).toContain('its end is missing')
  })

  test('a file with a row too few', async () => {
    const file = edited(await ledger(), (text) => text.replace(/\n\["main",[^\n]*/, ''))
    expect((await refused(file)).message).toMatch(/\d+ rows of \d+/)
  })

  test('something else', async () => {
    expect((await refused(Buffer.from('PGDMP'))).code).toBe('unreadable_backup')
    expect((await refused(gzipSync('{"hello": 1}\n'))).code).toBe('unreadable_backup')
    expect((await refused(Buffer.alloc(0))).code).toBe('unreadable_backup')
  })

  test('a value of the wrong form, or one that breaks a rule', async () => {
    const schema = await migrations({
      '0001_t': 'CREATE TABLE t (id int CHECK (id < 9)); INSERT INTO t VALUES (1)',
    })
    const source = await emptyDatabase()
    await migrate(source.pool, schema)
    const file = await saved(source)
    for (const value of ['one', '10']) {
      const wrong = edited(file, (text) => text.replace('["1"]', JSON.stringify([value])))
      const error = await refused(wrong, await emptyDatabase(), schema)
      expect(error.code).toBe('unreadable_backup')
      expect(error.message).toMatch(/invalid input syntax|check constraint/)
    }
  })
})
