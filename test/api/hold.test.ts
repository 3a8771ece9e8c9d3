import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import type {
  BulkResult,
  HeldGroup,
  ImportStatusResult,
  OrderDetail,
  OrderJson,
  OrderPage,
  OverviewJson,
  ProblemGroup,
  ReconciliationSummary,
  Why,
} from '../../src/server/schemas.ts'
import { type Api, json, putOrder, startApi } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi({ mapping: demoMapping })
})
afterAll(() => api.stop())
beforeEach(() => post(false))

/** Whether NetSuite takes orders: while it does not, they stay scheduled. */
async function post(on: boolean): Promise<void> {
  await api.ask('POST', `/connections/netsuite/${on ? 'resume' : 'pause'}`)
  await api.world.settle()
}

async function placed(order: Parameters<Api['world']['shop']['control']['newOrder']>[0] = {}) {
  const { id, number } = api.world.shop.control.newOrder({ country: 'DE', ...order })
  await api.world.poll()
  return { id, number, order: await see(number) }
}

const see = (number: string) => api.get<OrderDetail>(`/orders/${number}`)
const hold = (number: string, why?: string) =>
  api.post<OrderDetail>(`/orders/${number}/hold`, why === undefined ? undefined : { why })
const release = (number: string) => api.post<OrderDetail>(`/orders/${number}/release`)
const refusal = async (number: string, action: string) => {
  const { status, body } = await api.ask('POST', `/orders/${number}/${action}`)
  return [status, body.detail] as const
}
const kinds = (order: OrderDetail) => order.events.map(({ kind }) => kind)
const jobsOf = (orderId: string) =>
  api.world.db.selectFrom('jobs').select('kind').where('order_id', '=', orderId).execute()
const edit = async (id: number, change: object) => {
  await api.world.advance(2000)
  api.world.shop.control.edit(id, change as never)
  await api.world.poll()
}

describe('an order put on hold', () => {
  it('stays out of NetSuite, says who holds it and why, and goes on when it is released', async () => {
    const { number, order } = await placed()
    expect(order).toMatchObject({ status: 'scheduled', actions: expect.arrayContaining(['hold']) })
    expect(await jobsOf(order.id)).toEqual([{ kind: 'post' }])
    const held = await hold(number, ' The customer called ')
    const at = api.world.now().toISOString()
    expect(held).toMatchObject({
      status: 'held',
      reason: 'Held by a person: “The customer called”',
      hold: { rule: 'person', by: 'person', at, why: 'The customer called', found: null, wanted: null },
      nextAttemptAt: null,
      primaryAction: 'release',
    })
    for (const action of ['hold', 'post', 'import_anyway']) expect(held.actions).not.toContain(action)
    expect(held.events.at(-1)).toMatchObject({
      kind: 'put_on_hold',
      actor: 'person',
      from: 'scheduled',
      to: 'held',
      text: 'Put on hold by a person: “The customer called”',
    })
    expect(await jobsOf(order.id)).toEqual([])
    await post(true)
    await api.world.advance(600_000)
    expect((await see(number)).status).toBe('held')

    await post(false)
    const released = await release(number)
    expect(released).toMatchObject({ status: 'scheduled', hold: null, reason: null })
    expect(released.events.at(-1)).toMatchObject({ kind: 'let_go_on', text: 'Let go on by a person' })
    await post(true)
    await api.world.settle()
    const posted = await see(number)
    expect(posted.status).toBe('posted')
    expect(kinds(posted)).toEqual(['seen', 'put_on_hold', 'let_go_on', 'posting', 'posted'])
  })

  it('is asked about: Why says since when and why, and offers to let it go on', async () => {
    const { number } = await placed()
    await hold(number, 'Is it fraud?')
    const why = await api.get<Why>(`/why?q=${number}&live=false`)
    expect(why).toMatchObject({
      verdict: 'held_by_rule',
      headline: expect.stringMatching(
        `^Order ${number} is held by a person since 2 Mar at [0-9:]+.*: “Is it fraud\\?”\\.$`,
      ),
      fixes: [{ action: 'release', label: 'Let it go on', command: `waybill release ${number}` }],
    })
    expect(why.checks).toContainEqual({
      name: 'Hold',
      outcome: 'fail',
      detail: expect.stringMatching(/^Held by a person since 2 Mar at .*: “Is it fraud\?”$/),
    })
  })

  it('is held once, however often it is asked for', async () => {
    const { number } = await placed()
    await Promise.all([1, 2, 3].map((n) => api.ask('POST', `/orders/${number}/hold`, json({ why: `${n}` }))))
    const [status, detail] = await refusal(number, 'hold')
    expect([status, detail]).toEqual([409, expect.stringContaining('on hold already')])
    const held = await see(number)
    expect(kinds(held)).toEqual(['seen', 'put_on_hold'])
    await release(number)
    expect(await refusal(number, 'release')).toEqual([409, expect.stringContaining('no person holds it')])
  })

  it('comes back to its hold when it is cancelled and uncancelled', async () => {
    const { number } = await placed()
    const { reason } = await hold(number, 'wait')
    await api.post(`/orders/${number}/cancel`)
    expect(await refusal(number, 'release')).toEqual([409, expect.stringContaining('no person holds it')])
    expect(await api.post(`/orders/${number}/uncancel`)).toMatchObject({ status: 'held', reason })
  })

  it('is not let through by other actions', async () => {
    const { number } = await placed()
    await hold(number)
    for (const action of ['post', 'import-anyway'])
      expect(await refusal(number, action)).toEqual([409, expect.stringContaining('release it first')])
    await api.post('/imports', { connection: 'shop', orders: [number], anyway: true })
    await api.world.settle()
    expect((await see(number)).status).toBe('held')
  })
})

