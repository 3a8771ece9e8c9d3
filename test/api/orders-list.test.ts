import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OrderRow } from '../../src/ledger/orders.ts'
import type { OrderCounts, OrderPage } from '../../src/server/schemas.ts'
import { type Api, putOrder, startApi } from './support.ts'
import { numbersFrom } from '../support/chance.ts'

let api: Api
/** All orders, as they are in the ledger. */
let rows: (OrderRow & { codes: string[] })[]
const many = 3_500

beforeAll(async () => {
  api = await startApi()
  const rawOf = await putOrder(api, { number: 'FIRST', customer_name: 'Zoë Müller-Łukasz', skus: ['Ä-100'] })
  await sql`
    INSERT INTO orders (id, account_id, route_id, channel_id, backend_id, channel_order_id, number, status, placed_at,
      first_seen_at, updated_at, currency, total, customer_name, customer_email, skus, raw_id, external_id, record_id,
      record_number, changed_after_posting_at)
    SELECT gen_random_uuid(), account_id, route_id, channel_id, backend_id, 900000 + g, 10000 + g,
      (ARRAY['complete','complete','complete','posted','held','post_error'])[1 + (g * 7919) % 6],
      CASE WHEN g % 400 > 0 THEN '2026-01-01T00:00:00Z'::timestamptz + (g / 3) * interval '20 minutes' END,
      placed_at, '2026-02-01T00:00:00Z'::timestamptz + (g * 7919) % 3500 * interval '1 minute',
      (ARRAY['EUR','EUR','USD'])[1 + g % 3], (g * 31) % 9000 / 100.0,
      (ARRAY['Ada Lovelace','Grace Hopper','Иван Петров','王伟'])[1 + g % 4] || ' ' || g % 300,
      'buyer' || g % 700 || '@' || (ARRAY['mail','post'])[1 + g % 2] || '.example',
      ARRAY['SKU-' || g % 150, 'BOX'], raw_id, 'wb_many_' || g,
      CASE WHEN g % 2 = 0 THEN (70000 + g)::text END, CASE WHEN g % 2 = 0 THEN 'SO' || 5000 + g END,
      CASE WHEN g % 50 = 0 THEN placed_at END
    FROM generate_series(1, ${many}::int) AS g CROSS JOIN orders AS first WHERE first.id = ${rawOf}`.execute(
    api.world.db,
  )
  await sql`
    INSERT INTO problems (id, account_id, order_id, connection_id, code, subject, fingerprint, detail, opened_at, closed_at)
    SELECT gen_random_uuid(), account_id, id, backend_id, code, subject, code || ':' || subject, 'No', placed_at,
      CASE WHEN total > 80 THEN placed_at END
    FROM orders CROSS JOIN (VALUES ('unknown_sku', 'A'), ('unknown_sku', 'B'), ('rejected', '')) AS of (code, subject)
    WHERE status = 'post_error' AND number LIKE '%' || length(subject) || '_'`.execute(api.world.db)
  await sql`
    UPDATE orders SET hold = jsonb_build_object('rule', (ARRAY['status','before_start_date','person'])[1 + length(sku) % 3],
      'detail', 'Held', 'found', '', 'wanted', '', 'by', 'api', 'at', '2026-01-01T00:00:00.000Z', 'why', NULL)
    FROM (SELECT id, skus[1] AS sku FROM orders) AS one WHERE one.id = orders.id AND status = 'held'`.execute(
    api.world.db,
  )
  await sql`ANALYZE`.execute(api.world.db)
  const all = await api.world.db.selectFrom('orders').selectAll().execute()
  const problems = await api.world.db
    .selectFrom('problems')
    .selectAll()
    .where('closed_at', 'is', null)
    .execute()
  rows = all.map((row) => ({
    ...(row as OrderRow),
    codes: problems.filter((one) => one.order_id === row.id).flatMap((one) => [one.code, one.fingerprint]),
  }))
})
afterAll(() => api.stop())

type Query = Record<string, string>

