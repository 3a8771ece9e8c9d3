import { randomBytes, randomUUID } from 'node:crypto'
import type { Resolve } from '../../src/connectors/addresses.ts'
import { backends, channels } from '../../src/connectors/index.ts'
import type { AnyBackend, AnyChannel, Deps } from '../../src/flows/deps.ts'
import { timeOrderedId } from '../../src/ids.ts'
import { createDeps } from '../../src/jobs/create-deps.ts'
import { startWorker, type Worker } from '../../src/jobs/worker.ts'
import { type Db, openDatabase } from '../../src/ledger/database.ts'
import { enqueue } from '../../src/ledger/jobs.ts'
import type { OrderRow } from '../../src/ledger/orders.ts'
import { type Vault, vaultWith } from '../../src/ledger/secrets.ts'
import { buryTheDead, register } from '../../src/ledger/workers.ts'
import {
  type SandboxNetSuite,
  type SandboxNetSuiteOptions,
  startSandboxNetSuite,
} from '../../src/sandbox/netsuite/index.ts'
import { type SandboxShop, type SandboxShopOptions, startSandboxShop } from '../../src/sandbox/shop/index.ts'
import { connect } from './connect.ts'
import { testDatabase } from './database.ts'
import { movableClock, numbersFrom } from './chance.ts'

export interface World {
  db: Db
  deps: Deps
  vault: Vault
  shop: SandboxShop
  netsuite: SandboxNetSuite
  shopId: string
  netsuiteId: string
  routeId: string
  now: () => Date
  /** Runs everything that is due at this moment of the clock. */
  settle(): Promise<void>
  /** Moves the clock alone: time that passes while something runs. */
  pass(ms: number): void
  /** Moves the clock, then settles. */
  advance(ms: number): Promise<void>
  /** Polls the shop now, and lets everything that follows happen. */
  poll(): Promise<void>
  orders(): Promise<OrderRow[]>
  order(numberOrId: string | number): Promise<OrderRow>
  /** The codes of the order's open problems. */
  problems(
    orderId: string,
  ): Promise<{ code: string; subject: string; detail: string; vendor_message: string | null }[]>
  /** The kinds of the order's events, in order. */
  events(orderId: string): Promise<string[]>
  /** The worker's process ends as in a crash, if it has not by itself, and another takes its place. */
  nextWorker(): Promise<void>
  stop(): Promise<void>
}

export interface WorldOptions {
  start?: string
  shop?: Partial<SandboxShopOptions>
  netsuite?: Partial<SandboxNetSuiteOptions>
  /** The route's mapping, or how it follows from what NetSuite holds. */
  mapping?: object | ((netsuite: SandboxNetSuite) => object)
  statuses?: string[]
  since?: string
  automatic?: boolean
  /** Calls at once to NetSuite. */
  concurrency?: number
  /** WAYBILL_PUBLIC_URL; without it webhooks are off. */
  publicUrl?: string
  /** How long the shop may go on with a request that was given up; default: 2s. */
  shopRequestLimit?: string
  /** The address that the shop's connection has; default: that of the shop. */
  shopAddress?: (shop: SandboxShop) => string
  /** Names instead of DNS. */
  resolve?: Resolve
}

