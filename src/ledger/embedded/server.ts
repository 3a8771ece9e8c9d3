import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { ok } from '../../result.ts'
import { failure } from '../failure.ts'
import type { LedgerResult } from '../failure.ts'
import { explainOutput } from './explain.ts'
import { logSince, logSize, withLogFile } from './log-file.ts'
import type { Place } from './place.ts'
import { endOrphans, isStopping, judgePid, lives, processOf, signalled } from './postmaster.ts'
import type { Patience, Postmaster, Process } from './postmaster.ts'
import { settings } from './settings.ts'
import { PORT } from './socket.ts'

export interface Connection {
  /** The folder of the socket. */
  host: string
  port: number
  user: string
  password: string
  database: string
}

export interface ServerOptions {
  place: Place
  socketDir: string
  logFile: string
  connection: Connection
  durable: boolean
  patience: Patience
  env: NodeJS.ProcessEnv
}

export interface Running {
  server: Process
  /** False when it was already running: a Waybill that was killed had left it. */
  started: boolean
}

/** Attaches to the server that runs on the data directory, or starts one; ready for connections when it answers. */
export async function bringUp(options: ServerOptions): Promise<LedgerResult<Running>> {
  const { place, patience } = options
  const data = path.join(place.dir, 'data')
  const deadline = performance.now() + patience.unproven
  for (;;) {
    const verdict = await judgePid(data, place.prefix)
    if (verdict.is === 'absent' || verdict.is === 'stale') {
      await clear(data, options)
      return await start(data, options)
    }
    const overdue = performance.now() > deadline
    if (verdict.is === 'running') {
      const useful = isOurs(verdict.server, place) && !(await isStopping(data))
      const answer = useful ? await ask(options.connection) : 'useless'
      if (answer === 'ready') return ok({ server: verdict.server, started: false })
      if (answer === 'useless' || (answer === 'silent' && overdue)) await stopServer(verdict.server, patience)
    } else if ((await ask(options.connection)) === 'ready') {
      return ok({
        server: { pid: verdict.pid, born: (await processOf(verdict.pid))?.born ?? '' },
        started: false,
      })
    } else if (overdue) {
      return busy(verdict.pid, data)
    }
    await sleep(patience.poll)
  }
}

const isOurs = (server: Postmaster, place: Place) =>
  server.program === null || server.program === path.join(place.binaries.dir, 'bin', 'postgres')

function busy(pid: number, data: string) {
  return failure(
    'database_busy',
    `Process ${pid} may be a PostgreSQL that still uses ${data}, and does not answer.`,
    `End process ${pid} if it is one; if it is not, delete ${path.join(data, 'postmaster.pid')}.`,
  )
}

/** Removes what a dead server left behind: processes, pid file, socket. */
async function clear(data: string, { place, socketDir, patience }: ServerOptions): Promise<void> {
  await endOrphans(data, place.prefix, patience)
  const socket = path.join(socketDir, `.s.PGSQL.${PORT}`)
  for (const file of [path.join(data, 'postmaster.pid'), socket, `${socket}.lock`])
    await rm(file, { force: true })
}

async function start(data: string, options: ServerOptions): Promise<LedgerResult<Running>> {
  const { place, socketDir, logFile, durable, env, patience } = options
  const given = Object.entries(settings(socketDir, durable)).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  const [file, ...args] = [
    ...place.prefix,
    path.join(place.binaries.dir, 'bin', 'postgres'),
    '-D',
    data,
    ...given,
  ]
  const before = await logSize(logFile)
  // A session of its own: Ctrl-C in the terminal reaches Waybill, which stops the server after its own work.
  const server = withLogFile(logFile, (stdio) =>
    spawn(file!, args, { env, cwd: place.dir, stdio, detached: true }),
  )
  const ended = new Promise<true>((resolve) =>
    server.once('exit', () => resolve(true)).once('error', () => resolve(true)),
  )
  server.unref()
  for (;;) {
    if (await Promise.race([ended, sleep(patience.poll, false)])) {
      return explainOutput(await logSince(logFile, before), place.dir, logFile)
    }
    const running = await processOf(server.pid!)
    const answer = await ask(options.connection)
    if (running && answer === 'ready') return ok({ server: running, started: true })
    if (running && answer === 'useless') {
      await stopServer(running, patience)
      return passwordRefused(options)
    }
  }
}

function passwordRefused({ logFile }: ServerOptions) {
  const file = path.join(path.dirname(logFile), 'password')
  return failure(
    'database_not_starting',
    `The password in ${file} is not the database's.`,
    'Delete that file and start again: a new password is set.',
  )
}

type Answer = 'ready' | 'not yet' | 'silent' | 'useless'
const CANNOT_CONNECT_NOW = '57P03'

/** Whether the server takes connections: `useless` when it refuses ours, `silent` when nobody listens. */
async function ask(connection: Connection): Promise<Answer> {
  const client = new Client({ ...connection, database: 'postgres', connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return 'ready'
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === CANNOT_CONNECT_NOW || code === '53300') return 'not yet'
    return typeof code === 'string' && code.startsWith('28') ? 'useless' : 'silent'
  } finally {
    await client.end()
  }
}

/** Stops a server: fast, then at once, then by force. Resolves when it is gone. */
export async function stopServer(server: Process, patience: Patience): Promise<void> {
  for (const how of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!(await lives(server))) return
    signalled(server.pid, how)
    const deadline = performance.now() + patience.stop
    while (performance.now() < deadline && (await lives(server))) await sleep(patience.poll)
  }
}