/** What the filter means, said again in the plainest way. */
function wanted(query: Query): typeof rows {
  const name = query.search?.toLowerCase()
  const exact = (row: OrderRow) =>
    [
      row.number,
      row.channel_order_id,
      row.record_id,
      row.record_number?.toLowerCase(),
      row.external_id,
    ].includes(name ?? '')
  const has = (row: OrderRow) =>
    [
      row.number,
      row.channel_order_id,
      row.record_number,
      row.customer_name,
      row.customer_email,
      ...row.skus,
    ].some((part) => part?.toLowerCase().includes(name!))
  const sortOf = (row: OrderRow) =>
    query.sort === 'updated' ? row.updated_at.getTime() : (row.placed_at?.getTime() ?? Infinity)
  return rows
    .filter(
      (row) =>
        (query.status?.split(',').includes(row.status) ?? true) &&
        (name === undefined || exact(row) || has(row)) &&
        (query.problem === undefined || row.codes.includes(query.problem)) &&
        (query.heldBy === undefined || (row.hold as { rule: string } | null)?.rule === query.heldBy) &&
        (query.decision === undefined || (row.changed_after_posting_at !== null && row.record_id !== null)) &&
        (query.placedFrom === undefined ||
          (row.placed_at !== null && row.placed_at >= new Date(query.placedFrom))) &&
        (query.placedTo === undefined ||
          (row.placed_at !== null && row.placed_at < new Date(query.placedTo))) &&
        (query.currency === undefined || row.currency === query.currency) &&
        (query.amountFrom === undefined || Number(row.total) >= Number(query.amountFrom)) &&
        (query.amountTo === undefined || Number(row.total) <= Number(query.amountTo)) &&
        (query.connection === undefined || ['shop', 'netsuite'].includes(query.connection)),
    )
    .toSorted(
      (a, b) =>
        Number(name !== undefined && exact(b)) - Number(name !== undefined && exact(a)) ||
        Math.sign(sortOf(b) - sortOf(a)) ||
        (a.id < b.id ? 1 : -1),
    )
}

const choices: Record<string, (random: () => number) => string> = {
  search: (random) => {
    const n = Math.floor(random() * many)
    return [
      `${10000 + n}`,
      `${10000 + n}`.slice(0, 3),
      `SO${5000 + 2 * Math.floor(n / 2)}`,
      'so5',
      `${70000 + n}`,
      `wb_many_${n}`,
      'buyer',
      `buyer${n % 700}@`,
      'post.example',
      `SKU-${n % 150}`,
      'lovelace',
      `hopper ${n % 300}`,
      'иван',
      '王伟',
      `r${n % 70}@mail.ex`,
      `ace ${n % 30}`,
      '.example',
      `u-1_%${n % 10}`,
      'qzxjj',
    ][Math.floor(random() * 19)]!
  },
  status: (random) =>
    ['complete', 'post_error', 'held,post_error', 'posted,complete'][Math.floor(random() * 4)]!,
  problem: (random) => ['unknown_sku', 'unknown_sku:A', 'rejected', 'never_heard'][Math.floor(random() * 4)]!,
  decision: () => 'any',
  heldBy: (random) => ['status', 'before_start_date', 'person'][Math.floor(random() * 3)]!,
  placedFrom: (random) => new Date(Date.UTC(2026, 0, 1 + random() * 16)).toISOString(),
  placedTo: (random) => new Date(Date.UTC(2026, 0, 1 + random() * 16)).toISOString(),
  currency: (random) => (random() < 0.5 ? 'EUR' : 'USD'),
  amountFrom: (random) => (random() * 50).toFixed(2),
  amountTo: (random) => (50 + random() * 50).toFixed(2),
  connection: (random) => ['shop', 'netsuite', 'other'][Math.floor(random() * 3)]!,
  sort: (random) => (random() < 0.5 ? 'updated' : 'placed'),
}

function drawQuery(random: () => number): Query {
  const names = Object.keys(choices).filter((name) => random() < (name === 'search' ? 0.6 : 0.2))
  const query = Object.fromEntries(names.map((name) => [name, choices[name]!(random)]))
  if (query.placedFrom && query.placedTo && query.placedFrom >= query.placedTo) delete query.placedTo
  return query
}

