import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { fastify, type FastifyReply, type FastifyRequest } from 'fastify'
import { newControl, type ShopControl } from './control.ts'
import { controlRoutes } from './control-routes.ts'
import { answerInstead, meet, noFaults, spoil, type Fault } from './faults.ts'
import type { ShopAnswer, ShopRequest } from './http.ts'
import { begin, newJournal } from './journal.ts'
import { loadOrders } from './load.ts'
import { parseQuery } from './php.ts'
import { demoSeed, emptySeed, type ShopSeed } from './seed.ts'
import { answerSite } from './site.ts'
import type { ApiKey, Shop } from './state.ts'
import type { Zone } from './time.ts'
import { startWebhooks } from './webhooks.ts'

export type { ShopControl } from './control.ts'
export type { FaultSpec } from './faults.ts'
export type { JournalEntry, RequestStep } from './journal.ts'
export type { NewOrder } from './orders.ts'
export type { ShopSeed } from './seed.ts'
export type { Trouble } from './random-order.ts'

export interface SandboxShopOptions {
  /** 0: any free port. */
  port: number
  /** Default 127.0.0.1. */
  host?: string
  now: () => Date
  /** Seeded: the same seed gives the same shop. Numbers in [0, 1). */
  random: () => number
  log?: (line: string) => void
  /** What the shop sells and which orders it has; default 'demo', and 'empty' where orders are loaded. */
  seed?: ShopSeed | 'demo' | 'empty'
  /** Texts of files with orders, served byte for byte. */
  load?: string[]
  /** The key that works; made from `random` when absent. */
  credentials?: { consumerKey: string; consumerSecret: string; permissions?: ApiKey['permissions'] }
  /** How long every answer takes, half before the work and half behind it. */
  latencyMs?: number
  /** Fixed offset of the shop's clock from UTC in hours; `timezone` wins. Default 0. */
  timezoneOffset?: number
  /** IANA name of the shop's time zone. */
  timezone?: string
  /** Folder of the site, such as "/shop". */
  prefix?: string
  /** Settings > Permalinks > Plain: the REST API answers only under ?rest_route=. */
  plainPermalinks?: boolean
  /**
   * Stand behind a TLS-terminating proxy, so that a key and secret work although the sandbox itself speaks HTTP.
   * Default true; false is WooCommerce over plain HTTP, where only OAuth 1.0a works.
   */
  basicOverHttp?: boolean
  /** `home` and `url` say https, as those of a shop behind a proxy do. */
  httpsLook?: boolean
  /** WooCommerce's fulfilments feature; default on. */
  fulfillments?: boolean
  /**
   * Refuse a property that WooCommerce does not know with 400 `sandbox_unknown_property`, where a real shop ignores
   * it. Default true: a misspelt property is found.
   */
  closedBodies?: boolean
  /** Deliver to each webhook one after the other. Default true; false is a busy shop with many PHP processes. */
  webhooksInOrder?: boolean
  /** The shop's permanent identity, a UUID; made from `random` when absent. */
  storeId?: string
}

export interface SandboxShop {
  /** Address of the site, with its folder and without a trailing slash. */
  url: string
  port: number
  consumerKey: string
  consumerSecret: string
  /** Address of the page on which a person plays with the shop. */
  controlUrl: string
  control: ShopControl
  close: () => Promise<void>
}

/**
 * Starts a shop that speaks WooCommerce's REST API v3 and webhooks over real HTTP, in memory.
 * It behaves as recordings/woocommerce-11.0.1 shows the real one to. Throws when the port is taken.
 */
export async function startSandboxShop(options: SandboxShopOptions): Promise<SandboxShop> {
  const host = options.host ?? '127.0.0.1'
  const shop = newShop(options)
  const webhooks = startWebhooks(shop, { inOrder: options.webhooksInOrder ?? true })
  const app = fastify({ bodyLimit: 16 * 1024 * 1024, routerOptions: { ignoreTrailingSlash: false } })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  const listen = async (port: number): Promise<number> => {
    await new Promise<void>((resolve, reject) => {
      app.server.once('error', reject)
      app.server.listen(port, host, () => {
        app.server.removeListener('error', reject)
        resolve()
      })
    })
    return (app.server.address() as AddressInfo).port
  }
  const stopListening = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      app.server.close(() => resolve())
      app.server.closeAllConnections()
    })
  }

  const control = newControl(shop, webhooks, {
    stopListening,
    listenAgain: async () => {
      await listen(port)
    },
  })
  controlRoutes(app, shop, control)
  app.all('/*', async (request, reply) => {
    await serve(shop, options.latencyMs ?? 0, request, reply)
  })
  app.setErrorHandler(async (error: Error, _request, reply) => {
    shop.log(`the sandbox shop failed: ${error.stack ?? error.message}`)
    await reply.code(500).send({ code: 'sandbox_failed', message: error.message })
  })
  await app.ready()
  const port = await listen(options.port).catch(async (error: unknown) => {
    await app.close()
    throw error
  })
  const site = `http://${host}:${port}`
  const url = `${site}${shop.prefix}`
  shop.home = options.httpsLook ? url.replace('http:', 'https:') : url
  seedShop(shop, options)

  const [key] = shop.keys
  return {
    url,
    port,
    consumerKey: key!.consumerKey,
    consumerSecret: key!.consumerSecret,
    controlUrl: `${site}/_control`,
    control,
    close: async () => {
      control.stopDrip()
      await stopListening()
      await app.close()
      await webhooks.close()
    },
  }
}

