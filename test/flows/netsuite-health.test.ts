import { afterEach, describe, expect, it } from 'vitest'
import { demoMapping } from '../../src/sandbox/demo-mapping.ts'
import { type Front, type FrontAnswer, startFront } from '../support/front.ts'
import { minutes, saying, shown, told } from '../support/health.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
let front: Front | null = null
afterEach(async () => {
  await front?.close()
  front = null
  await world.stop()
})

const host = () => new URL(world.netsuite.url).host

/** A NetSuite that works, and an order that waits for it when the trouble is there. */
async function start(trouble: () => unknown): Promise<string> {
  world = await makeWorld({ mapping: demoMapping })
  world.shop.control.newOrder()
  await world.poll()
  await minutes(world, 1)
  expect((await shown(world, 'netsuite')).health).toBe('healthy')
  await trouble()
  const { number } = world.shop.control.newOrder()
  await world.poll()
  await minutes(world, 4)
  return number
}

/** It goes on by itself: the order that waited is posted, once, and no attempt was counted against it. */
async function goesOnByItself(number: string): Promise<void> {
  expect(await world.order(number)).toMatchObject({ status: 'scheduled', post_attempts: 0 })
  expect((await shown(world, 'netsuite')).waitingOrders).toBe(1)
  for (let n = 0; n < 10 && (await shown(world, 'netsuite')).health !== 'healthy'; n += 1)
    await minutes(world, 1)
  expect(await shown(world, 'netsuite')).toMatchObject({ health: 'healthy', problem: null, summary: 'Works' })
  await minutes(world, 1)
  expect((await world.order(number)).status).toBe('posted')
  expect(world.netsuite.records.orders()).toHaveLength(2)
}

/** Something else answers at NetSuite's address. */
async function answersInstead(answer: (path: string) => FrontAnswer): Promise<void> {
  await world.netsuite.control.down()
  front = await startFront({ port: world.netsuite.port, answer: ({ path }) => answer(path) })
}
async function answersAgain(): Promise<void> {
  await front!.close()
  front = null
  await world.netsuite.control.up()
}
const json = (status: number, body: object): FrontAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

describe('NetSuite that is away', () => {
  it('refuses connections, until it is back', async () => {
    const number = await start(() => world.netsuite.control.down())
    expect(await told(world, 'netsuite')).toEqual(
      saying({
        health: 'down',
        code: 'connection_refused',
        title: `${host()} refuses connections`,
        cause: /a firewall keeps Waybill out/,
        fix: /Open the address in a browser/,
        step: 'Reachable',
      }),
    )
    await world.netsuite.control.up()
    await goesOnByItself(number)
  })

  it('does not answer in time, until it is faster', async () => {
    const number = await start(() =>
      world.netsuite.control.fault({ kind: 'slow', ms: 2500, path: 'suiteql' }),
    )
    expect(await told(world, 'netsuite')).toEqual(
      saying({
        health: 'down',
        code: 'timed_out',
        title: `${host()} does not answer in time`,
        cause: /overloaded, or very slow/,
        fix: /Waybill tries again by itself/,
        step: 'Reachable',
      }),
    )
    world.netsuite.control.clearFaults()
    await goesOnByItself(number)
  }, 60_000)

  it('shows its maintenance page, until it is back', async () => {
    const number = await start(() => world.netsuite.control.fault({ kind: 'maintenance' }))
    expect(await told(world, 'netsuite')).toEqual(
      saying({
        health: 'down',
        code: 'in_maintenance',
        title: `${host()} is in maintenance`,
        cause: /updating itself/,
        fix: /Nothing to do: Waybill goes on by itself/,
        step: 'Answers as expected',
      }),
    )
    world.netsuite.control.clearFaults()
    await goesOnByItself(number)
  })

  it('answers 5xx: an error of its own, until it is mended', async () => {
    const number = await start(() => world.netsuite.control.fault({ kind: 'error500', path: 'suiteql' }))
    expect(await told(world, 'netsuite')).toEqual(
      saying({
        health: 'down',
        code: 'server_error',
        title: `${host()} reports an error of its own`,
        cause: /failed while it answered/,
        fix: /Waybill tries again by itself/,
        step: 'Answers as expected',
      }),
    )
    world.netsuite.control.clearFaults()
    await goesOnByItself(number)
  })

  it('is overloaded (429): fewer requests, until it lets them in again', async () => {
    const number = await start(() => world.netsuite.control.fault({ kind: 'throttle429' }))
    expect(await told(world, 'netsuite')).toEqual(
      saying({
        health: 'failing',
        code: 'throttled',
        title: 'The other side asks for fewer requests',
        cause: /used up for the moment, by Waybill or by another program/,
        fix: /Integration Governance/,
        step: 'Answers as expected',
      }),
    )
    world.netsuite.control.clearFaults()
    await goesOnByItself(number)
  })
})

