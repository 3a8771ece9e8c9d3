import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { OrderPage, ReconciliationJson } from '../../src/server/schemas.ts'
import { newHome, type Ran, type Started, startCommand, until, waybill } from '../support/command.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { type Outside, startOutside } from '../support/shop-and-netsuite.ts'

// Each test starts several processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let database: TestDatabase
let outside: Outside
let started: Started
let home: string
let removeHome: () => Promise<void>

const run = (...args: string[]): Promise<Ran> => waybill(args, { WAYBILL_HOME: home, ...outside.env })

beforeAll(async () => {
  ;({ home, remove: removeHome } = await newHome())
  database = await testDatabase('template1')
  outside = await startOutside()
  await writeFile(path.join(home, 'waybill.yaml'), outside.yaml)
  started = await startCommand(['start', '--port', '0'], {
    WAYBILL_HOME: home,
    DATABASE_URL: database.url,
    WAYBILL_ALLOW_HOSTS: '127.0.0.1',
    WAYBILL_LOG: 'silent',
  })
  await run('apply', '-f', path.join(home, 'waybill.yaml'))
})
afterAll(async () => {
  await started?.stop()
  await outside?.close()
  await database?.drop()
  await removeHome?.()
})

test('prints each day, what differs with its command, and ends with what is unexplained', async () => {
  const placed = outside.shop.control.newOrder({ country: 'DE' })
  const held = outside.shop.control.newOrder({ trouble: 'held_status' })
  const orders = async () => (await run('orders', '--json')).json<OrderPage>().items
  await until('an order is posted', async () => (await orders()).some((order) => order.record !== null))
  await until('an order is held', async () => (await orders()).some((order) => order.hold !== null))
  const [posted] = (await orders()).filter(({ status }) => status === 'posted')
  outside.netsuite.control.deleteOrder(posted!.record!.id)

  const told = await run('reconcile', 'shop', '--since', '1d')
  expect(told.stderr).toBe('')
  expect(told.code).toBe(0)
  const lines = told.stdout.trimEnd().split('\n')
  expect(lines[0]).toMatch(
    /^Day \(.+\) +At the shop +In Waybill +In NetSuite +Imported now +Explained +Unexplained$/,
  )
  expect(told.stdout).toMatch(/\nTotal +2 +2 +0 +0 +2 +0\n/)
  expect(told.stdout).toContain(`→ Post it again: waybill post ${placed.number} --again`)
  expect(told.stdout).toContain(`→ Import it anyway: waybill import shop ${held.number} --anyway`)
  expect(lines.at(-1)).toBe('0 imported now, 2 explained, 0 unexplained')

  const again = await run('post', placed.number, '--again')
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('Order posted')])
  const json = (await run('reconcile', 'shop', '--json')).json<ReconciliationJson>()
  expect(json).toMatchObject({ state: 'done', totals: { inBackend: 1, explained: 1, unexplained: 0 } })
})

test('ends with 1 where it has no result, and says why', async () => {
  const unknown = await run('reconcile', 'nobody')
  expect(unknown.code).toBe(1)
  expect(unknown.stderr).toContain('nobody')
  await outside.netsuite.control.down()
  const waiting = await run('reconcile', 'shop', '--wait', '3')
  expect(waiting.code).toBe(1)
  expect(waiting.stderr).toContain('There is no result yet')
  expect((await run('let-be', 'no-such-order')).code).toBe(1)
})
