import tls from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { checkConnection } from '../../src/flows/check-connection.ts'
import { notify } from '../../src/flows/notify.ts'
import { wordsOf } from '../../src/flows/notice-words.ts'
import { writeActivity } from '../../src/flows/activity.ts'
import { connectionByName, secretsOf, storeConnection } from '../../src/ledger/connections.ts'
import { listNotices } from '../../src/ledger/notices.ts'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { authority, key, valid } from '../support/certificates.ts'
import { type Front, startFront } from '../support/front.ts'
import { type End, shown } from '../support/health.ts'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

const hour = 3_600_000
const day = 24 * hour

let world: World
afterEach(() => world.stop())
const start = async (options: WorldOptions = {}) =>
  (world = await makeWorld({ mapping: demoMapping, ...options }))

/** A person gives the connection another day on which its certificate ends, or takes it away. */
async function givesEnd(validUntil: string | undefined): Promise<void> {
  const row = (await connectionByName(world.db, 'netsuite'))!
  const config = structuredClone(row.config) as { credentials: Record<string, unknown> }
  if (validUntil === undefined) delete config.credentials['validUntil']
  else config.credentials['validUntil'] = validUntil
  const stored = { ...row, config, secrets: secretsOf(world.vault, row) }
  await world.db.transaction().execute((tx) => storeConnection(tx, world.vault, stored, world.now()))
}

/** What passes in a minute or two while people are told by themselves, four times a minute. */
async function look(): Promise<void> {
  const deps = {
    ...world.deps,
    vault: world.vault,
    publicUrl: null,
    pageUrl: async () => null,
    send: async () => ({ ok: true as const, value: undefined }),
  }
  for (let n = 0; n < 4; n += 1) {
    await notify(deps)
    world.pass(61_000)
  }
}

/** The notices so far, the oldest first. */
async function told(): Promise<string[]> {
  const notices = await listNotices(world.db, { limit: 100, after: null })
  return notices.reverse().map((notice) => `${wordsOf(notice).title}: ${wordsOf(notice).lines.join()}`)
}
const warnings = async (end: End) => (await shown(world, end)).warnings
async function checked(end: End, name: string) {
  const connection = (await connectionByName(world.db, end))!
  const { ok, checks } = await checkConnection(world.deps, connection, { publicUrl: null })
  return { ok, check: checks.find((check) => check.name === name) }
}