describe('NetSuite that something else answers for', () => {
  it('(a web page) says so, until it is gone', async () => {
    const number = await start(() => world.netsuite.control.fault({ kind: 'webPage' }))
    expect(await told(world, 'netsuite')).toEqual(
      saying({
        health: 'down',
        code: 'not_json',
        title: `${host()} answers with a web page instead of data`,
        cause: /Something stands in front of the shop or of NetSuite/,
        fix: /For NetSuite, look at the network in which Waybill runs/,
        step: 'Answers as expected',
      }),
    )
    world.netsuite.control.clearFaults()
    await goesOnByItself(number)
  })

  it('(404) has no REST web services there, until they are switched on', async () => {
    const number = await start(() => answersInstead(() => ({ status: 404 })))
    expect(await told(world, 'netsuite')).toEqual(
      saying({
        health: 'down',
        code: 'rest_services_off',
        title: `There are no REST web services at ${host()}`,
        cause: /account ID of the connection is wrong, or REST web services are switched off/,
        fix: /Setup > Company > Company Information.*"REST Web Services"/,
        step: 'Answers as expected',
      }),
    )
    await answersAgain()
    await goesOnByItself(number)
  })
})

describe('NetSuite that refuses the login', () => {
  const refused: Parameters<typeof saying>[0] = {
    health: 'needs_reauthorisation',
    code: 'credentials_refused',
    title: 'The credentials are refused',
    detail: /Login Audit Trail|certificate must be neither expired nor revoked/,
    cause: /key or certificate that Waybill signs in with was revoked/,
    fix: /certificate \(NetSuite: Setup > Integration > Manage Authentication\)/,
    step: 'Authorised',
  }

  it('(401): the credentials are bad, until they work', async () => {
    const number = await start(() => world.netsuite.control.revoke(true))
    expect(await told(world, 'netsuite')).toEqual(saying(refused))
    world.netsuite.control.revoke(false)
    await goesOnByItself(number)
  })

  it('(403): the permission that is missing is named, until the role has it', async () => {
    const missing = "Permission Violation: You need the 'Lists -> Items' permission to access this page."
    const number = await start(() =>
      answersInstead((path) =>
        path.includes('/oauth2/')
          ? json(200, { access_token: 'token', expires_in: 3600 })
          : json(403, {
              title: 'Forbidden',
              status: 403,
              'o:errorDetails': [{ detail: missing, 'o:errorCode': 'INSUFFICIENT_PERMISSION' }],
            }),
      ),
    )
    expect(await told(world, 'netsuite')).toEqual(
      saying({
        health: 'needs_reauthorisation',
        code: 'permission_missing',
        title: 'The credentials do not reach far enough: Lists -> Items',
        cause: /its user or role may not do what Waybill needs/,
        fix: /In NetSuite, add the permission to the role \(Setup > Users\/Roles > Manage Roles\)/,
        step: 'Permissions',
      }),
    )
    await answersAgain()
    await goesOnByItself(number)
  })
})
