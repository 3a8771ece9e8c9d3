import { afterEach, describe, expect, it } from 'vitest'
import { fixProblem } from '../../src/flows/fix-problem.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
const start = async (options: WorldOptions = {}) => {
  world = await makeWorld({ mapping: demoMapping, ...options })
  return world
}
afterEach(() => world.stop())

const inNetSuite = () => world.netsuite.records.orders()
const connection = () =>
  world.db.selectFrom('connections').selectAll().where('id', '=', world.netsuiteId).executeTakeFirstOrThrow()

describe('posting', () => {
  it('brings an order to NetSuite once, with the same total, and links it', async () => {
    const { shop, poll, order, events } = await start()
    const placed = shop.control.newOrder()
    await poll()
    const posted = await order(placed.number)
    expect(posted).toMatchObject({ status: 'posted', record_number: expect.stringMatching(/^SO/) })
    expect(inNetSuite()).toMatchObject([{ id: posted.record_id, externalId: posted.external_id }])
    expect(Number(inNetSuite()[0]?.total)).toBe(Number(placed.total))
    expect(Number(posted.record_total)).toBe(Number(placed.total))
    expect(await events(posted.id)).toEqual(['seen', 'posting', 'posted'])
  })

  it('keeps what was sent and what came back, without any credential', async () => {
    const { shop, poll, order, db } = await start()
    const { number } = shop.control.newOrder()
    await poll()
    const attempts = await db
      .selectFrom('attempts')
      .selectAll()
      .where('order_id', '=', (await order(number)).id)
      .execute()
    expect(attempts).toMatchObject([{ kind: 'post', outcome: 'posted' }])
    const { readExchanges } = await import('../../src/ledger/attempts.ts')
    const exchanges = readExchanges(attempts[0]!.exchanges)
    const text = JSON.stringify(exchanges)
    expect(
      exchanges.some((one) => one.method === 'POST' && one.url.endsWith('/salesOrder') && one.status === 204),
    ).toBe(true)
    const { clientId, privateKey } = world.netsuite.credentials.oauth2
    expect(text).not.toContain(clientId)
    expect(text).not.toContain(privateKey.slice(100, 160))
    expect(text).not.toMatch(/Bearer [A-Za-z0-9]/)
  })

  it('posts the newer version of an order that was edited before posting', async () => {
    const { shop, netsuite, poll, order, advance } = await start()
    netsuite.control.fault({ kind: 'error500', path: 'suiteql' })
    const placed = shop.control.newOrder()
    await poll()
    shop.control.edit(placed.id, { line_items: [{ sku: 'SAUCER-OAK', quantity: 1 }] })
    netsuite.control.clearFaults()
    await world.poll()
    await advance(10 * 60_000)
    const posted = await order(placed.number)
    const now = shop.control.orders().find((one) => one.id === placed.id)!
    expect(now.total).not.toBe(placed.total)
    expect(posted).toMatchObject({ status: 'posted' })
    expect(inNetSuite().map((one) => Number(one.total))).toEqual([Number(now.total)])
  })

  it('shows an edit after posting and does not touch the record', async () => {
    const { shop, poll, order, advance } = await start()
    const placed = shop.control.newOrder()
    await poll()
    shop.control.edit(placed.id, { line_items: [{ sku: 'SAUCER-OAK', quantity: 1 }] })
    await advance(60_000)
    expect(await order(placed.number)).toMatchObject({
      status: 'posted',
      changed_after_posting_at: expect.any(Date),
    })
    expect(inNetSuite().map((one) => Number(one.total))).toEqual([Number(placed.total)])
  })

  it.each([
    ['unknown_sku', 'unknown_sku'],
    ['inactive_item', 'inactive_item'],
    ['unmapped_payment', 'unmapped_payment_method'],
    ['other_subsidiary', 'customer_other_subsidiary'],
    ['missing_field', 'missing_field'],
  ] as const)(
    'stops an order with %s alone, with its problem, and lets the others pass',
    async (trouble, code) => {
      const { shop, poll, order, problems } = await start()
      const first = shop.control.newOrder()
      const bad = shop.control.newOrder({ trouble })
      const last = shop.control.newOrder()
      await poll()
      expect((await order(first.number)).status).toBe('posted')
      expect((await order(last.number)).status).toBe('posted')
      const stopped = await order(bad.number)
      expect(stopped.status).toBe('post_error')
      expect((await problems(stopped.id)).map((problem) => problem.code)).toContain(code)
      expect(inNetSuite()).toHaveLength(2)
    },
  )

  it('stops an order before it is sent where another total can be foreseen, with both sums and the tax code', async () => {
    const { shop, poll, order, problems } = await start()
    const placed = shop.control.newOrder({ trouble: 'total_differs' })
    await poll()
    const stopped = await order(placed.number)
    expect(stopped).toMatchObject({ status: 'post_error', record_id: null })
    expect(await problems(stopped.id)).toMatchObject([
      { code: 'total_would_differ', detail: expect.stringContaining(placed.total) },
    ])
    expect(inNetSuite()).toEqual([])
  })

  it('links a record whose total only NetSuite could know, shows both sums, and never posts it again', async () => {
    const { shop, poll, order, problems, advance } = await start()
    const placed = shop.control.newOrder({ trouble: 'surcharge' })
    await poll()
    await advance(60_000)
    const stopped = await order(placed.number)
    expect(stopped).toMatchObject({ status: 'post_error', record_number: expect.stringMatching(/^SO/) })
    expect(await problems(stopped.id)).toMatchObject([
      { code: 'total_differs', detail: expect.stringContaining(placed.total) },
    ])
    expect(inNetSuite()).toMatchObject([{ id: stopped.record_id }])
    expect(Number(inNetSuite()[0]?.total)).toBe(Number(stopped.record_total))
  })
})

