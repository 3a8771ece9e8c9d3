import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HttpResponse } from '../../src/connectors/contract.ts'
import { type Activity, createActivity, writeActivity } from '../../src/flows/activity.ts'
import { takeSlot, resizeSlots } from '../../src/ledger/slots.ts'
import { type Db, openDatabase } from '../../src/ledger/database.ts'
import { hoursOfCalls, slotsOf } from '../../src/ledger/views/activity.ts'
import { latencyAt } from '../../src/latency.ts'
import { movableClock } from '../support/chance.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { makeEnds } from '../support/many-orders.ts'

const hour = 3_600_000

let database: TestDatabase
let db: Db
let shop: string
let clock: ReturnType<typeof movableClock>
const stopping = new AbortController()
beforeEach(async () => {
  clock = movableClock('2026-03-02T10:20:00Z')
  database = await testDatabase()
  db = openDatabase({ connectionString: database.url }, () => undefined).db
  shop = (await makeEnds(database.pool)).shops[0]
})
afterEach(async () => {
  await db.destroy()
  await database.drop()
})

const process_ = () => createActivity({ now: clock.now, signal: stopping.signal })
const answer = (status: number): HttpResponse => ({ status, headers: {}, body: '', url: '' })

/** Calls side by side, each of which took so long and was answered so; null: no answer. */
function call(activity: Activity, ...ends: [ms: number, status: number | null][]): void {
  const { begins } = activity.watch(shop, ({ status }) => status === 429)
  const ended = ends.map(() => begins())
  for (const [n, [ms, status]] of ends.entries())
    ended[n]!({ ms, answer: status === null ? null : answer(status) })
}

const write = (activity: Activity) => writeActivity({ db, activity })
const kept = () => hoursOfCalls(db, shop, new Date(0))

describe('how calls went', () => {
  it('is kept by the hour: how many, which failed, which were too many, and how long they took', async () => {
    const activity = process_()
    call(activity, [100, 200], [100, 200], [100, 404], [900, 500], [20, 401], [5, 429], [2000, null])
    clock.advance(hour)
    call(activity, [100, 200])
    await write(activity)
    const [first, second] = await kept()
    expect(first).toMatchObject({
      hour: new Date('2026-03-02T10:00:00Z'),
      calls: 7,
      failed: 3,
      throttled: 1,
      busy_ms: '3225',
      peak: 7,
    })
    expect(second).toMatchObject({ hour: new Date('2026-03-02T11:00:00Z'), calls: 1, failed: 0, peak: 1 })
    for (const [share, ms] of [
      [0.5, 100],
      [0.95, 2000],
    ] as const)
      expect(Math.abs(latencyAt(share, first!.latency)! / ms - 1)).toBeLessThan(0.1)
  })

  it('adds up over all processes, and over all that each of them writes', async () => {
    const [one, other] = [process_(), process_()]
    call(one, [10, 200], [10, 200], [10, 200])
    call(other, [40, 200], [40, 503])
    await Promise.all([write(one), write(other)])
    call(one, [10, 429])
    await write(one)
    const [row, ...more] = await kept()
    expect(more).toEqual([])
    expect(row).toMatchObject({ calls: 6, failed: 1, throttled: 1, busy_ms: '120', peak: 3 })
    expect(row!.latency.reduce((sum, n) => sum + n, 0)).toBe(6)
  })

  it('of many processes at the same moment keeps none of them from writing', async () => {
    const processes = Array.from({ length: 8 }, process_)
    for (const activity of processes)
      for (let n = 0; n < 5; n += 1) {
        clock.advance(hour)
        call(activity, [1, 200])
      }
    await Promise.all(processes.map(write))
    expect((await kept()).reduce((sum, row) => sum + row.calls, 0)).toBe(40)
  })

  it('is written once: what was written is not added again, and what could not be written is', async () => {
    const activity = process_()
    call(activity, [10, 200])
    const away = openDatabase({ connectionString: 'postgresql://127.0.0.1:1/none' }, () => undefined).db
    await expect(writeActivity({ db: away, activity })).rejects.toThrow(/ECONNREFUSED/)
    await away.destroy()
    call(activity, [10, 200], [10, 200])
    await write(activity)
    await write(activity)
    expect(await kept()).toMatchObject([{ calls: 3, peak: 2 }])
  })

  it('of a connection that is not there is let go', async () => {
    const activity = process_()
    const { begins } = activity.watch('00000000-0000-4000-8000-000000000000', () => false)
    begins()({ ms: 1, answer: null })
    call(activity, [1, 200])
    await write(activity)
    expect(await kept()).toMatchObject([{ calls: 1 }])
  })

  it('counts no call that Waybill cut off itself because it stops', async () => {
    const stopped = new AbortController()
    const activity = createActivity({ now: clock.now, signal: stopped.signal })
    const { begins } = activity.watch(shop, () => false)
    const ended = begins()
    stopped.abort()
    ended({ ms: 1, answer: null })
    await write(activity)
    expect(await kept()).toMatchObject([{ calls: 0, failed: 0 }])
  })

  it('knows how much of the budget others have in use', async () => {
    await db.transaction().execute((tx) => resizeSlots(tx, shop, 4))
    await database.pool.query(
      `INSERT INTO workers (id, lock_key, role, host, pid, started_at) VALUES ($1, 1, 'worker', 'h', 1, $2)`,
      [shop, clock.now()],
    )
    for (let n = 0; n < 3; n += 1) await takeSlot(db, shop, shop, clock.now())
    const activity = process_()
    call(activity, [10, 200])
    await write(activity)
    expect(await kept()).toMatchObject([{ peak: 3 }])
    expect(await slotsOf(db, shop)).toEqual({ limit: 4, now: 3 })
    await db.transaction().execute((tx) => resizeSlots(tx, shop, 1))
    expect((await slotsOf(db, shop)).limit).toBe(1)
  })
})
