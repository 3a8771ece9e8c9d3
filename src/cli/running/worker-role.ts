import { randomBytes, randomUUID } from 'node:crypto'
import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { backends, channels } from '../../connectors/index.ts'
import type { Log } from '../../connectors/contract.ts'
import { settleRestored } from '../../flows/after-restore.ts'
import type { AnyBackend, AnyChannel, Deps } from '../../flows/deps.ts'
import { writeActivity } from '../../flows/activity.ts'
import { notify } from '../../flows/notify.ts'
import { pruneDaily } from '../../flows/prune-daily.ts'
import { timeOrderedId } from '../../ids.ts'
import { createDeps } from '../../jobs/create-deps.ts'
import { enqueueRecurring } from '../../jobs/recurring.ts'
import { startWorker, type Worker } from '../../jobs/worker.ts'
import { sendMail } from '../../mail/smtp.ts'
import { listConnections } from '../../ledger/connections.ts'
import { deregister, register } from '../../ledger/workers.ts'
import { version } from '../version.ts'
import type { Clock } from './clock.ts'
import type { OpenLedger } from './database.ts'

export interface Member {
  deps: Deps
  /** Resolves when this process is dead to the others: it has to end, and another takes over. */
  failed: Promise<Error>
  stop(): Promise<void>
}

interface JoinOptions {
  role: string
  runJobs: boolean
  allowHosts: string[]
  publicUrl: string | null
  /** Where people on this machine reach the page, if it is served. */
  localUrl: () => Promise<string | null>
  clock: Clock
  log: Log
}

/**
 * Makes this process one of those that share the ledger: registered and alive by its lock, so that it may take slots.
 * With `runJobs` it runs what is due.
 */
export async function joinIn(ledger: OpenLedger, options: JoinOptions): Promise<Member> {
  const { clock, log } = options
  const { now } = clock
  const stopping = new AbortController()
  const workerId = randomUUID()
  const liveness = await register(
    { connectionString: ledger.url },
    {
      id: workerId,
      lockKey: String(randomBytes(8).readBigInt64BE()),
      role: options.role,
      host: os.hostname(),
      pid: process.pid,
      now: now(),
    },
  )
  const deps = createDeps({
    db: ledger.db,
    vault: ledger.vault,
    workerId,
    now,
    random: Math.random,
    newId: () => timeOrderedId(now()),
    log,
    signal: stopping.signal,
    allowHosts: options.allowHosts,
    channels: channels as readonly AnyChannel[],
    backends: backends as readonly AnyBackend[],
    version,
    publicUrl: options.publicUrl,
  })
  const lookedUp = await settleRestored(deps)
  if (lookedUp > 0)
    log.warn({ orders: lookedUp }, 'restored from a backup: orders on their way are looked up first')
  if (options.runJobs) await enqueueRecurring(deps)
  const timeouts = await callTimeouts(deps)
  const worker: Worker | null = options.runJobs
    ? await startWorker({
        deps,
        listenConfig: { connectionString: ledger.url },
        lost: liveness.lost,
        callTimeoutMs: timeouts.of,
      })
    : null
  const pruning = options.runJobs ? keepPruning(deps) : null
  const counting = keepWritingActivity(deps)
  const notifying = options.runJobs ? keepNotifying(deps, ledger.vault, options) : null
  if (worker) clock.onMove(worker.wake)
  return {
    deps: worker ? { ...deps, here: worker } : deps,
    failed: worker ? worker.failed : liveness.lost,
    stop: async () => {
      timeouts.stop()
      clearInterval(pruning ?? undefined)
      await notifying?.stop()
      // Calls may end in peace for a while; what is cut off then is looked up by whoever comes next.
      const patience = setTimeout(() => stopping.abort(), 8000)
      await worker?.stop()
      clearTimeout(patience)
      stopping.abort()
      await counting.stop()
      if (!worker) await deregister(deps.db, workerId)
      await liveness.release()
      await deps.close()
    },
  }
}

function keepPruning(deps: Deps): NodeJS.Timeout {
  const look = async () => {
    const pruned = await pruneDaily(deps)
    if (pruned) deps.log.info(pruned, 'removed what is not kept any longer')
  }
  return setInterval(
    () =>
      void look().catch((error: unknown) =>
        deps.log.warn(
          { err: error },
          'what is not kept any longer could not be removed; it is tried again tomorrow',
        ),
      ),
    10 * 60_000,
  ).unref()
}

const writeActivityEveryMs = 60_000

/** Writes down once a minute how the calls of this process went; the rest when it stops. */
function keepWritingActivity(deps: Deps): { stop(): Promise<void> } {
  const write = () =>
    writeActivity(deps).catch((error: unknown) =>
      deps.log.warn({ err: error }, 'how calls went could not be written down; it is tried again'),
    )
  const timer = setInterval(() => void write(), writeActivityEveryMs).unref()
  return {
    stop: async () => {
      clearInterval(timer)
      await write()
    },
  }
}

const notifyEveryMs = 15_000
const lookAtClockMs = 1000
const patienceMs = 3000

/** Tells people by themselves what has come to pass, by notices, mails, webhooks and messages. */
function keepNotifying(
  deps: Deps,
  vault: OpenLedger['vault'],
  { publicUrl, localUrl }: Pick<JoinOptions, 'publicUrl' | 'localUrl'>,
): { stop(): Promise<void> } {
  const pageUrl = async () => publicUrl ?? (await localUrl())
  let running: Promise<void> | null = null
  const look = () =>
    (running ??= notify({ ...deps, vault, pageUrl, publicUrl, send: sendMail })
      .catch((error: unknown) => deps.log.warn({ err: error }, 'people could not be told what is new'))
      .finally(() => (running = null)))
  let lookedAt = deps.now().getTime()
  const timer = setInterval(() => {
    const at = deps.now().getTime()
    // A clock may be set, back as well.
    if (Math.abs(at - lookedAt) < notifyEveryMs) return
    lookedAt = at
    void look()
  }, lookAtClockMs).unref()
  return {
    stop: async () => {
      clearInterval(timer)
      // A mail that is on its way may arrive; one that hangs is sent again by whoever comes next.
      await Promise.race([running, sleep(patienceMs, null, { ref: false })])
    },
  }
}

const longestUsual = 120_000

/** How long a call over each connection may take: asked for when a worker has died, when the ledger is not to wait for. */
async function callTimeouts(deps: Deps): Promise<{ of: (connectionId: string) => number; stop(): void }> {
  let known = new Map<string, number>()
  const refresh = async () => {
    const connections = await listConnections(deps.db)
    known = new Map(
      connections.map((connection) => {
        const config = deps.configOf(connection)
        const ms =
          connection.role === 'channel'
            ? deps.channelOf(connection.kind)?.timeoutMs(config)
            : deps.backendOf(connection.kind)?.timing(config).timeoutMs
        return [connection.id, ms ?? longestUsual]
      }),
    )
  }
  await refresh()
  const timer = setInterval(
    () =>
      void refresh().catch((error: unknown) =>
        deps.log.warn({ err: error }, 'connections could not be read'),
      ),
    5000,
  ).unref()
  return { of: (id) => known.get(id) ?? longestUsual, stop: () => clearInterval(timer) }
}
