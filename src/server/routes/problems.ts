import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../../flows/deps.ts'
import { choicesFor, type ChoicesFailure, fixProblem } from '../../flows/fix-problem.ts'
import { connectionViews, type ConnectionView } from '../../ledger/views/connections.ts'
import {
  connectionProblems,
  type ConnectionProblemRow,
  problemGroups,
  type ProblemGroupRow,
} from '../../ledger/views/problems.ts'
import { activeRoutes } from '../../ledger/views/schedule.ts'
import type { RouteRow } from '../../ledger/routes.ts'
import { describeProblem, type Problem, problemCatalogue, type ProblemCode } from '../../order/problems.ts'
import { actorOf } from '../auth.ts'
import { problemJson } from '../order-json.ts'
import { notFound, Refusal } from '../refusal.ts'
import { choices, choicesQuery, fixRequest, fixResult, type ProblemGroup, problemList } from '../schemas.ts'
import { moneyJson, timeJson, timeOrNull } from '../values-json.ts'

export function problemRoutes(app: FastifyInstance, deps: Deps): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.get(
    '/problems',
    { schema: { summary: 'Problems by cause, and what each stops', response: { 200: problemList } } },
    async () => {
      const connections = await connectionViews(deps.db)
      const routes = await activeRoutes(deps.db)
      const systemic = connections.flatMap((connection) => connectionGroup(connection, routes))
      const ofWork = (await connectionProblems(deps.db)).flatMap((row) => workGroup(row, connections, routes))
      const groups = await problemGroups(deps.db)
      return { items: [...systemic, ...ofWork, ...groups.map(groupJson)], nextCursor: null }
    },
  )

  typed.post(
    '/problems/fix',
    {
      schema: {
        summary: 'Mend one cause, and post all orders that it stopped',
        body: fixRequest,
        response: { 200: fixResult },
      },
    },
    async ({ body }) => {
      const fixed = await fixProblem(deps, { ...body, actor: actorOf() })
      if (fixed.ok) return fixed.value
      if (fixed.error.code === 'several_backends') throw severalBackends()
      throw fixed.error.code === 'no_such_route'
        ? notFound('route', body.route ?? '', 'GET /api/v1/routes lists them.')
        : notFound(
            'open problem',
            body.fingerprint,
            'It may be solved already: GET /api/v1/problems lists those that are open.',
          )
    },
  )

  typed.get(
    '/routes/:name/choices',
    {
      schema: {
        summary: "What a person may choose for a mapping, asked of the route's backend",
        params: z.object({ name: z.string() }),
        querystring: choicesQuery,
        response: { 200: choices },
      },
    },
    async ({ params, query }) => {
      const route = (await activeRoutes(deps.db)).find(({ name }) => name === params.name)
      if (!route) throw notFound('route', params.name, 'GET /api/v1/routes lists them.')
      const asked = await choicesFor(deps, { backendId: route.backend_id, ...query })
      if (asked.ok) return { items: asked.value }
      throw notAnswered(asked.error)
    },
  )
}

const severalBackends = (): Refusal =>
  new Refusal({
    status: 422,
    code: 'several_backends',
    title: 'Which of the backends?',
    detail: 'Orders with this problem go to several backends, and a record of one means nothing in another.',
    fix: 'Name the route whose mapping is to be changed.',
  })

function notAnswered(error: ChoicesFailure): Refusal {
  if (error.code === 'busy')
    return new Refusal({
      status: 503,
      code: 'connection_busy',
      title: 'The backend is busy',
      detail: 'All calls that the account allows at once are in use by Waybill itself.',
      fix: 'Try again in a few seconds.',
    })
  const problem = describeProblem(error.failure.problems[0])
  return new Refusal({
    status: 502,
    code: problem.code,
    title: problem.title,
    detail: [problem.detail, problem.vendorMessage].filter((part) => part).join('. '),
    fix: problem.fix,
  })
}

function groupJson(row: ProblemGroupRow): ProblemGroup {
  const { scope } = problemCatalogue[row.code as ProblemCode]
  return {
    ...problemJson(row),
    scope: scope === 'warning' ? 'connection' : scope,
    connection: row.connection,
    routes: row.routes,
    orders: row.orders,
    totals: row.totals.map(({ amount, currency }) => moneyJson(amount, currency)),
    oldest: timeJson(row.oldest),
    newest: timeJson(row.newest),
    cancelsAt: timeOrNull(row.cancels_at),
  }
}

/** A connection in trouble stops no order for good, but keeps those that wait for it. One that nothing uses stops nothing. */
function connectionGroup(connection: ConnectionView, routes: RouteRow[]): ProblemGroup[] {
  if (connection.health_problem === null) return []
  const isUsed = routes.some((route) => [route.channel_id, route.backend_id].includes(connection.id))
  if (!isUsed && connection.waiting_orders === 0) return []
  const problem = describeProblem(connection.health_problem as Problem)
  return [
    {
      ...problem,
      scope: 'connection',
      connection: connection.name,
      routes: routes
        .filter((route) => [route.channel_id, route.backend_id].includes(connection.id))
        .map((route) => route.name),
      orders: connection.waiting_orders,
      totals: [],
      oldest: timeJson(connection.health_since),
      newest: timeJson(connection.updated_at),
      cancelsAt: null,
    },
  ]
}

/** Some work of a connection fails while the rest goes on. */
function workGroup(
  row: ConnectionProblemRow,
  connections: ConnectionView[],
  routes: RouteRow[],
): ProblemGroup[] {
  const connection = connections.find(({ id }) => id === row.connection_id)
  if (!connection) return []
  return [
    {
      ...problemJson(row),
      scope: 'connection',
      connection: connection.name,
      routes: routes
        .filter((route) => [route.channel_id, route.backend_id].includes(connection.id))
        .map((route) => route.name),
      orders: 0,
      totals: [],
      oldest: timeJson(row.opened_at),
      newest: timeJson(row.opened_at),
      cancelsAt: null,
    },
  ]
}
