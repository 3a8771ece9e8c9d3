import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { markRestored, settleRestored } from '../../src/flows/after-restore.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await makeWorld({ mapping: demoMapping })
})
afterEach(() => world.stop())

const inNetSuite = () => world.netsuite.records.orders()

/** The ledger as it was when the order was still waiting: a backup of that moment, restored. */
async function forgetPosting(orderId: string): Promise<void> {
  await world.db
    .updateTable('orders')
    .set({ status: 'scheduled', record_id: null, record_number: null, record_url: null, posted_at: null })
    .where('id', '=', orderId)
    .execute()
  await sql`DELETE FROM attempts`.execute(world.db)
}

test('an order that was posted after the backup is found, and nothing is sent', async () => {
  const placed = world.shop.control.newOrder()
  await world.poll()
  const before = await world.order(placed.number)
  expect(before.status).toBe('posted')
  await forgetPosting(before.id)
  await markRestored(world.db, world.now())
  expect(await settleRestored(world.deps)).toBe(1)
  await world.settle()
  expect(await world.order(placed.number)).toMatchObject({ status: 'posted', record_id: before.record_id })
  expect(inNetSuite()).toHaveLength(1)
  expect((await world.events(before.id)).slice(-2)).toEqual(['restored', 'found_in_backend'])
})

test('an order that is not there goes once, and only when no old request can be running any more', async () => {
  world.netsuite.control.fault({ kind: 'error500', path: 'salesOrder', times: 1 })
  const placed = world.shop.control.newOrder()
  await world.poll()
  const order = await world.order(placed.number)
  expect(order.status).not.toBe('posted')
  await sql`UPDATE orders SET status = 'scheduled', unknown_until = NULL`.execute(world.db)
  await markRestored(world.db, world.now())
  await settleRestored(world.deps)
  await world.settle()
  expect((await world.order(placed.number)).status).toBe('verifying')
  expect(inNetSuite()).toHaveLength(0)
  for (let i = 0; i < 10; i++) await world.advance(1000)
  expect((await world.order(placed.number)).status).toBe('posted')
  expect(inNetSuite()).toHaveLength(1)
})

test('it is done once, and a ledger that was not restored is left alone', async () => {
  expect(await settleRestored(world.deps)).toBe(0)
  await markRestored(world.db, world.now())
  world.shop.control.newOrder()
  await world.poll()
  await forgetPosting((await world.orders())[0]!.id)
  const counts = await Promise.all([settleRestored(world.deps), settleRestored(world.deps)])
  expect(counts.toSorted((a, b) => a - b)).toEqual([0, 1])
})
