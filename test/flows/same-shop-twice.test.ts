import { stringify } from 'yaml'
import { afterEach, expect, test } from 'vitest'
import { allowList } from '../../src/connectors/addresses.ts'
import { backends, channels } from '../../src/connectors/index.ts'
import { applyConfiguration } from '../../src/flows/apply-configuration.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
afterEach(() => world.stop())

test('a second connection to a shop says that it is one, and the first goes on', async () => {
  world = await makeWorld({ mapping: demoMapping })
  const { shop, db } = world
  shop.control.newOrder()
  await world.poll()
  const yaml = stringify({
    connections: {
      again: {
        kind: 'woocommerce',
        url: shop.url,
        credentials: { consumerKey: shop.consumerKey, consumerSecret: shop.consumerSecret },
      },
    },
    routes: [
      { name: 'again', from: 'again', to: 'netsuite', import: { since: '2026-01-01' }, mapping: demoMapping },
    ],
  })
  const applied = await applyConfiguration(
    {
      db,
      vault: world.vault,
      now: world.now,
      newId: () => crypto.randomUUID(),
      connectors: { channels, backends },
      allow: allowList(['127.0.0.1']),
    },
    { yaml, values: {}, dryRun: false, prune: false, actor: 'person' },
  )
  if (!applied.ok) throw new Error(JSON.stringify(applied.error))
  await world.settle()
  // Where another call ran beside the one that was refused, a lone probe has the last word.
  await world.advance(2000)
  const second = await db
    .selectFrom('connections')
    .selectAll()
    .where('name', '=', 'again')
    .executeTakeFirstOrThrow()
  expect(second).toMatchObject({
    identity: null,
    health: 'needs_reauthorisation',
    health_problem: { code: 'account_already_connected', subject: 'shop' },
  })
  shop.control.newOrder()
  await world.advance(60_000)
  expect((await world.orders()).map((order) => [order.status, order.channel_id])).toEqual([
    ['posted', world.shopId],
    ['posted', world.shopId],
  ])
})
