import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { rotateLog } from '../../src/ledger/embedded/log-file.ts'
import { readPid } from '../../src/ledger/embedded/postmaster.ts'
import {
  cleanUp,
  holder,
  query,
  refusal,
  start,
  temporaryFolder,
  until,
  usedHome,
} from '../support/embedded-home.ts'

afterEach(cleanUp)

const newHome = async () => path.join(await temporaryFolder(), 'home')
const kept = (url: string) => query(url, 'SELECT answer FROM kept')

async function mode(...file: string[]): Promise<string> {
  return ((await stat(path.join(...file))).mode & 0o777).toString(8)
}

test('a new home gets a private PostgreSQL 18 that answers on its socket alone', async () => {
  const home = await newHome()
  const { databaseUrl, started } = await start({ home })
  expect(started).toBe(true)
  const [settings] = await query(
    databaseUrl,
    `SELECT current_setting('listen_addresses') AS tcp, current_setting('server_version_num')::int / 10000 AS major,
            current_database() AS database, current_setting('server_encoding') AS encoding, 'é' < 'z' AS cultural`,
  )
  expect(settings).toEqual({ tcp: '', major: 18, database: 'waybill', encoding: 'UTF8', cultural: false })
  expect(await mode(home, 'postgres', 'data')).toBe('700')
  expect(await mode(home, 'postgres', 'run')).toBe('700')
  expect(await mode(home, 'postgres', 'password')).toBe('600')
  expect(await mode(home, 'postgres', 'postgres.log')).toBe('600')
})

test('what was committed is on the disk unless a test says otherwise', async () => {
  const { databaseUrl } = await start({ home: await newHome(), durable: true })
  const names = [
    'fsync',
    'synchronous_commit',
    'full_page_writes',
    'max_connections',
    'shared_buffers',
    'max_wal_size',
  ]
  const rows = await query(
    databaseUrl,
    `SELECT name, current_setting(name) AS value FROM pg_settings WHERE name IN ('${names.join("','")}')`,
  )
  expect(Object.fromEntries(rows.map(({ name, value }) => [name, value]))).toEqual({
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    max_connections: '100',
    shared_buffers: '128MB',
    max_wal_size: '256MB',
  })
})

test('the socket wants the password', async () => {
  const { databaseUrl } = await start({ home: await usedHome() })
  const wrong = databaseUrl.replace(/waybill:\w+@/, 'waybill:guess@')
  await expect(query(wrong, 'SELECT 1')).rejects.toThrow('password authentication failed')
})

test('a stopped home starts again with what it held', async () => {
  const home = await usedHome()
  expect(await readPid(path.join(home, 'postgres', 'data'))).toBeNull()
  const { databaseUrl } = await start({ home })
  expect(await kept(databaseUrl)).toEqual([{ answer: 42 }])
})

test('a second Waybill on the same home is refused, from this process and from another', async () => {
  const home = await newHome()
  await start({ home })
  const error = await refusal({ home })
  expect(error.code).toBe('home_in_use')
  expect(error.message).toBe(
    `Another Waybill is running on this home (process ${process.pid}, since 2026-03-01T12:00:00.000Z).`,
  )
  expect((await holder({ home })).said).toEqual({ ok: false, error })
})

test('of several that start at once on a new home exactly one gets it', async () => {
  const home = await newHome()
  const all = await Promise.all([1, 2, 3].map(() => holder({ home })))
  expect(all.map(({ said }) => (said.ok ? 'started' : said.error.code)).sort()).toEqual([
    'home_in_use',
    'home_in_use',
    'started',
  ])
  const winner = all.find(({ said }) => said.ok)
  await winner?.kill()
  await start({ home })
})

test('after kill -9 of Waybill the next one attaches to the PostgreSQL left running', async () => {
  const home = await usedHome()
  const { said, kill } = await holder({ home })
  await kill()
  const next = await start({ home })
  expect({ pid: next.pid(), started: next.started }).toEqual({ pid: said.ok && said.pid, started: false })
  expect(await kept(next.databaseUrl)).toEqual([{ answer: 42 }])
  await next.stop()
  expect(await readPid(path.join(home, 'postgres', 'data'))).toBeNull()
})

