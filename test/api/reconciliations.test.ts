import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import type { DifferenceJson, ReconciliationJson, ReconciliationSummary } from '../../src/server/schemas.ts'
import { type Api, json, startApi } from './support.ts'

let api: Api
let held: string
let gone: string
beforeAll(async () => {
  api = await startApi({ mapping: demoMapping, shop: { timezone: 'Europe/Berlin' } })
  const { world } = api
  held = world.shop.control.newOrder({ trouble: 'held_status' }).number
  gone = world.shop.control.newOrder({ country: 'DE' }).number
  world.shop.control.newOrder({ country: 'DE' })
  await world.advance(10_000)
  await world.poll()
  world.netsuite.control.deleteOrder((await world.order(gone)).record_id!)
})
afterAll(() => api.stop())

const start = (body: object) => api.ask('POST', '/reconciliations', json(body))

async function result(): Promise<ReconciliationJson> {
  const { id } = await api.post<ReconciliationJson>('/reconciliations', { connection: 'shop', since: '2d' })
  await api.world.settle()
  await api.world.advance(3_000)
  return api.get<ReconciliationJson>(`/reconciliations/${id}`)
}

describe('a reconciliation', () => {
  it('begins at once, tells how it goes, and ends with each day and what differs', async () => {
    const begun = await api.post<ReconciliationJson>('/reconciliations', { connection: 'shop', since: '2d' })
    expect(begun).toMatchObject({
      connection: 'shop',
      backend: 'netsuite',
      backendLabel: 'NetSuite',
      state: 'running',
      days: [],
      differences: [],
      timeZone: 'Europe/Berlin',
    })
    await api.world.settle()
    await api.world.advance(3_000)
    const done = await api.get<ReconciliationJson>(`/reconciliations/${begun.id}`)
    expect(done).toMatchObject({ state: 'done', waiting: null, moreDifferences: null })
    expect(done.days).toEqual([
      expect.objectContaining({ day: '2026-02-28', atChannel: 0 }),
      expect.objectContaining({ day: '2026-03-01', atChannel: 0 }),
      {
        day: '2026-03-02',
        atChannel: 3,
        inWaybill: 3,
        inBackend: 1,
        imported: 0,
        explained: 2,
        unexplained: 0,
      },
    ])
    expect(done.totals).toEqual({
      atChannel: 3,
      inWaybill: 3,
      inBackend: 1,
      imported: 0,
      explained: 2,
      unexplained: 0,
    })
    expect(done.differences.map(({ order, kind, fix }) => [order?.number, kind, fix?.command])).toEqual([
      [gone, 'missing_in_backend', `waybill post ${gone} --again`],
      [held, 'held', `waybill import shop ${held} --anyway`],
    ])
    expect(done.differences[0]!.record?.url).toContain(done.differences[0]!.record!.id)
  })

  it('lists its differences in pages, by verdict and kind', async () => {
    const { id } = await result()
    interface Page {
      items: DifferenceJson[]
      nextCursor: string | null
    }
    const first = await api.get<Page>(`/reconciliations/${id}/differences?limit=1`)
    expect(first.items).toHaveLength(1)
    const second = await api.get<Page>(
      `/reconciliations/${id}/differences?limit=1&cursor=${first.nextCursor}`,
    )
    expect(second.items.map(({ kind }) => kind)).toEqual(['held'])
    expect(second.nextCursor).toBeNull()
    expect((await api.get<Page>(`/reconciliations/${id}/differences?kind=held`)).items).toHaveLength(1)
    expect((await api.get<Page>(`/reconciliations/${id}/differences?verdict=unexplained`)).items).toEqual([])
  })

  it('is listed, the newest first', async () => {
    const { id } = await result()
    const { items } = await api.get<{ items: ReconciliationSummary[] }>('/reconciliations?connection=shop')
    expect(items[0]!.id).toBe(id)
    expect((await api.get<{ items: unknown[] }>('/reconciliations?connection=nobody')).items).toEqual([])
  })

  it('says of a side that is paused that it waits for it', async () => {
    await api.post('/connections/netsuite/pause')
    const { id } = await api.post<ReconciliationJson>('/reconciliations', { connection: 'shop' })
    await api.world.settle()
    const waiting = await api.get<ReconciliationJson>(`/reconciliations/${id}`)
    expect(waiting).toMatchObject({ state: 'running', waiting: 'netsuite is paused' })
    expect(waiting.step).toBe('Reading what is in netsuite')
    await api.post('/connections/netsuite/resume')
    await api.world.advance(3_000)
    await api.world.advance(3_000)
    expect((await api.get<ReconciliationJson>(`/reconciliations/${id}`)).state).toBe('done')
  })

  it('is refused for a backend, an unknown connection, and a time that is none', async () => {
    expect(await start({ connection: 'netsuite' })).toMatchObject({
      status: 422,
      body: { code: 'not_a_channel' },
    })
    expect((await start({ connection: 'nobody' })).status).toBe(404)
    expect((await start({ connection: 'shop', since: 'yesterday' })).status).toBe(400)
    expect((await start({ connection: 'shop', since: '999d' })).status).toBe(400)
    expect((await api.ask('GET', '/reconciliations/00000000-0000-7000-8000-000000000000')).status).toBe(404)
  })
})
