import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Deps } from '../../flows/deps.ts'
import { previewOrder } from '../../flows/preview-order.ts'
import { findOrder } from '../find-order.ts'
import { previewJson } from '../preview-json.ts'
import { orderPreview } from '../schemas.ts'
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
}
