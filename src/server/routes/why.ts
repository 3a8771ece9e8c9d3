import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Deps } from '../../flows/deps.ts'
import { explain } from '../../flows/explain.ts'
import { ambiguous } from '../find-order.ts'
import { ordersJson } from '../order-json.ts'
import { why, whyQuery } from '../schemas.ts'

export function whyRoutes(app: FastifyInstance, deps: Deps): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/why',
    {
      schema: {
        summary: 'Why is this order not in the backend?',
        querystring: whyQuery,
        response: { 200: why },
      },
    },
    async ({ query: { q, connection, live } }) => {
      const answer = await explain(deps, { query: q, connection, live: live === 'true' })
      if (!answer.ok) throw ambiguous(deps, q, answer.error.candidates)
      return { ...answer.value, orders: await ordersJson(deps, answer.value.orders) }
    },
  )
}
