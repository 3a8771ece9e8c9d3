import { stringify } from 'yaml'
import { afterEach, expect, test } from 'vitest'
import { allowList } from '../../src/connectors/addresses.ts'
import { backends, channels } from '../../src/connectors/index.ts'
import { applyConfiguration } from '../../src/flows/apply-configuration.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
afterEach(() => world.stop())
const start = async (options: WorldOptions) =>
  (world = await makeWorld({ mapping: demoMapping, since: '2026-02-20T00:00:00Z', ...options }))

/** Applies a file with this one route, and stops every other. */
async function applyRoute({
  name,
  since,
  statuses = ['processing'],
}: {
  name: string
  since: string
  statuses?: string[]
}): Promise<void> {
  const rules = { import: { statuses, since }, mapping: demoMapping }
  if (name !== 'route') await apply({ routes: [] })
  await apply({ routes: [{ name, from: 'shop', to: 'netsuite', ...rules }] })
}

async function apply(file: object): Promise<void> {
  const yaml = stringify(file)
  const applied = await applyConfiguration(
    {
      db: world.db,
      vault: world.vault,
      now: world.now,
      newId: () => crypto.randomUUID(),
      connectors: { channels, backends },
      allow: allowList(['127.0.0.1']),
    },
    { yaml, values: {}, dryRun: false, prune: true, actor: 'person' },
  )
  if (!applied.ok) throw new Error(JSON.stringify(applied.error))
}

const placedOn = (day: string) => world.shop.control.newOrder({ at: Date.parse(`${day}T12:00:00Z`) / 1000 })

test('a route under another name with an earlier start brings the orders from there', async () => {
  await start({})
  const early = placedOn('2026-02-10')
  const late = placedOn('2026-02-25')
  await world.poll()
  expect((await world.orders()).map((order) => order.number)).toEqual([late.number])
  await applyRoute({ name: 'renamed', since: '2026-02-01' })
  await world.settle()
  expect((await world.order(early.number)).status).toBe('posted')
})

test('orders that wait go over to the new route of their shop, with its mapping', async () => {
  await start({ mapping: { ...demoMapping, payment: { ...demoMapping.payment, methods: {} } } })
  const placed = world.shop.control.newOrder()
  await world.poll()
  expect((await world.order(placed.number)).status).toBe('post_error')
  await applyRoute({ name: 'renamed', since: '2026-02-20' })
  const route = await world.db
    .selectFrom('routes')
    .select('id')
    .where('name', '=', 'renamed')
    .executeTakeFirstOrThrow()
  expect((await world.order(placed.number)).route_id).toBe(route.id)
})

test('a start that goes back while the shop is read for the first time counts', async () => {
  await start({})
  const early = placedOn('2026-02-10')
  placedOn('2026-02-25')
  world.shop.control.fault({ kind: 'slow', ms: 300, path: 'modified_after', times: 1 })
  const reading = world.poll()
  await expect
    .poll(() => world.shop.control.requests().entries.filter((one) => one.path.includes('/orders')).length)
    .toBeGreaterThan(0)
  await applyRoute({ name: 'route', since: '2026-02-01' })
  await reading
  await world.advance(60_000)
  await world.advance(60_000)
  expect((await world.order(early.number)).status).toBe('posted')
})

test('rules that are changed while the shop is read count for what is read', async () => {
  await start({})
  await world.poll()
  const held = world.shop.control.newOrder({ status: 'on-hold' })
  world.shop.control.clearRequests()
  world.shop.control.fault({ kind: 'slow', ms: 300, path: 'modified_after', times: 1 })
  const reading = world.poll()
  await expect.poll(() => world.shop.control.requests().inFlight).toBeGreaterThan(0)
  await applyRoute({ name: 'route', since: '2026-02-20', statuses: ['processing', 'on-hold'] })
  await reading
  expect((await world.order(held.number)).status).toBe('posted')
})
