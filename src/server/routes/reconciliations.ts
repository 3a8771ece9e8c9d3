import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { parseDuration } from '../../config/durations.ts'
import type { Deps } from '../../flows/deps.ts'
import { startReconciliation } from '../../flows/reconcile.ts'
import { activeRouteOf } from '../../flows/route.ts'
import { connectionByName } from '../../ledger/connections.ts'
import {
  daysOf,
  differencesOf,
  type ReconciliationView,
  reconciliationView,
  reconciliationViews,
} from '../../ledger/views/reconciliations.ts'
import { actorOf } from '../auth.ts'
import { readCursor, writeCursor } from '../cursor.ts'
import { countsJson, differencesJson, summaryJson } from '../reconciliation-json.ts'
import { notFound, Refusal } from '../refusal.ts'
import {
  differencePage,
  differenceQuery,
  reconciliation,
  type ReconciliationJson,
  reconciliationList,
  reconciliationQuery,
  reconciliationRequest,
} from '../schemas.ts'

const byId = z.object({ id: z.uuid() })
const position = z.object({ rank: z.number().int(), day: z.string(), subject: z.string() })
const firstDifferences = 100

export function reconciliationRoutes(app: FastifyInstance, deps: Deps): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.post(
    '/reconciliations',
    {
      schema: {
        summary: 'Compare channel, Waybill and backend; GET /reconciliations/{id} tells how it goes',
        body: reconciliationRequest,
        response: { 202: reconciliation },
      },
    },
    async ({ body }, reply) => {
      const connection = await connectionByName(deps.db, body.connection)
      if (!connection) throw notFound('connection', body.connection, 'GET /api/v1/connections lists them.')
      const route = connection.role === 'channel' ? await activeRouteOf(deps.db, connection.id) : null
      if (!route) throw nothingToCompare(connection)
      const from = new Date(deps.now().getTime() - parseDuration(body.since)!)
      const id = await deps.db
        .transaction()
        .execute((tx) => startReconciliation(deps, tx, { connection, route, from, actor: actorOf() }))
      return reply.code(202).send(await whole(await viewOf(id)))
    },
  )

  typed.get(
    '/reconciliations',
    {
      schema: {
        summary: 'The newest reconciliations',
        querystring: reconciliationQuery,
        response: { 200: reconciliationList },
      },
    },
    async ({ query }) => {
      const views = await reconciliationViews(deps.db, query)
      return { items: views.map((view) => summaryJson(deps, view)), nextCursor: null }
    },
  )

  typed.get(
    '/reconciliations/:id',
    {
      schema: {
        summary: 'A reconciliation: each day, and what differs',
        params: byId,
        response: { 200: reconciliation },
      },
    },
    async ({ params }) => whole(await viewOf(params.id)),
  )

  typed.get(
    '/reconciliations/:id/differences',
    {
      schema: {
        summary: 'What differs, those that need a person first',
        params: byId,
        querystring: differenceQuery,
        response: { 200: differencePage },
      },
    },
    async ({ params, query: { limit, cursor, ...filter } }) => {
      const view = await viewOf(params.id)
      const after = readCursor(position, cursor)
      const { differences, next } = await differencesOf(deps.db, view.id, filter, { limit, after })
      return { items: await differencesJson(deps, view, differences), nextCursor: writeCursor(next) }
    },
  )

  async function viewOf(id: string): Promise<ReconciliationView> {
    const view = await reconciliationView(deps.db, id)
    if (!view) throw notFound('reconciliation', id, 'Start one: POST /api/v1/reconciliations')
    return view
  }

  async function whole(view: ReconciliationView): Promise<ReconciliationJson> {
    const page = { limit: firstDifferences, after: null }
    const { differences, next } = await differencesOf(deps.db, view.id, {}, page)
    return {
      ...summaryJson(deps, view),
      days: (await daysOf(deps.db, view.id)).map((row) => ({ day: row.day, ...countsJson(row) })),
      differences: await differencesJson(deps, view, differences),
      moreDifferences: writeCursor(next),
    }
  }
}

const nothingToCompare = ({ name, role }: { name: string; role: string }): Refusal =>
  new Refusal({
    status: 422,
    code: role === 'channel' ? 'no_route' : 'not_a_channel',
    title: role === 'channel' ? 'No route' : 'Not a channel',
    detail:
      role === 'channel'
        ? `No route carries the orders of "${name}" anywhere`
        : `"${name}" is a backend; it is compared with each shop whose orders go there`,
    fix: role === 'channel' ? 'Make a route in waybill.yaml.' : 'Name the connection of the shop.',
    errors: [{ field: 'connection', message: role === 'channel' ? 'has no route' : 'is not a channel' }],
  })
