import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../../flows/deps.ts'
import {
  deleteView,
  listSavedViews,
  mostViews,
  type NotSaved,
  type SavedQuery,
  type SavedView,
  saveView,
} from '../../ledger/saved-views.ts'
import { notFound, Refusal } from '../refusal.ts'
import { view, type ViewJson, viewList, viewName, viewRequest } from '../schemas.ts'
import { timeJson } from '../values-json.ts'

const named = z.object({ name: viewName.describe('Its name, in capitals or not') })

export function viewRoutes(app: FastifyInstance, deps: Deps): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.get(
    '/views',
    {
      schema: {
        summary: 'The saved views of the list of orders, by name',
        response: { 200: viewList },
      },
    },
    async () => ({ items: (await listSavedViews(deps.db)).map(viewJson), nextCursor: null }),
  )

  typed.put(
    '/views/:name',
    {
      schema: {
        summary: 'Save a view, change what it shows, or rename it',
        params: named,
        headers: z.looseObject({
          'if-none-match': z
            .literal('*', { error: 'give "*" to make a view only where there is none of the name' })
            .optional(),
          'if-match': z
            .string()
            .transform((tag) => tag.replaceAll('"', ''))
            .pipe(z.iso.datetime({ error: 'give the "updatedAt" of the view as it was read' }))
            .optional(),
        }),
        body: viewRequest,
        response: { 200: view },
      },
    },
    async ({ params, headers, body }) => {
      const saved = await saveView(deps.db, {
        name: params.name,
        newName: body.name,
        query: body.query && given(body.query),
        onlyNew: headers['if-none-match'] === '*',
        ifUpdatedAt: headers['if-match'] === undefined ? undefined : new Date(headers['if-match']),
        now: deps.now(),
      })
      if (!saved.ok) throw notSaved[saved.error](params.name, body.name ?? params.name)
      return viewJson(saved.value)
    },
  )

  typed.delete(
    '/views/:name',
    { schema: { summary: 'Delete a saved view', params: named, response: { 204: z.null() } } },
    async ({ params }, reply) => {
      if (!(await deleteView(deps.db, params.name))) throw noView(params.name)
      return reply.code(204).send(null)
    },
  )
}

/** Without what says nothing. */
const given = (query: object): SavedQuery =>
  Object.fromEntries(
    Object.entries(query as SavedQuery).filter(([, value]) => value !== undefined && value.length > 0),
  )

const viewJson = ({ name, query, createdAt, updatedAt }: SavedView): ViewJson => ({
  name,
  query: query as ViewJson['query'],
  createdAt: timeJson(createdAt),
  updatedAt: timeJson(updatedAt),
})

const noView = (name: string): Refusal =>
  notFound('view', name, 'GET /api/v1/views lists those there are; somebody may have renamed or deleted it.')

const notSaved: Record<NotSaved, (name: string, newName: string) => Refusal> = {
  no_such_view: noView,
  name_taken: (_, name) =>
    new Refusal({
      status: 409,
      code: 'name_taken',
      title: 'This name is taken',
      detail: `There is a view "${name}" already; capitals make no difference.`,
      fix: 'Give another name, or update that view.',
    }),
  changed_meanwhile: (name) =>
    new Refusal({
      status: 412,
      code: 'changed_meanwhile',
      title: 'Somebody has changed this view meanwhile',
      detail: `The view "${name}" shows something else since it was read.`,
      fix: 'Open it to see what it shows now; then update it, or save yours under another name.',
    }),
  too_many: () =>
    new Refusal({
      status: 409,
      code: 'too_many_views',
      title: 'Too many views',
      detail: `There are ${mostViews} views already, and no more are kept.`,
      fix: 'Delete one that nobody uses any more.',
    }),
}
