import { afterEach, describe, expect, it } from 'vitest'
import { actOnOrders } from '../../src/flows/actions.ts'
import type { OrderAction } from '../../src/flows/available-actions.ts'
import type { OrderRow } from '../../src/ledger/orders.ts'
import { startRangeImport } from '../../src/flows/import-range.ts'
import { mostDeaths } from '../../src/jobs/faulty-job.ts'
import { connectionById } from '../../src/ledger/health.ts'
import { connectionProblems } from '../../src/ledger/views/problems.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { demoIds } from '../../src/sandbox/netsuite/demo.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())
const start = async () => (world = await makeWorld({ mapping: demoMapping }))

const inNetSuite = () => world.netsuite.records.orders()
const act = (action: OrderAction, order: OrderRow) =>
  actOnOrders(world.deps, { action, orderIds: [order.id], actor: 'person' })
const codes = async (order: OrderRow) => (await world.problems(order.id)).map((problem) => problem.code)

async function minutes(n: number): Promise<void> {
  for (let i = 0; i < n; i += 1) await world.advance(60_000)
}

/** A posted order whose total could not be read. */
async function postedUnread() {
  const { shop, netsuite } = await start()
  netsuite.control.fault({ kind: 'garbage', method: 'GET', path: 'salesOrder/' })
  const placed = shop.control.newOrder({ country: 'DE' })
  await world.poll()
  expect(await world.order(placed.number)).toMatchObject({ status: 'posted', record_total: null })
  return placed
}

describe('an order that NetSuite fails on every time', () => {
  it('stops after a few times with what was answered, and goes when a person posts it again', async () => {
    const { shop, netsuite } = await start()
    netsuite.control.fault({ kind: 'error500', method: 'POST', path: 'record/v1/salesOrder' })
    const placed = shop.control.newOrder()
    await world.poll()
    await minutes(12)
    const stopped = await world.order(placed.number)
    expect(stopped.status).toBe('post_error')
    expect(await world.problems(stopped.id)).toMatchObject([
      { code: 'gave_up_retrying', detail: expect.stringContaining('HTTP 500') },
    ])
    const sent = () =>
      netsuite.control.requests().filter((one) => one.method === 'POST' && one.path.endsWith('/salesOrder'))
        .length
    expect(sent()).toBe(5)
    await minutes(10)
    expect(sent()).toBe(5)
    netsuite.control.clearFaults()
    await act('post', stopped)
    await world.settle()
    expect((await world.order(placed.number)).status).toBe('posted')
    expect(inNetSuite()).toHaveLength(1)
  })

  it('and cannot be looked for, says so while it is looked for on and on', async () => {
    const { shop, netsuite } = await start()
    netsuite.control.fault({ kind: 'loseAnswer', method: 'POST', path: 'salesOrder', times: 1 })
    netsuite.control.fault({ kind: 'garbage', method: 'GET', path: 'salesOrder' })
    const placed = shop.control.newOrder()
    await world.poll()
    await minutes(8)
    const order = await world.order(placed.number)
    expect(order.status).toBe('verifying')
    expect(await codes(order)).toEqual(['not_json'])
    netsuite.control.clearFaults()
    await minutes(2)
    expect((await world.order(placed.number)).status).toBe('posted')
    expect(await codes(order)).toEqual([])
    expect(inNetSuite()).toHaveLength(1)
  })
})

describe('an order whose total is not known', () => {
  it('says why when it cannot be read again and again, and stops saying so when it can', async () => {
    const placed = await postedUnread()
    await minutes(8)
    const order = await world.order(placed.number)
    expect(await codes(order)).toEqual(['not_json'])
    world.netsuite.control.clearFaults()
    await minutes(2)
    expect(Number((await world.order(placed.number)).record_total)).toBe(Number(placed.total))
    expect(await codes(order)).toEqual([])
  })

  it('says that the record is gone, and is well again when it is back', async () => {
    const placed = await postedUnread()
    const order = await world.order(placed.number)
    expect(world.netsuite.control.deleteOrder(order.record_id!).ok).toBe(true)
    world.netsuite.control.clearFaults()
    await minutes(2)
    expect((await world.order(placed.number)).status).toBe('post_error')
    expect(await codes(order)).toEqual(['record_missing'])
    expect((await act('check_again', order)).done).toEqual([order.id])
    await world.settle()
    expect(await codes(order)).toEqual(['record_missing'])
  })

  it('is compared also when it has been shipped meanwhile', async () => {
    const { shop, netsuite } = await start()
    shop.control.newOrder({ country: 'DE' })
    await world.poll()
    await minutes(1)
    for (const id of Object.values(demoIds.taxCodes)) netsuite.control.changeTaxCode(id, '30')
    netsuite.control.fault({ kind: 'garbage', method: 'GET', path: 'salesOrder/' })
    const placed = shop.control.newOrder({ country: 'DE' })
    await world.poll()
    const order = await world.order(placed.number)
    netsuite.control.ship(order.record_id!, { tracking: 'A1' })
    await minutes(1)
    expect((await world.order(placed.number)).status).toBe('complete')
    netsuite.control.clearFaults()
    await minutes(2)
    expect((await world.order(placed.number)).status).toBe('complete')
    expect(await codes(order)).toEqual(['total_differs'])
    expect((await act('accept_total', order)).done).toEqual([order.id])
    expect(await codes(order)).toEqual([])
    expect(await world.order(placed.number)).toMatchObject({ status: 'complete', total_accepted: true })
  })

  it('is asked for again when it was cancelled meanwhile and taken up again', async () => {
    const placed = await postedUnread()
    await act('cancel', await world.order(placed.number))
    world.netsuite.control.clearFaults()
    await minutes(2)
    expect((await world.order(placed.number)).record_total).toBeNull()
    await act('uncancel', await world.order(placed.number))
    await world.settle()
    expect(Number((await world.order(placed.number)).record_total)).toBe(Number(placed.total))
  })
})

