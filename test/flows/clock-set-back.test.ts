import { afterEach, expect, it } from 'vitest'
import { countFromNow } from '../../src/ledger/clock-set-back.ts'
import { enqueue } from '../../src/ledger/jobs.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

const hour = 3_600_000

it('what was put off while our clock was hours ahead does not wait for those hours when it is right again', async () => {
  world = await makeWorld({ mapping: demoMapping })
  await world.poll()
  // Somebody sets the clock ahead, and meanwhile neither shop nor NetSuite can be reached.
  world.pass(3 * hour)
  await world.shop.control.down('refused')
  await world.netsuite.control.down()
  world.shop.control.placeOrder(world.shop.control.draftOrder({ country: 'DE', guest: 1 }))
  await world.poll()
  await world.advance(60_000)
  const blocked = await world.db.selectFrom('connections').select('blocked_until').execute()
  expect(blocked.some(({ blocked_until: at }) => at !== null && at > world.now())).toBe(true)

  await world.shop.control.up()
  await world.netsuite.control.up()
  world.pass(-3 * hour)
  for (let minutes = 0; minutes < 10; minutes += 1) await world.advance(60_000)
  expect((await world.orders()).map(({ status }) => status)).toEqual(['posted'])
})

it('work that has its time of the day is not done sooner for it', async () => {
  world = await makeWorld()
  const at = new Date(world.now().getTime() + 5 * hour)
  await world.db
    .transaction()
    .execute((tx) =>
      enqueue(tx, [{ kind: 'reconcile-daily', key: world.shopId, connectionId: world.shopId, runAt: at }]),
    )
  world.pass(-hour)
  await world.settle()
  expect(
    await world.db.selectFrom('jobs').select('run_at').where('kind', '=', 'reconcile-daily').execute(),
  ).toEqual([{ run_at: at }])
})

it('of several workers that see the clock go back, the first counts delays anew', async () => {
  world = await makeWorld()
  const now = world.now()
  const after = (ms: number) => new Date(now.getTime() + ms)
  const minute = 60_000
  await world.db.transaction().execute((tx) =>
    enqueue(tx, [
      // Put off by ten minutes by the clock that was two hours ahead, and due by it.
      { kind: 'poll', key: 'a', connectionId: world.shopId, runAt: after(2 * hour + 10 * minute) },
      { kind: 'poll', key: 'b', connectionId: world.shopId, runAt: after(hour) },
    ]),
  )
  await countFromNow(world.db, { before: after(2 * hour), now })
  await countFromNow(world.db, { before: after(2 * hour + 1000), now: after(1000) })
  const jobs = world.db.selectFrom('jobs').select(['key', 'run_at']).where('kind', '=', 'poll').orderBy('key')
  expect((await jobs.execute()).find(({ key }) => key === 'a')).toEqual({
    key: 'a',
    run_at: after(10 * minute),
  })
  expect((await jobs.execute()).find(({ key }) => key === 'b')?.run_at ?? now).toEqual(now)
})
