import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { CallStep } from '../../src/sandbox/netsuite/index.ts'
import { numbersFrom } from '../support/chance.ts'
import { type Business, openBusiness } from './business.ts'
import { atRest, nothingLeft, whatIsWrong } from './check.ts'
import { type Home, killPostgres, makeHome, type Program, tail, until } from './program.ts'

/** The same seed gives the same orders and the same plan of kills. */
const seed = Number(process.env['WAYBILL_SEED'] ?? Date.now() % 1_000_000)

/** When to kill: so many milliseconds after the nth sales order of this life has taken that step, or after the start. */
interface Moment {
  after: CallStep | 'start'
  nth: number
  ms: number
  /** What of PostgreSQL dies at the same stroke. */
  postgres: 'lives on' | 'postmaster' | 'all of it'
}

/** A call takes 300 ms: half of it before NetSuite has done the work, half after. */
const half = 150
const mostKills = 40
const wanted = { kills: 22, inFlight: 20, betweenCommitAndRecord: 10, postgres: 3 }

/** Of ten kills, so many at each part of a request's life, and one wherever it comes. */
const ten: Moment['after'][] = [
  ...Array<CallStep>(3).fill('let in'),
  ...Array<CallStep>(4).fill('done'),
  ...Array<CallStep>(2).fill('over'),
  'start',
]
const within = { 'let in': half - 50, done: half - 50, over: half, start: 4000 }

function plan(random: () => number): Moment[] {
  const shuffled = () =>
    ten
      .map((after) => ({ after, place: random() }))
      .toSorted((a, b) => a.place - b.place)
      .map(({ after }) => after)
  const steps = Array.from({ length: mostKills / ten.length }, shuffled).flat()
  return steps.map((after, n) => ({
    after,
    nth: 1 + Math.floor(random() * 3),
    ms: Math.floor(random() * within[after]),
    postgres: n % 4 !== 3 ? 'lives on' : n % 8 === 3 ? 'postmaster' : 'all of it',
  }))
}

interface Kill {
  moment: Moment
  startedAt: number
  at: number
  /** Calls of the program that NetSuite was working on. */
  inFlight: { method: string; path: string; step: CallStep }[]
  postgres: boolean
}

let business: Business
let home: Home

beforeEach(async () => {
  business = await openBusiness(seed)
  home = await makeHome()
})
afterEach(async () => {
  await home.remove()
  await business.close()
})

test(
  `kill -9 at any moment loses no order and doubles none (WAYBILL_SEED=${seed})`,
  { timeout: 720_000 },
  async () => {
    const began = performance.now()
    const commits = noteCommits()
    const program = home.start()
    await program.ready
    await business.connect(home)
    business.place(10)
    const stopFlow = business.flow()
    const { kills, survivor } = await killAgainAndAgain(program)
    stopFlow()

    const killedLast = performance.now()
    await survivor.ready
    await until(
      () => atRest(business, home),
      60_000 - (performance.now() - killedLast),
      () => `the last orders\n${tail(home.log)}`,
    )
    const drained = performance.now() - killedLast

    const recorded = await recordedAt()
    /** The program of this kill had an order made in NetSuite, and had not written it down. */
    const betweenCommitAndRecord = ({ startedAt, at }: Kill) =>
      commits.some(
        (made) => made.askedAt >= startedAt && made.at <= at && recorded.get(made.externalId)! > at,
      )
    const numbers = {
      seed,
      kills: kills.length,
      inFlight: kills.filter(hitsRequests).length,
      writesInFlight: kills.filter(({ inFlight }) => inFlight.some(isWrite)).length,
      betweenCommitAndRecord: kills.filter((kill) => hitsRequests(kill) && betweenCommitAndRecord(kill))
        .length,
      postgres: kills.filter(({ postgres }) => postgres).length,
      orders: business.placed.length,
      inNetSuite: business.netsuite.records.counts().orders,
      drainedInSeconds: Math.round(drained / 100) / 10,
      seconds: Math.round((performance.now() - began) / 1000),
    }
    console.log(JSON.stringify(numbers))

    expect(await whatIsWrong(business, home)).toEqual([])
    await nothingLeft(home)
    expect(numbers.inFlight).toBeGreaterThanOrEqual(wanted.inFlight)
    expect(numbers.betweenCommitAndRecord).toBeGreaterThanOrEqual(wanted.betweenCommitAndRecord)
    expect(numbers.postgres).toBeGreaterThanOrEqual(wanted.postgres)
  },
)

