import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../../flows/deps.ts'
import { startImport } from '../../flows/import-by-id.ts'
import { startRangeImport } from '../../flows/import-range.ts'
import { connectionByName } from '../../ledger/connections.ts'
import { type ImportView, importView } from '../../ledger/views/imports.ts'
import { actorOf } from '../auth.ts'
import { timeJson, timeOrNull } from '../values-json.ts'
import { notFound, Refusal } from '../refusal.ts'
import { type ImportJson, importJson, importRequest } from '../schemas.ts'

export function importRoutes(app: FastifyInstance, deps: Deps): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.post(
    '/imports',
    {
      schema: {
        summary:
          'Import orders by id or number, or by the days they were placed; GET /imports/{id} tells how it went',
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
      const asked = { connection, anyway: body.anyway, actor: actorOf() }
      const id = await deps.db
        .transaction()
        .execute((tx) =>
          body.from === undefined
            ? startImport(deps, tx, { ...asked, queries: body.orders ?? [] })
            : startRangeImport(deps, tx, { ...asked, ...rangeOf(body.from, body.to, deps.now()) }),
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

const dayMs = 86_400_000

/** Whole days in UTC, the last one included. */
function rangeOf(from: string, to: string | undefined, now: Date): { from: Date; to: Date } {
  const last = to === undefined ? now : new Date(`${to}T00:00:00Z`)
  return { from: new Date(`${from}T00:00:00Z`), to: new Date(last.getTime() + dayMs) }
}

const viewJson = (view: ImportView): ImportJson => ({
  id: view.id,
  connection: view.connection,
  actor: view.actor,
  anyway: view.anyway,
  createdAt: timeJson(view.created_at),
  finishedAt: timeOrNull(view.finished_at),
  from: timeOrNull(view.from_at),
  to: timeOrNull(view.to_at),
  items: view.items.map(({ query, state, order_id: orderId, detail }) => ({ query, state, orderId, detail })),
})
