import { execFileSync } from 'node:child_process'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { isAlive, newHome, type Started, startCommand, until, waybill } from '../support/command.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

// Each test starts several processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let home: string
let removeHome: () => Promise<void>
const running: Started[] = []

beforeEach(async () => {
  ;({ home, remove: removeHome } = await newHome())
})
afterEach(async () => {
  for (const started of running.splice(0)) {
    if (isAlive(started.pid)) await started.stop()
  }
  await removeHome()
})

async function start(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Started> {
  const started = await startCommand(args, { WAYBILL_HOME: home, ...env })
  running.push(started)
  return started
}

const processesOf = (text: string): string[] =>
  execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text) && !line.includes('ps -eo'))

const oneLine = (text: string): string => {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('{'))
  expect(lines).toHaveLength(1)
  return lines[0]!
}

describe('on the embedded database', () => {
  test('serves, tells the command on this machine where it is, and stops in order', async () => {
    const started = await start(['start', '--port', '0'])
    expect(started.ready).toMatchObject({ home, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) })
    expect((await stat(path.join(home, 'token'))).mode & 0o777).toBe(0o600)
    expect((await stat(path.join(home, 'key'))).mode & 0o777).toBe(0o600)
    const opened = await fetch(started.ready['link']!, { redirect: 'manual' })
    expect(opened.status).toBe(303)
    expect((await fetch(started.ready['link']!, { redirect: 'manual' })).status).toBe(410)
    const listed = await waybill(['orders', '--json'], { WAYBILL_HOME: home })
    expect(listed).toMatchObject({ code: 0, stderr: '' })
    expect(listed.json()).toEqual({ items: [], nextCursor: null })

    const second = await waybill(['start', '--port', '0'], { WAYBILL_HOME: home })
    expect(second.code).toBe(1)
    expect(oneLine(second.stderr)).toMatch(/Another Waybill is running on this home.*WAYBILL_HOME/)

    expect(await started.stop()).toBe(0)
    expect(processesOf(home)).toEqual([])
    const after = await waybill(['orders'], { WAYBILL_HOME: home })
    expect(after.code).toBe(1)
    expect(oneLine(after.stderr)).toMatch(/No Waybill is running.*waybill start/)
  })

  test('starts again after a crash, and leaves nothing behind when its supervisor is killed', async () => {
    const started = await start(['start', '--port', '0'])
    process.kill(started.ready.pid, 'SIGKILL')
    const announced = async () =>
      (JSON.parse(await readFile(path.join(home, 'server.json'), 'utf8')) as { pid: number }).pid
    await until('a second process', async () => (await announced()) !== started.ready.pid)
    expect(started.stderr()).toContain('starting again in')
    expect((await waybill(['orders'], { WAYBILL_HOME: home })).code).toBe(0)

    const second = await announced()
    started.kill('SIGKILL')
    await started.ended
    await until('the end of all', () => !isAlive(second) && processesOf(home).length === 0)
    expect((await start(['start', '--port', '0'])).ready['url']).toBeDefined()
  })
})