const hitsRequests = ({ inFlight }: Kill) => inFlight.length > 0
const isWrite = ({ method, path }: { method: string; path: string }) =>
  method !== 'GET' && path.includes('/record/')

const orderSchema = z.object({ externalId: z.string() })
const isSalesOrder = (call: { method: string; path: string }) =>
  call.method === 'POST' && call.path.endsWith('/record/v1/salesOrder')

interface Commit {
  externalId: string
  askedAt: number
  at: number
}

/** Notes when NetSuite makes the record of an order. */
function noteCommits(): Commit[] {
  const { control, records } = business.netsuite
  const commits: Commit[] = []
  control.watch((call, step) => {
    if (step !== 'done' || !isSalesOrder(call)) return
    const { externalId } = orderSchema.parse(JSON.parse(call.body))
    if (records.order(externalId)) commits.push({ externalId, askedAt: Date.parse(call.at), at: Date.now() })
  })
  return commits
}

/** Kills the program at each moment of the plan and starts it again at once. */
async function killAgainAndAgain(first: Program): Promise<{ kills: Kill[]; survivor: Program }> {
  let program = first
  let startedAt = Date.now()
  const kills: Kill[] = []
  for (const moment of plan(numbersFrom(seed))) {
    // What a busy machine made us miss is tried again.
    if (kills.length >= wanted.kills && kills.filter(hitsRequests).length >= wanted.inFlight) break
    await comes(moment, program, startedAt)
    const postmaster = moment.postgres === 'lives on' ? null : home.postmaster()
    const at = Date.now()
    const inFlight = business.netsuite.control
      .running()
      .filter(({ call }) => !call.callerGone)
      .map(({ call: { method, path }, step }) => ({ method, path, step }))
    const dead = program.kill()
    if (postmaster !== null) await killPostgres(postmaster, moment.postgres === 'all of it')
    await dead
    kills.push({ moment, startedAt, at, inFlight, postgres: postmaster !== null })
    startedAt = Date.now()
    program = home.start()
  }
  return { kills, survivor: program }
}

/** Resolves at the moment; rejects when the program ends before, or the moment does not come. */
async function comes(moment: Moment, program: Program, startedAt: number): Promise<void> {
  if (moment.after !== 'start') {
    let left = moment.nth
    let unwatch = () => {}
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no order was posted:\n${tail(home.log)}`)), 60_000)
      void program.ended.then((end) =>
        reject(new Error(`it ended (${JSON.stringify(end)}):\n${tail(home.log)}`)),
      )
      unwatch = business.netsuite.control.watch((call, step) => {
        const ours = isSalesOrder(call) && Date.parse(call.at) >= startedAt
        if (ours && step === moment.after && --left === 0) resolve()
      })
    }).finally(() => {
      unwatch()
      clearTimeout(timer)
    })
  }
  await new Promise((resolve) => setTimeout(resolve, moment.ms))
}

/** When the ledger wrote down the record of each order. */
async function recordedAt(): Promise<Map<string, number>> {
  const rows = await home.query<{ external_id: string; at: Date }>(
    `SELECT external_id, min(at) AS at FROM events JOIN orders ON orders.id = events.order_id
     WHERE kind IN ('posted', 'found_in_backend') GROUP BY external_id`,
  )
  return new Map(rows.map((row) => [row.external_id, row.at.getTime()]))
}
