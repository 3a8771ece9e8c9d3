import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { actOnOrders } from '../../src/flows/actions.ts'
import { applyConfiguration } from '../../src/flows/apply-configuration.ts'
import { exportConfiguration } from '../../src/flows/export-configuration.ts'
import { startImport } from '../../src/flows/import-by-id.ts'
import { pruneDaily } from '../../src/flows/prune-daily.ts'
import { allowList } from '../../src/connectors/addresses.ts'
import { backends, channels } from '../../src/connectors/index.ts'
import { connectionById } from '../../src/ledger/health.ts'
import { attemptsOf } from '../../src/ledger/views/order-detail.ts'
import { readRaw } from '../../src/ledger/raw.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { makeWorld, type World } from '../support/world.ts'

const day = 86_400_000

let world: World
beforeEach(async () => {
  world = await makeWorld({ mapping: demoMapping })
})
afterEach(() => world.stop())

const configuration = () => ({
  ...world.deps,
  vault: world.vault,
  connectors: { channels, backends },
  allow: allowList(['127.0.0.1']),
})
const apply = (yaml: string) =>
  applyConfiguration(configuration(), { yaml, values: {}, dryRun: false, prune: false, actor: 'person' })
const exchangesOf = async (id: string) =>
  (await attemptsOf(world.db, id)).map(({ exchanges }) => exchanges.length > 0)
const versions = async () => (await world.db.selectFrom('raw_payloads').select('id').execute()).length
const after = async (days: number) => {
  await world.advance(days * day)
  return pruneDaily(world.deps)
}

/** One order that is posted and was edited twice in the shop since, and one that has stopped. */
async function twoOrders() {
  const posted = world.shop.control.newOrder()
  const failing = world.shop.control.newOrder({ trouble: 'unknown_sku' })
  await world.poll()
  for (const note of ['one', 'two']) {
    await world.advance(60_000)
    world.shop.control.edit(posted.id, { customer_note: note })
    await world.poll()
  }
  expect(await versions()).toBe(4)
  return { posted: await world.order(posted.number), failing: await world.order(failing.number) }
}

describe('what is not kept any longer', () => {
  it('goes: requests and answers of settled orders, versions between, imports and webhooks; no more', async () => {
    const { posted, failing } = await twoOrders()
    expect(posted.status).toBe('posted')
    const connection = (await connectionById(world.db, world.shopId))!
    const request = { connection, queries: [posted.number], anyway: false, actor: 'person' }
    await world.db.transaction().execute((tx) => startImport(world.deps, tx, request))
    await world.settle()
    await world.db
      .insertInto('webhooks')
      .values({
        account_id: 'main',
        connection_id: world.shopId,
        subscription: '1',
        delivery: 'd',
        body_hash: Buffer.from('h'),
        topic: 'order.updated',
        body: Buffer.from('b'),
        received_at: world.now(),
      })
      .execute()
    const events = await world.events(posted.id)

    expect(await after(29)).toEqual({ exchanges: 0, versions: 0, webhooks: 0, imports: 0 })
    expect(await after(2)).toEqual({ exchanges: 0, versions: 0, webhooks: 1, imports: 0 })
    expect(await after(368)).toEqual({ exchanges: 0, versions: 0, webhooks: 0, imports: 0 })
    const attempts = (await attemptsOf(world.db, posted.id)).length
    expect(await exchangesOf(posted.id)).toContain(true)
    expect(await after(2)).toEqual({ exchanges: attempts, versions: 1, webhooks: 0, imports: 1 })

    expect(await exchangesOf(posted.id)).toEqual(Array.from({ length: attempts }, () => false))
    expect(await exchangesOf(failing.id)).toContain(true)
    const now = await world.order(posted.number)
    expect(await readRaw(world.db, now.raw_id)).toContain('"two"')
    expect(await readRaw(world.db, now.posted_raw_id!)).not.toContain('"one"')
    expect((await world.events(posted.id)).slice(0, events.length)).toEqual(events)
    expect((await world.order(failing.number)).status).toBe('post_error')
    expect(await world.problems(failing.id)).toHaveLength(1)
  })

  it('is never a version about which somebody has decided', async () => {
    const { posted } = await twoOrders()
    await actOnOrders(world.deps, { action: 'ignore_changes', orderIds: [posted.id], actor: 'person' })
    world.shop.control.edit(Number(posted.channel_order_id), { customer_note: 'three' })
    await world.poll()
    expect(await after(500)).toMatchObject({ versions: 1 })
    const { ignored_raw_id: ignored } = await world.order(posted.number)
    expect(await readRaw(world.db, ignored!)).toContain('"two"')
  })

  it('is looked for once a day, by one of all processes', async () => {
    await world.poll()
    const both = await Promise.all([pruneDaily(world.deps), pruneDaily(world.deps)])
    expect(both.filter((pruned) => pruned !== null)).toHaveLength(1)
    await world.advance(day - 1000)
    expect(await pruneDaily(world.deps)).toBeNull()
    await world.advance(1000)
    expect(await pruneDaily(world.deps)).not.toBeNull()
  })

  it('is for the configuration to say', async () => {
    const { posted } = await twoOrders()
    const wrong = await apply('retention: { history: 1d, hooks: 3d }\n')
    expect(wrong.ok ? [] : wrong.error.map(({ path, line }) => [path, line])).toEqual([
      ['retention.history', 1],
      ['retention.hooks', 1],
    ])
    const applied = await apply('retention: { history: 14d }\n')
    expect(applied.ok && applied.value.changes).toEqual([
      {
        what: 'retention',
        name: 'retention',
        action: 'created',
        fields: [
          { field: 'history', from: null, to: '14d' },
          { field: 'webhooks', from: null, to: '30d' },
        ],
      },
    ])
    const exported = await exportConfiguration(configuration())
    expect(exported).toMatch(/retention:\n {2}history: 14d\n {2}webhooks: 30d\n/)
    const again = await apply('retention: { history: 14d, webhooks: 30d }\n')
    expect(again.ok && again.value.changed).toBe(false)
    expect(await after(15)).toMatchObject({ versions: 1 })
    expect(await exchangesOf(posted.id)).not.toContain(true)
  })
})