async function pagesOf(
  query: Query,
  limit: number,
  most: number,
): Promise<{ numbers: string[]; isAll: boolean }> {
  const numbers: string[] = []
  let cursor: string | null = null
  do {
    const asked = new URLSearchParams({
      ...query,
      limit: String(limit),
      ...(cursor === null ? {} : { cursor }),
    })
    const page: OrderPage = await api.get<OrderPage>(`/orders?${asked}`)
    numbers.push(...page.items.map((one) => one.number))
    cursor = page.nextCursor
  } while (cursor !== null && numbers.length < most)
  return { numbers, isAll: cursor === null }
}

describe('the list', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'finds, counts and sorts by any filters together as one by one in memory (draw %i)',
    async (seed) => {
      const random = numbersFrom(seed + 1)
      for (let n = 0; n < 5; n += 1) {
        const query = drawQuery(random)
        const expected = wanted(query).map((row) => row.number)
        const limit = 1 + Math.floor(random() * 200)
        const { numbers, isAll } = await pagesOf(query, limit, 3 * limit)
        const said = JSON.stringify(query)
        expect([said, numbers]).toEqual([said, expected.slice(0, numbers.length)])
        expect([said, isAll]).toEqual([said, numbers.length === expected.length])

        const { sort: _, ...filter } = query
        const counts = await api.get<OrderCounts>(`/orders/counts?${new URLSearchParams(filter)}`)
        expect([said, counts.found]).toEqual([said, { count: expected.length, isExact: true }])
        const { status: __, ...others } = filter
        const all = wanted(others)
        expect([said, counts.total, counts.byStatus?.post_error ?? 'too many']).toEqual([
          said,
          all.length,
          counts.byStatus === null && all.length > 1_000
            ? 'too many'
            : all.filter((row) => row.status === 'post_error').length,
        ])
      }
    },
  )

  it('turned page by page has every order once, by the last change too, some without a time of placing', async () => {
    for (const sort of ['placed', 'updated']) {
      const { numbers } = await pagesOf({ sort }, 197, Infinity)
      expect(numbers).toEqual(wanted({ sort }).map((row) => row.number))
    }
  })

  it('puts what the search names exactly before what only has it in it, over the pages too', async () => {
    const ids = ['777', '20777', '77720']
    for (const [n, number] of ids.entries())
      await putOrder(api, { number, placed_at: new Date(Date.UTC(2020, 0, n + 1)) })
    const exactFirst = ['777', ...(await pagesOf({ search: '777' }, 200, Infinity)).numbers.slice(1)]
    expect(exactFirst.length).toBeGreaterThan(5)
    expect(exactFirst.at(-1)).toBe('20777')
    expect((await pagesOf({ search: '#777' }, 1, Infinity)).numbers).toEqual(exactFirst)
    await api.world.db.deleteFrom('orders').where('number', 'in', ids).execute()
  })

  it.each([
    ['muller', ['FIRST']],
    ['MÜLLER-ł', ['FIRST']],
    ['zoe', ['FIRST']],
    ['ä-100', ['FIRST']],
    ['ИВАН ПЕТРОВ 202', ['10202', '10502']],
  ])('finds names with accents and in other scripts: %s', async (search, numbers) => {
    const found = await pagesOf({ search }, 50, 50)
    expect(found.numbers.toSorted()).toEqual(expect.arrayContaining(numbers))
  })

  it('follows what becomes of an order: its customer, its SKUs, its record, its end', async () => {
    const id = await putOrder(api, { number: 'CHANGING', customer_name: 'Before Wedding', skus: ['OLD-SKU'] })
    const find = async (search: string) => (await pagesOf({ search }, 10, 10)).numbers
    const change = (set: object) => api.world.db.updateTable('orders').set(set).where('id', '=', id).execute()
    expect([await find('before wed'), await find('old-sku')]).toEqual([['CHANGING'], ['CHANGING']])
    await change({ customer_name: 'After Wedding', skus: ['NEW-SKU'] })
    expect([await find('before wed'), await find('old-sku')]).toEqual([[], []])
    expect([await find('after wed'), await find('new-sku')]).toEqual([['CHANGING'], ['CHANGING']])
    await change({ record_number: 'SO-RECORD-1' })
    expect([await find('record-1'), await find('so-record-1')]).toEqual([['CHANGING'], ['CHANGING']])
    await change({ record_number: null })
    expect(await find('record-1')).toEqual([])
    await api.world.db.deleteFrom('orders').where('id', '=', id).execute()
    expect(await find('after wed')).toEqual([])
  })

  it('takes a day as a whole one, in UTC', async () => {
    const numbers = ['D1', 'D2', 'D3']
    for (const [n, at] of ['2019-05-04T00:00:00Z', '2019-05-04T23:59:59Z', '2019-05-05T00:00:00Z'].entries())
      await putOrder(api, { number: numbers[n]!, placed_at: new Date(at) })
    const find = async (placedFrom: string, placedTo: string) =>
      (await pagesOf({ placedFrom, placedTo }, 10, 10)).numbers
    expect(await find('2019-05-04', '2019-05-04')).toEqual(['D2', 'D1'])
    expect(await find('2019-05-04T23:00:00Z', '2019-05-06')).toEqual(['D3', 'D2'])
    expect(await find('2019-05-04T02:00:00+02:00', '2019-05-04T23:59:59Z')).toEqual(['D1'])
    await api.world.db.deleteFrom('orders').where('number', 'in', numbers).execute()
  })

  it.each([
    ['placedFrom=yesterday', 'placedFrom', '2026-03-01'],
    ['placedFrom=2026-03-02&placedTo=2026-03-01', 'placedTo', 'placedFrom'],
    ['amountFrom=12,30', 'amountFrom', '12.30'],
    ['amountFrom=20&amountTo=9.99', 'amountTo', 'amountFrom'],
    ['currency=euro', 'currency', 'EUR'],
    ['sort=amount', 'sort', 'updated'],
  ])('refuses %s, naming the field and what is wanted', async (query, field, message) => {
    const { status, body } = await api.ask('GET', `/orders?${query}`)
    expect(status).toBe(400)
    expect(body.errors).toEqual([{ field, message: expect.stringContaining(message) }])
  })

  it('refuses a cursor of the other sequence', async () => {
    const { nextCursor } = await api.get<OrderPage>('/orders?limit=1')
    const { status, body } = await api.ask('GET', `/orders?limit=1&sort=updated&cursor=${nextCursor}`)
    expect([status, body.errors?.[0]?.field]).toEqual([400, 'cursor'])
  })
})

