import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Pool } from 'pg'
import type { Embedded } from '../../../src/ledger/embedded/index.ts'
import { type SandboxNetSuite, startSandboxNetSuite } from '../../../src/sandbox/netsuite/index.ts'
import { type SandboxShop, startSandboxShop } from '../../../src/sandbox/shop/index.ts'
import { numbersFrom } from '../../support/chance.ts'
import { demoConfiguration } from '../../support/demo-configuration.ts'
import { until } from '../program.ts'
import { type Clocks, startClocks } from './clocks.ts'
import { type Doors, makeDoors } from './doors.ts'
import { type Person, personAt } from './person.ts'
import type { Plan } from './plan.ts'
import { type Postman, startPostman } from './postman.ts'
import { type Process, runProcess, urlOf } from './processes.ts'

/** What the storm knows of an order it placed, beside what the shop says of it. */
export interface Known {
  /** What has to become of it. `any`: it was cancelled or thrown away in the shop at some moment. */
  fate: 'posted' | 'held' | 'stopped' | 'unreadable' | 'any'
  email: string | null
}

/** A shop, a NetSuite and Waybill's processes between them, on one clock. */
export interface Scene {
  clocks: Clocks
  shop: SandboxShop
  netsuite: SandboxNetSuite
  postman: Postman
  server: Process
  workers: Process[]
  known: Map<number, Known>
  emailsBefore: string[]
  /** Numbers for the choices of this seed. */
  random: () => number
  postgres: Embedded
  doors: Doors
  /** Where the shop is now. */
  shopUrl(): string
  /** It gets another address, to which all its old ones redirect. */
  moveShop(): Promise<void>
  person: Person
  query<T>(sql: string, values?: unknown[]): Promise<T[]>
  log: string
  close(keep: boolean): Promise<void>
}

export const hookPath = '/hooks/shop'

/** Opens the scene of a plan on a PostgreSQL that has the migrated `template`; all processes are up when it resolves. */
export async function openScene(
  seed: number,
  plan: Plan,
  postgres: Embedded,
  template: string,
): Promise<Scene> {
  const random = numbersFrom(seed + 1_000_000)
  const clocks = await startClocks(plan.start)
  const shop = await startSandboxShop({
    port: 0,
    now: clocks.shop,
    random,
    seed: 'empty',
    timezone: plan.zone,
  })
  const netsuite = await startSandboxNetSuite({
    port: 0,
    now: clocks.now,
    wait: clocks.wait,
    seed: 'demo',
    timeZone: plan.zone,
  })
  const home = await mkdtemp(path.join(os.tmpdir(), 'waybill-storm-'))
  const log = path.join(home, 'program.log')
  const postman = await startPostman(() => urlOf(home))
  const database = `storm_${randomUUID().replaceAll('-', '')}`
  await administer(postgres, `CREATE DATABASE ${database} TEMPLATE ${template} STRATEGY file_copy`)
  // Tests need no disk, but what PostgreSQL has said it has committed must outlive its kill.
  await administer(postgres, `ALTER DATABASE ${database} SET synchronous_commit = on`)
  const pool = new Pool({ ...postgres.connection, database, max: 4 })
  // It is ended with all others, again and again.
  pool.on('error', () => undefined)

  const { DATABASE_URL: _, ...inherited } = process.env
  const env = {
    ...inherited,
    ...clocks.ours.env,
    DATABASE_URL: postgres.databaseUrl.replace(/[^/]*$/, database),
    WAYBILL_HOME: home,
    WAYBILL_KEY: randomBytes(32).toString('base64'),
    WAYBILL_PUBLIC_URL: postman.url,
    WAYBILL_ALLOW_HOSTS: '127.0.0.0/8',
    WAYBILL_LOG: 'info',
  }
  const run = (role: Process['role']) => runProcess(role, { env, home, log })
  const doors = makeDoors(shop.port)
  let shopUrl = shop.url
  const server = run('server')
  const workers = [run('worker'), run('worker')]
  const scene: Scene = {
    clocks,
    shop,
    netsuite,
    postman,
    server,
    workers,
    known: new Map(),
    emailsBefore: netsuite.records.customers().flatMap(({ email }) => (email === null ? [] : [email])),
    random,
    postgres,
    person: personAt(home),
    doors,
    shopUrl: () => shopUrl,
    moveShop: async () => {
      shopUrl = await doors.open()
      shop.control.move({ home: shopUrl, mode: 'redirect' })
    },
    query: async <T>(sql: string, values: unknown[] = []) => (await pool.query(sql, values)).rows as T[],
    log,
    close: async (keep) => {
      await Promise.all([server, ...workers].map((one) => one.end()))
      doors.close()
      await Promise.all([postman.close(), shop.close(), netsuite.close(), clocks.close(), pool.end()])
      await administer(postgres, `DROP DATABASE ${database} WITH (FORCE)`)
      if (!keep) await rm(home, { recursive: true, force: true })
    },
  }
  await until(
    () => [server, ...workers].every((one) => one.pid() !== null),
    60_000,
    () => `the first start, see ${log}`,
  )
  const since = new Date(clocks.now().getTime() - 86_400_000).toISOString()
  await scene.person.configure(demoConfiguration({ shop, netsuite }, { since }))
  return scene
}

async function administer(postgres: Embedded, sql: string): Promise<void> {
  const pool = new Pool({ ...postgres.connection, max: 1 })
  pool.on('error', () => undefined)
  try {
    await pool.query(sql)
  } finally {
    await pool.end()
  }
}
