import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../../flows/deps.ts'
import { addNote } from '../../flows/add-note.ts'
import { previewOrder } from '../../flows/preview-order.ts'
import { actorOf } from '../auth.ts'
import { inSnapshot } from '../../ledger/database.ts'
import { orderViews } from '../../ledger/views/orders.ts'
import { findOrder } from '../find-order.ts'
import { orderDetailJson } from '../order-json.ts'
import { previewJson } from '../preview-json.ts'
import { notFound } from '../refusal.ts'
import { noteRequest, orderDetail, orderPreview, orderVersions } from '../schemas.ts'
import { versionsJson } from '../versions-json.ts'
import { named, within } from './orders.ts'

/** What is read of one order only when somebody wants to see it. */
export function orderPartRoutes(app: FastifyInstance, deps: Deps): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()
  const one = { params: named, querystring: within }

  typed.get(
    '/orders/:id/preview',
    {
      schema: {
        summary: 'What would be sent to the backend now, or what would stop it; nothing is sent',
        ...one,
        response: { 200: orderPreview },
      },
    },
    async ({ params, query }) => {
      const order = await findOrder(deps, params.id, query.connection)
      return previewJson(order, await previewOrder(deps, order.id))
    },
  )

  typed.post(
    '/orders/:id/notes',
    {
      schema: {
        summary: 'Add a note to its waybill',
        ...one,
        body: noteRequest,
        response: { 200: orderDetail },
      },
    },
    async ({ params, query, body: { text } }) => {
      const order = await findOrder(deps, params.id, query.connection)
      await addNote(deps, { orderId: order.id, text, actor: actorOf() })
      return inSnapshot(deps.db, async (db) => {
        const [now] = await orderViews(db, [order.id])
        return orderDetailJson({ ...deps, db }, now!)
      })
    },
  )

  typed.get(
    '/orders/:id/versions',
    {
      schema: {
        summary: 'What the channel sent: the newest version and the one that was posted, side by side',
        ...one,
        response: { 200: orderVersions },
      },
    },
    ({ params, query }) =>
      inSnapshot(deps.db, async (db) => {
        const then = { ...deps, db }
        return versionsJson(then, await findOrder(then, params.id, query.connection))
      }),
  )

  typed.get(
    '/orders/:id/versions/:version',
    {
      schema: {
        summary: 'One of these versions as a file',
        params: named.extend({ version: z.enum(['newest', 'posted']) }),
        querystring: within,
      },
    },
    async ({ params, query }, reply) => {
      const order = await findOrder(deps, params.id, query.connection)
      const version = (await versionsJson(deps, order))[params.version]
      if (version === null)
        throw notFound('version', params.version, 'Nothing of this order has been posted: take "newest".')
      const name = `order-${order.number.replaceAll(/[^\w.-]/g, '_')}-${params.version}.json`
      return reply
        .type('application/json; charset=utf-8')
        .header('content-disposition', `attachment; filename="${name}"`)
        .serializer((text) => text as string)
        .send(version.text)
    },
  )
}
