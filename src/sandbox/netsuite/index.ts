import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import Fastify from 'fastify'
import { localTime, statementCache, type Account } from './account.ts'
import { serveApi, type Traffic } from './api-server.ts'
import { makeGatekeeper } from './auth.ts'
import { makeControl, type Control } from './control.ts'
import { serveControl } from './control-server.ts'
import { credentialsSchema, makeCredentials, type SandboxCredentials } from './credentials.ts'
import { demoSeed } from './demo.ts'
import { makeFaults } from './faults.ts'
import { changeSetting, setting } from './lookups.ts'
import { servePages } from './pages.ts'
import { makeRecords, type Records } from './records.ts'
import { emptySeed, plant, type SeedData } from './seed.ts'
import { registerFunctions } from './suiteql/functions.ts'
import { isEmpty, openTables } from './tables.ts'

export { demoIds, demoSeed } from './demo.ts'
export { seedFromOrders } from './seed-from-orders.ts'
export { emptySeed } from './seed.ts'
export type { SeedData } from './seed.ts'
export type { Fault } from './faults.ts'
export type { Control } from './control.ts'
export type { Records, OrderRecord, FulfillmentRecord } from './records.ts'
export type { SandboxCredentials } from './credentials.ts'
export type { CallStep, JournalEntry } from './api-server.ts'

export interface SandboxNetSuiteOptions {
  /** 0: any free port. */
  port: number
  host?: string
  /** As in the OAuth realm. */
  account?: string
  now: () => Date
  log?: { info(fields: object, message: string): void; error(fields: object, message: string): void }
  /** What the account holds when it is new; a file that holds something already keeps it. */
  seed?: 'demo' | 'empty' | SeedData
  /** Where the tables live; in memory when absent. */
  file?: string
  /** Kept in the file when made here, so that they survive a restart. */
  credentials?: SandboxCredentials
  /** Calls at once, over all integrations: 5 on the shared service tier. */
  concurrency?: number
  /** Half passes before the work is done, half between the commit and the answer. */
  latencyMs?: number | (() => number)
  /** NetSuite's own time limit: 15 minutes. A call may run, and commit, until then. */
  requestLimitMs?: number
  /** How a call's time passes; for whoever moves the clock of `now` by hand. Default: as it does. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>
  /** Fields that the order's form makes mandatory, instead of the seed's. */
  form?: { mandatoryFields: { field: string; label: string }[] }
  /** Zone of the company; SuiteQL's dates are in it. */
  timeZone?: string
  taxEngine?: 'legacy' | 'suiteTax'
}

export interface SandboxNetSuite {
  url: string
  port: number
  account: string
  credentials: SandboxCredentials
  /** The same as the control endpoints, from inside the process. */
  control: Control
  /** What the account holds, for tests. */
  records: Records
  close(): Promise<void>
}

/** A NetSuite to try things against: SuiteTalk REST records, SuiteQL and sign-in over real HTTP, on its own tables. */
export async function startSandboxNetSuite(options: SandboxNetSuiteOptions): Promise<SandboxNetSuite> {
  if (options.file !== undefined) mkdirSync(dirname(options.file), { recursive: true })
  const db = openTables(options.file ?? ':memory:')
  let url = ''
  const account: Account = {
    id: options.account ?? '1234567_SB1',
    db,
    sql: statementCache(db),
    now: options.now,
    timeZone: options.timeZone ?? 'America/Los_Angeles',
    taxEngine: options.taxEngine ?? 'legacy',
    baseUrl: () => url,
  }
  registerFunctions(
    db,
    () => localTime(account, account.now()),
    () => localTime({ ...account, timeZone: 'utc' }, account.now()),
  )
  const seed = options.seed ?? 'empty'
  if (isEmpty(db)) plant(account, seed === 'demo' ? demoSeed() : seed === 'empty' ? emptySeed : seed)
  if (options.form !== undefined)
    changeSetting(account, 'mandatoryFields', JSON.stringify(options.form.mandatoryFields))
  const credentials = options.credentials ?? (await keptCredentials(account))

  const closing = new AbortController()
  const traffic: Traffic = {
    running: new Map(),
    watchers: new Set(),
    inFlight: 0,
    highestInFlight: 0,
    highestOpen: 0,
    open: 0,
    journal: [],
  }
  const gatekeeper = makeGatekeeper(account, credentials)
  const faults = makeFaults()
  const records = makeRecords(account)
  const latency = options.latencyMs ?? 0

  const host = options.host ?? '127.0.0.1'
  const app = Fastify({ forceCloseConnections: true, bodyLimit: 104 * 1024 * 1024 })
  const control = makeControl({
    account,
    gatekeeper,
    faults,
    traffic,
    records,
    listener: {
      stop: () =>
        new Promise((done) => {
          app.server.close(() => done())
          app.server.closeAllConnections()
        }),
      start: () =>
        new Promise((done) => {
          if (app.server.listening) done()
          else app.server.listen(Number(new URL(url).port), host, done)
        }),
    },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.setErrorHandler((error, request, reply) => {
    if (closing.signal.aborted) {
      reply.hijack()
      reply.raw.destroy()
      return
    }
    options.log?.error({ err: error, path: request.url }, 'the sandbox NetSuite failed')
    void reply.code(500).send({ title: 'Internal Server Error', status: 500 })
  })
  serveApi(app, account, gatekeeper, faults, traffic, {
    concurrency: options.concurrency ?? 5,
    latencyMs: typeof latency === 'function' ? latency : () => latency,
    requestLimitMs: options.requestLimitMs ?? 15 * 60_000,
    wait: options.wait ?? ((ms, signal) => setTimeout(ms, undefined, { signal })),
    signal: closing.signal,
  })
  serveControl(app, control)
  servePages(app, account, control, records)
  try {
    url = await app.listen({ port: options.port, host })
  } catch (error) {
    db.close()
    throw error
  }
  options.log?.info({ url, account: account.id }, 'the sandbox NetSuite listens')

  return {
    url,
    port: Number(new URL(url).port),
    account: account.id,
    credentials,
    control,
    records,
    async close() {
      closing.abort()
      await app.close()
      db.close()
    },
  }
}

async function keptCredentials(account: Account): Promise<SandboxCredentials> {
  const kept = setting(account, 'credentials')
  if (kept !== undefined) return credentialsSchema.parse(JSON.parse(kept))
  const made = await makeCredentials(account.now())
  changeSetting(account, 'credentials', JSON.stringify(made))
  return made
}
