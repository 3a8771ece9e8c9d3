import { chmod, copyFile, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { OrderDetail, OrderPage } from '../../src/server/schemas.ts'
import { isAlive, newHome, type Started, startCommand, until, waybill } from '../support/command.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { type Outside, startOutside } from '../support/shop-and-netsuite.ts'

interface Place {
  home: string
  database: TestDatabase
  env: NodeJS.ProcessEnv
  remove(): Promise<void>
}

// Each test starts several processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let outside: Outside
let first: Place
let second: Place
const running: Started[] = []

async function newPlace(): Promise<Place> {
  const { home, remove } = await newHome()
  const database = await testDatabase('template1')
  const env = { WAYBILL_HOME: home, DATABASE_URL: database.url, WAYBILL_LOG: 'silent', ...outside.env }
  return {
    home,
    database,
    env,
    remove: async () => {
      await database.drop()
      await remove()
    },
  }
}

beforeEach(async () => {
  outside = await startOutside()
  first = await newPlace()
  second = await newPlace()
})
afterEach(async () => {
  for (const started of running.splice(0)) if (isAlive(started.pid)) await started.stop()
  await first.remove()
  await second.remove()
  await outside.close()
})

async function start(place: Place): Promise<Started> {
  const started = await startCommand(['start', '--port', '0'], place.env)
  running.push(started)
  return started
}
const ordersOf = async (place: Place, ...more: string[]) =>
  (await waybill(['orders', '--json', ...more], place.env)).json<OrderPage>().items

test('a backup of before, restored: what was posted since is found, not sent again, and the rest goes', async () => {
  const old = await start(first)
  const file = path.join(first.home, 'waybill.yaml')
  await writeFile(file, outside.yaml)
  // Nothing can be posted for now: the orders wait.
  outside.netsuite.control.fault({ kind: 'error500' })
  await waybill(['apply', '-f', file], first.env)
  const placed = Array.from({ length: 5 }, () => outside.shop.control.newOrder().number)
  await until('five that wait', async () => (await ordersOf(first, '--status', 'scheduled')).length === 5)

  const copy = path.join(first.home, 'copy.gz')
  const made = await waybill(['backup', copy], first.env)
  expect(made).toMatchObject({ code: 0, stderr: '' })
  expect(made.stdout).toMatch(/Credentials stay sealed.*key/)
  expect((await stat(copy)).mode & 0o777).toBe(0o600)
  expect(gunzipSync(await readFile(copy)).includes(outside.env.SHOP_SECRET)).toBe(false)

  outside.netsuite.control.clearFaults()
  await until('all posted', async () => (await ordersOf(first, '--status', 'posted')).length === 5, 40_000)
  await old.stop()
  expect(outside.netsuite.records.orders()).toHaveLength(5)
  const later = outside.shop.control.newOrder().number

  const restored = await waybill(['restore', copy], second.env)
  expect(restored).toMatchObject({ code: 0, stderr: '' })
  expect(restored.stdout).toMatch(/put the key of the backed-up Waybill at/)
  const keyless = await waybill(['start', '--port', '0'], second.env)
  expect(keyless.code).toBe(1)
  expect(keyless.stderr).toMatch(/key file .* is missing/)
  await copyFile(path.join(first.home, 'key'), path.join(second.home, 'key'))

  await start(second)
  await until('all six', async () => (await ordersOf(second, '--status', 'posted')).length === 6, 40_000)
  expect(outside.netsuite.records.orders()).toHaveLength(6)
  const order = (await waybill(['order', placed[0]!, '--json'], second.env)).json<OrderDetail>()
  expect(order.events.map((event) => event.kind)).toContain('restored')
  expect(order.attempts.every((attempt) => attempt.kind !== 'post' || attempt.outcome !== 'posted')).toBe(
    true,
  )
  expect((await ordersOf(second, '--search', later))[0]?.status).toBe('posted')

  const full = await waybill(['restore', copy], second.env)
  expect(full.code).toBe(1)
  expect(full.stderr).toMatch(/empty database/)
})

test('a copy goes into no file that was laid there for it', async () => {
  const started = await start(first)
  await started.stop()
  const [copy, theirs] = [path.join(first.home, 'copy.gz'), path.join(first.home, 'theirs')]
  await writeFile(theirs, '')
  await symlink(theirs, `${copy}.part`)
  expect((await waybill(['backup', copy], first.env)).code).toBe(0)
  expect((await stat(theirs)).size).toBe(0)
  await writeFile(`${copy}.part`, '')
  await chmod(`${copy}.part`, 0o666)
  expect((await waybill(['backup', copy], first.env)).code).toBe(0)
  expect((await stat(copy)).mode & 0o777).toBe(0o600)
})

test('a token that others may read is not used', async () => {
  const started = await start(first)
  await started.stop()
  const token = path.join(first.home, 'token')
  await chmod(token, 0o644)
  const refused = await waybill(['start', '--port', '0'], first.env)
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(/token .*can be read by others \(mode 644\).*delete it/)
})

test('without a server the copy is made from the database; a broken one is refused whole', async () => {
  const started = await start(first)
  await started.stop()
  const copy = path.join(first.home, 'copy.gz')
  expect((await waybill(['backup', copy, '--json'], first.env)).json()).toMatchObject({ file: copy })
  await truncate(copy, (await stat(copy)).size - 20)
  const refused = await waybill(['restore', copy], second.env)
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(/backup cannot be read/)
  const { rows } = await second.database.pool.query(
    `SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace`,
  )
  expect(rows).toEqual([])
  expect((await waybill(['restore', path.join(first.home, 'none.gz')], second.env)).code).toBe(2)
  const nowhere = await waybill(['backup', path.join(first.home, 'no', 'such', 'folder.gz')], first.env)
  expect(nowhere.code).toBe(1)
  expect(nowhere.stderr).toMatch(/could not be written \(ENOENT\)/)
})
