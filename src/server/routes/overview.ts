import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Deps } from '../../flows/deps.ts'
import { overviewJson } from '../overview-json.ts'
import { overview } from '../schemas.ts'

export function overviewRoutes(app: FastifyInstance, deps: Deps): void {
  app
    .withTypeProvider<ZodTypeProvider>()
    .get(
      '/overview',
      { schema: { summary: 'Whether all is well, and what needs a person', response: { 200: overview } } },
      () => overviewJson(deps),
    )
}