describe('a person’s hold outlives', () => {
  it('that the order is wanted in spite of a rule: released, it goes on', async () => {
    const { number, order } = await placed({ status: 'on-hold' })
    expect(order.hold).toMatchObject({ rule: 'status' })
    await hold(number, 'wait')
    await api.post('/imports', { connection: 'shop', orders: [number], anyway: true })
    await api.world.settle()
    const held = await see(number)
    expect(held).toMatchObject({ status: 'held', hold: { rule: 'person', why: 'wait' } })
    expect(kinds(held)).toEqual(['seen', 'put_on_hold'])
    expect((await release(number)).status).toBe('scheduled')
  })

  it('a newer version, however it comes: that one is posted when it is released', async () => {
    const { id, number, order } = await placed()
    await hold(number, 'wait')
    await edit(id, { status: 'completed', line_items: [{ id: await firstLine(id), quantity: 7 }] })
    const changed = await see(number)
    expect(changed).toMatchObject({ status: 'held', channelStatus: 'completed', hold: { why: 'wait' } })
    expect(changed.total).not.toEqual(order.total)
    await api.world.advance(2000)
    api.world.shop.control.edit(id, { customer_note: 'and soon' })
    await api.post('/imports', { connection: 'shop', orders: [number] })
    await api.world.settle()
    await api.world.advance(2000)
    api.world.shop.control.edit(id, { customer_note: 'or later' })
    const { id: run } = await api.post<ReconciliationSummary>('/reconciliations', {
      connection: 'shop',
      since: '2d',
    })
    await api.world.settle()
    const newest = await see(number)
    expect(newest.events.at(-1)).toMatchObject({ actor: 'reconciliation', kind: 'changed_at_channel' })
    expect(await api.get<ReconciliationSummary>(`/reconciliations/${run}`)).toMatchObject({
      totals: { unexplained: 0 },
    })
    expect(newest).toMatchObject({ status: 'held', hold: { why: 'wait' } })
    expect(kinds(newest)).toEqual(['seen', 'put_on_hold', ...Array(3).fill('changed_at_channel')])

    await release(number)
    await post(true)
    const posted = await see(number)
    expect(posted).toMatchObject({ status: 'posted', total: changed.total, record: { total: changed.total } })
  })

  it('a status that is imported from now on; then the rules decide about it anew', async () => {
    const [mine, other] = [await placed({ status: 'on-hold' }), await placed({ status: 'on-hold' })]
    await hold(mine.number)
    expect(await release(mine.number)).toMatchObject({ status: 'held', hold: { rule: 'status' } })
    expect(await hold(mine.number)).toMatchObject({ hold: { rule: 'person' } })
    const allow = () => api.post<ImportStatusResult>('/routes/route/import-status', { status: 'on-hold' })
    expect((await allow()).orders).toBe(1)
    await api.world.settle()
    await api.world.poll()
    expect((await see(other.number)).status).toBe('scheduled')
    expect((await see(mine.number)).status).toBe('held')
    expect((await release(mine.number)).status).toBe('scheduled')
  })

  it('not that the shop cancels it; wanted again, it is on hold as before', async () => {
    const { id, number } = await placed()
    await hold(number, 'wait')
    await edit(id, { status: 'cancelled' })
    expect(await see(number)).toMatchObject({
      status: 'cancelled',
      cancelReason: 'at_channel',
      reason: 'Its status in the shop went to "cancelled" before it was posted',
    })
    await edit(id, { status: 'processing' })
    expect(await see(number)).toMatchObject({ status: 'held', hold: { rule: 'person', why: 'wait' } })
    await edit(id, { status: 'cancelled' })
    expect(await api.post(`/orders/${number}/uncancel`)).toMatchObject({ status: 'held' })
  })

  it('that the shop deletes it and takes it out of the trash again', async () => {
    const { id, number } = await placed()
    await hold(number, 'wait')
    await edit(id, { status: 'trash' })
    expect(await see(number)).toMatchObject({ status: 'cancelled', cancelReason: 'at_channel' })
    await edit(id, { status: 'pending' })
    expect(await see(number)).toMatchObject({ status: 'held', hold: { rule: 'person' } })
    // It was cancelled, and has to pass the rules again.
    expect(await release(number)).toMatchObject({
      status: 'held',
      hold: { rule: 'status', found: 'pending' },
    })
  })
})

