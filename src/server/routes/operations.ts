import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { sql } from 'kysely'
import type { Deps } from '../../flows/deps.ts'
import type { Metrics } from '../metrics.ts'
import { sendProblem } from '../refusal.ts'

/** For whoever runs it: is the process alive, can it serve, what does it count. */
export function operationRoutes(
  app: FastifyInstance,
  { deps, metrics, auth }: { deps: Deps; metrics: Metrics; auth: onRequestAsyncHookHandler },
): void {
  app.get('/healthz', { schema: { summary: 'The process is alive' } }, async () => ({ status: 'ok' }))

  app.get('/readyz', { schema: { summary: 'The database answers' } }, async (_, reply) => {
    try {
      await sql`SELECT 1`.execute(deps.db)
      return { status: 'ready' }
    } catch (error) {
      deps.log.warn({ err: error }, 'not ready: the database does not answer')
      return sendProblem(reply, {
        status: 503,
        code: 'not_ready',
        title: 'Not ready',
        detail: 'The database does not answer.',
        fix: 'Wait; if it lasts, look at the log.',
      })
    }
  })

  app.get('/metrics', { onRequest: auth, schema: { summary: 'Figures for Prometheus' } }, async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.read(deps.db, deps.now())),
  )
}
