import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test, type TestContext } from 'vitest'
import { type Business, openBusiness } from './business.ts'
import { atRest, nothingLeft, whatIsWrong } from './check.ts'
import { type Home, killPostgres, lives, makeHome, type Program, signal, tail, until } from './program.ts'

const timeout = 180_000

interface Running {
  business: Business
  home: Home
  program: Program
}

/** A program at work on orders, for the length of one test. */
async function running({ onTestFinished }: TestContext, orders: number): Promise<Running> {
  const business = await openBusiness(7)
  const home = await makeHome()
  onTestFinished(async () => {
    await home.remove()
    await business.close()
  }, timeout)
  const program = home.start()
  await program.ready
  await business.connect(home)
  business.place(orders)
  return { business, home, program }
}

const saying = (what: string, home: Home) => () => `${what}\n${tail(home.log)}`

/** Resolves when so many more orders have reached NetSuite: the program is at work. */
async function orders(more: number, { business, home }: Running): Promise<void> {
  const { records } = business.netsuite
  const before = records.counts().orders
  await until(() => records.counts().orders >= before + more, 60_000, saying('orders', home))
}

async function everythingArrives({ business, home }: Running): Promise<void> {
  await until(() => atRest(business, home).catch(() => false), 60_000, saying('the last orders', home))
  expect(await whatIsWrong(business, home)).toEqual([])
  await nothingLeft(home)
}

// Most of their time these wait for the sandboxes' answers.
describe.concurrent('the end of one part', { timeout }, () => {
  test('kill -9 of PostgreSQL: the program recovers by itself, and nothing is lost', async (context) => {
    const here = await running(context, 24)
    for (const all of [false, true, true]) {
      await orders(4, here)
      await killPostgres(here.home.postmaster()!, all)
      await until(() => here.home.postmaster() !== null, 30_000, saying('PostgreSQL', here.home))
    }
    await everythingArrives(here)
    expect(lives(here.program.pid)).toBe(true)
  })

  test('SIGTERM ends calls in peace and stops everything in order', async (context) => {
    const here = await running(context, 15)
    const { home, program } = here
    await orders(4, here)
    const { pid } = await program.ready
    const postmaster = home.postmaster()!
    signal(program.pid, 'SIGTERM')
    expect(await program.ended).toEqual({ code: 0, signal: null })
    expect([program.pid, pid, postmaster].filter(lives)).toEqual([])
    expect(existsSync(path.join(home.dir, 'server.json'))).toBe(false)

    await home.start().ready
    await everythingArrives(here)
    const cutOff = await home.query('SELECT id FROM attempts WHERE finished_at IS NULL')
    expect(cutOff).toEqual([])
  })

  test('kill -9 of the supervisor leaves nothing that holds the home', async (context) => {
    const here = await running(context, 15)
    const { home, program } = here
    await orders(4, here)
    const { pid } = await program.ready
    const postmaster = home.postmaster()!
    signal(program.pid, 'SIGKILL')
    await program.ended
    await until(() => ![pid, postmaster].some(lives), 20_000, saying('the server to end', home))
    expect(existsSync(path.join(home.dir, 'server.json'))).toBe(false)

    await home.start().ready
    await everythingArrives(here)
  })

  test('kill -9 of the server: the supervisor starts another', async (context) => {
    const here = await running(context, 15)
    const { home, program } = here
    await orders(4, here)
    const { pid } = await program.ready
    const postmaster = home.postmaster()!
    signal(pid, 'SIGKILL')
    await orders(4, here)
    await everythingArrives(here)
    expect(lives(program.pid)).toBe(true)
    expect(home.postmaster()).toBe(postmaster)
  })
})
