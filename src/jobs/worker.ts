import pg from 'pg'
import type { Deps, Here } from '../flows/deps.ts'
import { sayThatItWorks } from '../flows/failing-work.ts'
import { isConnectionError } from '../ledger/database.ts'
import { claim, claimProbe, dueConnections } from '../ledger/claim.ts'
import { countFromNow } from '../ledger/clock-set-back.ts'
import { Fenced, type Job, type JobKind, readNews } from '../ledger/jobs.ts'
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

export interface Worker extends Here {
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

/** How soon after a job everything is looked at: what the job put off is found, and a thousand jobs cost few looks. */
const lookAgainMs = 100

/** What runs for one order at most, and is seldom due again at once: a page is, and the next one waits for no look. */
const ofOneOrder = new Set<JobKind>(['import', 'post', 'check-total', 'change-record', 'ship'])

/** A clock that goes back by less is being set right, as clocks are all the time. */
const setBackMs = 60_000

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
  let dead = false
  let rounds = 0
  const turns = new Map<string, number>()
  /** Connections without a free slot, or this worker without room, at the last look: work may wait for the next end of a job. */
  const full = new Set<string>()
  let wakeUp: () => void = () => {}
  let awake = true
  /** Whether every connection is to be looked at; else those that there is news of. */
  let everything = true
  let lookAgainAt = Infinity
  const news = new Set<string>()
  let fail: (error: Error) => void = () => {}
  const failed = new Promise<Error>((resolve) => {
    fail = (error) => {
      stopped = true
      dead = true
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
  listener.on('notification', ({ payload }) => {
    const connectionId = readNews(payload, deps.now())
    if (connectionId === null) wake()
    else hear(connectionId)
  })

  function wake(): void {
    everything = true
    awake = true
    wakeUp()
  }

  function hear(connectionId: string): void {
    news.add(connectionId)
    awake = true
    wakeUp()
  }

  const hasRoom = () => !stopped && running.size < concurrency

  function run(job: Job): void {
    const work = runAll(job).finally(() => {
      running.delete(work)
      if (idleWaiters.size > 0) wake()
    })
    running.add(work)
  }

  /** Runs a job, and what it hands on. What found no slot meanwhile is looked for at the end of each. */
  async function runAll(first: Job): Promise<void> {
    for (let job: Job | void = first; job && !dead;) {
      const { connection, kind } = job
      job = await runOne(job)
      lookAgainAt = Math.min(lookAgainAt, performance.now() + lookAgainMs)
      if (full.has(connection.id) || !ofOneOrder.has(kind)) hear(connection.id)
    }
  }

  async function runOne(job: Job): Promise<Job | void> {
    try {
      if (job.deaths >= mostDeaths) return await setDeadlyAside(deps, job)
      const next = await flows[job.kind](deps, job)
      if (job.deaths > 0) await deps.db.transaction().execute((tx) => sayThatItWorks(deps, tx, job))
      return next
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

  /** Claims and starts what is due at one connection. */
  async function startDue({ id, inTrouble }: { id: string; inTrouble: boolean }): Promise<void> {
    const room = concurrency - running.size
    if (room <= 0) {
      full.add(id)
      return
    }
    const turn = (turns.get(id) ?? 0) + 1
    turns.set(id, turn)
    const oldestFirst = turn % turnsOfTheOldest === 0
    const wanted = { connectionId: id, worker: deps.workerId, now: deps.now(), atMost: room, oldestFirst }
    const { jobs, allSlots } = await (inTrouble ? claimProbe(deps.db, wanted) : claim(deps.db, wanted))
    if (allSlots) full.add(id)
    else full.delete(id)
    for (const job of jobs) run(job)
  }

  /** Starts what is due anywhere; returns when the next job is. */
  async function round(): Promise<Date | null> {
    const { due, next } = await dueConnections(deps.db, deps.now())
    for (const one of inTurn(due, (rounds += 1))) await startDue(one)
    return next
  }

  let lastSeen = deps.now()
  async function watchClock(): Promise<void> {
    const [before, now] = [lastSeen, deps.now()]
    lastSeen = now
    if (before.getTime() - now.getTime() < setBackMs) return
    deps.log.warn({ before, now }, 'the clock was set back: what waited by the other one is due')
    await countFromNow(deps.db, { before, now })
    everything = true
  }

  async function loop(): Promise<void> {
    let next: Date | null = null
    let lookedAt = -Infinity
    while (!stopped) {
      await watchClock()
      awake = false
      const all = everything || performance.now() >= Math.min(lookAgainAt, lookedAt + pollMs) || isDue(next)
      const heard = [...news]
      news.clear()
      if (all) {
        everything = false
        lookAgainAt = Infinity
        lookedAt = performance.now()
        next = await round()
      } else for (const id of inTurn(heard, (rounds += 1))) await startDue({ id, inTrouble: false })
      if (awake) continue
      if (all && running.size === 0) for (const waiter of idleWaiters) waiter()
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, untilNextLook(next, lookedAt))
        wakeUp = () => {
          clearTimeout(timer)
          resolve()
        }
        if (awake || stopped) wakeUp()
      })
    }
  }

  const isDue = (next: Date | null) => next !== null && next <= deps.now()

  function untilNextLook(next: Date | null, lookedAt: number): number {
    const untilNext = next === null ? pollMs : next.getTime() - deps.now().getTime()
    const untilLook = Math.min(lookAgainAt, lookedAt + pollMs) - performance.now()
    return Math.max(1, Math.min(untilNext, untilLook))
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
    hasRoom,
    run,
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
