import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { HttpRequest, OrderRef, Page } from '../../src/connectors/contract.ts'
import { changed, fetchOrder } from '../../src/connectors/woocommerce/orders.ts'
import { statuses, statusParameter } from '../../src/connectors/woocommerce/statuses.ts'
import { toOrder } from '../../src/connectors/woocommerce/to-order.ts'
import { sandboxShop, scriptedShop, type ShopCtx, valueOf } from './woocommerce-support.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

async function shopWith(...options: Parameters<typeof sandboxShop>) {
  const made = await sandboxShop(...options)
  closing.push(made.close)
  return made
}

async function readAll(
  ctx: ShopCtx,
  window: { from: string; to?: string },
  between?: () => void,
): Promise<OrderRef[]> {
  const refs: OrderRef[] = []
  let page: Page | undefined
  for (let turned = 0; turned < 500; turned++) {
    const read = valueOf(await changed(ctx, window, page))
    refs.push(...read.refs)
    if (!read.next) return refs
    page = read.next
    between?.()
  }
  throw new Error('the pages never end')
}

const totals =
  '[{"slug":"pending","name":"Pending"},{"slug":"processing","name":"Processing"},{"slug":"packed","name":"Packed"}]'

const row = (id: number | string, modified: string | null, rest = '') =>
  `{"id":${id},"number":"${id}","status":"processing","date_modified_gmt":${modified === null ? null : `"${modified}"`}${rest}}`

