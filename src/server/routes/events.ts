import type { FastifyInstance } from 'fastify'
import type { Live } from '../live.ts'
import type { Change } from '../schemas.ts'

/** `GET /events`: server-sent events named `change`. A slow reader gets fewer, never stale ones. */
export function eventRoutes(app: FastifyInstance, live: Live): void {
  app.get(
    '/events',
    {
      sse: { kind: 'only', heartbeat: true },
      exposeHeadRoute: false,
      schema: { summary: 'Live changes, as server-sent events named "change" with a Change as data' },
    },
    async (_, reply) => {
      let waiting: Change | null = null
      let sending = false
      const send = async (change: Change): Promise<void> => {
        waiting = waiting === null ? change : merge(waiting, change)
        if (sending) return
        sending = true
        while (waiting !== null && reply.sse.isConnected) {
          const data: Change = waiting
          waiting = null
          await reply.sse.send({ event: 'change', data })
        }
        sending = false
      }
      reply.sse.keepAlive()
      let leave = (): void => undefined
      leave = await live.follow((change) => void send(change).catch(() => leave()))
      reply.sse.onClose(leave)
      if (!reply.sse.isConnected) return leave()
      // Tells the browser at once that it is connected, and when to come again after a break.
      await reply.sse.send({ event: 'hello', data: {}, retry: 1000 })
    },
  )
}

const merge = (a: Change, b: Change): Change => ({
  orders: a.orders === null || b.orders === null ? null : [...new Set([...a.orders, ...b.orders])],
  connections: a.connections || b.connections,
})
