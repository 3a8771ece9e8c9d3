import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { CheckResult } from '../../src/flows/check-connection.ts'
import type { ConnectionActivityJson, OrderPage } from '../../src/server/schemas.ts'
import { newHome, type Started, startCommand, until, waybill } from '../support/command.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { apiOf } from '../support/demo.ts'
import { type Outside, startOutside } from '../support/shop-and-netsuite.ts'

// Several processes are started, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let home: Awaited<ReturnType<typeof newHome>>
let database: TestDatabase
let outside: Outside
let server: Started
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  home = await newHome()
  database = await testDatabase('template1')
  outside = await startOutside()
  env = {
    WAYBILL_HOME: home.home,
    DATABASE_URL: database.url,
    WAYBILL_ALLOW_HOSTS: '127.0.0.1',
    WAYBILL_LOG: 'silent',
  }
  server = await startCommand(['server', '--port', '0'], env)
  const file = path.join(home.home, 'waybill.yaml')
  await writeFile(file, outside.yaml)
  const applied = await run('apply', '-f', file)
  if (applied.code !== 0) throw new Error(`waybill apply failed: ${applied.stderr}`)
})
afterAll(async () => {
  await server?.stop()
  await outside?.close()
  await database?.drop()
  await home?.remove()
})

const run = (...args: string[]) => waybill(args, { WAYBILL_HOME: home.home, ...outside.env })
const posted = async (number: string) =>
  (await run('orders', '--json'))
    .json<OrderPage>()
    .items.some((order) => order.number === number && order.record)
async function callsTo(name: string): Promise<number> {
  const api = await apiOf(home.home, server.ready['url']!)
  return (await api<ConnectionActivityJson>(`/connections/${name}/activity`)).total.calls
}

test('processes add up how they called; one that stops writes the rest down, and one that is killed loses that alone', async () => {
  const [first, second] = [await startCommand(['worker'], env), await startCommand(['worker'], env)]
  const one = outside.shop.control.newOrder().number
  await until('the order is posted', () => posted(one))
  // Less than a minute has passed: what the workers counted is still their own.
  expect(await callsTo('netsuite')).toBe(0)
  expect(await first.stop()).toBe(0)
  expect(await second.stop()).toBe(0)
  const asked = outside.netsuite.control.requests().length
  expect(await callsTo('netsuite')).toBe(asked)

  const { items } = (await run('check', '--json')).json<{ items: CheckResult[] }>()
  expect(items.map(({ ok }) => ok)).toEqual([true, true])
  const all = outside.netsuite.control.requests().length
  expect(all).toBeGreaterThan(asked)
  expect(await callsTo('netsuite')).toBe(all)

  const third = await startCommand(['worker'], env)
  const other = outside.shop.control.newOrder().number
  await until('the order is posted', () => posted(other))
  process.kill(third.ready.pid, 'SIGKILL')
  // Before it starts another worker.
  third.kill('SIGKILL')
  await third.ended
  expect(await callsTo('netsuite')).toBe(all)
  expect(outside.netsuite.records.orders()).toHaveLength(2)
})
