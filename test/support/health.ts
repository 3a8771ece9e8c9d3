import { expect } from 'vitest'
import { checkConnection } from '../../src/flows/check-connection.ts'
import { connectionByName } from '../../src/ledger/connections.ts'
import { connectionViews } from '../../src/ledger/views/connections.ts'
import { connectionJson } from '../../src/server/connection-json.ts'
import type { ConnectionJson } from '../../src/server/schemas.ts'
import type { World } from './world.ts'

export type End = 'shop' | 'netsuite'

/** The connection as the page and the API show it. */
export async function shown(world: World, end: End): Promise<ConnectionJson> {
  const view = (await connectionViews(world.db)).find(({ name }) => name === end)
  return connectionJson(world.deps, view!, null)
}

/** What programmers write and shop owners do not read. */
const jargon = /undefined|null|NaN|\[object|Error:|\bE[A-Z]{4,}\b|ERR_|_[A-Z]|\n|\.\.|\$\{/

/** What the page and `waybill check` say of a connection in trouble, held to be in words for people. */
export async function told(world: World, end: End) {
  const { health, problem, summary } = await shown(world, end)
  const { code, title, detail, cause, fix, fixes } = problem!
  for (const text of [title, cause, fix]) expect(text).not.toMatch(jargon)
  for (const text of [cause, fix]) expect(text).toMatch(/^[A-Z].*\.$/)
  expect(summary).toContain(title)
  expect(summary).toMatch(health === 'needs_reauthorisation' ? /it needs you/ : /tries again by itself/)
  expect(fixes.map(({ action }) => action)).toContain('check_connection')

  const connection = (await connectionByName(world.db, end))!
  const { ok, checks } = await checkConnection(world.deps, connection, { publicUrl: null })
  const failed = checks.find(({ outcome }) => outcome === 'fail')
  expect({ ok, detail: failed?.detail }).toEqual({ ok: false, detail: expect.stringContaining(title) })
  expect(failed!.detail).toContain(fix)
  return { health, code, title, detail, cause, fix, step: failed!.name }
}

type Told = Awaited<ReturnType<typeof told>>
type Words = string | RegExp

/** That which `told` has to be; texts may be given by a part of them. */
export const saying = (wanted: {
  health: Told['health']
  code: Told['code']
  title: Words
  detail?: Words
  cause: Words
  fix: Words
  /** The step of `waybill check` that fails. */
  step: string
}) =>
  Object.fromEntries(
    Object.entries({ detail: /./, ...wanted }).map(([name, words]) => [
      name,
      words instanceof RegExp ? expect.stringMatching(words) : words,
    ]),
  )

const minuteMs = 60_000

/** Moves the clock as a day does: by the minute. */
export async function minutes(world: World, n: number): Promise<void> {
  for (let i = 0; i < n; i += 1) await world.advance(minuteMs)
}

/** The shop is read again without anybody doing anything, and an order placed in the bad time comes in. */
export async function isReadAgain(world: World): Promise<boolean> {
  const { number } = world.shop.control.newOrder()
  for (let n = 0; n < 10 && (await shown(world, 'shop')).health !== 'healthy'; n += 1) await minutes(world, 1)
  const { health, problem, nextAttemptAt, summary } = await shown(world, 'shop')
  expect({ health, problem, nextAttemptAt }).toEqual({
    health: 'healthy',
    problem: null,
    nextAttemptAt: null,
  })
  expect(summary).toMatch(/^Works/)
  const isHere = async () => (await world.orders()).some((order) => order.number === number)
  for (let n = 0; n < 3 && !(await isHere()); n += 1) await minutes(world, 1)
  return (await world.order(number)).status === 'imported'
}
