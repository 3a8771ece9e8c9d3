import pg from 'pg'
import type { Deps } from '../flows/deps.ts'
import { sayThatItWorks } from '../flows/failing-work.ts'
import { isConnectionError } from '../ledger/database.ts'
import { claim, dueConnections, Fenced, type Job } from '../ledger/jobs.ts'
import { foldStatusCounts } from '../ledger/status-counts.ts'
import { buryTheDead, deregister } from '../ledger/workers.ts'
import { mostDeaths, putBackFaulty, setDeadlyAside } from './faulty-job.ts'
import { flows } from './flows.ts'

export interface WorkerOptions {
  deps: Deps
  /** For a connection of its own that listens for news of the queue. */
  listenConfig: pg.ClientConfig
  /** Resolves when this worker's lock is lost. */
  lost: Promise<Error>
  /** How long a call over a connection may take: a dead worker's slot is free only then. */
  callTimeoutMs: (connectionId: string) => number
  /** At most this many jobs at once in this process. */
  concurrency?: number
  /** How often the queue is looked at when nothing wakes the worker, and how often dead workers are looked for. */
  pollMs?: number
  buryMs?: number
}

export interface Worker {
  /** Looks at the queue now: after a clock was moved, say. */
  wake(): void
  /** Resolves when nothing is running or due here. For tests. */
  idle(): Promise<void>
  /** Lets running jobs end, then leaves. */
  stop(): Promise<void>
  /** Resolves with the error that ended the worker: the process has to end as well, another takes over. */
  failed: Promise<Error>
}

/** How often the changes of orders' statuses are added to the kept counts. */
const foldMs = 5_000

/** Every so many turns the jobs that have waited longest go first, so that none waits for ever. */
const turnsOfTheOldest = 10

/** The same list, beginning elsewhere each turn: when there is not room for all, none waits for ever. */
export const inTurn = <T>(list: readonly T[], turn: number): T[] => {
  const first = turn % Math.max(1, list.length)
  return [...list.slice(first), ...list.slice(0, first)]
}

/**
 * Runs due jobs until it is stopped. Crash-only: when the database or the worker's lock is lost, `failed` resolves and
 * nothing is cleaned up; whoever comes next finds everything in the ledger.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { deps, concurrency = 40, pollMs = 1000, buryMs = 500 } = options
  const running = new Set<Promise<void>>()
  const idleWaiters = new Set<() => void>()
  let stopped = false
  let turn = 0
  let wakeUp: () => void = () => {}
  let awake = true
  let fail: (error: Error) => void = () => {}
  const failed = new Promise<Error>((resolve) => {
    fail = (error) => {
      stopped = true
      wakeUp()
      resolve(error)
    }
  })
  void options.lost.then((error) => {
    if (!stopped) fail(error)
  })

  const listener = new pg.Client(options.listenConfig)
  listener.on('error', (error) => fail(error))
  await listener.connect()
  await listener.query('LISTEN waybill_jobs')
  listener.on('notification', () => wake())

  function wake(): void {
    awake = true
    wakeUp()
  }

  async function run(job: Job): Promise<void> {
    try {
      if (job.deaths >= mostDeaths) await setDeadlyAside(deps, job)
      else await flows[job.kind](deps, job)
      if (job.deaths > 0 && job.deaths < mostDeaths)
        await deps.db.transaction().execute((tx) => sayThatItWorks(deps, tx, job))
    } catch (error) {
      await afterThrow(job, error)
    }
  }

  async function afterThrow(job: Job, error: unknown): Promise<void> {
    const fault = error instanceof Error ? error : new Error(String(error))
    if (fault instanceof Fenced) {
      deps.log.warn({ job: job.kind, key: job.key }, fault.message)
      return
    }
    if (isConnectionError(fault)) return fail(fault)
    await putBackFaulty(deps, job, fault).catch((second: unknown) => {
      if (!(second instanceof Fenced)) fail(second instanceof Error ? second : new Error(String(second)))
    })
  }

  /**
   * Claims and starts what is due; returns when the next job is. What found no room or no slot is looked for at the end of a
   * job, which wakes the loop.
   */
  async function round(): Promise<Date | null> {
    const now = deps.now()
    const { due, next } = await dueConnections(deps.db, now)
    for (const connection of inTurn(due, (turn += 1))) {
      const room = concurrency - running.size
      if (room <= 0) break
      const jobs = await claim(deps.db, {
        connection,
        worker: deps.workerId,
        now,
        atMost: room,
        oldestFirst: turn % turnsOfTheOldest === 0,
      })
      for (const job of jobs) {
        const work = run(job).finally(() => {
          running.delete(work)
          wake()
        })
        running.add(work)
      }
    }
    return next
  }

  async function loop(): Promise<void> {
    while (!stopped) {
      awake = false
      const next = await round()
      if (awake) continue
      if (running.size === 0) for (const waiter of idleWaiters) waiter()
      const untilNext = next === null ? pollMs : Math.max(1, next.getTime() - deps.now().getTime())
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(pollMs, untilNext))
        wakeUp = () => {
          clearTimeout(timer)
          resolve()
        }
        if (awake || stopped) wakeUp()
      })
    }
  }

  const bury = async () => {
    const options_ = { me: deps.workerId, now: deps.now(), callTimeoutMs: options.callTimeoutMs }
    if (!stopped) await buryTheDead(deps.db, options_).catch((error: Error) => fail(error))
  }
  const gravedigger = setInterval(() => void bury(), buryMs)
  const fold = async () => {
    if (!stopped) await foldStatusCounts(deps.db).catch((error: Error) => fail(error))
  }
  const folding = setInterval(() => void fold(), foldMs)
  const looping = loop().catch((error: Error) => fail(error))

  return {
    wake,
    failed,
    idle: () =>
      new Promise((resolve) => {
        const waiter = () => {
          idleWaiters.delete(waiter)
          resolve()
        }
        idleWaiters.add(waiter)
        wake()
      }),
    stop: async () => {
      stopped = true
      clearInterval(gravedigger)
      clearInterval(folding)
      wakeUp()
      await looping
      await Promise.allSettled(running)
      await listener.end().catch(() => undefined)
      await deregister(deps.db, deps.workerId).catch(() => undefined)
    },
  }
}