describe('work of a connection that fails while the rest goes on', () => {
  it('is shown when shipments cannot be read, until they can', async () => {
    const { shop, netsuite, db } = await start()
    shop.control.newOrder()
    await world.poll()
    await minutes(1)
    netsuite.control.fault({ kind: 'garbage', method: 'POST', path: 'suiteql' })
    await minutes(7)
    expect(await connectionProblems(db)).toMatchObject([
      { code: 'work_failing', subject: 'Reading shipments', connection_id: world.netsuiteId },
    ])
    netsuite.control.clearFaults()
    await minutes(2)
    expect(await connectionProblems(db)).toEqual([])
  })

  it('is shown when the program itself fails at it', async () => {
    const { shop, deps, db } = await start()
    const channelOf = deps.channelOf
    deps.log = { ...deps.log, error: () => undefined }
    deps.channelOf = (kind) => ({
      ...channelOf(kind)!,
      changed: () => Promise.reject(new Error('an oversight')),
    })
    await world.poll()
    await minutes(10)
    expect(await connectionProblems(db)).toMatchObject([
      { code: 'work_failing', subject: 'Reading orders', detail: expect.stringContaining('an oversight') },
    ])
    deps.channelOf = channelOf
    const { number } = shop.control.newOrder()
    await minutes(6)
    expect(await connectionProblems(db)).toEqual([])
    expect((await world.order(number)).status).toBe('posted')
  })

  it('ends an import of days with the reason', async () => {
    const { shop, deps, db } = await start()
    await world.poll()
    shop.control.fault({ kind: 'cut', path: 'modified_after=2026-02' })
    const connection = (await connectionById(db, world.shopId))!
    const [from, to] = [new Date('2026-02-10T00:00:00Z'), new Date('2026-02-12T00:00:00Z')]
    await db
      .transaction()
      .execute((tx) => startRangeImport(deps, tx, { connection, from, to, anyway: false, actor: 'person' }))
    await minutes(8)
    expect(await db.selectFrom('imports').select('finished_at').execute()).toEqual([
      { finished_at: expect.any(Date) },
    ])
    expect(await db.selectFrom('import_items').select(['state', 'detail']).execute()).toEqual([
      { state: 'failed', detail: expect.stringContaining('Not all of these days could be read') },
    ])
  })
})

describe('work at which the program ended again and again', () => {
  const ended = (kind: string, times: number) =>
    world.db
      .updateTable('jobs')
      .set({ deaths: times, attempts: times })
      .where('kind', '=', kind as 'post')
      .execute()
  const quietly = () => (world.deps.log = { ...world.deps.log, error: () => undefined })

  it('stops its order before it is begun once more, and goes when a person posts it', async () => {
    const { shop, db } = await start()
    await db
      .updateTable('connections')
      .set({ paused_at: world.now() })
      .where('role', '=', 'backend')
      .execute()
    const placed = shop.control.newOrder()
    await world.poll()
    await ended('post', mostDeaths)
    quietly()
    await db.updateTable('connections').set({ paused_at: null }).execute()
    await world.settle()
    const stopped = await world.order(placed.number)
    expect(stopped.status).toBe('post_error')
    expect(await world.problems(stopped.id)).toMatchObject([
      { code: 'program_fault', detail: expect.stringContaining(`ended ${mostDeaths} times`) },
    ])
    expect(inNetSuite()).toEqual([])
    await act('post', stopped)
    await world.settle()
    expect((await world.order(placed.number)).status).toBe('posted')
  })

  it('is shown on the connection, tried again after a while, and shown no more when it works', async () => {
    const { shop, db } = await start()
    await world.poll()
    await ended('poll', mostDeaths)
    quietly()
    const placed = shop.control.newOrder()
    await minutes(2)
    expect(await connectionProblems(db)).toMatchObject([
      {
        code: 'work_failing',
        subject: 'Reading orders',
        detail: expect.stringContaining(`ended ${mostDeaths} times`),
      },
    ])
    expect(await world.orders()).toEqual([])
    await minutes(5)
    expect(await connectionProblems(db)).toEqual([])
    expect((await world.order(placed.number)).status).toBe('posted')
    const jobs = await db.selectFrom('jobs').select('deaths').execute()
    expect(jobs.every(({ deaths }) => deaths === 0)).toBe(true)
  })
})
