import { afterEach, expect, it } from 'vitest'
import { markRestored, settleRestored } from '../../src/flows/after-restore.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

const hour = 3_600_000

/** The ledger forgets what became of the order, as if it were a backup from before; it waits for nobody. */
async function forget(id: string): Promise<void> {
  await world.db
    .updateTable('orders')
    .set({
      status: 'imported',
      record_id: null,
      record_number: null,
      record_url: null,
      posted_at: null,
      posted_raw_id: null,
      record_lines: null,
    })
    .where('id', '=', id)
    .execute()
}

it('shipments that left before an order was found in NetSuite reach the shop', async () => {
  world = await makeWorld({ mapping: demoMapping })
  const { shop, netsuite } = world
  const placed = shop.control.newOrder()
  await world.poll()
  const before = await world.order(placed.number)
  await forget(before.id)
  netsuite.control.ship(before.record_id!, { carrier: 'DHL', tracking: 'EARLY' })
  // Others leave for hours, and are read.
  const other = shop.control.newOrder()
  await world.advance(6 * hour)
  await world.poll()
  await world.advance(6 * hour)
  netsuite.control.ship((await world.order(other.number)).record_id!, { tracking: 'LATE' })
  await world.advance(60_000)
  expect((await world.order(other.number)).status).toBe('complete')

  await world.db.updateTable('orders').set({ status: 'scheduled' }).where('id', '=', before.id).execute()
  await markRestored(world.db, world.now())
  await settleRestored(world.deps)
  await world.settle()
  expect(await world.order(placed.number)).toMatchObject({
    record_id: before.record_id,
    record_lines: before.record_lines,
  })
  await world.advance(60_000)
  await world.advance(60_000)
  expect((await world.order(placed.number)).status).toBe('complete')
})
