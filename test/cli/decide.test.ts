import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { OrderDetail, OrderPage } from '../../src/server/schemas.ts'
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

const order = async (number: string) => (await run('order', number, '--json')).json<OrderDetail>()
const listed = async (decision: string) =>
  (await run('orders', '--decision', decision, '--json')).json<OrderPage>().items.map(({ number }) => number)

/** An order that is in NetSuite. */
async function posted(): Promise<{ id: number; number: string; record: string }> {
  const { id, number } = outside.shop.control.newOrder({ country: 'DE' })
  let record: string | undefined
  await until('posted', async () => {
    const found = await run('order', number, '--json')
    record = found.code === 0 ? found.json<OrderDetail>().record?.id : undefined
    return record !== undefined
  })
  return { id, number, record: record! }
}

/** An order that the shop changed or cancelled when it was in NetSuite. */
async function toDecide(
  decision: 'changed' | 'cancelled',
  change: (id: number) => void,
): Promise<{ number: string; record: string }> {
  const { id, number, record } = await posted()
  change(id)
  await until('to be decided', async () => (await listed(decision)).includes(number))
  return { number, record }
}
const edited = () =>
  toDecide(
    'changed',
    (id) => void outside.shop.control.edit(id, { customer_note: 'Second bell from the top' }),
  )
const cancelled = () => toDecide('cancelled', (id) => void outside.shop.control.cancel(id))
const isClosed = (record: string) => {
  const { lines } = outside.netsuite.records.order(record)!
  return lines.length > 0 && lines.every(({ closed }) => closed)
}

describe('orders --decision', () => {
  test('lists those that wait for a decision, each under its own word, and says when there is none', async () => {
    expect((await run('orders', '--decision', 'any')).stdout).toBe('No orders match.\n')
    const left = await posted()
    const changed = await edited()
    const gone = await cancelled()
    const shown = await run('orders', '--decision', 'changed')
    expect([shown.code, shown.stderr]).toEqual([0, ''])
    const rows = shown.stdout.trimEnd().split('\n').slice(1)
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatch(new RegExp(`^${changed.number} .*Changed in the shop after posting`))
    expect((await run('orders', '--decision', 'cancelled')).stdout).toMatch(
      new RegExp(`\n${gone.number} .*Cancelled in the shop after posting`),
    )
    expect((await listed('any')).sort()).toEqual([changed.number, gone.number].sort())
    expect(await listed('any')).not.toContain(left.number)

    await run('decide', 'ignore', changed.number)
    await run('decide', 'keep', gone.number)
    expect(await listed('any')).toEqual([])
  })

  test('refuses a word that it does not know, with those it knows', async () => {
    const refused = await run('orders', '--decision', 'maybe')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/maybe.*changed, cancelled, any/)
  })
})

describe('decide', () => {
  test('update brings the change into the record', async () => {
    const { number, record } = await edited()
    expect((await run('order', number)).stdout).toContain(`To decide: waybill decide update ${number}`)
    const done = await run('decide', 'update', number)
    expect([done.code, done.stderr]).toEqual([0, ''])
    expect(done.stdout).toMatch(new RegExp(`^${number}: Order posted, waiting for shipment: SO\\d+\n$`))
    expect(JSON.stringify(outside.netsuite.records.orderFields(record))).toContain('Second bell from the top')
    expect(await listed('any')).toEqual([])
  })

  test('replace closes the record and posts the newer version as another one', async () => {
    const { number, record } = await edited()
    const done = await run('decide', 'replace', number, '--json')
    expect(done.code).toBe(0)
    const [result] = done.json<{ items: { outcome: string; order: OrderDetail }[] }>().items
    expect(result).toMatchObject({
      outcome: 'done',
      order: { status: 'posted', changedAfterPostingAt: null },
    })
    expect(result!.order.record!.id).not.toBe(record)
    expect([isClosed(record), isClosed(result!.order.record!.id)]).toEqual([true, false])
  })

  test('ignore leaves the record as it is, and the difference to be seen', async () => {
    const { number, record } = await edited()
    const done = await run('decide', 'ignore', number)
    expect([done.code, done.stdout]).toEqual([0, expect.stringMatching(/: Order posted.*SO\d+/)])
    expect(JSON.stringify(outside.netsuite.records.orderFields(record))).not.toContain(
      'Second bell from the top',
    )
    expect((await run('order', number)).stdout).toContain(
      'Changed in the shop after it was posted, left as it is:',
    )
  })

  test('close closes the record of an order that the shop cancelled', async () => {
    const { number, record } = await cancelled()
    const done = await run('decide', 'close', number)
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining(`${number}: Cancelled`)])
    expect(isClosed(record)).toBe(true)
    expect(await order(number)).toMatchObject({ status: 'cancelled', cancelReason: 'at_channel' })
  })

  test('keep keeps the record of an order that the shop cancelled', async () => {
    const { number, record } = await cancelled()
    const done = await run('decide', 'keep', number)
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('Order posted')])
    expect(isClosed(record)).toBe(false)
    expect(await order(number)).toMatchObject({ status: 'posted', cancelRequestedAt: null })
  })

  test('refuses a word that it does not know, with those it knows; nothing is asked', async () => {
    const refused = await run('decide', 'burn', '1001')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/burn.*update, replace, ignore, close, keep/)
  })

  test('an order where there is nothing to decide says so, and stays as it is', async () => {
    const { number } = await posted()
    const before = await order(number)
    const nothing = await run('decide', 'update', number)
    expect([nothing.code, nothing.stdout]).toEqual([1, ''])
    expect(nothing.stderr).toContain(number)
    expect(nothing.stderr).toContain('there is no change in the shop to decide about')
    expect((await run('decide', 'close', number)).stderr).toContain(
      'the shop has not cancelled it after it was posted',
    )
    expect(await order(number)).toEqual(before)
  })

  test('the wrong word for an order: what was cancelled is not updated', async () => {
    const { number, record } = await cancelled()
    const wrong = await run('decide', 'update', number)
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('no change in the shop')])
    expect(isClosed(record)).toBe(false)
    expect(await listed('cancelled')).toContain(number)
    await run('decide', 'keep', number)
  })

  test('an order that is not known is named, and the others are decided all the same', async () => {
    const { number } = await edited()
    const ran = await run('decide', 'ignore', '999999', number)
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('999999: ')
    expect(ran.stderr).toContain('1 order of 2 not done.')
    expect(ran.stdout).toMatch(new RegExp(`^${number}: Order posted`))
    expect(await listed('any')).toEqual([])
  })

  test('does not wait for ever where NetSuite is away: it says that it goes by itself, and it does', async () => {
    const { number, record } = await edited()
    await outside.netsuite.control.down()
    const waiting = await run('decide', 'update', number, '--wait', '1')
    await outside.netsuite.control.up()
    expect(waiting.code).toBe(1)
    expect(waiting.stdout).toMatch(/it goes by itself, see: waybill order \d+/)
    const fields = () => JSON.stringify(outside.netsuite.records.orderFields(record))
    await until('the record follows', () => fields().includes('Second bell from the top'), 60_000)
  })
})
