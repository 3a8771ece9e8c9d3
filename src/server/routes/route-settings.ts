import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ConfigurationDeps } from '../../flows/apply-configuration.ts'
import type { Deps } from '../../flows/deps.ts'
import { seenByRoute as seenBy } from '../../flows/seen-by-route.ts'
import { valuesSeen as readValues } from '../../flows/values-seen.ts'
import { type RouteTrial, trialSentence, tryRoute } from '../../flows/try-route.ts'
import { configurationHistory as readHistory } from '../../ledger/views/configuration-history.ts'
import { describeProblem } from '../../order/problems.ts'
import { changeJson } from '../configuration-json.ts'
import { readCursor, writeCursor } from '../cursor.ts'
import { notFound } from '../refusal.ts'
import {
  configurationHistory,
  historyQuery,
  routeSettings,
  routeTrial,
  type RouteTrialJson,
  seenByRoute,
  valuesQuery,
  valuesSeen,
} from '../schemas.ts'
import { timeJson, timeOrNull } from '../values-json.ts'
import { fileOf, mistaken } from '../write-configuration.ts'

const named = z.object({ name: z.string() })
const position = z.object({ id: z.string().regex(/^\d{1,18}$/) })

/** What a person wants to know before and after changing the settings of a route. */
export function routeSettingsRoutes(
  app: FastifyInstance,
  { deps, configuration }: { deps: Deps; configuration: ConfigurationDeps },
): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.get(
    '/routes/:name/seen',
    {
      schema: {
        summary: 'What the newest orders of its shop say: statuses, and values that a mapping translates',
        params: named,
        response: { 200: seenByRoute },
      },
    },
    async ({ params: { name } }) => {
      const seen = await seenBy(deps, name)
      if (!seen) throw noRoute(name)
      return seen
    },
  )

  typed.get(
    '/routes/:name/values',
    {
      schema: {
        summary: 'What the newest orders of its shop have in a field, for a filter',
        params: named,
        querystring: valuesQuery,
        response: { 200: valuesSeen },
      },
    },
    async ({ params: { name }, query: { field } }) => {
      const seen = await readValues(deps, { name, field })
      if (seen.ok) return seen.value
      throw seen.error === 'no_such_route' ? noRoute(name) : noField(field)
    },
  )

  typed.post(
    '/routes/:name/dry-run',
    {
      schema: {
        summary: 'What other rules would mean for the last 100 orders; nothing is stored or posted',
        params: named,
        body: routeSettings,
        response: { 200: routeTrial },
      },
    },
    async ({ params: { name }, body: { values, ...settings } }) => {
      const fragment = { kind: 'route', name, settings, values } as const
      const tried = await tryRoute(deps, configuration, { name, yaml: fileOf(fragment, null), values })
      if (!tried.ok) throw mistaken(fragment, tried.error)
      if (tried.value === null) throw noRoute(name)
      return trialJson(name, tried.value)
    },
  )

  typed.get(
    '/configuration/history',
    {
      schema: {
        summary: 'Who changed which setting, the newest first',
        querystring: historyQuery,
        response: { 200: configurationHistory },
      },
    },
    async ({ query: { limit, cursor, ...of } }) => {
      const after = readCursor(position, cursor)?.id ?? null
      const found = await readHistory(deps.db, of, { limit: limit + 1, after })
      const items = found.slice(0, limit)
      const last = found.length > limit ? items.at(-1)! : null
      return { items: items.map(changeJson), nextCursor: writeCursor(last && { id: last.id }) }
    },
  )
}

const noRoute = (name: string) => notFound('route', name, 'GET /api/v1/routes lists them.')

const noField = (field: string) =>
  notFound('field', field, 'docs/configuration.md lists the fields that a filter may look at.')

const trialJson = (name: string, trial: RouteTrial): RouteTrialJson => ({
  ...trial,
  at: timeJson(trial.at),
  summary: trialSentence(name, trial),
  heldBy: trial.heldBy.map(({ filter = null, ...group }) => ({ ...group, filter })),
  differing: trial.differing.map(({ placedAt, problems, rule, ...order }) => ({
    ...order,
    placedAt: timeOrNull(placedAt),
    problems: problems.map(describeProblem),
    rule: rule && rule.detail,
  })),
})
