import { flushCompileCache } from 'node:module'
import { pino } from 'pino'
import { createLog } from '../../server/log.ts'
import { CliFailure, oneLine } from '../failure.ts'
import { readEnvironment, type Environment } from '../environment.ts'
import type { Output } from '../output.ts'
import { openClock } from './clock.ts'
import { databaseAway, openLedger } from './database.ts'
import { announceServer, announcedServer, ensureToken, forgetServer } from './home-files.ts'
import type { Serving } from './serve.ts'
import { endWithSupervisor, supervisedVariable, tellSupervisor } from './supervisor.ts'
import { joinIn } from './worker-role.ts'

export interface RunOptions {
  role: 'start' | 'server' | 'worker'
  port: number
  /** The supervisor says where the page is, not this process. */
  quiet?: boolean
}

/**
 * Runs Waybill in this process until it is told to stop: ledger, worker and server as the role asks. Resolves with the
 * exit code. An unexpected end is for the supervisor to mend: nothing is cleaned up then.
 */
export async function run(options: RunOptions, output: Output, env: NodeJS.ProcessEnv): Promise<number> {
  const environment = readEnvironment(env)
  if (options.role !== 'start' && environment.databaseUrl === null)
    throw new CliFailure(
      `waybill ${options.role} needs a database that several processes can share`,
      'Set DATABASE_URL, or run everything in one process with: waybill start',
      { exitCode: 2 },
    )
  const clock = await openClock(environment)
  const { now } = clock
  // On a terminal only what a person should know.
  const level = environment.logLevel ?? (process.stderr.isTTY ? 'warn' : 'info')
  const log = createLog(level, pino.destination({ dest: 2, sync: true }))
  const stopping = whenToldToStop()
  const ledger = await openLedger(environment, { now, log })
  const member = await joinIn(ledger, {
    role: options.role,
    runJobs: options.role !== 'server',
    allowHosts: environment.allowHosts,
    publicUrl: environment.publicUrl,
    localUrl: async () => (await announcedServer(environment.home))?.url ?? null,
    clock,
    log,
  })
  const server =
    options.role === 'worker' ? null : await serveHere(options, environment, { ledger, member, now, output })
  if (!server) {
    output.line('The worker runs.')
    output.document({ role: 'worker', pid: process.pid })
  }
  await tellSupervisor({ type: 'ready', page: server && { url: server.url, link: server.link } })
  // Usually written at the end of a process; this one may be killed.
  flushCompileCache()

  const end = await Promise.race([stopping.then(() => null), member.failed, clock.lost])
  if (end) {
    log.error({ err: end }, 'the ledger was lost; starting again')
    return 70
  }
  await server?.close()
  await forgetServer(environment.home, process.pid)
  await member.stop()
  await ledger.close()
  return 0
}

interface Parts {
  ledger: Awaited<ReturnType<typeof openLedger>>
  member: Awaited<ReturnType<typeof joinIn>>
  now: () => Date
  output: Output
}

async function serveHere(
  options: RunOptions,
  environment: Environment,
  { ledger, member, now, output }: Parts,
): Promise<Serving> {
  // A worker alone does not load the server.
  const { serve } = await import('./serve.ts')
  const token = await ensureToken(environment.home)
  const server = await serve({ ledger, deps: member.deps, environment, port: options.port, token })
  await announceServer(environment.home, {
    url: server.url,
    pid: process.pid,
    startedAt: now().toISOString(),
  })
  if (options.quiet) return server
  if (process.env[supervisedVariable] === 'again') {
    output.line('Waybill runs again.')
    return server
  }
  if (isOpenWithoutTls(environment))
    output.remark(
      `Waybill listens on ${environment.listen} without https: who sees the traffic sees the session and the orders. Put a proxy with a certificate before it, and set WAYBILL_PUBLIC_URL to its https address.`,
    )
  output.line(`Waybill runs at ${server.url}`)
  output.line(`Open this page once in your browser: ${output.style('cyan', server.link)}`)
  if (options.role === 'server') output.line('Orders move while a worker runs as well: waybill worker')
  output.document({ url: server.url, link: server.link, home: environment.home, pid: process.pid })
  return server
}

/** Resolves with the first wish to stop: a signal, or the end of the supervisor. A later one ends at once. */
function whenToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | null = null
    const ask = () => {
      // A terminal and the supervisor both pass Ctrl-C on: that is one wish.
      if (askedAt !== null && performance.now() - askedAt > 500) process.exit(130)
      askedAt ??= performance.now()
      resolve()
      setTimeout(() => process.exit(1), 20_000).unref()
    }
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, ask)
    endWithSupervisor(ask)
  })
}

/** One line for what keeps it from starting, where that is known; another try would meet the same. */
export function refusalOf(error: unknown): CliFailure | null {
  if (error instanceof CliFailure) return error
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (code === 'ENOSPC') return new CliFailure('The disk is full', 'Make room, then start again.')
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM')
    return new CliFailure(
      oneLine('The home is not writable', `(${(error as Error).message})`),
      'Make it writable for this user, or set WAYBILL_HOME to a directory that is.',
    )
  return null
}

/** Whether what keeps it from starting may end without a person: the database is away, and comes back. */
export const mayPass = ({ code }: CliFailure): boolean => code === databaseAway

/** Reachable from other machines, with nothing that would hide what they and the server say to each other. */
function isOpenWithoutTls({ listen, publicUrl }: Environment): boolean {
  const ownOnly = listen === 'localhost' || listen === '::1' || listen.startsWith('127.')
  return !ownOnly && !publicUrl?.startsWith('https:')
}
