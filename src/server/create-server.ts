import { randomBytes } from 'node:crypto'
import fastifyCookie from '@fastify/cookie'
import fastifyHelmet from '@fastify/helmet'
import fastifyRateLimit from '@fastify/rate-limit'
import { fastifySSE } from '@fastify/sse'
import fastifySwagger from '@fastify/swagger'
import fastify, { type FastifyInstance } from 'fastify'
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod'
import type { Pool } from 'pg'
import type { Connectors } from '../config/desired.ts'
import type { AllowList } from '../connectors/addresses.ts'
import type { Deps } from '../flows/deps.ts'
import type { Vault } from '../ledger/secrets.ts'
import { authenticate, checkHost } from './auth.ts'
import { createLive } from './live.ts'
import { type LoginOptions, loginRoute, newLoginPath, sessionRoutes } from './login.ts'
import { createMetrics } from './metrics.ts'
import { answerError } from './refusal.ts'
import { backupRoutes } from './routes/backup.ts'
import { configurationRoutes } from './routes/configuration.ts'
import { connectionRoutes, routeRoutes } from './routes/connections.ts'
import { eventRoutes } from './routes/events.ts'
import { hookRoutes } from './routes/hooks.ts'
import { importRoutes } from './routes/imports.ts'
import { leaveMailsRoutes } from './routes/leave-mails.ts'
import { noticeRoutes } from './routes/notices.ts'
import { operationRoutes } from './routes/operations.ts'
import { orderPartRoutes } from './routes/order-parts.ts'
import { orderRoutes } from './routes/orders.ts'
import { heldRoutes } from './routes/held.ts'
import { overviewRoutes } from './routes/overview.ts'
import { problemRoutes } from './routes/problems.ts'
import { reconciliationRoutes } from './routes/reconciliations.ts'
import { routeSettingsRoutes } from './routes/route-settings.ts'
import { supportRoutes } from './routes/support.ts'
import { viewRoutes } from './routes/views.ts'
import { whyRoutes } from './routes/why.ts'
import { webPage } from './web-page.ts'

export interface ServerOptions {
  /** `workerId` has to be a registered worker: calls to backends take a slot in its name. */
  deps: Deps
  /** For `GET /backup`; without it there is none. */
  pool?: Pool
  vault: Vault
  connectors: Connectors
  allow: AllowList
  /** The API's token. */
  token: string
  /** WAYBILL_PUBLIC_URL. */
  publicUrl: string | null
  /** WAYBILL_LISTEN: the address to listen on. */
  host: string
  /** The built page: web/dist. */
  webDir: string
  version: string
  /** Secrets of one-time links and sessions; for tests. */
  randomToken?: () => string
}

export interface Server {
  app: FastifyInstance
  /** Port 0 takes a free one. Rejects with `EADDRINUSE` and the like. Returns the address on this machine. */
  listen(port: number): Promise<string>
  /** A fresh link that signs one browser in, once. Only after `listen`. */
  newLink(): Promise<string>
  close(): Promise<void>
}

const loopbackHosts = ['127.0.0.1', '::1', 'localhost']

/** The API, webhooks and the page, on one port. */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { deps, vault, token, host, webDir, version } = options
  const publicUrl = options.publicUrl === null ? null : new URL(options.publicUrl)
  const randomToken = options.randomToken ?? (() => randomBytes(24).toString('base64url'))
  const login: LoginOptions = {
    db: deps.db,
    now: deps.now,
    token,
    publicUrl,
    loopback: loopbackHosts.includes(host),
    randomToken,
  }
  const auth = authenticate(login)
  const live = createLive({ db: deps.db, log: deps.log })
  const configuration = {
    db: deps.db,
    vault,
    now: deps.now,
    newId: deps.newId,
    connectors: options.connectors,
    allow: options.allow,
  }
  let url: string | null = null
  const linkOf = (path: string): string => `${publicUrl?.origin ?? url ?? ''}${path}`

  const app = fastify({
    logger: false,
    bodyLimit: 1024 * 1024,
    // Whoever sends its request drop by drop is let go; answers, such as a backup, take their time.
    requestTimeout: 30_000,
    http: { headersTimeout: 15_000 },
    forceCloseConnections: true,
    // Names of any script fit; the schemas say how long each may be.
    routerOptions: { maxParamLength: 1_000 },
    frameworkErrors: (error, request, reply) => answerError(deps.log, error, request, reply),
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler((error: Error, request, reply) => answerError(deps.log, error, request, reply))
  app.decorateRequest('caller', null)
  takeOnlyJson(app)
  app.addHook('onRequest', checkHost(login))
  await secureHeaders(app, publicUrl)
  await app.register(fastifyCookie)
  await app.register(fastifyRateLimit, { global: false })
  await app.register(fastifySSE, { heartbeatInterval: 15_000 })
  await describe(app, version)

  const metrics = createMetrics()
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    const seconds = reply.elapsedTime / 1000
    metrics.observe({ method: request.method, route, status: reply.statusCode, seconds })
    // The route, never the address: addresses carry one-time links.
    deps.log.debug({ method: request.method, route, status: reply.statusCode, seconds }, 'answered')
  })

  const open = async (scope: FastifyInstance) => {
    operationRoutes(scope, { deps, metrics, auth })
    await scope.register(async (hooks) => hookRoutes(hooks, { deps }))
  }
  await app.register(open)
  await app.register(
    async (api) => {
      await api.register(open)
      api.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
      await api.register(async (closed) => {
        closed.addHook('onRequest', auth)
        closed.addHook('onSend', async (_, reply) => void reply.header('cache-control', 'no-store'))
        orderRoutes(closed, deps)
        heldRoutes(closed, deps)
        overviewRoutes(closed, deps)
        orderPartRoutes(closed, deps)
        viewRoutes(closed, deps)
        problemRoutes(closed, deps)
        whyRoutes(closed, deps)
        importRoutes(closed, deps)
        noticeRoutes(closed, { deps, vault, publicUrl })
        reconciliationRoutes(closed, deps)
        connectionRoutes(closed, { deps, configuration, publicUrl })
        routeRoutes(closed, { deps, configuration })
        routeSettingsRoutes(closed, { deps, configuration })
        configurationRoutes(closed, { deps, configuration })
        supportRoutes(closed, { deps, configuration, publicUrl, version })
        if (options.pool) backupRoutes(closed, { pool: options.pool, now: deps.now })
        eventRoutes(closed, live)
        sessionRoutes(closed, login, linkOf)
      })
    },
    { prefix: '/api/v1' },
  )
  loginRoute(app, login)
  await app.register(async (scope) => leaveMailsRoutes(scope, { deps, vault }))
  await webPage(app, webDir)

  return {
    app,
    async listen(port) {
      await app.listen({ host, port })
      const address = app.server.address()
      const bound = typeof address === 'object' && address !== null ? address.port : port
      const name = host === '::1' ? '[::1]' : login.loopback ? host : '127.0.0.1'
      url = `http://${name}:${bound}`
      return url
    },
    newLink: async () => linkOf(await newLoginPath(login)),
    async close() {
      live.close()
      await app.close()
    },
  }
}

/** Bodies are JSON or refused; an empty one is none. */
function takeOnlyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else parse(request, body as string, done)
  })
}

/** The page loads nothing from elsewhere, and has no inline script or style. */
async function secureHeaders(app: FastifyInstance, publicUrl: URL | null): Promise<void> {
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: publicUrl?.protocol === 'https:' ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
  })
}

async function describe(app: FastifyInstance, version: string): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Waybill',
        version,
        description: 'Errors are RFC 9457 problem details with a stable `code` and a `fix`.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
}
