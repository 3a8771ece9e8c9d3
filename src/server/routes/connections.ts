import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { writeActivity } from '../../flows/activity.ts'
import type { ConfigurationDeps } from '../../flows/apply-configuration.ts'
import { checkConnection } from '../../flows/check-connection.ts'
import { confirmAddress, type NotConfirmed } from '../../flows/confirm-address.ts'
import type { Deps } from '../../flows/deps.ts'
import { connectionByName } from '../../ledger/connections.ts'
import { closeGap, gapById } from '../../ledger/gaps.ts'
import { pauseConnection } from '../../ledger/pausing.ts'
import { listRoutes } from '../../ledger/routes.ts'
import { connectionViews } from '../../ledger/views/connections.ts'
import { activityJson } from '../activity-json.ts'
import { actorOf } from '../auth.ts'
import { connectionJson, routeJson } from '../connection-json.ts'
import { notFound, Refusal } from '../refusal.ts'
import {
  checkResult,
  confirmAddressRequest,
  connection,
  connectionActivity,
  connectionList,
  connectionSettings,
  newConnection,
  newRoute,
  route,
  routeList,
  routeSettings,
  storedSettings,
  triedConnection,
  tryResult,
} from '../schemas.ts'
import { applyFragment, tryFragment, wayOf } from '../write-configuration.ts'

const named = z.object({ name: z.string() })

export function connectionRoutes(
  app: FastifyInstance,
  { deps, configuration, publicUrl }: { deps: Deps; configuration: ConfigurationDeps; publicUrl: URL | null },
): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()
  const publicAddress = publicUrl?.href.replace(/\/$/, '') ?? null

  const all = async () =>
    (await connectionViews(deps.db)).map((view) => connectionJson(deps, view, publicUrl))
  const one = async (name: string) => {
    const found = (await all()).find((each) => each.name === name)
    if (!found) throw noConnection(name)
    return found
  }

  typed.get(
    '/connections',
    { schema: { summary: 'Connections and how they are', response: { 200: connectionList } } },
    async () => ({ items: await all(), nextCursor: null }),
  )
  typed.get(
    '/connections/:name',
    { schema: { summary: 'One connection', params: named, response: { 200: connection } } },
    async ({ params }) => one(params.name),
  )
  typed.get(
    '/connections/:name/activity',
    {
      schema: {
        summary:
          'How much it was used in the last 24 hours, how fast it answered, and how near its limits it came',
        description: 'What other processes of Waybill did within the last minute may still be missing.',
        params: named,
        response: { 200: connectionActivity },
      },
    },
    async ({ params: { name } }) => {
      const found = await connectionByName(deps.db, name)
      if (!found) throw noConnection(name)
      await writeActivity(deps)
      return activityJson(deps, found)
    },
  )
  typed.post(
    '/connections',
    {
      schema: {
        summary: 'Make a connection, with the keys of waybill.yaml',
        body: newConnection,
        response: { 201: connection },
      },
    },
    async ({ body: { name, values, ...settings }, caller }, reply) => {
      if (await connectionByName(deps.db, name)) throw taken('connection', name)
      await applyFragment(configuration, { kind: 'connection', name, settings, values, way: wayOf(caller) })
      return reply.code(201).send(await one(name))
    },
  )
  typed.post(
    '/connections/try',
    {
      schema: {
        summary: 'Test the settings of a connection before they are stored; nothing is changed',
        body: triedConnection,
        response: { 200: tryResult },
      },
    },
    async ({ body: { name = null, values, ...settings } }) =>
      tryFragment(deps, configuration, { name, settings, values }, publicAddress),
  )
  typed.get(
    '/connections/:name/settings',
    {
      schema: {
        summary: 'What it is set to, each secret as the ${NAME} it comes from',
        params: named,
        response: { 200: storedSettings },
      },
    },
    async ({ params: { name } }) => {
      const found = await connectionByName(deps.db, name)
      if (!found) throw noConnection(name)
      const { kind, config } = found
      const { label } = await one(name)
      return { name, kind, label, settings: config as Record<string, unknown> }
    },
  )
  typed.put(
    '/connections/:name',
    {
      schema: {
        summary: 'Give a connection other settings',
        params: named,
        body: connectionSettings,
        response: { 200: connection },
      },
    },
    async ({ params: { name }, body: { values, ...settings }, caller }) => {
      await one(name)
      await applyFragment(configuration, { kind: 'connection', name, settings, values, way: wayOf(caller) })
      return one(name)
    },
  )
  typed.post(
    '/connections/:name/check',
    {
      schema: {
        summary: 'Test it: reachable, authorised, the same account, webhooks',
        params: named,
        response: { 200: checkResult },
      },
    },
    async ({ params }) => {
      const found = await connectionByName(deps.db, params.name)
      if (!found) throw noConnection(params.name)
      return checkConnection(deps, found, { publicUrl: publicAddress })
    },
  )
  typed.post(
    '/connections/:name/confirm-address',
    {
      schema: {
        summary: 'Confirm the address to which a shop has moved: it becomes the address of the connection',
        params: named,
        body: confirmAddressRequest,
        response: { 200: connection },
      },
    },
    async ({ params, body }) => {
      const found = await connectionByName(deps.db, params.name)
      if (!found) throw noConnection(params.name)
      const confirmed = await confirmAddress(deps, configuration.vault, {
        connectionId: found.id,
        address: body.address ?? null,
        actor: actorOf(),
      })
      if (!confirmed.ok) throw notConfirmed(confirmed.error)
      return one(params.name)
    },
  )
  typed.post(
    '/connections/:name/gaps/:gap/close',
    {
      schema: {
        summary: 'Close a gap of which a part cannot be read',
        params: named.extend({ gap: z.uuid() }),
        response: { 200: connection },
      },
    },
    async ({ params }) => {
      const found = await connectionByName(deps.db, params.name)
      if (!found) throw noConnection(params.name)
      const gap = await gapById(deps.db, params.gap)
      if (gap?.connection_id !== found.id || gap.out_of_reach === null || gap.closed_at !== null)
        throw notFound(
          'gap that could be closed',
          params.gap,
          'Others close by themselves when they have been read.',
        )
      await deps.db.transaction().execute((tx) => closeGap(tx, gap, { at: deps.now(), actor: actorOf() }))
      return one(params.name)
    },
  )
  for (const action of ['pause', 'resume'] as const)
    typed.post(
      `/connections/:name/${action}`,
      {
        schema: {
          summary: action === 'pause' ? 'Stop all work over it' : 'Go on with it',
          params: named,
          response: { 200: connection },
        },
      },
      async ({ params }) => {
        const found = await connectionByName(deps.db, params.name)
        if (!found) throw noConnection(params.name)
        const change = {
          connectionId: found.id,
          pause: action === 'pause',
          at: deps.now(),
          actor: actorOf(),
          newId: deps.newId,
        }
        await deps.db.transaction().execute((tx) => pauseConnection(tx, change))
        return one(params.name)
      },
    )
}

