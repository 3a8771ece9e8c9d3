import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { change as changeSchema, type Change } from '../../src/server/schemas.ts'
import { createLive } from '../../src/server/live.ts'
import { type Api, putEvent, putOrder, startApi, token } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

interface Stream {
  /** The data of the next event of this name. */
  next(name: string): Promise<unknown>
  close(): Promise<void>
}

async function open(headers: Record<string, string> = {}): Promise<Stream> {
  const stopped = new AbortController()
  const response = await fetch(`${api.url}/api/v1/events`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream', ...headers },
    signal: stopped.signal,
  })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch('text/event-stream')
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    async next(name) {
      for (;;) {
        const end = text.indexOf('\n\n')
        if (end < 0) {
          const { value, done } = await reader.read()
          if (done) throw new Error('the stream has ended')
          text += value
          continue
        }
        const lines = text.slice(0, end).split('\n')
        text = text.slice(end + 2)
        const field = (key: string) =>
          lines.find((line) => line.startsWith(`${key}: `))?.slice(key.length + 2)
        if (field('event') === name) return JSON.parse(field('data') ?? 'null')
      }
    },
    close: async () => {
      stopped.abort()
      await reader.cancel().catch(() => undefined)
    },
  }
}

const nextChange = async (stream: Stream): Promise<Change> => changeSchema.parse(await stream.next('change'))

describe('server-sent events', () => {
  it('tell everybody who watches of an order that a person changed', async () => {
    const id = await putOrder(api, { number: 'L1' })
    const streams = [await open(), await open()]
    for (const stream of streams) await stream.next('hello')
    await api.post(`/orders/${id}/cancel`)
    for (const stream of streams)
      expect(await nextChange(stream)).toEqual({ orders: [id], connections: false })
    await Promise.all(streams.map((stream) => stream.close()))
  })

  it('tell of an order that came from the shop, and of a connection', async () => {
    const stream = await open()
    await stream.next('hello')
    api.world.shop.control.newOrder()
    await api.world.poll()
    let told = await nextChange(stream)
    while (told.orders?.length === 0) told = await nextChange(stream)
    const [order] = (await api.world.orders()).filter((one) => one.status !== 'cancelled')
    expect(told.orders).toEqual([order!.id])
    await api.post('/connections/shop/pause')
    told = await nextChange(stream)
    while (!told.connections) told = await nextChange(stream)
    await api.post('/connections/shop/resume')
    await stream.close()
  })

  it('are opened with a session as well', async () => {
    const login = await fetch(await api.server.newLink(), { redirect: 'manual' })
    const cookie = login.headers.get('set-cookie')!.split(';')[0]!
    const response = await fetch(`${api.url}/api/v1/events`, {
      headers: { cookie, accept: 'text/event-stream' },
    })
    expect(response.status).toBe(200)
    await response.body?.cancel()
  })

  it('end when the server stops, which does not wait for them', async () => {
    const other = await startApi()
    const response = await fetch(`${other.url}/api/v1/events`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const reading = response.text().then(
      () => 'ended',
      () => 'ended',
    )
    await other.stop()
    expect(await reading).toBe('ended')
  })
})

describe('the follower of the ledger', () => {
  const follow = async (everyMs = 20) => {
    const live = createLive({ db: api.world.db, log: api.world.deps.log, everyMs })
    const changes: Change[] = []
    const waiters = new Set<() => void>()
    await live.follow((change) => {
      changes.push(change)
      for (const waiter of waiters) waiter()
    })
    const until = async (holds: () => boolean) => {
      while (!holds())
        await new Promise<void>((resolve) => {
          const waiter = () => {
            waiters.delete(waiter)
            resolve()
          }
          waiters.add(waiter)
        })
    }
    return { live, changes, until }
  }

  it('misses no event whose transaction commits later than one with a higher number', async () => {
    const [slow, quick] = [await putOrder(api, { number: 'S1' }), await putOrder(api, { number: 'S2' })]
    const { live, changes, until } = await follow()
    const seen = () => changes.flatMap((change) => change.orders ?? [])
    await api.post(`/orders/${await putOrder(api, { number: 'S0' })}/cancel`)
    await until(() => seen().length === 1)
    const { promise: quickSeen, resolve: goOn } = Promise.withResolvers<void>()
    const slowDone = api.world.db.transaction().execute(async (tx) => {
      await putEvent(tx, { orderId: slow, at: api.world.now(), kind: 'seen' })
      await putEvent(api.world.db, { orderId: quick, at: api.world.now(), kind: 'seen' })
      await quickSeen
    })
    await until(() => seen().includes(quick))
    expect(seen()).not.toContain(slow)
    goOn()
    await slowDone
    await until(() => seen().includes(slow))
    expect(seen().filter((id) => id === quick)).toHaveLength(1)
    live.close()
  })

  it('names no orders when there are very many', async () => {
    const ids = await Promise.all(Array.from({ length: 120 }, (_, i) => putOrder(api, { number: `M${i}` })))
    const { live, changes, until } = await follow()
    await api.post('/orders/actions', { action: 'cancel', ids })
    await until(() => changes.length > 0)
    expect(changes[0]).toEqual({ orders: null, connections: false })
    live.close()
  })
})