describe('asking for what changed', () => {
  it('names every status, sends bare UTC from one second earlier, and asks for a first page only', async () => {
    const { ctx, asked } = scriptedShop(
      (url) =>
        url.pathname.endsWith('/reports/orders/totals')
          ? { body: totals }
          : { body: `[${row(7, '2026-11-23T08:00:00')}]` },
      { extraStatuses: ['wc-secret'], perPage: 50 },
    )
    valueOf(await changed(ctx, { from: '2026-11-23T07:58:42.900Z', to: '2026-11-23T08:30:00.000Z' }))
    expect(asked.map((url) => url.pathname)).toEqual([
      '/wp-json/wc/v3/reports/orders/totals',
      '/wp-json/wc/v3/orders',
    ])
    expect(Object.fromEntries(asked[1]!.searchParams)).toEqual({
      modified_after: '2026-11-23T07:58:41',
      modified_before: '2026-11-23T08:30:01',
      dates_are_gmt: 'true',
      orderby: 'modified',
      order: 'asc',
      per_page: '50',
      status: 'pending,processing,packed,trash,auto-draft,wc-secret',
    })
  })

  it('goes on from the second of the last row, and leaves out what it has seen only while one second fills a page', async () => {
    const pages = [
      [row(1, '2026-11-23T08:00:00'), row(2, '2026-11-23T08:00:05')],
      [row(2, '2026-11-23T08:00:05'), row(3, '2026-11-23T08:00:05')],
      [row(4, '2026-11-23T08:00:05')],
    ]
    const { ctx, asked } = scriptedShop(
      (url) =>
        url.pathname.endsWith('/totals') ? { body: totals } : { body: `[${pages.shift()!.join(',')}]` },
      { perPage: 2 },
    )
    const refs = await readAll(ctx, { from: '2026-11-23T08:00:00.000Z' })
    expect(refs.map((ref) => ref.id)).toEqual(['1', '2', '3', '4'])
    const orders = asked
      .slice(1)
      .map((url) => [url.searchParams.get('modified_after'), url.searchParams.get('exclude')])
    expect(orders).toEqual([
      ['2026-11-23T07:59:59', null],
      ['2026-11-23T08:00:04', null],
      ['2026-11-23T08:00:04', '2,3'],
    ])
    expect(asked.every((url) => url.searchParams.get('page') === null)).toBe(true)
  })

  it('keeps the exact bytes of each order, numbers as they are spelt', async () => {
    const body = row('9007199254740993', '2026-11-23T08:00:00', ',"total":31.20, "note":"a ] \\" [ ö"')
    const { ctx } = scriptedShop((url) => ({
      body: url.pathname.endsWith('/totals') ? totals : `[ ${body} ]`,
    }))
    const { refs } = valueOf(await changed(ctx, { from: '2026-11-23T07:00:00.000Z' }))
    expect(refs[0]!.raw!.body).toBe(body)
  })

  it('gives an order without a time or without a readable id its place and a name', async () => {
    const list = [
      row(1, '2026-11-23T08:00:00'),
      row(2, null),
      '{"no": "order",}',
      row(4, '2026-11-23T08:00:01'),
    ]
    const { ctx } = scriptedShop((url) => ({
      body: url.pathname.endsWith('/totals') ? totals : `[${list.join(',')}]`,
    }))
    const { refs } = valueOf(await changed(ctx, { from: '2026-11-23T07:00:00.000Z' }))
    expect(refs.map(({ id, modifiedAt }) => [id, modifiedAt])).toEqual([
      ['1', '2026-11-23T08:00:00.000Z'],
      ['2', '2026-11-23T08:00:00.000Z'],
      [expect.stringMatching(/^unreadable-[0-9a-f]{16}$/), '2026-11-23T08:00:00.000Z'],
      ['4', '2026-11-23T08:00:01.000Z'],
    ])
  })

  it('gets past a page of orders that cannot be named', async () => {
    const nameless = [1, 2, 3].map((n) => `{"n":${n},"date_modified_gmt":"2026-11-23T08:00:00"}`)
    const { ctx } = scriptedShop(
      (url) => {
        if (url.pathname.endsWith('/totals')) return { body: totals }
        const all = url.searchParams.get('modified_after')! < '2026-11-23T08:00:00' ? nameless : []
        return { body: `[${[...all, row(9, '2026-11-23T08:00:09')].slice(0, 3).join(',')}]` }
      },
      { perPage: 3 },
    )
    const refs = await readAll(ctx, { from: '2026-11-23T08:00:00.000Z' })
    expect(new Set(refs.map((ref) => ref.id)).size).toBe(4)
    expect(refs.at(-1)!.id).toBe('9')
  })

  it('loses nothing where the list is not in order of time (local clock at the end of summer time)', async () => {
    const all = [
      { id: 1, at: '2026-10-25T00:10:00' },
      { id: 2, at: '2026-10-25T01:15:00' },
      { id: 3, at: '2026-10-25T00:20:00' },
      { id: 4, at: '2026-10-25T01:25:00' },
      { id: 5, at: '2026-10-25T00:40:00' },
    ]
    const { ctx } = scriptedShop(
      (url) => {
        if (url.pathname.endsWith('/totals')) return { body: totals }
        const after = url.searchParams.get('modified_after')!
        const without = new Set((url.searchParams.get('exclude') ?? '').split(','))
        const found = all.filter(({ id, at }) => at > after && !without.has(String(id))).slice(0, 3)
        return { body: `[${found.map(({ id, at }) => row(id, at)).join(',')}]` }
      },
      { perPage: 3 },
    )
    const refs = await readAll(ctx, { from: '2026-10-25T00:00:00.000Z' })
    expect(refs.map((ref) => ref.id).toSorted()).toEqual(['1', '2', '3', '4', '5'])
  })

  it('says so when the shop ignores the date, instead of reading for ever', async () => {
    const { ctx } = scriptedShop(
      (url) => ({
        body: url.pathname.endsWith('/totals')
          ? totals
          : `[${row(1, '2020-01-01T00:00:00')},${row(2, '2020-01-02T00:00:00')}]`,
      }),
      { perPage: 2 },
    )
    const outcome = await changed(ctx, { from: '2026-11-23T07:00:00.000Z' })
    expect(outcome).toMatchObject({
      ok: false,
      error: { kind: 'invalid_response', problems: [{ detail: expect.stringMatching(/5\.8/) }] },
    })
  })

  it('takes no time from a shop that lists nothing at all: an empty list proves nothing', async () => {
    const headers = { date: 'Mon, 23 Nov 2026 08:00:00 GMT' }
    const answering = (any: string) =>
      scriptedShop((url) => {
        if (url.pathname.endsWith('/totals')) return { body: totals }
        return { headers, body: url.searchParams.get('per_page') === '1' ? any : '[]' }
      }).ctx
    const from = '2026-11-23T07:00:00.000Z'
    expect(valueOf(await changed(answering('[]'), { from })).channelTime).toBeNull()
    expect(valueOf(await changed(answering('[{"id":1}]'), { from })).channelTime).toBe(
      '2026-11-23T08:00:00.000Z',
    )
  })

  it('steps over an order that makes the shop fail, and keeps its place', async () => {
    const poisoned = new Set([5, 9, 10])
    const failing = {
      status: 500,
      body: '{"code":"internal_server_error","message":"<p>There has been a critical error on this website.</p>","data":{"status":500}}',
    }
    const all = Array.from({ length: 14 }, (_, i) => ({
      id: i + 1,
      at: `2026-11-23T08:00:${String(Math.floor(i / 2) + 10)}`,
    }))
    const { ctx } = scriptedShop(
      (url) => {
        if (url.pathname.endsWith('/totals')) return { body: totals }
        const query = url.searchParams
        const without = new Set((query.get('exclude') ?? '').split(','))
        const offset = Number(query.get('offset') ?? 0)
        const found = all
          .filter(({ id, at }) => at > (query.get('modified_after') ?? '') && !without.has(String(id)))
          .slice(offset, offset + Number(query.get('per_page')))
        if (found.some(({ id }) => poisoned.has(id))) return failing
        return { body: `[${found.map(({ id, at }) => row(id, at)).join(',')}]` }
      },
      { perPage: 4 },
    )
    const refs = await readAll(ctx, { from: '2026-11-23T08:00:00.000Z' })
    const named = refs.filter((ref) => !ref.id.startsWith('unreadable-'))
    expect([...new Set(named.map((ref) => Number(ref.id)))].toSorted((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 6, 7, 8, 11, 12, 13, 14,
    ])
    const unnamed = refs.find((ref) => ref.id.startsWith('unreadable-'))!
    expect(toOrder(unnamed.raw!)).toMatchObject({
      ok: false,
      error: {
        problem: {
          code: 'unreadable_order',
          detail: expect.stringContaining('There has been a critical error'),
        },
      },
    })
  })

  it('takes a shop that fails on everything for what it is', async () => {
    const failing = {
      status: 500,
      body: '{"code":"internal_server_error","message":"broken","data":{"status":500}}',
    }
    const { ctx, asked } = scriptedShop((url) =>
      url.pathname.endsWith('/totals') ? { body: totals } : failing,
    )
    expect(await changed(ctx, { from: '2026-11-23T08:00:00.000Z' })).toMatchObject({
      ok: false,
      error: { kind: 'unavailable', problems: [{ code: 'server_error' }] },
    })
    expect(asked.length).toBeLessThan(15)
  })

  it('reads on where a configured status is unknown to the shop', async () => {
    const { ctx } = scriptedShop(
      (url) => {
        if (url.pathname.endsWith('/totals')) return { body: totals }
        if (url.searchParams.get('status')?.includes('no-such-status'))
          return {
            status: 400,
            body: '{"code":"rest_invalid_param","message":"Invalid parameter(s): status","data":{"status":400}}',
          }
        return { body: `[${row(1, '2026-11-23T08:00:00')}]` }
      },
      { extraStatuses: ['no-such-status'] },
    )
    expect((await readAll(ctx, { from: '2026-11-23T07:00:00.000Z' })).map((ref) => ref.id)).toEqual(['1'])
  })

  it('reads on with "any" where the shop refuses the very statuses it has', async () => {
    const { ctx, asked } = scriptedShop((url) => {
      if (url.pathname.endsWith('/totals')) return { body: '[]' }
      if (url.searchParams.get('status') !== 'any')
        return {
          status: 400,
          body: '{"code":"rest_invalid_param","message":"Ungültige Parameter: status","data":{"status":400}}',
        }
      return { body: `[${row(1, '2026-11-23T08:00:00')}]` }
    })
    expect((await readAll(ctx, { from: '2026-11-23T07:00:00.000Z' })).map((ref) => ref.id)).toEqual(['1'])
    expect(asked[1]!.searchParams.get('status')).toContain('processing')
  })

  it('starts its window anew where a stored position cannot be read', async () => {
    const { ctx } = scriptedShop((url) => ({
      body: url.pathname.endsWith('/totals') ? totals : `[${row(1, '2026-11-23T08:00:00')}]`,
    }))
    expect(valueOf(await changed(ctx, { from: '2026-11-23T07:00:00.000Z' }, { page: 2 })).refs.length).toBe(1)
  })

  it('counts as read whole only what the shop says is all', async () => {
    const { ctx } = scriptedShop((url) =>
      url.pathname.endsWith('/totals')
        ? { body: totals }
        : { headers: { 'x-wp-total': '9' }, body: `[${row(1, '2026-11-23T08:00:00')}]` },
    )
    expect(valueOf(await changed(ctx, { from: '2026-11-23T07:00:00.000Z' }))).toHaveProperty('next')
  })

  it('asks by POST when the ids to leave out are too many for an address', async () => {
    const many = 700
    const at = '2026-11-23T08:00:00'
    const sent: HttpRequest[] = []
    const { ctx } = scriptedShop(
      (url, request) => {
        if (url.pathname.endsWith('/totals')) return { body: totals }
        sent.push(request)
        const body = request.body === undefined ? {} : (JSON.parse(request.body) as { exclude?: string[] })
        const without = new Set([
          ...(url.searchParams.get('exclude') ?? '').split(','),
          ...(body.exclude ?? []),
        ])
        const ids = Array.from({ length: many }, (_, i) => i + 1_000_000).filter(
          (id) => !without.has(String(id)),
        )
        return {
          body: `[${ids
            .slice(0, 100)
            .map((id) => row(id, at))
            .join(',')}]`,
        }
      },
      { perPage: 100 },
    )
    const refs = await readAll(ctx, { from: '2026-11-23T08:00:00.000Z' })
    expect(new Set(refs.map((ref) => ref.id)).size).toBe(many)
    expect(Math.max(...sent.map((request) => request.url.length))).toBeLessThan(6000)
    const posts = sent.filter((request) => request.method === 'POST')
    expect(posts.length).toBeGreaterThan(0)
    expect(posts.every((request) => request.headers?.['x-http-method-override'] === 'GET')).toBe(true)
  })
})

describe('against the sandbox shop', () => {
  it('reads every order whatever changes while pages are turned', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 14 }),
        fc.array(fc.tuple(fc.nat(20), fc.integer({ min: 0, max: 1 })), { maxLength: 10 }),
        async (gaps, edits) => {
          const { shop, ctx, clock, close } = await sandboxShop({}, { perPage: 3 })
          try {
            const from = clock.now().toISOString()
            const ids = gaps.map((seconds) => {
              clock.advance(seconds * 1000)
              return shop.control.newOrder().id
            })
            const queue = [...edits]
            const refs = await readAll(ctx, { from }, () => {
              const edit = queue.shift()
              if (!edit) return
              clock.advance(edit[1] * 1000)
              shop.control.edit(ids[edit[0] % ids.length]!, { customer_note: 'changed' })
            })
            expect([...new Set(refs.map((ref) => Number(ref.id)))].toSorted()).toEqual(ids.toSorted())
          } finally {
            await close()
          }
        },
      ),
      { numRuns: 25 },
    )
  })

  it('sees orders in the trash, drafts of the checkout, and statuses of plug-ins', async () => {
    const { shop, ctx, clock } = await shopWith()
    const from = clock.now().toISOString()
    const [trashed, packed, draft] = [
      shop.control.newOrder().id,
      shop.control.newOrder().id,
      shop.control.newOrder().id,
    ]
    shop.control.trash(trashed)
    shop.control.edit(draft, { status: 'checkout-draft' })
    shop.control.addStatus('shipped-in-part', 'Shipped in part')
    shop.control.edit(packed, { status: 'shipped-in-part' })
    const refs = await readAll(ctx, { from })
    expect(refs.map((ref) => Number(ref.id)).toSorted()).toEqual([trashed, packed, draft].toSorted())
  })

  it('goes on when a plug-in takes its status away', async () => {
    const { shop, ctx, clock } = await shopWith()
    shop.control.addStatus('packed-twice', 'Packed twice')
    valueOf(await statusParameter(ctx, 'every'))
    shop.control.forgetStatus('packed-twice')
    const { id } = shop.control.newOrder()
    expect((await readAll(ctx, { from: clock.now().toISOString() })).map((ref) => ref.id)).toEqual([
      String(id),
    ])
  })

  it('is right in any time zone of the shop', async () => {
    for (const timezone of ['America/New_York', 'Europe/Berlin', 'Pacific/Auckland']) {
      const { shop, ctx, clock } = await shopWith({ timezone })
      const { id } = shop.control.newOrder()
      const from = clock.now().toISOString()
      expect((await readAll(ctx, { from })).map((ref) => ref.id)).toEqual([String(id)])
      expect(await readAll(ctx, { from: new Date(clock.now().getTime() + 2000).toISOString() })).toEqual([])
    }
  })

  it('says nothing of an order when the order table is gone', async () => {
    const { shop, ctx } = await shopWith()
    const { id } = shop.control.newOrder()
    shop.control.fault({ kind: 'orders_table_missing' })
    expect(await fetchOrder(ctx, String(id))).toMatchObject({ ok: false, error: { kind: 'unavailable' } })
  })

  it('finds a number by search, with or without its sign, and takes no other for it', async () => {
    const { shop, ctx } = await shopWith()
    const { id } = shop.control.newOrder()
    expect(valueOf(await fetchOrder(ctx, `#${id}`))?.id).toBe(String(id))
    expect(valueOf(await fetchOrder(ctx, String(id).slice(0, 2)))).toBeNull()
  })

  it('lists what a person may choose, plug-ins included', async () => {
    const { shop, ctx } = await shopWith({}, { extraStatuses: ['by-hand', 'trash'] })
    shop.control.addStatus('on-its-way', 'On its way')
    const known = valueOf(await statuses(ctx))
    expect(known).toContainEqual({ code: 'by-hand', label: 'by-hand', importByDefault: false })
    expect(known.filter((status) => status.code === 'trash').length).toBe(1)
    expect(known).toContainEqual({ code: 'on-its-way', label: 'On its way', importByDefault: false })
    expect(known.filter((status) => status.importByDefault).map((status) => status.code)).toEqual([
      'processing',
      'completed',
    ])
  })
})