describe('the problems of an order on hold', () => {
  const waiting = async () => {
    const { items } = await api.get<{ items: ProblemGroup[] }>('/problems')
    const { orders } = (await api.get<OverviewJson>('/overview')).waiting.problems
    const groups = items.filter(({ code }) => code === 'unknown_sku')
    return { groups: groups.map((group) => group.orders), orders }
  }

  it('stay with it, and wait for nobody until it is released: then it is tried again', async () => {
    await post(true)
    const { number, order } = await placed({ trouble: 'unknown_sku' })
    expect(order.status).toBe('post_error')
    const before = await waiting()
    expect(before.groups).toEqual([1])
    const held = await hold(number)
    expect(held.problems.map(({ fingerprint }) => fingerprint)).toEqual(
      order.problems.map(({ fingerprint }) => fingerprint),
    )
    expect(await waiting()).toMatchObject({ groups: [], orders: before.orders - 1 })
    // The cause can be mended meanwhile, and this order waits all the same.
    const fix = { fingerprint: order.problem!.fingerprint, action: 'map_sku', value: '201' }
    expect(await api.post('/problems/fix', fix)).toEqual({ routes: ['route'], scheduled: 0 })
    await api.world.settle()
    expect((await see(number)).status).toBe('held')
    expect(await release(number)).toMatchObject({ status: 'scheduled', problems: [] })
    await api.world.settle()
    expect((await see(number)).status).toBe('posted')
  })

  it('stop it again where it is sent by hand, and an order that cannot be read is one still', async () => {
    const manual = await startApi({ mapping: demoMapping, automatic: false })
    const { number } = manual.world.shop.control.newOrder({ trouble: 'unknown_sku' })
    await manual.world.poll()
    await manual.post(`/orders/${number}/post`)
    await manual.world.settle()
    await manual.post(`/orders/${number}/hold`)
    const stopped = await manual.post<OrderDetail>(`/orders/${number}/release`)
    expect(stopped).toMatchObject({ status: 'post_error', problem: { code: 'unknown_sku' } })
    await manual.post(`/orders/${number}/hold`)
    const fresh = manual.world.shop.control.newOrder({})
    await manual.world.poll()
    await manual.post(`/orders/${fresh.number}/hold`)
    expect(await manual.post(`/orders/${fresh.number}/release`)).toMatchObject({ status: 'imported' })
    const unreadable = await putOrder(manual, { number: 'U1', status: 'import_error' })
    await manual.post(`/orders/${unreadable}/hold`)
    expect(await manual.post(`/orders/${unreadable}/release`)).toMatchObject({ status: 'import_error' })
    await manual.stop()
  })
})

