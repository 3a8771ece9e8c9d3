import { randomUUID } from 'node:crypto'
import { allowList } from '../../src/connectors/addresses.ts'
import { backends, channels } from '../../src/connectors/index.ts'
import type { Db } from '../../src/ledger/database.ts'
import { mainAccount } from '../../src/ledger/database.ts'
import { compress } from '../../src/ledger/compress.ts'
import type { OrderRow } from '../../src/ledger/orders.ts'
import { createServer, type Server, type ServerOptions } from '../../src/server/create-server.ts'
import type { ProblemDetails } from '../../src/server/schemas.ts'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

export const token = 'wb_a_token_only_for_tests'

export interface Answer<T> {
  status: number
  headers: Headers
  body: T
}

export interface Api {
  world: World
  server: Server
  /** "http://127.0.0.1:port" */
  url: string
  /** Paths as under /api/v1, with the token. */
  get<T>(path: string): Promise<T>
  post<T>(path: string, body?: object): Promise<T>
  put<T>(path: string, body: object): Promise<T>
  /** Anything that may be refused; the body as JSON. */
  ask<T = ProblemDetails>(method: string, path: string, init?: RequestInit): Promise<Answer<T>>
  stop(): Promise<void>
}

export async function startApi(
  options: WorldOptions & { server?: Partial<ServerOptions> } = {},
): Promise<Api> {
  const { server: serverOptions, ...worldOptions } = options
  const world = await makeWorld(worldOptions)
  const server = await createServer({
    deps: world.deps,
    vault: world.vault,
    connectors: { channels, backends },
    allow: allowList(['127.0.0.1']),
    token,
    publicUrl: null,
    host: '127.0.0.1',
    webDir: '/nonexistent',
    version: 'test',
    ...serverOptions,
  })
  const url = await server.listen(0)

  async function ask<T>(method: string, path: string, init: RequestInit = {}): Promise<Answer<T>> {
    const full =
      path.startsWith('/api') || path.startsWith('/_') ? path.replace(/^\/_/, '') : `/api/v1${path}`
    const response = await fetch(url + full, {
      method,
      redirect: 'manual',
      ...init,
      headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) },
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : text) as T,
    }
  }

  async function wanted<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await ask<T>(method, path, body === undefined ? {} : json(body))
    if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  return {
    world,
    server,
    url,
    ask,
    get: (path) => wanted('GET', path),
    post: (path, body) => wanted('POST', path, body),
    put: (path, body) => wanted('PUT', path, body),
    stop: async () => {
      await server.close()
      await world.stop()
    },
  }
}

export const json = (body: unknown): RequestInit => ({
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})

/** Puts an order into the ledger as if it had been read from the shop. */
export async function putOrder(
  { world }: Api,
  given: Partial<Omit<OrderRow, 'id' | 'account_id'>> & { number: string },
): Promise<string> {
  const at = world.now()
  const channelOrderId = given.channel_order_id ?? given.number
  const [id, rawId] = [randomUUID(), randomUUID()]
  await world.db
    .insertInto('raw_payloads')
    .values({
      id: rawId,
      account_id: mainAccount,
      connection_id: world.shopId,
      channel_order_id: channelOrderId,
      sha256: Buffer.from(rawId),
      body: compress('{}'),
      received_at: at,
    })
    .execute()
  await world.db
    .insertInto('orders')
    .values({
      id,
      account_id: mainAccount,
      route_id: world.routeId,
      channel_id: world.shopId,
      backend_id: world.netsuiteId,
      channel_order_id: channelOrderId,
      status: 'imported',
      first_seen_at: at,
      updated_at: at,
      placed_at: at,
      currency: 'EUR',
      total: '12.30',
      customer_name: 'Ada Lovelace',
      customer_email: 'ada@example.com',
      raw_id: rawId,
      external_id: `wb_test_${channelOrderId}`,
      ...withJson(given),
    })
    .execute()
  return id
}

const withJson = <T extends { hold?: unknown }>(given: T): T => ({
  ...given,
  ...(given.hold ? { hold: JSON.stringify(given.hold) } : {}),
})

let problems = 0

export async function putProblem(
  { world }: Api,
  problem: { orderId: string; code: string; subject?: string; detail?: string },
): Promise<void> {
  const subject = problem.subject ?? ''
  await world.db
    .insertInto('problems')
    .values({
      id: randomUUID(),
      account_id: mainAccount,
      order_id: problem.orderId,
      shipment_id: null,
      connection_id: world.netsuiteId,
      code: problem.code,
      subject,
      fingerprint: `${problem.code}:${subject}`,
      detail: problem.detail ?? 'It does not fit',
      vendor_message: null,
      // One after another, so that the first is the first.
      opened_at: new Date(world.now().getTime() + problems++),
      closed_at: null,
    })
    .execute()
}

export async function putEvent(
  db: Db,
  event: { orderId?: string; connectionId?: string; at: Date; kind: string; actor?: string; to?: string },
): Promise<void> {
  await db
    .insertInto('events')
    .values({
      account_id: mainAccount,
      order_id: event.orderId ?? null,
      connection_id: event.connectionId ?? null,
      at: event.at,
      kind: event.kind,
      actor: event.actor ?? 'waybill',
      status_to: event.to ?? null,
      status_from: null,
    })
    .execute()
}
