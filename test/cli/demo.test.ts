import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { OrderPage, ProblemGroup } from '../../src/server/schemas.ts'
import { isAlive, newHome, type Started, startCommand, until, waybill } from '../support/command.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 })

interface DemoReady {
  url: string
  shop: { url: string; control: string }
  netsuite: { url: string }
}

let home: string
let removeHome: () => Promise<void>
let started: Started | null = null

beforeEach(async () => {
  ;({ home, remove: removeHome } = await newHome())
})
afterEach(async () => {
  if (started && isAlive(started.pid)) await started.stop()
  await removeHome()
})

const demo = async (): Promise<DemoReady> => {
  started = await startCommand(['demo', '--port', '0'], { WAYBILL_HOME: home, WAYBILL_LOG: 'silent' })
  return started.ready as unknown as DemoReady
}
const list = async (...more: string[]) =>
  (await waybill(['orders', '--json', '--limit', '500', ...more], { WAYBILL_HOME: home })).json<OrderPage>()
    .items

test('orders flow, some fail; what a crash or a second start finds is what was there', async () => {
  const first = await demo()
  await until('forty orders in NetSuite', async () => (await list('--status', 'posted')).length >= 40, 60_000)
  const { items } = (await waybill(['problems', '--json'], { WAYBILL_HOME: home })).json<{
    items: ProblemGroup[]
  }>()
  const codes = items.map((problem) => problem.code)
  for (const code of [
    'unknown_sku',
    'inactive_item',
    'unmapped_payment_method',
    'customer_other_subsidiary',
    'missing_field',
    'total_would_differ',
  ])
    expect(codes).toContain(code)
  expect((await list('--status', 'held')).length).toBeGreaterThan(0)
  expect(await readFile(path.join(home, 'demo', 'waybill.yaml'), 'utf8')).toContain('${DEMO_SHOP_SECRET}')

  // Waybill is killed; the shop and NetSuite go on, and so does Waybill.
  const { pid } = JSON.parse(await readFile(path.join(home, 'server.json'), 'utf8')) as { pid: number }
  process.kill(pid, 'SIGKILL')
  expect((await fetch(first.shop.url)).status).toBeLessThan(500)
  await until('Waybill again', async () => (await waybill(['orders'], { WAYBILL_HOME: home })).code === 0)

  const before = await list()
  expect(await started!.stop()).toBe(0)
  await demo()
  const after = await list()
  const recordOf = (orders: OrderPage['items']) =>
    Object.fromEntries(orders.map((order) => [order.number, order.record?.number]))
  expect(recordOf(after)).toMatchObject(recordOf(before))
  expect((await waybill(['check'], { WAYBILL_HOME: home })).code).toBe(0)
  const posted = before.find((order) => order.record !== null)!
  const why = (await waybill(['why', posted.number, '--json'], { WAYBILL_HOME: home })).json<{
    verdict: string
  }>()
  expect(why.verdict).toBe('in_backend')
})
