import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { OrderPage, ReconciliationJson } from '../../src/server/schemas.ts'
import { until } from '../support/command.ts'
import { type RunningWaybill, startRunningWaybill } from '../support/running-waybill.ts'

// Each test starts several processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let running: RunningWaybill
let outside: RunningWaybill['outside']
let run: RunningWaybill['run']
beforeAll(async () => {
  running = await startRunningWaybill()
  ;({ outside, run } = running)
})
afterAll(() => running?.stop())

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
