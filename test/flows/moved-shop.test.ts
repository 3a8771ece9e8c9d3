import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { checkConnection } from '../../src/flows/check-connection.ts'
import { confirmAddress } from '../../src/flows/confirm-address.ts'
import { connectionByName } from '../../src/ledger/connections.ts'
import { type SandboxShop, startSandboxShop } from '../../src/sandbox/shop/index.ts'
import { numbersFrom } from '../support/chance.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  await world.stop()
  await Promise.all(closing.splice(0).map((close) => close()))
})

const storeId = '5d1c4b3a-0000-4000-a000-000000000001'
const start = async () => {
  world = await makeWorld({ automatic: false, shop: { storeId } })
  world.shop.control.newOrder()
  await world.poll()
  return world
}
/** A shop at another address: the same one with its keys, unless another identity is given. */
async function shopAt(host: string, id = storeId): Promise<SandboxShop> {
  const { consumerKey, consumerSecret } = world.shop
  const shop = await startSandboxShop({
    port: 0,
    host,
    now: world.now,
    random: numbersFrom(7),
    seed: 'empty',
    storeId: id,
    credentials: { consumerKey, consumerSecret },
  })
  closing.push(() => shop.close())
  return shop
}
const move = (from: SandboxShop, to: { url: string }) => from.control.move({ home: to.url, mode: 'redirect' })
const connection = async () => (await connectionByName(world.db, 'shop'))!
const minutes = async (n: number) => {
  for (let i = 0; i < n; i += 1) await world.advance(60_000)
}
const confirm = async (address: string | null = null) =>
  confirmAddress(world.deps, world.vault, { connectionId: world.shopId, address, actor: 'person' })
const openProblems = async () =>
  (await world.db.selectFrom('problems').select('code').where('closed_at', 'is', null).execute()).map(
    ({ code }) => code,
  )
const secretsIn = (text: string) => text.includes(world.shop.consumerSecret)

describe('a shop whose address redirects to another host', () => {
  it('is read there once it has proved to be the same shop, and a person is asked to confirm the address', async () => {
    const { shop } = await start()
    const there = await shopAt('127.0.0.2')
    move(shop, there)
    const { number } = there.control.newOrder()
    await minutes(3)
    expect((await world.order(number)).status).toBe('imported')
    expect(await connection()).toMatchObject({ health: 'healthy', move: { state: 'proven', to: there.url } })
    expect(await openProblems()).toEqual(['address_to_confirm'])
    const checked = await checkConnection(world.deps, await connection(), { publicUrl: null })
    expect(checked).toMatchObject({ ok: false, fixes: [{ action: 'confirm_address' }] })

    expect(await confirm('http://127.0.0.9')).toMatchObject({ ok: false, error: { code: 'another_address' } })
    expect(await confirm(there.url)).toMatchObject({ ok: true })
    shop.control.move(null)
    await shop.control.down('refused')
    const next = there.control.newOrder()
    await minutes(2)
    expect((await world.order(next.number)).status).toBe('imported')
    expect(await connection()).toMatchObject({ move: null, config: { url: there.url }, identity: storeId })
    expect(await openProblems()).toEqual([])
    expect(await confirm()).toMatchObject({ ok: false, error: { code: 'nothing_to_confirm' } })
  })

  it('is written to only when the address is confirmed', async () => {
    const { shop, db } = await start()
    const there = await shopAt('127.0.0.2')
    move(shop, there)
    await minutes(3)
    await db
      .insertInto('jobs')
      .values({
        account_id: 'main',
        kind: 'webhooks',
        key: world.shopId,
        connection_id: world.shopId,
        run_at: world.now(),
      })
      .execute()
    await minutes(2)
    const waiting = () => db.selectFrom('jobs').select('id').where('kind', '=', 'webhooks').execute()
    expect(await waiting()).toHaveLength(1)
    const writes = () => there.control.requests().entries.filter(({ method }) => method !== 'GET')
    expect(writes()).toEqual([])
    await confirm()
    await world.settle()
    expect(await waiting()).toHaveLength(0)
  })

  it('that moves twice is followed to where it is, confirmed in between or not', async () => {
    const { shop } = await start()
    const second = await shopAt('127.0.0.2')
    const third = await shopAt('127.0.0.3')
    const fourth = await shopAt('127.0.0.4')
    move(shop, second)
    await minutes(3)
    move(second, third)
    const { number } = third.control.newOrder({ at: world.now().getTime() / 1000 })
    await minutes(5)
    expect((await world.order(number)).status).toBe('imported')
    expect(await connection()).toMatchObject({ move: { state: 'proven', to: third.url } })
    await confirm(third.url)
    move(third, fourth)
    await minutes(4)
    await confirm(fourth.url)
    await minutes(2)
    expect(await connection()).toMatchObject({ health: 'healthy', move: null, config: { url: fourth.url } })
  })

  it('is not followed to another shop: it says which one, keeps saying it, and nothing is read there', async () => {
    const { shop } = await start()
    const stranger = await shopAt('127.0.0.2', randomUUID())
    stranger.control.newOrder()
    move(shop, stranger)
    await minutes(12)
    expect(await connection()).toMatchObject({
      health: 'needs_reauthorisation',
      health_problem: { code: 'different_account', detail: expect.stringContaining(stranger.url) },
      move: { state: 'refused' },
    })
    expect(await world.orders()).toHaveLength(1)
    const changes = await world.db
      .selectFrom('events')
      .select('kind')
      .where('connection_id', '=', world.shopId)
      .where('order_id', 'is', null)
      .execute()
    expect(changes.length).toBeLessThan(6)
    // The redirect was a mistake, and is taken back.
    shop.control.move(null)
    const { number } = shop.control.newOrder()
    await minutes(8)
    expect((await world.order(number)).status).toBe('imported')
    expect((await connection()).health).toBe('healthy')
  })

  it('that cannot be proved to be the same stays where it was, and says why', async () => {
    const { shop } = await start()
    // What stands there asks for a password, and gets none.
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(`${request.url} ${JSON.stringify(request.headers)}`)
      response
        .writeHead(401, { 'www-authenticate': 'Basic realm="please"', date: world.now().toUTCString() })
        .end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve))
    closing.push(async () => void server.close())
    move(shop, { url: `http://127.0.0.2:${(server.address() as AddressInfo).port}` })
    await minutes(6)
    expect(await connection()).toMatchObject({
      health: 'down',
      health_problem: { code: 'address_moved', detail: expect.stringContaining('could not be proved') },
    })
    expect(asked.length).toBeGreaterThan(0)
    for (const request of asked) {
      expect(request).not.toContain('authorization')
      expect(secretsIn(request)).toBe(false)
    }
  })

  it('before it was ever read is not followed: there is nothing to know it by, and a person gives the address', async () => {
    world = await makeWorld({ automatic: false, shop: { storeId } })
    const there = await shopAt('127.0.0.2')
    move(world.shop, there)
    await world.poll()
    await minutes(6)
    const { health, health_problem: problem } = await connection()
    expect([health, problem]).toEqual([
      'down',
      expect.objectContaining({
        code: 'address_moved',
        detail: expect.stringContaining('has never read this shop'),
      }),
    ])
  })
})