describe('a count', () => {
  it('of more than 10,000 says so, and is exact for all orders and for a connection', async () => {
    await sql`
      INSERT INTO orders (id, account_id, route_id, channel_id, backend_id, channel_order_id, number, status, placed_at,
        first_seen_at, updated_at, currency, total, customer_name, raw_id, external_id)
      SELECT gen_random_uuid(), account_id, route_id, channel_id, backend_id, 'c' || g, 'c' || g,
        CASE WHEN g <= 7 THEN 'held' ELSE 'complete' END, '2018-01-01T00:00:00Z', placed_at, placed_at, 'SEK', 5, 'Countess',
        raw_id, 'wb_c_' || g
      FROM generate_series(1, 10007) AS g CROSS JOIN orders AS first WHERE first.number = 'FIRST'`.execute(
      api.world.db,
    )
    const counts = (query: string) => api.get<OrderCounts>(`/orders/counts?${query}`)
    for (const query of ['search=countess', 'currency=SEK']) {
      expect(await counts(query)).toMatchObject({
        found: { count: 10_000, isExact: false },
        total: 10_000,
        isExact: false,
        byStatus: null,
      })
      expect((await counts(`${query}&status=held`)).found).toEqual({ count: 7, isExact: true })
      expect((await counts(`${query}&status=complete`)).found).toEqual({ count: 10_000, isExact: true })
      expect((await counts(`${query}&status=complete,held`)).found).toEqual({ count: 10_000, isExact: false })
    }
    const all = many + 1 + 10_007
    for (const query of ['', 'connection=shop', 'connection=netsuite'])
      expect(await counts(query)).toMatchObject({
        found: { count: all, isExact: true },
        total: all,
        isExact: true,
      })
    expect(await counts('connection=nowhere')).toMatchObject({
      total: 0,
      isExact: true,
      byStatus: { held: 0 },
    })
  })
})
