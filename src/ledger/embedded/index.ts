import { randomBytes } from 'node:crypto'
import { mkdir, open, realpath, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { ok } from '../../result.ts'
import type { LedgerFailure, LedgerResult } from '../failure.ts'
import { findBinaries } from './binaries.ts'
import { ensureCluster, USER } from './cluster.ts'
import { explainError } from './explain.ts'
import { lockHome } from './home-lock.ts'
import { rotateLog } from './log-file.ts'
import { choosePlace, recordPlace } from './place.ts'
import { isStopping, lives } from './postmaster.ts'
import type { Patience } from './postmaster.ts'
import { bringUp, stopServer } from './server.ts'
import type { Connection, Running, ServerOptions } from './server.ts'
import { linkTo, PORT, socketFolder } from './socket.ts'

interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface EmbeddedOptions {
  /** WAYBILL_HOME; made when absent. */
  home: string
  now: () => Date
  log: Log
  /** Told each time the server has ended without being asked to; it is started again meanwhile. */
  onExit?: () => void
  /** False only in tests: no fsync. */
  durable?: boolean
  /** A folder with bin/, lib/ and share/ of PostgreSQL; default: the npm package of this platform. */
  binaries?: string
  /** Where PATH is looked up for unshare and setpriv. */
  env?: NodeJS.ProcessEnv
  /** For short socket paths; default: the system's. */
  temporary?: string
  /** Folders to hold the database of a root whose home other users may not enter. */
  shared?: string[]
  patience?: Partial<Patience>
}

export interface Embedded {
  connection: Connection
  /** The same as a URL that pg and libpq read. */
  databaseUrl: string
  /** The server's process id, which changes when it had to be started again. */
  pid(): number
  /** False when it was found running, left by a Waybill that was killed. */
  started: boolean
  /** Stops the server and gives the home free; a second call waits for the first. */
  stop(): Promise<void>
}

/**
 * Starts the embedded PostgreSQL of a home, or attaches to the one that a killed Waybill left running, and keeps it
 * running until stopped. Only one Waybill can hold a home.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<LedgerResult<Embedded>> {
  try {
    const own = await prepareHome(options.home)
    const lock = lockHome(own, options.now)
    if (!lock.ok) return lock
    const started = await startLocked(own, options, lock.value.release).catch((error: unknown) =>
      explainError(error, options.home),
    )
    if (!started.ok) lock.value.release()
    return started
  } catch (error) {
    return explainError(error, options.home)
  }
}

/** Makes <home>/postgres, and proves that the home can be written and has some space. */
async function prepareHome(home: string): Promise<string> {
  const own = path.join(home, 'postgres')
  await mkdir(own, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    // What Node says of a folder that it cannot make on a read-only file system.
    throw error.code === 'ENOENT' ? Object.assign(error, { code: 'EROFS' }) : error
  })
  const probe = path.join(own, `probe-${process.pid}`)
  const file = await open(probe, 'w', 0o600)
  try {
    await file.write(Buffer.alloc(8192))
    await file.sync()
  } finally {
    await file.close()
    await rm(probe, { force: true })
  }
  return await realpath(own)
}

async function startLocked(
  own: string,
  options: EmbeddedOptions,
  release: () => void,
): Promise<LedgerResult<Embedded>> {
  const { durable = true, log } = options
  const patience = { unproven: 10_000, stop: 30_000, poll: 25, ...options.patience }
  const { PATH = '' } = options.env ?? process.env
  const env = { PATH, LANG: 'C', LC_ALL: 'C' }
  const logFile = path.join(own, 'postgres.log')
  const shared = options.shared ?? ['/var/lib/waybill', '/var/tmp/waybill']

  const binaries = await findBinaries(options.binaries)
  if (!binaries.ok) return binaries
  const place = await choosePlace({ own, binaries: binaries.value, env, shared })
  if (!place.ok) return place
  const socket = await socketFolder(place.value.dir, place.value.owner, options.temporary ?? os.tmpdir())
  if (!socket.ok) return socket
  const password = await ensureCluster({
    place: place.value,
    passwordFile: path.join(own, 'password'),
    logFile,
    randomPassword: () => randomBytes(24).toString('hex'),
    durable,
    env,
    patience,
  })
  if (!password.ok) return password
  await recordPlace(own, place.value)

  const connection = {
    host: socket.value.reach,
    port: PORT,
    user: USER,
    password: password.value,
    database: USER,
  }
  const server: ServerOptions = {
    place: place.value,
    socketDir: socket.value.reach,
    logFile,
    connection,
    durable,
    patience,
    env,
  }
  const running = await bringUp(server)
  if (!running.ok) return running
  await ensureDatabase(connection)
  log.info(
    { pid: running.value.server.pid, started: running.value.started },
    'the embedded PostgreSQL is running',
  )

  const kept = keepRunning(server, running.value, options)
  const chores = setInterval(() => {
    Promise.all([rotateLog(logFile), linkTo(socket.value)]).catch((error: unknown) =>
      log.warn({ err: error }, "keeping the embedded PostgreSQL's files failed"),
    )
  }, 60_000).unref()
  let stopped: Promise<void> | null = null
  const stop = async () => {
    clearInterval(chores)
    await kept.stop()
    release()
  }
  return ok({
    connection,
    databaseUrl: `postgresql://${USER}:${password.value}@${encodeURIComponent(socket.value.reach)}/${USER}`,
    pid: kept.pid,
    started: running.value.started,
    stop: () => (stopped ??= stop()),
  })
}

async function ensureDatabase(connection: Connection): Promise<void> {
  const client = new Client({ ...connection, database: 'postgres' })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [
      connection.database,
    ])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${connection.database}`)
  } finally {
    await client.end()
  }
}

/** Notices that the server has ended, and starts it again until it runs. */
function keepRunning(server: ServerOptions, first: Running, { log, onExit }: EmbeddedOptions) {
  const data = path.join(server.place.dir, 'data')
  let current = first.server
  const stopping = new AbortController()
  const pause = (ms: number) => sleep(ms, null, { signal: stopping.signal, ref: false }).catch(() => null)

  const restart = async () => {
    let said: LedgerFailure['code'] | null = null
    for (let wait = 100; !stopping.signal.aborted; wait = Math.min(wait * 2, 5_000)) {
      const again = await bringUp(server)
      if (again.ok) {
        current = again.value.server
        log.info({ pid: current.pid }, 'the embedded PostgreSQL is running again')
        return
      }
      if (said !== again.error.code) log.error(again.error, again.error.message)
      said = again.error.code
      await pause(wait)
    }
  }
  const check = async () => {
    const up = (await lives(current)) && !(await isStopping(data))
    if (up || stopping.signal.aborted) return
    log.error({ pid: current.pid }, 'the embedded PostgreSQL was stopped from outside; starting it again')
    onExit?.()
    await restart()
  }
  const watch = async () => {
    while (!stopping.signal.aborted) {
      // Such as no more files may be opened: it may pass.
      const failed = await check().catch((error: Error) => error)
      if (failed) log.error({ err: failed }, 'watching over the embedded PostgreSQL failed')
      await pause(failed ? 5_000 : 200)
    }
  }
  const watching = watch()
  return {
    pid: () => current.pid,
    stop: async () => {
      stopping.abort()
      await watching
      await stopServer(current, server.patience)
    },
  }
}
