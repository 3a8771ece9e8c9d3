import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { stringify } from 'yaml'
import { type Embedded, startEmbedded } from '../src/ledger/embedded/index.ts'
import { demoMapping } from '../src/sandbox/demo-mapping.ts'
import type { FloorEnds } from './floor.ts'

const command = resolve(import.meta.dirname, '../bin/waybill.js')
const quiet = { debug: () => {}, info: () => {}, warn: console.warn, error: console.error }

export interface Started {
  /** Of the process that does the work; `start` keeps another beside it that starts it again. */
  pid: number
  child: ChildProcess
}

/** A home with a PostgreSQL that several processes may share, and the real program on it. */
export interface Bench {
  home: string
  postgres: Embedded
  pool: pg.Pool
  /** Starts `waybill` with these arguments; resolves when it says that it is ready, with its own process id. */
  start(args: string[], env?: NodeJS.ProcessEnv): Promise<Started>
  /** Lets it end in peace. */
  stop(started: Started): Promise<void>
  /** Runs a command of Waybill to its end. */
  waybill(args: string[], env?: NodeJS.ProcessEnv): Promise<void>
  /** Ends all that was started. */
  end(): Promise<void>
}

export async function openBench(): Promise<Bench> {
  const home = await mkdtemp(join(tmpdir(), 'waybill-bench-'))
  const started = await startEmbedded({ home: join(home, 'database'), now: () => new Date(), log: quiet })
  if (!started.ok) throw new Error(started.error.message)
  const postgres = started.value
  const pool = new pg.Pool({ ...postgres.connection, max: 4 })
  const log = join(home, 'waybill.log')
  const env = {
    ...process.env,
    WAYBILL_HOME: home,
    DATABASE_URL: postgres.databaseUrl,
    WAYBILL_ALLOW_HOSTS: '127.0.0.1',
    WAYBILL_LOG: 'warn',
  }
  const running = new Set<ChildProcess>()

  const launch = (args: string[], given: NodeJS.ProcessEnv) => {
    const child = spawn(process.execPath, [command, ...args, '--json'], {
      env: { ...env, ...given },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stderr.on('data', (text: Buffer) => appendFileSync(log, text))
    running.add(child)
    child.on('exit', () => running.delete(child))
    return child
  }

  const stop = async (child: ChildProcess) => {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }

  return {
    home,
    postgres,
    pool,
    start: async (args, given = {}) => {
      const child = launch(args, given)
      const said = await Promise.race([
        firstDocument(child),
        once(child, 'exit').then(([code]) => {
          throw new Error(`waybill ${args.join(' ')} ended with ${code}: see ${log}`)
        }),
      ])
      return { pid: (said as { pid: number }).pid, child }
    },
    stop: ({ child }) => stop(child),
    waybill: async (args, given = {}) => {
      const child = launch(args, given)
      let said = ''
      child.stderr.on('data', (text: Buffer) => (said += text.toString()))
      const [code] = (await once(child, 'exit')) as [number | null]
      if (code !== 0) throw new Error(`waybill ${args.join(' ')} ended with ${code}: ${said}`)
    },
    end: async () => {
      for (const child of running) await stop(child)
      await pool.end()
      await postgres.stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** The first JSON document that a process writes to its standard output. */
function firstDocument(child: ChildProcess): Promise<unknown> {
  return new Promise((done) => {
    let text = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n}')) done(JSON.parse(text.slice(text.indexOf('{'), text.indexOf('\n}') + 2)))
    })
  })
}

export interface Connecting {
  ends: FloorEnds
  /** Calls at once to NetSuite, and to the shop. */
  budget: number
  shopConcurrency: number
  timeout: string
  every: string
  since: Date
}

/** Tells the running program of both ends and the route between them. */
export async function connect(bench: Bench, to: Connecting): Promise<void> {
  const { shop, netsuite } = to.ends
  const { clientId, certificateId, privateKey } = netsuite.credentials.oauth2
  const configuration = {
    connections: {
      shop: {
        kind: 'woocommerce',
        url: shop.url,
        credentials: { consumerKey: '${SHOP_KEY}', consumerSecret: '${SHOP_SECRET}' },
        timeout: to.timeout,
        concurrency: to.shopConcurrency,
      },
      netsuite: {
        kind: 'netsuite',
        account: netsuite.account,
        url: netsuite.url,
        credentials: { clientId, certificateId, privateKey: '${NETSUITE_KEY}' },
        timeout: to.timeout,
        requestLimit: to.timeout,
        concurrency: to.budget,
      },
    },
    routes: [
      {
        name: 'shop-to-netsuite',
        from: 'shop',
        to: 'netsuite',
        import: {
          statuses: ['processing', 'completed'],
          since: to.since.toISOString(),
          every: to.every,
        },
        post: { automatic: true },
        mapping: demoMapping,
      },
    ],
  }
  await apply(bench, configuration, {
    SHOP_KEY: shop.consumerKey,
    SHOP_SECRET: shop.consumerSecret,
    NETSUITE_KEY: privateKey,
  })
}

/** Applies a configuration, as data. */
export async function apply(bench: Bench, configuration: object, env: NodeJS.ProcessEnv): Promise<void> {
  const file = join(bench.home, 'waybill.yaml')
  await writeFile(file, stringify(configuration, { aliasDuplicateObjects: false }))
  await bench.waybill(['apply', '-f', file], env)
}
