import { createHmac } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectionByName } from '../../src/ledger/connections.ts'
import type { ProblemGroup } from '../../src/server/schemas.ts'
import { payload, payloadsAbsent } from '../unit/woocommerce-recordings.ts'
import { type Api, startApi, token } from './support.ts'

const secret = 'a secret of the subscription'
let api: Api
beforeAll(async () => {
  api = await startApi()
  await api.world.db
    .updateTable('connections')
    .set({ hook_secret: api.world.deps.hooks.seal(api.world.shopId, secret) })
    .where('id', '=', api.world.shopId)
    .execute()
})
afterAll(() => api.stop())

const sign = (body: string, key = secret) => createHmac('sha256', key).update(body).digest('base64')

/** As WooCommerce sends it: no token, no cookie. */
const deliver = (body: string, headers: Record<string, string> = {}, address = '/hooks/shop') =>
  fetch(api.url + address, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-wc-webhook-topic': 'order.updated',
      'x-wc-webhook-resource': 'order',
      'x-wc-webhook-event': 'updated',
      'x-wc-webhook-id': '1',
      'x-wc-webhook-delivery-id': 'abc',
      'x-wc-webhook-signature': sign(body),
      ...headers,
    },
  })

const stored = async () =>
  Number(
    (
      await api.world.db
        .selectFrom('webhooks')
        .select(({ fn }) => fn.countAll<string>().as('n'))
        .executeTakeFirstOrThrow()
    ).n,
  )

