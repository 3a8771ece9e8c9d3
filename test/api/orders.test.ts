import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BulkResult, OrderCounts, OrderDetail, OrderPage } from '../../src/server/schemas.ts'
import { type Api, json, putOrder, putProblem, startApi } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

const find = async (query: string) =>
  (await api.get<OrderPage>(`/orders?${query}`)).items.map((one) => one.number)

async function allPages(
  query: string,
  between: () => Promise<unknown> = async () => undefined,
): Promise<string[]> {
  const numbers: string[] = []
  let cursor: string | null = null
  do {
    const page: OrderPage = await api.get<OrderPage>(
      `/orders?${query}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    )
    numbers.push(...page.items.map((one) => one.number))
    cursor = page.nextCursor
    await between()
  } while (cursor !== null)
  return numbers
}

describe('pages', () => {
  it('are complete and without repetition while orders come in, many of one instant and some without a time', async () => {
    const start = api.world.now().getTime()
    const made: string[] = []
    for (let i = 0; i < 23; i++) {
      const placed = i < 3 ? null : new Date(start - Math.floor(i / 5) * 60_000)
      made.push(`P${i}`)
      await putOrder(api, { number: `P${i}`, placed_at: placed, customer_name: 'Paging' })
    }
    let extra = 0
    const read = await allPages('limit=4&search=Paging', () =>
      putOrder(api, {
        number: `N${extra++}`,
        placed_at: new Date(start + 60_000 + extra),
        customer_name: 'Paging',
      }),
    )
    expect(read.toSorted()).toEqual(made.toSorted())
    const now = await allPages('limit=200&search=Paging')
    expect(now).toHaveLength(made.length + extra)
    const newest = await allPages('limit=1&search=Paging')
    expect(newest).toEqual(now)
    expect(new Set(now.slice(0, 3))).toEqual(new Set(['P0', 'P1', 'P2']))
  })

  it('refuse a cursor that is none, and a limit out of bounds', async () => {
    for (const cursor of ['nonsense', Buffer.from('{"id":1}').toString('base64url'), '%00']) {
      const { status, body } = await api.ask('GET', `/orders?cursor=${cursor}`)
      expect(status).toBe(400)
      expect(body).toMatchObject({ code: 'invalid_request', errors: [{ field: 'cursor' }] })
    }
    for (const limit of ['0', '201', 'many'])
      expect((await api.ask('GET', `/orders?limit=${limit}`)).body).toMatchObject({
        errors: [{ field: 'limit' }],
      })
  })
})

describe('search', () => {
  beforeAll(async () => {
    await putOrder(api, {
      number: 'WEB-100%',
      channel_order_id: '77001',
      customer_name: "Seán O'Brien_Ltd",
      customer_email: 'sean@acme.example',
      skus: ['MUG_RED', 'BACK\\SLASH'],
      record_number: 'SO9001',
      record_id: '55501',
      status: 'posted',
      external_id: 'wb_woocommerce_deadbeef_77001',
    })
    await putOrder(api, { number: 'WEB-1000', channel_order_id: '77002', skus: ['MUGXRED'] })
  })

  it.each([
    ['WEB-100', ['WEB-100%', 'WEB-1000']],
    ['100%', ['WEB-100%']],
    ['#web-100%', ['WEB-100%']],
    ['0%', []],
    ['_', []],
    ['%', []],
    ['mug_red', ['WEB-100%']],
    ['mug', ['WEB-100%', 'WEB-1000']],
    ['back\\slash', ['WEB-100%']],
    ['\\', []],
    ['we', ['WEB-100%', 'WEB-1000']],
    ['eb', []],
    ['WEB-', ['WEB-100%', 'WEB-1000']],
    ['se', []],
    ["o'brien", ['WEB-100%']],
    ['sean', ['WEB-100%']],
    ['9001', ['WEB-100%']],
    ["o'brien_", ['WEB-100%']],
    ['SEÁN', ['WEB-100%']],
    ['ACME.example', ['WEB-100%']],
    ['so9001', ['WEB-100%']],
    ['55501', ['WEB-100%']],
    ['5550', []],
    ['77002', ['WEB-1000']],
    ['7700', ['WEB-100%', 'WEB-1000']],
    ['wb_woocommerce_deadbeef_77001', ['WEB-100%']],
    ["'; DROP TABLE orders; --", []],
  ])('finds by a part of its names, taking every character as it is: %s', async (search, numbers) => {
    const found = await find(`search=${encodeURIComponent(search)}`)
    expect(found.toSorted()).toEqual(numbers)
  })
})

describe('filters and counts', () => {
  beforeAll(async () => {
    for (const [number, status] of [
      ['F1', 'post_error'],
      ['F2', 'post_error'],
      ['F3', 'held'],
      ['F4', 'complete'],
    ] as const) {
      const orderId = await putOrder(api, { number, status, customer_email: 'filters@example.com' })
      if (number === 'F1') await putProblem(api, { orderId, code: 'unknown_sku', subject: 'A:B' })
      if (number === 'F2') await putProblem(api, { orderId, code: 'unknown_sku', subject: 'C' })
    }
  })
  const ours = 'search=filters@example.com'

  it('narrow by status, one or several', async () => {
    expect((await find(`${ours}&status=post_error`)).toSorted()).toEqual(['F1', 'F2'])
    expect((await find(`${ours}&status=post_error,held`)).toSorted()).toEqual(['F1', 'F2', 'F3'])
    expect((await find(`${ours}&status=held&status=complete`)).toSorted()).toEqual(['F3', 'F4'])
    expect(await find(`${ours}&status=`)).toHaveLength(4)
  })

  it('narrow by problem, as code or fingerprint, and by connection', async () => {
    expect((await find(`${ours}&problem=unknown_sku`)).toSorted()).toEqual(['F1', 'F2'])
    expect(await find(`${ours}&problem=${encodeURIComponent('unknown_sku:A:B')}`)).toEqual(['F1'])
    expect(await find(`${ours}&connection=shop`)).toHaveLength(4)
    expect(await find(`${ours}&connection=netsuite`)).toHaveLength(4)
    expect(await find(`${ours}&connection=other`)).toEqual([])
  })

  it('count every status, the empty ones too, whatever status is shown', async () => {
    const counts = await api.get<OrderCounts>(`/orders/counts?${ours}&status=held`)
    expect(counts.total).toBe(4)
    expect(counts.byStatus).toMatchObject({ post_error: 2, held: 1, complete: 1, posting: 0, cancelled: 0 })
  })

  it('refuse what they do not know, by name', async () => {
    expect((await api.ask('GET', '/orders?status=lost')).body).toMatchObject({
      errors: [{ field: 'status.0', message: expect.stringContaining('posted') }],
    })
    expect((await api.ask('GET', '/orders?stauts=held')).body).toMatchObject({
      code: 'invalid_request',
      detail: expect.stringContaining('stauts'),
    })
  })
})

describe('names', () => {
  it('are the id, the channel id or the number; two orders of one name are listed', async () => {
    const first = await putOrder(api, { number: 'A-1', channel_order_id: '88001' })
    const second = await putOrder(api, { number: '88001', channel_order_id: '88002' })
    for (const name of [second, '88002', '#88002'.replace('#', '%23')])
      expect(await api.get<OrderDetail>(`/orders/${name}`)).toMatchObject({ id: second })
    expect(await api.get<OrderDetail>('/orders/A-1')).toMatchObject({ id: first })
    const { status, body } = await api.ask('GET', '/orders/88001')
    expect(status).toBe(409)
    expect(body).toMatchObject({ code: 'ambiguous_order' })
    expect(body.candidates?.map(({ id }) => id).toSorted()).toEqual([first, second].toSorted())
    expect((await api.ask('POST', '/orders/88001/cancel')).status).toBe(409)
    expect((await api.ask('GET', '/why?q=88001')).body.candidates).toHaveLength(2)
  })

  it('that nobody has are not found, with what to do', async () => {
    for (const name of ['nothing', '0196f9a0-0000-7000-8000-000000000000', '%27%20OR%201=1']) {
      const { status, body } = await api.ask('GET', `/orders/${name}`)
      expect(status).toBe(404)
      expect(body).toMatchObject({ code: 'not_found', fix: expect.stringContaining('waybill why') })
    }
  })
})

describe('actions', () => {
  it.each([
    ['post', 'held', 'rule'],
    ['post', 'posted', 'posted already'],
    ['post', 'import_error', 'cannot be read'],
    ['cancel', 'complete', 'complete'],
    ['cancel', 'posting', 'on its way'],
    ['uncancel', 'imported', 'not cancelled'],
    ['accept-total', 'post_error', 'does not differ'],
    ['import-anyway', 'imported', 'no rule'],
    ['resend-shipment', 'posted', 'none of its shipments'],
  ] as const)('%s of an order that is %s is refused, and nothing changes', async (action, status, why) => {
    const id = await putOrder(api, { number: `${action}-${status}`, status })
    const answer = await api.ask('POST', `/orders/${id}/${action}`)
    expect(answer.status).toBe(409)
    expect(answer.body).toMatchObject({ code: 'not_possible_now', detail: expect.stringContaining(why) })
    expect(await api.get<OrderDetail>(`/orders/${id}`)).toMatchObject({ status, events: [] })
  })

  it('never post again what has a record, whatever stopped it', async () => {
    const orderId = await putOrder(api, { number: 'LINKED', status: 'post_error', record_id: '123456' })
    await putProblem(api, { orderId, code: 'total_differs' })
    const order = await api.get<OrderDetail>(`/orders/${orderId}`)
    expect(order.actions).toEqual(['cancel', 'check_again', 'accept_total'])
    expect(order.primaryAction).toBe('check_again')
    expect((await api.ask('POST', `/orders/${orderId}/post`)).status).toBe(409)
    const accepted = await api.post<OrderDetail>(`/orders/${orderId}/accept-total`)
    expect(accepted).toMatchObject({ status: 'posted', problem: null, record: { id: '123456' } })
    expect(accepted.events).toMatchObject([{ kind: 'total_accepted', actor: 'person', from: 'post_error' }])
  })

  it('never post what the shop sent wrong', async () => {
    const orderId = await putOrder(api, { number: 'WRONG-SUM', status: 'post_error' })
    await putProblem(api, { orderId, code: 'totals_do_not_add_up' })
    expect((await api.ask('POST', `/orders/${orderId}/post`)).body.detail).toContain('correct it there')
    expect(await api.get<OrderDetail>(`/orders/${orderId}`)).toMatchObject({ primaryAction: 'import_again' })
  })

  it('cancel and uncancel bring each order back to where it was, with its reason', async () => {
    const hold = { rule: 'status', detail: 'Its status is draft', found: 'draft', wanted: 'processing' }
    const held = await putOrder(api, { number: 'H1', status: 'held', hold, reason: hold.detail })
    const posted = await putOrder(api, {
      number: 'H2',
      status: 'posted',
      record_id: '1',
      record_number: 'SO1',
    })
    const ids = [held, posted]
    await api.post<BulkResult>('/orders/actions', { action: 'cancel', ids })
    expect(await api.get<OrderDetail>(`/orders/${held}`)).toMatchObject({
      status: 'cancelled',
      cancelReason: 'by_person',
      reason: 'Cancelled by a person',
    })
    await api.post<BulkResult>('/orders/actions', { action: 'uncancel', ids })
    expect(await api.get<OrderDetail>(`/orders/${held}`)).toMatchObject({
      status: 'held',
      reason: hold.detail,
      cancelReason: null,
    })
    const back = await api.get<OrderDetail>(`/orders/${posted}`)
    expect(back).toMatchObject({ status: 'posted', record: { number: 'SO1' } })
    expect(back.events.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['cancelled', 'posted', 'cancelled'],
      ['uncancelled', 'cancelled', 'posted'],
    ])
  })

  it('by a filter reach every order of it, more than one transaction holds', async () => {
    await Promise.all(
      Array.from({ length: 450 }, (_, i) => putOrder(api, { number: `B${i}`, customer_name: 'Bulk' })),
    )
    await putOrder(api, { number: 'B-done', status: 'complete', customer_name: 'Bulk' })
    const result = await api.post<BulkResult>('/orders/actions', {
      action: 'cancel',
      filter: { search: 'bulk' },
    })
    expect(result).toMatchObject({ asked: 451, done: 450, skippedCount: 1, skipped: [{ number: 'B-done' }] })
    const counts = await api.get<OrderCounts>('/orders/counts?search=bulk')
    expect(counts.byStatus).toMatchObject({ cancelled: 450, complete: 1 })
  })

  it.each([
    [{ action: 'cancel' }, 'ids'],
    [{ action: 'cancel', ids: [crypto.randomUUID()], filter: {} }, 'ids'],
    [{ action: 'explode', ids: [crypto.randomUUID()] }, 'action'],
    [{ action: 'cancel', filter: { stauts: 'held' } }, 'filter'],
    [{ action: 'cancel', ids: [] }, 'ids'],
    [{ action: 'cancel', ids: ['1001'] }, 'ids.0'],
    [[], ''],
  ])('refuse %o, naming "%s"', async (body, field) => {
    const answer = await api.ask('POST', '/orders/actions', json(body))
    expect(answer.status).toBe(400)
    expect(answer.body.errors?.[0]?.field).toBe(field)
  })
})