test('after kill -9 of Waybill and PostgreSQL what was committed is there', async () => {
  const home = await usedHome()
  const { said, kill } = await holder({ home, durable: true })
  if (!said.ok) throw new Error(said.error.message)
  await query(said.url, 'UPDATE kept SET answer = 43')
  await kill()
  process.kill(said.pid, 'SIGKILL')
  const next = await start({ home })
  expect(next.started).toBe(true)
  expect(await kept(next.databaseUrl)).toEqual([{ answer: 43 }])
})

test('a PostgreSQL that was told to stop, and waits for somebody connected, is stopped and started again', async () => {
  const home = await usedHome()
  const { said, kill } = await holder({ home })
  if (!said.ok) throw new Error(said.error.message)
  const connected = query(said.url, 'SELECT pg_sleep(600)').catch(() => 'lost')
  await until(
    async () => (await query(said.url, `SELECT FROM pg_stat_activity WHERE query LIKE '%600%'`)).length > 1,
  )
  await kill()
  process.kill(said.pid, 'SIGTERM')
  const next = await start({ home })
  expect(await connected).toBe('lost')
  expect(next.pid()).not.toBe(said.pid)
  expect(await kept(next.databaseUrl)).toEqual([{ answer: 42 }])
})

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'PostgreSQL ended by %s is started again',
  async (signal) => {
    const home = await usedHome()
    let exits = 0
    const database = await start({ home, onExit: () => (exits += 1) })
    const connected = query(database.databaseUrl, 'SELECT pg_sleep(600)').catch(() => 'lost')
    const first = database.pid()
    process.kill(first, signal)
    await until(() => database.pid() !== first)
    expect(exits).toBe(1)
    expect(await connected).toBe('lost')
    expect(await kept(database.databaseUrl)).toEqual([{ answer: 42 }])
  },
)

test('kill -9 of the postmaster while a long query runs does not keep the next one from starting', async () => {
  const home = await usedHome()
  const database = await start({ home })
  const busy = query(database.databaseUrl, 'SELECT count(*) FROM generate_series(1, 1e12::bigint)').catch(
    () => 'lost',
  )
  await until(async () => {
    const rows = await query(database.databaseUrl, `SELECT FROM pg_stat_activity WHERE query LIKE '%1e12%'`)
    return rows.length === 2
  })
  const first = database.pid()
  process.kill(first, 'SIGKILL')
  await until(() => database.pid() !== first)
  expect(await busy).toBe('lost')
  expect(await kept(database.databaseUrl)).toEqual([{ answer: 42 }])
})

test('kill -9 of one of its children is recovered by PostgreSQL itself', async () => {
  const database = await start({ home: await usedHome() })
  const lost = query(database.databaseUrl, 'SELECT pg_sleep(600) AS victim')
  const ended = lost.catch(() => 'lost')
  let pid = 0
  await until(async () => {
    const rows = await query(
      database.databaseUrl,
      `SELECT pid FROM pg_stat_activity WHERE query LIKE '%AS victim%' AND pid <> pg_backend_pid()`,
    )
    pid = Number(rows[0]?.['pid'] ?? 0)
    return pid > 0
  })
  process.kill(pid, 'SIGKILL')
  expect(await ended).toBe('lost')
  await until(() =>
    kept(database.databaseUrl).then(
      () => true,
      () => false,
    ),
  )
})

test('a home without its password, as a copy may be, gets a new one', async () => {
  const home = await usedHome()
  const file = path.join(home, 'postgres', 'password')
  const before = await readFile(file, 'utf8')
  await writeFile(file, '')
  const { databaseUrl } = await start({ home })
  expect(await kept(databaseUrl)).toEqual([{ answer: 42 }])
  expect(await readFile(file, 'utf8')).not.toBe(before)
})

test('a password that is not the database’s is named', async () => {
  const home = await usedHome()
  await writeFile(path.join(home, 'postgres', 'password'), 'somebody-elses')
  expect((await refusal({ home })).message).toContain('postgres/password')
})

test('the log is bounded, and goes on after it was cut', async () => {
  const home = await newHome()
  const { databaseUrl } = await start({ home })
  const log = path.join(home, 'postgres', 'postgres.log')
  await query(databaseUrl, 'SELECT nonsense_one').catch(() => {})
  await rotateLog(log, 1)
  await query(databaseUrl, 'SELECT nonsense_two').catch(() => {})
  expect(await readFile(`${log}.1`, 'utf8')).toContain('nonsense_one')
  const now = await readFile(log, 'utf8')
  expect(now).toContain('nonsense_two')
  expect(now).not.toContain('nonsense_one')
})
