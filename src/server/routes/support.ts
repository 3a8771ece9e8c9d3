import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { connectionViews } from '../../ledger/views/connections.ts'
import { findOrder } from '../find-order.ts'
import { notFound } from '../refusal.ts'
import { type BundleOptions, connectionBundle, orderBundle } from '../support/bundle.ts'
import { named, within } from './orders.ts'

const kept = z.object({
  personal: z
    .enum(['true', 'false'])
    .default('false')
    .describe('Leave names, addresses and telephone numbers of customers in it'),
})

/** One file with all that somebody needs who helps with an order or a connection. */
export function supportRoutes(app: FastifyInstance, options: BundleOptions): void {
  const { deps } = options
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.get(
    '/orders/:id/support',
    {
      schema: {
        summary: 'A file for support about an order, without credentials and personal data',
        params: named,
        querystring: within.extend(kept.shape),
      },
    },
    async ({ params, query }, reply) => {
      const order = await findOrder(deps, params.id, query.connection)
      const bundle = await orderBundle(options, order, query.personal === 'true')
      return sendFile(reply, `order-${order.number}`, bundle)
    },
  )

  typed.get(
    '/connections/:name/support',
    {
      schema: {
        summary: 'A file for support about a connection, without credentials and personal data',
        params: z.object({ name: z.string() }),
        querystring: kept,
      },
    },
    async ({ params: { name }, query }, reply) => {
      const view = (await connectionViews(deps.db)).find((each) => each.name === name)
      if (!view) throw notFound('connection', name, 'See them all: waybill connections')
      const bundle = await connectionBundle(options, view, query.personal === 'true')
      return sendFile(reply, name, bundle)
    },
  )
}

/** As people read it, too: it may be looked through before it is handed on. */
const sendFile = (reply: FastifyReply, about: string, bundle: object) =>
  reply
    .type('application/json; charset=utf-8')
    .header(
      'content-disposition',
      `attachment; filename="waybill-support-${about.replaceAll(/[^\w.-]/g, '_')}.json"`,
    )
    .serializer((text) => text as string)
    .send(JSON.stringify(bundle, null, 2))