describe('an answer that is lost', () => {
  it('is looked for at once: the record is found and linked, and not made again (failure mode 20)', async () => {
    const { shop, netsuite, poll, order, events } = await start()
    netsuite.control.fault({ kind: 'loseAnswer', method: 'POST', path: 'salesOrder', times: 1 })
    const { number } = shop.control.newOrder()
    await poll()
    expect(await order(number)).toMatchObject({ status: 'posted' })
    expect(await events((await order(number)).id)).toEqual(['seen', 'posting', 'found_in_backend'])
    expect(inNetSuite()).toHaveLength(1)
  })

  it('and was never done: it is sent again only when the backend may no longer be at it', async () => {
    const { shop, netsuite, poll, order, advance, events } = await start()
    netsuite.control.fault({ kind: 'down', method: 'POST', path: 'salesOrder', times: 1 })
    const { number } = shop.control.newOrder()
    await poll()
    expect(await order(number)).toMatchObject({
      status: 'verifying',
      unknown_until: new Date(world.now().getTime() + 2000),
    })
    await advance(1000)
    await advance(900)
    expect(await order(number)).toMatchObject({ status: 'verifying' })
    expect(inNetSuite()).toHaveLength(0)
    await advance(100)
    expect(await order(number)).toMatchObject({ status: 'posted' })
    expect(inNetSuite()).toHaveLength(1)
    expect(await events((await order(number)).id)).toEqual([
      'seen',
      'posting',
      'outcome_unknown',
      'not_in_backend',
      'posting',
      'posted',
    ])
  })

  it('while the record is being made: it is found later, and is one', async () => {
    const { shop, netsuite, poll, order, advance } = await start()
    netsuite.control.fault({ kind: 'commitLate', method: 'POST', path: 'salesOrder', times: 1, ms: 300 })
    const { number } = shop.control.newOrder()
    await poll()
    await until(() => inNetSuite().length === 1)
    await advance(1000)
    expect(await order(number)).toMatchObject({ status: 'posted' })
    expect(inNetSuite()).toHaveLength(1)
  })

  it('of a customer is found as well: one customer, one order (failure mode 21)', async () => {
    const { shop, netsuite, poll, order, advance } = await start()
    const before = netsuite.records.counts().customers
    netsuite.control.fault({ kind: 'loseAnswer', method: 'POST', path: 'customer', times: 1 })
    const guest = placeGuest(shop)
    await poll()
    for (let n = 0; n < 4; n += 1) await advance(1000)
    expect(await order(guest)).toMatchObject({ status: 'posted' })
    expect(netsuite.records.counts().customers).toBe(before + 1)
    expect(inNetSuite()).toHaveLength(1)
  })

  it('of a worker that died while it posted: looked for, and not made again', async () => {
    const { shop, poll, order, db } = await start()
    const { number } = shop.control.newOrder()
    await poll()
    const posted = await order(number)
    await db
      .updateTable('orders')
      .set({ status: 'posting', record_id: null, record_number: null, posted_at: null })
      .where('id', '=', posted.id)
      .execute()
    const { enqueue } = await import('../../src/ledger/jobs.ts')
    await db.transaction().execute((tx) =>
      enqueue(tx, [
        {
          kind: 'post',
          key: posted.id,
          orderId: posted.id,
          connectionId: world.netsuiteId,
          runAt: world.now(),
        },
      ]),
    )
    await world.settle()
    expect(await order(number)).toMatchObject({ status: 'posted', record_id: posted.record_id })
    expect(inNetSuite()).toHaveLength(1)
  })
})