/** A shop, a NetSuite, a ledger and a worker between them, on one clock that only the test moves. */
export async function makeWorld(options: WorldOptions = {}): Promise<World> {
  const clock = movableClock(options.start ?? '2026-03-02T10:00:00Z')
  const random = numbersFrom(1)
  const shop = await startSandboxShop({ port: 0, now: clock.now, random, seed: 'empty', ...options.shop })
  const netsuite = await startSandboxNetSuite({
    port: 0,
    now: clock.now,
    seed: 'demo',
    requestLimitMs: 2000,
    timeZone: 'UTC',
    ...options.netsuite,
  })
  const database = await testDatabase()
  const { db } = openDatabase({ connectionString: database.url }, () => undefined)
  const workerId = randomUUID()
  const vault = vaultWith(randomBytes(32))
  const stopping = new AbortController()
  const deps = createDeps({
    db,
    vault,
    workerId,
    now: clock.now,
    random,
    newId: () => timeOrderedId(clock.now()),
    log: quiet,
    signal: stopping.signal,
    allowHosts: ['127.0.0.0/8'],
    channels: channels as readonly AnyChannel[],
    backends: backends as readonly AnyBackend[],
    version: 'test',
    publicUrl: options.publicUrl ?? null,
    ...(options.resolve === undefined ? {} : { resolve: options.resolve }),
  })

  const at = clock.now()
  const ids = await connect(db, vault, {
    shop: {
      ...shop,
      url: options.shopAddress?.(shop) ?? shop.url,
      requestLimit: options.shopRequestLimit,
    },
    netsuite,
    mapping: typeof options.mapping === 'function' ? options.mapping(netsuite) : (options.mapping ?? {}),
    statuses: options.statuses ?? ['processing', 'completed'],
    since: options.since ?? '2026-01-01T00:00:00Z',
    automatic: options.automatic ?? true,
    concurrency: options.concurrency ?? 5,
    at,
  })
  const callTimeoutMs = () => 1000
  const listenConfig = { connectionString: database.url }
  const work = async (id: string, lockKey: string) => {
    const who = { id, lockKey, role: 'worker', host: 'test', pid: process.pid, now: clock.now() }
    const { lost, release } = await register(listenConfig, who)
    // What a test changes in `deps` later holds for this worker too.
    const own: Deps = Object.create(deps, { workerId: { value: id } })
    const worker: Worker = await startWorker({ deps: own, listenConfig, lost, callTimeoutMs })
    const failed = worker.failed.then((error) => {
      throw error
    })
    failed.catch(() => undefined)
    return { worker, failed, release }
  }
  let present = await work(workerId, '1')
  const settle = () => Promise.race([present.worker.idle(), present.failed])

  const world: World = {
    db,
    deps,
    vault,
    shop,
    netsuite,
    shopId: ids.shopId,
    netsuiteId: ids.netsuiteId,
    routeId: ids.routeId,
    now: clock.now,
    settle,
    pass: clock.advance,
    advance: async (ms) => {
      clock.advance(ms)
      await settle()
    },
    poll: async () => {
      await db
        .transaction()
        .execute((tx) =>
          enqueue(tx, [{ kind: 'poll', key: ids.shopId, connectionId: ids.shopId, runAt: clock.now() }]),
        )
      await settle()
    },
    orders: async () => (await db.selectFrom('orders').selectAll().orderBy('number').execute()) as OrderRow[],
    order: async (name) => {
      const found = (await world.orders()).filter(
        (order) => order.number === String(name) || order.channel_order_id === String(name),
      )
      if (found.length !== 1) throw new Error(`${found.length} orders are called ${name}`)
      return found[0]!
    },
    problems: (orderId) =>
      db
        .selectFrom('problems')
        .select(['code', 'subject', 'detail', 'vendor_message'])
        .where('order_id', '=', orderId)
        .where('closed_at', 'is', null)
        .execute(),
    events: async (orderId) =>
      (
        await db.selectFrom('events').select('kind').where('order_id', '=', orderId).orderBy('id').execute()
      ).map((event) => event.kind),
    nextWorker: async () => {
      await present.release()
      await present.failed.catch(() => undefined)
      const id = randomUUID()
      present = await work(id, '2')
      await buryTheDead(db, { me: id, now: clock.now(), callTimeoutMs })
    },
    stop: async () => {
      stopping.abort()
      await present.worker.stop()
      await present.release()
      await deps.close()
      await Promise.all([shop.close(), netsuite.close()])
      await db.destroy()
      await database.drop()
    },
  }
  return world
}

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: console.error }