describe('credentials that run out', () => {
  beforeEach(async () => {
    await start({ start: '2026-03-02T10:00:00Z' })
    await world.poll()
  })

  it('are told of 30, 7 and 1 days before, once each, and stop nothing; new ones end it', async () => {
    await givesEnd('2026-05-01')
    await look()
    expect(await told()).toEqual([])
    expect((await shown(world, 'netsuite')).credentials).toEqual({ endAt: '2026-05-01T00:00:00.000Z' })
    expect(await warnings('netsuite')).toEqual([])

    const passes = async (until: string) => {
      world.pass(Date.parse(until) - world.now().getTime())
      for (let n = 0; n < 3; n += 1) await look()
      return (await told()).length
    }
    expect(await passes('2026-03-31T20:00:00Z')).toBe(0)
    expect(await passes('2026-04-01T00:00:00Z')).toBe(1)
    expect(await passes('2026-04-02T00:00:00Z')).toBe(1)
    expect(await passes('2026-04-23T20:00:00Z')).toBe(1)
    expect(await passes('2026-04-24T00:00:00Z')).toBe(2)
    expect(await passes('2026-04-29T20:00:00Z')).toBe(2)
    expect(await passes('2026-04-30T00:00:00Z')).toBe(3)
    expect(await passes('2026-04-30T22:00:00Z')).toBe(3)
    const title = 'The credentials of netsuite run out: Valid until 1 May 2026'
    expect(await told()).toEqual([
      `${title}, 30 days from now`,
      `${title}, 7 days from now`,
      `${title}, 1 day from now`,
    ])

    const { health, problem, warnings: near } = await shown(world, 'netsuite')
    expect({ health, problem }).toMatchObject({ problem: null })
    expect(near).toMatchObject([{ code: 'credentials_expiring', fix: expect.stringContaining('Create New') }])
    const { number } = world.shop.control.newOrder()
    await world.poll()
    await world.advance(60_000)
    expect((await world.order(number)).status).toBe('posted')

    await givesEnd('2028-04-29')
    await look()
    expect(await warnings('netsuite')).toEqual([])
    expect(await told()).toHaveLength(3)
    // Two years later they run out again.
    world.pass(Date.parse('2028-04-24T00:00:00Z') - world.now().getTime())
    await look()
    expect((await told()).at(-1)).toContain('Valid until 29 April 2028, 5 days from now')
  })

  it('of which Waybill hears late are told of once, not once for each time that has passed', async () => {
    await givesEnd('2026-03-05')
    await look()
    await look()
    expect(await told()).toEqual([
      'The credentials of netsuite run out: Valid until 5 March 2026, 3 days from now',
    ])
    world.pass(day)
    await look()
    const [near] = await warnings('netsuite')
    expect(near!.detail).toBe('Valid until 5 March 2026, 2 days from now')
    world.pass(5 * day)
    await look()
    expect((await warnings('netsuite'))[0]!.detail).toBe('Valid until 5 March 2026, which has passed')
  })

  it('are named by a check, which is passed all the same', async () => {
    expect((await checked('netsuite', 'Credentials')).check).toBeUndefined()
    await givesEnd('2026-05-01')
    expect(await checked('netsuite', 'Credentials')).toEqual({
      ok: true,
      check: { name: 'Credentials', outcome: 'ok', detail: 'valid until 1 May 2026' },
    })
    world.pass(55 * day)
    const { ok, check } = await checked('netsuite', 'Credentials')
    expect({ ok, outcome: check!.outcome }).toEqual({ ok: true, outcome: 'skipped' })
    expect(check!.detail).toMatch(
      /^The credentials of netsuite run out\. Valid until 1 May 2026, 5 days from now\. In NetSuite, upload/,
    )
  })

  it('of which nobody has said when are no matter for a warning, nor when that is taken back', async () => {
    await givesEnd('2026-03-05')
    await look()
    expect(await warnings('netsuite')).toHaveLength(1)
    await givesEnd(undefined)
    await look()
    const { credentials, warnings: near } = await shown(world, 'netsuite')
    expect({ credentials, near }).toEqual({ credentials: { endAt: null }, near: [] })
  })

  it('of a connection that no route uses any more are told nobody', async () => {
    const routes = (removed: Date | null) =>
      world.db.updateTable('routes').set({ removed_at: removed }).execute()
    await givesEnd('2026-03-05')
    await routes(world.now())
    await look()
    expect(await told()).toEqual([])
    await routes(null)
    await look()
    expect(await warnings('netsuite')).toHaveLength(1)
    await routes(world.now())
    await look()
    expect(await warnings('netsuite')).toEqual([])
  })
})

describe('the https certificate of a shop', () => {
  const usual = tls.getCACertificates('default')
  beforeAll(() => tls.setDefaultCACertificates([...usual, authority]))
  afterAll(() => tls.setDefaultCACertificates(usual))
  let front: Front
  afterEach(() => front.close())

  it('that is not renewed is told of 14 and 3 days before, by what it shows itself', async () => {
    let shopUrl = ''
    front = await startFront({ tls: { cert: valid, key }, behind: () => shopUrl })
    await start({
      start: '2119-12-01T10:00:00Z',
      shopAddress: (shop) => {
        shopUrl = shop.url
        return front.url
      },
    })
    await world.poll()
    await writeActivity(world.deps)
    await look()
    expect(await warnings('shop')).toEqual([])
    expect((await checked('shop', 'Certificate')).check).toEqual({
      name: 'Certificate',
      outcome: 'ok',
      detail: 'valid until 1 January 2120',
    })
    for (const [days, n] of [
      [17, 1],
      [8, 1],
      [4, 2],
    ] as const) {
      world.pass(days * day)
      await look()
      expect(await told()).toHaveLength(n)
    }
    expect(await warnings('shop')).toMatchObject([
      { code: 'certificate_expiring', title: 'The https certificate of shop runs out' },
    ])
    const { ok, check } = await checked('shop', 'Certificate')
    expect(ok).toBe(true)
    expect(check!.detail).toContain('Ask whoever hosts the site to renew the certificate now')
  })
})