describe('a backend in trouble', () => {
  it('stops the connection and not the orders: no attempt is burnt, and all resume by themselves', async () => {
    const { shop, netsuite, poll, orders, advance } = await start()
    netsuite.control.fault({ kind: 'maintenance' })
    for (let n = 0; n < 6; n += 1) shop.control.newOrder()
    await poll()
    for (let n = 0; n < 5; n += 1) await advance(30_000)
    for (const order of await orders())
      expect(order).toMatchObject({
        status: 'scheduled',
        post_attempts: 0,
        next_attempt_at: expect.any(Date),
      })
    expect(await connection()).toMatchObject({ health: 'down' })
    netsuite.control.clearFaults()
    await advance(10 * 60_000)
    expect((await orders()).map((order) => order.status)).toEqual(Array(6).fill('posted'))
    expect(await connection()).toMatchObject({ health: 'healthy', failures: 0 })
    expect(inNetSuite()).toHaveLength(6)
  })

  it.each(['throttle429', 'overload400'] as const)(
    'slows down at %s and goes on (failure mode 26)',
    async (kind) => {
      const { shop, netsuite, poll, orders, advance } = await start()
      netsuite.control.fault({ kind, method: 'POST', path: 'salesOrder', times: 3 })
      for (let n = 0; n < 4; n += 1) shop.control.newOrder()
      await poll()
      for (let n = 0; n < 10; n += 1) await advance(5000)
      expect((await orders()).map((order) => order.status)).toEqual(Array(4).fill('posted'))
      expect(inNetSuite()).toHaveLength(4)
    },
  )

  it('takes a login refused under load for throttling, and asks a person only when a lone probe is refused (failure mode 27)', async () => {
    const { shop, netsuite, poll, orders, advance } = await start()
    netsuite.control.fault({ kind: 'overloadAsBadLogin' })
    for (let n = 0; n < 10; n += 1) shop.control.newOrder()
    await poll()
    const { health, failures } = await connection()
    expect(health).not.toBe('needs_reauthorisation')
    expect(failures).toBeLessThanOrEqual(1)
    netsuite.control.clearFaults()
    for (let n = 0; n < 10; n += 1) await advance(5000)
    expect((await orders()).map((order) => order.status)).toEqual(Array(10).fill('posted'))

    netsuite.control.revoke(true)
    shop.control.newOrder()
    await world.poll()
    await advance(60_000)
    await advance(60_000)
    expect(await connection()).toMatchObject({ health: 'needs_reauthorisation' })
  })

  it('is asked for a customer once, and anew when it refused an order of theirs', async () => {
    const { shop, netsuite, poll, order } = await start()
    const customerCalls = () =>
      netsuite.control.requests().filter((one) => one.method === 'GET' && one.path.includes('/customer/'))
        .length
    const email = placeGuest(shop)
    await poll()
    const asked = customerCalls()
    expect(asked).toBeGreaterThan(0)
    const again = placeGuest(shop)
    await world.poll()
    expect((await order(again)).status).toBe('posted')
    const second = customerCalls()
    placeGuest(shop)
    await world.poll()
    expect(customerCalls()).toBe(second)

    const { id } = netsuite.records.order((await order(email)).external_id)!.customer
    netsuite.control.changeCustomer(id, { inactive: true })
    const refused = placeGuest(shop)
    await world.poll()
    expect((await order(refused)).status).toBe('post_error')
    netsuite.control.changeCustomer(id, { inactive: false })
    const last = placeGuest(shop)
    await world.poll()
    expect((await order(last)).status).toBe('posted')
    expect(customerCalls()).toBeGreaterThan(second)
  })

  it('never has more calls at once than its budget', async () => {
    const { shop, netsuite, poll } = await start({ netsuite: { latencyMs: 5 }, concurrency: 3 })
    for (let n = 0; n < 30; n += 1) shop.control.newOrder()
    await poll()
    expect(inNetSuite()).toHaveLength(30)
    expect(netsuite.control.state().highestInFlight).toBeLessThanOrEqual(3)
    expect(netsuite.control.requests().filter((one) => one.status === 429)).toEqual([])
  })
})

function placeGuest(shop: World['shop']): string {
  const draft = shop.control.draftOrder()
  return shop.control.placeOrder({
    ...draft,
    customerId: 0,
    billing: {
      ...draft.billing,
      first_name: 'Nora',
      last_name: 'Neu',
      company: '',
      email: 'nora.neu@example.org',
    },
  }).number
}

async function until(check: () => boolean): Promise<void> {
  const end = Date.now() + 5000
  while (!check()) {
    if (Date.now() > end) throw new Error('did not happen within 5 seconds')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('a fix that is made while another order is being prepared', () => {
  it('counts for that order too', async () => {
    const { shop, netsuite, poll, order, problems } = await start()
    const first = shop.control.newOrder({ trouble: 'unknown_sku' })
    await poll()
    const [problem] = await problems((await order(first.number)).id)
    const again = shop.control.orderLike(JSON.stringify(shop.control.order(first.id)!.body))[0]!
    netsuite.control.clearRequests()
    netsuite.control.fault({ kind: 'slow', ms: 300, path: 'suiteql', times: 1 })
    const posting = poll()
    await until(() => netsuite.control.state().inFlight > 0)
    const item = netsuite.control.addItem({ itemId: 'STANDS-IN', displayName: 'Stands in' })
    const fixed = await fixProblem(world.deps, {
      fingerprint: `unknown_sku:${problem!.subject}`,
      action: 'map_sku',
      value: item,
      actor: 'person',
    })
    expect(fixed.ok).toBe(true)
    await posting
    expect((await order(first.number)).status).toBe('posted')
    expect((await order(again.number)).status).toBe('posted')
  })
})
