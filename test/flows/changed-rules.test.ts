import { stringify } from 'yaml'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { allowList } from '../../src/connectors/addresses.ts'
import { backends, channels } from '../../src/connectors/index.ts'
import { applyConfiguration } from '../../src/flows/apply-configuration.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
beforeEach(async () => {
  world = await makeWorld({ mapping: demoMapping })
})
afterEach(() => world.stop())

/** Applies a file that says of the world's one route only what is imported. */
async function importing(rules: { statuses: string[]; since: string }): Promise<void> {
  const applied = await applyConfiguration(
    {
      db: world.db,
      vault: world.vault,
      now: world.now,
      newId: () => crypto.randomUUID(),
      connectors: { channels, backends },
      allow: allowList(['127.0.0.1']),
    },
    {
      yaml: stringify({
        routes: [{ name: 'route', from: 'shop', to: 'netsuite', import: rules, mapping: demoMapping }],
      }),
      values: {},
      dryRun: false,
      prune: false,
      actor: 'person',
    },
  )
  if (!applied.ok) throw new Error(JSON.stringify(applied.error))
  await world.settle()
}

test('orders that the old statuses held go when the new ones let them through; the others say the new rule', async () => {
  const held = world.shop.control.newOrder({ status: 'on-hold' })
  const pending = world.shop.control.newOrder({ status: 'pending' })
  await world.poll()
  expect((await world.order(held.number)).status).toBe('held')
  await importing({ statuses: ['processing', 'on-hold'], since: '2026-01-01' })
  const released = await world.order(held.number)
  expect(released.status).toBe('posted')
  expect(await world.events(released.id)).toEqual(['seen', 'released', 'posting', 'posted'])
  expect((await world.order(pending.number)).status).toBe('held')
})

test('an earlier start brings orders that were never read, and those that were held by it', async () => {
  const old = world.shop.control.placeOrder({
    ...world.shop.control.draftOrder(),
    createdAt: Math.floor(Date.parse('2025-06-01T10:00:00Z') / 1000),
  })
  await world.poll()
  const before = (await world.orders()).find((order) => order.number === old.number)
  expect(before === undefined || before.status === 'held').toBe(true)
  await importing({ statuses: ['processing'], since: '2025-05-01' })
  expect((await world.order(old.number)).status).toBe('posted')
})