describe('holding', () => {
  it.each([
    ['posted', { record_id: '901' }, 'in the backend already'],
    ['post_error', { record_id: '902' }, 'in the backend already'],
    ['complete', { record_id: '903' }, 'in the backend already'],
    ['posting', {}, 'wait for the outcome'],
    ['verifying', {}, 'wait for the outcome'],
    ['cancelled', {}, 'goes nowhere'],
  ] as const)('an order that is %s is refused with what to do', async (status, more, why) => {
    const number = `no-${status}`
    await putOrder(api, { number, status, ...more })
    expect(await refusal(number, 'hold')).toEqual([409, expect.stringContaining(why)])
    const { actions, ...order } = await see(number)
    expect(order).toMatchObject({ status, hold: null, events: [] })
    expect(actions).not.toContain('hold')
  })

  it('refuses a reason that is too long, and what it does not know', async () => {
    const { number } = await placed()
    for (const body of [{ why: 'x'.repeat(501) }, { why: '\u0000' }, { because: 'x' }])
      expect((await api.ask('POST', `/orders/${number}/hold`, json(body))).status).toBe(400)
    expect((await api.ask('POST', '/orders/nothing/hold')).status).toBe(404)
    expect((await see(number)).status).toBe('scheduled')
  })

  it('many says of each that cannot be why; they are a group of their own, and are released by one filter', async () => {
    const numbers = [(await placed()).number, (await placed({ status: 'pending' })).number]
    const ids = [
      ...(await Promise.all(numbers.map(async (number) => (await see(number)).id))),
      await putOrder(api, { number: 'B1', status: 'posted', record_id: '904' }),
    ]
    const before = (await groupOfPeople())?.orders ?? 0
    const result = await api.post<BulkResult>('/orders/actions', { action: 'hold', ids, why: 'stock-taking' })
    expect(result).toMatchObject({ asked: 3, done: 2, skippedCount: 1, skipped: [{ number: 'B1' }] })
    expect(await groupOfPeople()).toMatchObject({ orders: before + 2, wanted: null, channelStatus: null })
    const filter = { status: ['held'], heldBy: 'person', placedFrom: '2026-03-01' }
    const { items } = await api.get<OrderPage>('/orders?heldBy=person')
    expect(items.filter(({ number }) => numbers.includes(number)).map(whyOf)).toEqual([
      'stock-taking',
      'stock-taking',
    ])
    await api.post<BulkResult>('/orders/actions', { action: 'release', filter })
    const after = await Promise.all(numbers.map(see))
    expect(after.map(({ status, hold: by }) => [status, by?.rule])).toEqual([
      ['scheduled', undefined],
      ['held', 'status'],
    ])
    expect(await groupOfPeople()).toBeUndefined()
  })

  const whyOf = (order: OrderJson) => order.hold?.why
  async function groupOfPeople() {
    const { items } = await api.get<{ items: HeldGroup[] }>('/held')
    return items.find(({ rule }) => rule === 'person')
  }
})

const firstLine = async (id: number) => {
  const { payload } = await see(String(id))
  return (JSON.parse(payload.text) as { line_items: { id: number }[] }).line_items[0]!.id
}