function newShop(options: SandboxShopOptions): Shop {
  const zone: Zone =
    options.timezone === undefined ? { offsetHours: options.timezoneOffset ?? 0 } : { name: options.timezone }
  const hex = (length: number): string =>
    Array.from({ length }, () => Math.floor(options.random() * 16).toString(16)).join('')
  return {
    now: options.now,
    random: options.random,
    log: options.log ?? (() => {}),
    name: 'Sandbox shop',
    description: '',
    storeId: options.storeId ?? uuidFrom(hex(32)),
    home: '',
    prefix: (options.prefix ?? '').replace(/\/$/, ''),
    zone,
    currency: 'EUR',
    country: 'DE',
    pricesIncludeTax: false,
    plainPermalinks: options.plainPermalinks ?? false,
    basicOverHttp: options.basicOverHttp ?? true,
    fulfillmentsOn: options.fulfillments ?? true,
    closedBodies: options.closedBodies ?? true,
    customStatuses: new Map(),
    keys: [
      {
        consumerKey: options.credentials?.consumerKey ?? `ck_${hex(40)}`,
        consumerSecret: options.credentials?.consumerSecret ?? `cs_${hex(40)}`,
        permissions: options.credentials?.permissions ?? 'read_write',
        user: 'shop_manager',
      },
    ],
    usedNonces: new Map(),
    orders: new Map(),
    notes: new Map(),
    refunds: new Map(),
    fulfillments: new Map(),
    webhooks: new Map(),
    products: [],
    taxRates: [],
    coupons: [],
    paymentGateways: [],
    ids: { post: 1001, item: 1, meta: 1, note: 1, fulfillment: 1, webhook: 1 },
    faults: noFaults(),
    journal: newJournal(),
    watchers: new Set(),
    revision: 0,
    emit: () => {},
    ping: () => {},
  }
}

function uuidFrom(hex: string): string {
  const digest = createHash('sha256').update(hex).digest('hex')
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`
}

function seedShop(shop: Shop, options: SandboxShopOptions): void {
  const seed = options.seed ?? (options.load ? 'empty' : 'demo')
  const apply = seed === 'demo' ? demoSeed : seed === 'empty' ? emptySeed : seed
  apply(shop)
  for (const text of options.load ?? []) loadOrders(shop, text)
}

/** Answers one request on the socket, with the latency and the fault it meets. */
async function serve(
  shop: Shop,
  latencyMs: number,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { method, url } = request
  const from = request.raw.socket.remotePort ?? 0
  const begun = begin(shop.journal, shop.watchers, { at: shop.now(), method, url, from })
  const asked = readRequest(shop, request)
  const { fault, delayMs } = meet(shop.faults, method, url)
  asked.ordersTableMissing = fault?.kind === 'orders_table_missing'
  let status = 0
  try {
    await wait(latencyMs / 2 + delayMs)
    if (fault?.kind === 'reset') {
      destroy(reply)
      return
    }
    begun.reach('let in')
    const answer = answered(shop, asked, fault)
    begun.reach('done')
    await wait(latencyMs / 2)
    if (fault?.kind === 'lose_answer') {
      destroy(reply)
      return
    }
    status = answer.status
    await reply
      .code(answer.status)
      .headers({ date: shop.now().toUTCString(), ...answer.headers })
      .send(answer.body)
  } finally {
    begun.end(status, fault?.kind ?? (delayMs > 0 ? 'slow' : null))
  }
}

function answered(shop: Shop, request: ShopRequest, fault: Fault | null): ShopAnswer {
  const instead = fault && answerInstead(fault, request)
  if (instead) return instead
  const answer = answerSite(shop, request)
  return fault ? spoil(fault, request, answer) : answer
}

/** Ends the connection without an answer. */
function destroy(reply: FastifyReply): void {
  reply.hijack()
  reply.raw.socket?.destroy()
}

function readRequest(shop: Shop, request: FastifyRequest): ShopRequest {
  const [whole = '', query = ''] = request.url.split(/\?(.*)/s)
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
  const outside = whole !== shop.prefix && !whole.startsWith(`${shop.prefix}/`)
  return {
    method: request.method,
    path: whole.slice(outside ? 0 : shop.prefix.length) || '/',
    outside,
    url: request.url,
    query: parseQuery(query),
    headers,
    ordersTableMissing: false,
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  }
}

const wait = (ms: number): Promise<void> =>
  ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve()
