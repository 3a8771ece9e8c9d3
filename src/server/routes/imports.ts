import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../../flows/deps.ts'
import { startImport } from '../../flows/import-by-id.ts'
import { connectionByName } from '../../ledger/connections.ts'
import { type ImportView, importView } from '../../ledger/views/imports.ts'
import { actorOf } from '../auth.ts'
import { timeJson, timeOrNull } from '../order-json.ts'
import { notFound, Refusal } from '../refusal.ts'
import { type ImportJson, importJson, importRequest } from '../schemas.ts'

export function importRoutes(app: FastifyInstance, deps: Deps): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.post(
    '/imports',
    {
      schema: {
        summary: 'Import orders by id or number; GET /imports/{id} tells how it went',
        body: importRequest,
        response: { 202: importJson },
      },
    },
    async ({ body }, reply) => {
      const connection = await connectionByName(deps.db, body.connection)
      if (!connection) throw notFound('connection', body.connection, 'GET /api/v1/connections lists them.')
      if (connection.role !== 'channel')
        throw new Refusal({
          status: 422,
          code: 'not_a_channel',
          title: 'Not a channel',
          detail: `"${connection.name}" is a backend; orders are imported from channels`,
          fix: 'Name the connection of the shop.',
          errors: [{ field: 'connection', message: 'is not a channel' }],
        })
      const id = await deps.db.transaction().execute((tx) =>
        startImport(deps, tx, {
          connection,
          queries: body.orders,
          anyway: body.anyway,
          actor: actorOf(),
        }),
      )
      return reply.code(202).send(viewJson((await importView(deps.db, id))!))
    },
  )

  typed.get(
    '/imports/:id',
    {
      schema: {
        summary: 'How an import goes',
        params: z.object({ id: z.uuid() }),
        response: { 200: importJson },
      },
    },
    async ({ params }) => {
      const view = await importView(deps.db, params.id)
      if (!view) throw notFound('import', params.id, 'Start one: POST /api/v1/imports')
      return viewJson(view)
    },
  )
}

const viewJson = (view: ImportView): ImportJson => ({
  id: view.id,
  connection: view.connection,
  actor: view.actor,
  anyway: view.anyway,
  createdAt: timeJson(view.created_at),
  finishedAt: timeOrNull(view.finished_at),
  items: view.items.map(({ query, state, order_id: orderId, detail }) => ({ query, state, orderId, detail })),
})