describe('on DATABASE_URL', () => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await testDatabase('template1')
  })
  afterEach(() => database.drop())

  test('a port that is in use is one line', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await until('the port', () => other.listening)
    const { port } = other.address() as AddressInfo
    const refused = await waybill(['start', '--port', String(port)], {
      WAYBILL_HOME: home,
      DATABASE_URL: database.url,
    })
    other.close()
    expect(refused.code).toBe(1)
    expect(oneLine(refused.stderr)).toContain(`Port ${port} is in use`)
  })

  test('server and worker apart share the ledger; another key is refused', async () => {
    const env = { DATABASE_URL: database.url, WAYBILL_LOG: 'silent' }
    const server = await start(['server', '--port', '0'], env)
    const worker = await start(['worker'], env)
    expect(worker.ready).toMatchObject({ role: 'worker' })
    const { rows } = await database.pool.query<{ role: string }>('SELECT role FROM workers ORDER BY role')
    expect(rows.map((row) => row.role)).toEqual(['server', 'worker'])
    const refused = await waybill(['worker'], {
      ...env,
      WAYBILL_HOME: home,
      WAYBILL_KEY: Buffer.alloc(32, 3).toString('hex'),
    })
    expect(refused.code).toBe(1)
    expect(oneLine(refused.stderr)).toMatch(/key is not the one this database was made with.*WAYBILL_KEY/)
    expect(await worker.stop()).toBe(0)
    expect(await server.stop()).toBe(0)
  })

  test('a database that is newer than the program is one line', async () => {
    const started = await start(['start', '--port', '0'], {
      DATABASE_URL: database.url,
      WAYBILL_LOG: 'silent',
    })
    await started.stop()
    await database.pool.query(`INSERT INTO migrations (name, timestamp) VALUES ('9999_future', now())`)
    const refused = await waybill(['start', '--port', '0'], {
      WAYBILL_HOME: home,
      DATABASE_URL: database.url,
    })
    expect(refused.code).toBe(1)
    expect(oneLine(refused.stderr)).toMatch(/database is newer.*9999_future/)
  })

  test('Ctrl-C, which a terminal sends to all, is an orderly end', async () => {
    const started = await start(['start', '--port', '0'], {
      DATABASE_URL: database.url,
      WAYBILL_LOG: 'silent',
    })
    process.kill(started.ready.pid, 'SIGINT')
    started.kill('SIGINT')
    expect(await started.ended).toBe(0)
    const { rows } = await database.pool.query('SELECT 1 FROM workers')
    expect(rows).toEqual([])
  })
})

describe('refusals', () => {
  test.each<[string, string[], NodeJS.ProcessEnv, number, RegExp]>([
    [
      'nobody at DATABASE_URL',
      ['start'],
      { DATABASE_URL: 'postgresql://127.0.0.1:1/x' },
      1,
      /DATABASE_URL.*PostgreSQL runs/,
    ],
    ['a worker without a shared database', ['worker'], {}, 2, /DATABASE_URL.*waybill start/],
    ['an allow list that is none', ['start'], { WAYBILL_ALLOW_HOSTS: 'a b' }, 2, /WAYBILL_ALLOW_HOSTS/],
    [
      'a remote address without a token',
      ['orders'],
      { WAYBILL_URL: 'http://127.0.0.1:1' },
      2,
      /WAYBILL_TOKEN/,
    ],
    [
      'nobody at WAYBILL_URL',
      ['orders'],
      { WAYBILL_URL: 'http://127.0.0.1:1', WAYBILL_TOKEN: 'x' },
      1,
      /No Waybill answers.*WAYBILL_URL/,
    ],
  ])('%s', async (_, args, env, code, message) => {
    const refused = await waybill(args, { WAYBILL_HOME: home, ...env })
    expect(oneLine(refused.stderr)).toMatch(message)
    expect(refused.code).toBe(code)
    expect(refused.stdout).toBe('')
  })

  test('a home that cannot be made is one line', async () => {
    await writeFile(path.join(home, 'file'), '')
    const refused = await waybill(['start', '--port', '0'], { WAYBILL_HOME: path.join(home, 'file', 'home') })
    expect(refused.code).toBe(1)
    expect(oneLine(refused.stderr)).toMatch(/not writable|cannot be/)
  })

  test('the demo leaves a home with real orders alone', async () => {
    await mkdir(path.join(home, 'postgres'))
    const refused = await waybill(['demo', '--port', '0'], { WAYBILL_HOME: home })
    expect(refused.code).toBe(1)
    expect(oneLine(refused.stderr)).toMatch(/real orders.*WAYBILL_HOME=/)
  })

  test.each([
    [['ordres'], /Did you mean orders/],
    [['orders', '--limit', 'many'], /whole number/],
    [['start', '--port', '70000'], /0 to 65535/],
    [['why'], /missing required argument/],
    [['apply'], /--file/],
    [['sandbox', 'magento'], /unknown command|too many arguments/],
  ])('wrong usage: %s', async (args, message) => {
    const refused = await waybill(args, { WAYBILL_HOME: home })
    expect(refused.stderr).toMatch(message)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
  })
})
