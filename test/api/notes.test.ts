import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OrderDetail, orderDetail } from '../../src/server/schemas.ts'
import { type Api, json, putOrder, startApi, token } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

const orderNow = async (name: string) => orderDetail.parse(await api.get<OrderDetail>(`/orders/${name}`))

describe('a note of a person', () => {
  it.each(['imported', 'held', 'cancelled', 'complete', 'import_error'] as const)(
    'stands in the waybill of an order that is %s, and changes nothing else',
    async (status) => {
      const id = await putOrder(api, { number: `note-${status}`, status })
      const before = await orderNow(id)
      api.world.pass(60_000)
      const text = '<b>Ada rang:</b>\r\n"ship it, \u202Ewhole"; DROP TABLE orders\n\t– 1 × 🫖'
      const after = await api.post<OrderDetail>(`/orders/note-${status}/notes`, { text: `  ${text} \n` })
      const note = { kind: 'note', actor: 'person', from: null, to: null, text: text.replace('\r', '') }
      expect(after.events).toMatchObject([{ ...note, at: api.world.now().toISOString() }])
      expect(await orderNow(id)).toEqual({ ...before, events: after.events })
    },
  )

  it('is told to those who watch, as a change of its order', async () => {
    const id = await putOrder(api, { number: 'watched' })
    const stopped = new AbortController()
    const stream = await fetch(`${api.url}/api/v1/events`, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
      signal: stopped.signal,
    })
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
    await api.post(`/orders/${id}/notes`, { text: 'Seen?' })
    let told = ''
    while (!told.includes(id)) {
      const { value, done } = await reader.read()
      if (done) break
      told += value
    }
    stopped.abort()
    expect(told).toContain(`"orders":["${id}"]`)
  })

  it('is in no CSV file, and cannot be changed afterwards', async () => {
    const id = await putOrder(api, { number: 'kept' })
    await api.post(`/orders/${id}/notes`, { text: 'Only here' })
    const file = await api.ask<string>('GET', '/orders.csv?search=kept')
    expect(file.body).toContain('kept')
    expect(file.body).not.toContain('Only here')
    const change = api.world.db.updateTable('events').set({ kind: 'other' }).where('order_id', '=', id)
    await expect(change.execute()).rejects.toThrow('append-only')
  })

  it('has 1 to 2000 characters, and none that no text has', async () => {
    const id = await putOrder(api, { number: 'bounds' })
    for (const text of ['', ' \n\t ', 'x'.repeat(2001), 'a\u0000b', 'a\u001B[2Jb', 'half \uD83E', 7, null]) {
      const { status, body } = await api.ask('POST', `/orders/${id}/notes`, json({ text }))
      expect([status, body.code, body.errors?.[0]?.field]).toEqual([400, 'invalid_request', 'text'])
    }
    for (const body of [{}, { text: 'a', actor: 'waybill' }])
      expect((await api.ask('POST', `/orders/${id}/notes`, json(body))).status).toBe(400)
    expect((await orderNow(id)).events).toEqual([])
    await api.post(`/orders/${id}/notes`, { text: 'x'.repeat(2000) })
    expect((await orderNow(id)).events).toHaveLength(1)
  })

  it('wants an order that is there', async () => {
    const { status, body } = await api.ask('POST', '/orders/nothing/notes', json({ text: 'a' }))
    expect([status, body.code]).toEqual([404, 'not_found'])
  })
})