/** The routes between connections; not to be confused with those of HTTP. */
export function routeRoutes(
  app: FastifyInstance,
  { deps, configuration }: { deps: Deps; configuration: ConfigurationDeps },
): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()

  const all = async () =>
    (await listRoutes(deps.db)).filter((row) => row.removed_at === null).map((row) => routeJson(row))
  const one = async (name: string) => {
    const found = (await all()).find((each) => each.name === name)
    if (!found) throw notFound('route', name, 'GET /api/v1/routes lists them.')
    return found
  }

  typed.get('/routes', { schema: { summary: 'Routes', response: { 200: routeList } } }, async () => ({
    items: await all(),
    nextCursor: null,
  }))
  typed.get(
    '/routes/:name',
    { schema: { summary: 'One route', params: named, response: { 200: route } } },
    async ({ params }) => one(params.name),
  )
  typed.post(
    '/routes',
    {
      schema: {
        summary: 'Make a route, with the keys of waybill.yaml',
        body: newRoute,
        response: { 201: route },
      },
    },
    async ({ body: { name, values, ...settings }, caller }, reply) => {
      if ((await all()).some((each) => each.name === name)) throw taken('route', name)
      await applyFragment(configuration, { kind: 'route', name, settings, values, way: wayOf(caller) })
      return reply.code(201).send(await one(name))
    },
  )
  typed.put(
    '/routes/:name',
    {
      schema: {
        summary: 'Give a route other rules',
        params: named,
        body: routeSettings,
        response: { 200: route },
      },
    },
    async ({ params: { name }, body: { values, ...settings }, caller }) => {
      await one(name)
      await applyFragment(configuration, { kind: 'route', name, settings, values, way: wayOf(caller) })
      return one(name)
    },
  )
}

function notConfirmed(why: NotConfirmed): Refusal {
  const [detail, fix] =
    why.code === 'nothing_to_confirm'
      ? [
          'No other address waits to be confirmed',
          'Look at the connection: it may have been confirmed already.',
        ]
      : [`By now it has moved to ${why.address}`, 'Look at that address, and confirm it instead.']
  return new Refusal({ status: 409, code: why.code, title: 'Nothing was confirmed', detail, fix })
}

const noConnection = (name: string): Refusal =>
  notFound('connection', name, 'GET /api/v1/connections lists them.')

const taken = (what: string, name: string): Refusal =>
  new Refusal({
    status: 409,
    code: 'name_taken',
    title: 'The name is taken',
    detail: `There is a ${what} "${name}" already`,
    fix: `Choose another name, or change that one: PUT /api/v1/${what}s/${name}`,
    errors: [{ field: 'name', message: 'is taken' }],
  })
