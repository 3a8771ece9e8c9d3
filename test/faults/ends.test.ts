import { existsSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Business, openBusiness } from './business.ts'
import { atRest, nothingLeft, whatIsWrong } from './check.ts'
import { type Home, killPostgres, lives, makeHome, type Program, signal, tail, until } from './program.ts'

const timeout = 180_000

let business: Business
let home: Home
let program: Program

beforeEach(async () => {
  business = await openBusiness(7)
  home = await makeHome()
  program = home.start()
  await program.ready
  await business.connect(home)
}, timeout)

afterEach(async () => {
  await home.remove()
  await business.close()
})

const saying = (what: string) => () => `${what}\n${tail(home.log)}`

/** Resolves when so many more orders have reached NetSuite: the program is at work. */
async function orders(more: number): Promise<void> {
  const { records } = business.netsuite
  const before = records.counts().orders
  await until(() => records.counts().orders >= before + more, 60_000, saying('orders'))
}

async function everythingArrives(): Promise<void> {
  await until(() => atRest(business, home).catch(() => false), 60_000, saying('the last orders'))
  expect(await whatIsWrong(business, home)).toEqual([])
  await nothingLeft(home)
}

const eventsOf = async (...kinds: string[]) =>
  home.query('SELECT kind, detail FROM events WHERE kind = ANY($1)', [kinds])

test(
  'kill -9 of PostgreSQL alone: the program recovers by itself, and nothing is lost',
  { timeout },
  async () => {
    business.place(24)
    for (const all of [false, true, true]) {
      await orders(4)
      await killPostgres(home.postmaster()!, all)
      await until(() => home.postmaster() !== null, 30_000, saying('PostgreSQL'))
    }
    await everythingArrives()
    expect(lives(program.pid)).toBe(true)
  },
)

test('SIGTERM ends calls in peace and stops everything in order', { timeout }, async () => {
  business.place(15)
  await orders(4)
  const { pid } = await program.ready
  const postmaster = home.postmaster()!
  signal(program.pid, 'SIGTERM')
  expect(await program.ended).toEqual({ code: 0, signal: null })
  expect([program.pid, pid, postmaster].filter(lives)).toEqual([])
  expect(existsSync(path.join(home.dir, 'server.json'))).toBe(false)

  program = home.start()
  await program.ready
  await everythingArrives()
  expect(await eventsOf('outcome_unknown', 'found_in_backend')).toEqual([])
})

test('kill -9 of the supervisor alone leaves nothing that holds the home', { timeout }, async () => {
  business.place(15)
  await orders(4)
  const { pid } = await program.ready
  const postmaster = home.postmaster()!
  signal(program.pid, 'SIGKILL')
  await program.ended
  await until(() => ![pid, postmaster].some(lives), 20_000, saying('the server to end'))
  expect(existsSync(path.join(home.dir, 'server.json'))).toBe(false)

  program = home.start()
  await program.ready
  await everythingArrives()
})

test('kill -9 of the server alone: the supervisor starts another', { timeout }, async () => {
  business.place(15)
  await orders(4)
  const { pid } = await program.ready
  const postmaster = home.postmaster()!
  signal(pid, 'SIGKILL')
  await orders(4)
  await everythingArrives()
  expect(lives(program.pid)).toBe(true)
  expect(home.postmaster()).toBe(postmaster)
})