describe('POST /hooks/{connection}', () => {
  it('takes a signed announcement, fetches the order itself, and takes a repetition once', async () => {
    const placed = api.world.shop.control.newOrder()
    const body = JSON.stringify({ id: placed.id, number: 'a lie', total: '0.01' })
    const first = await deliver(body)
    expect([first.status, await first.json()]).toEqual([200, { status: 'accepted' }])
    const again = await deliver(body)
    expect([again.status, await again.json()]).toEqual([200, { status: 'repeated' }])
    expect(await stored()).toBe(1)
    await api.world.settle()
    expect(await api.world.order(placed.number)).toMatchObject({ number: placed.number })
  })

  it('answers well only what the ledger has kept (failure mode 3)', async () => {
    const { db } = api.world
    const placed = api.world.shop.control.newOrder()
    const body = JSON.stringify({ id: placed.id })
    await sql`ALTER TABLE webhooks RENAME TO webhooks_away`.execute(db)
    const answer = await deliver(body)
    await sql`ALTER TABLE webhooks_away RENAME TO webhooks`.execute(db)
    expect(answer.status).toBe(500)
    expect((await deliver(body)).status).toBe(200)
  })

  it('refuses what is not signed with the secret over exactly these bytes, and keeps nothing', async () => {
    const before = await stored()
    const body = JSON.stringify({ id: 1 })
    const wrong: Record<string, string>[] = [
      { 'x-wc-webhook-signature': sign(body, 'another') },
      { 'x-wc-webhook-signature': sign(`${body} `) },
      { 'x-wc-webhook-signature': '' },
    ]
    for (const headers of wrong) {
      const answer = await deliver(body, headers)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('content-type')).toMatch('application/problem+json')
      expect(await answer.json()).toMatchObject({ code: 'webhook_refused' })
    }
    expect(await stored()).toBe(before)
  })

  it('counts what it refuses, and writes no more for thousands of forgeries than for one', async () => {
    const writes = async () =>
      (
        await sql<{ n: string }>`SELECT xmin::text AS n FROM connections WHERE name = 'shop'`.execute(
          api.world.db,
        )
      ).rows[0]!.n
    await deliver('{"id":1}', { 'x-wc-webhook-signature': 'forged' })
    const written = await writes()
    await Promise.all(
      Array.from({ length: 50 }, () => deliver('{"id":1}', { 'x-wc-webhook-signature': 'forged' })),
    )
    expect(await writes()).toBe(written)
    const shown = await api.get<{ webhooks: { refused: unknown } }>('/connections/shop')
    expect(shown.webhooks.refused).toMatchObject({
      count: expect.any(Number),
      why: expect.stringContaining('signature'),
    })
    const metrics = await (
      await fetch(`${api.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
    ).text()
    expect(metrics).toMatch(/waybill_webhooks_refused\{connection="shop"\} [1-9]/)
  })

  it("answers the shop's unsigned ping", async () => {
    const body = 'webhook_id=7'
    const answer = await fetch(`${api.url}/hooks/shop`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ status: 'ping' })
  })

  it('is told apart from places without webhooks', async () => {
    for (const address of ['/hooks/netsuite', '/hooks/nobody', '/hooks/%00'])
      expect([404, 400]).toContain((await deliver('{}', {}, address)).status)
  })

  it('takes bodies of any type and size up to its limit, and no larger ones', async () => {
    const large = JSON.stringify({ id: 5, note: 'x'.repeat(3_000_000) })
    expect((await deliver(large, { 'content-type': 'application/octet-stream' })).status).toBe(200)
    const tooLarge = JSON.stringify({ id: 6, note: 'x'.repeat(11_000_000) })
    expect((await deliver(tooLarge)).status).toBe(413)
  })

  it('never gives the secret away', async () => {
    const connection = await connectionByName(api.world.db, 'shop')
    expect(connection?.hook_secret?.toString()).not.toContain(secret)
    expect(JSON.stringify(await api.get('/connections'))).not.toContain(secret)
  })
})

describe.skipIf(payloadsAbsent)(
  'a recorded delivery that carries the shop’s own error (skipped without ../shared)',
  () => {
    interface Delivery {
      headers: Record<string, string>
      body: string
    }
    const errors = () =>
      (JSON.parse(payload('live-wc11-webhooks.json')) as Delivery[]).filter(({ body }) =>
        body.includes('rest_no_route'),
      )
    /** As it was recorded, but for the signature: the secret is another one here. */
    const replay = async ({ headers, body }: Delivery) => {
      const own = Object.entries(headers).filter(
        ([name]) => name.startsWith('x-wc-') || name === 'content-type',
      )
      const answer = await deliver(body, { ...Object.fromEntries(own), 'x-wc-webhook-signature': sign(body) })
      expect(answer.status).toBe(200)
      const { status } = (await answer.json()) as { status: string }
      await api.world.settle()
      return status
    }
    const shownProblems = async () =>
      (await api.get<{ items: ProblemGroup[] }>('/problems')).items.filter(
        ({ code }) => code === 'webhook_without_order',
      )

    it('is taken, shown as what it is, makes no order, and brings in the order that it stands for', async () => {
      const { world } = api
      const [updated, created] = errors()
      expect([updated?.headers['x-wc-webhook-topic'], created?.headers['x-wc-webhook-topic']]).toEqual([
        'order.updated',
        'order.created',
      ])
      await world.poll()
      const known = (await world.orders()).length
      const before = await stored()

      const first = world.shop.control.newOrder()
      expect(await replay(created!)).toBe('accepted')
      expect(await world.order(first.number)).toMatchObject({ channel_order_id: String(first.id) })
      expect(await shownProblems()).toMatchObject([
        {
          connection: 'shop',
          title: 'The shop announces an order, and sends an error in its place',
          fix: expect.stringContaining('Nothing has to be done for the orders'),
          vendorMessage: 'rest_no_route: No route was found matching the URL and request method.',
        },
      ])

      await world.advance(5000)
      world.shop.control.edit(first.id, { customer_note: 'Ring twice' })
      expect(await replay(updated!)).toBe('accepted')
      expect(await world.events((await world.order(first.number)).id)).toContain('changed_at_channel')

      // The same error once more, under the same delivery id as WooCommerce gives it: for another order.
      const second = world.shop.control.newOrder()
      expect(await replay(created!)).toBe('repeated')
      expect(await world.order(second.number)).toMatchObject({ channel_order_id: String(second.id) })

      expect(await world.orders()).toHaveLength(known + 2)
      expect(await stored()).toBe(before + 2)
      const whole = JSON.stringify({ id: first.id })
      expect((await deliver(whole, { 'x-wc-webhook-delivery-id': 'whole' })).status).toBe(200)
      expect(await shownProblems()).toEqual([])
    })
  },
)
