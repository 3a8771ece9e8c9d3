import tls from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { resolveBySystem } from '../../src/connectors/addresses.ts'
import { authority, expired, key, ofAnotherHost, selfMade, valid } from '../support/certificates.ts'
import { type Front, startFront } from '../support/front.ts'
import { isReadAgain, minutes, saying, shown, told } from '../support/health.ts'
import { makeWorld, type World, type WorldOptions } from '../support/world.ts'

let world: World
let front: Front | null = null
afterEach(async () => {
  await front?.close()
  front = null
  await world.stop()
})

const start = async (options: WorldOptions = {}) => {
  world = await makeWorld({ automatic: false, ...options })
  await world.poll()
  return world
}
const host = () => new URL(world.shop.url).host

describe('the shop’s host name', () => {
  it('that does not resolve is an address that does not exist, until the domain is renewed', async () => {
    let renewed = false
    let port = 0
    await start({
      shopAddress: (shop) => `http://lapsed-shop.invalid:${(port = shop.port)}`,
      resolve: (name) => (renewed ? Promise.resolve(['127.0.0.1']) : resolveBySystem(name)),
    })
    await minutes(world, 4)
    expect(await told(world, 'shop')).toEqual(
      saying({
        health: 'down',
        code: 'address_unknown',
        title: `The address lapsed-shop.invalid:${port} does not exist`,
        cause: /domain has moved, has expired, or is misspelt/,
        fix: /if the domain has expired, renew it/,
        step: 'Reachable',
      }),
    )
    renewed = true
    expect(await isReadAgain(world)).toBe(true)
  })
})

describe('the shop’s certificate', () => {
  const usual = tls.getCACertificates('default')
  beforeAll(() => tls.setDefaultCACertificates([...usual, authority]))
  afterAll(() => tls.setDefaultCACertificates(usual))

  it.each([
    ['that has expired', expired, /^It has expired/],
    ['that is for another host', ofAnotherHost, /^It is for another name/],
    ['that is self-made', selfMade, /^It is self-made/],
  ])('%s is said to be invalid, until the host renews it', async (_, bad, detail) => {
    let shopUrl = ''
    front = await startFront({ tls: { cert: bad, key }, behind: () => shopUrl })
    const { url } = front
    await start({
      shopAddress: (shop) => {
        shopUrl = shop.url
        return url
      },
    })
    await minutes(world, 4)
    expect(await told(world, 'shop')).toEqual(
      saying({
        health: 'down',
        code: 'certificate_invalid',
        title: `The certificate of ${new URL(url).host} is not valid`,
        detail,
        cause: /has expired, is self-made, or is for another name/,
        fix: /Ask whoever hosts the site to renew the certificate/,
        step: 'Reachable',
      }),
    )
    expect(world.shop.control.requests().entries).toEqual([])
    front.present(valid)
    expect(await isReadAgain(world)).toBe(true)
  })
})

describe('a shop that is away', () => {
  it('refuses connections: nothing listens, until it is back', async () => {
    const { shop } = await start()
    await shop.control.down('refused')
    await minutes(world, 4)
    expect(await told(world, 'shop')).toEqual(
      saying({
        health: 'down',
        code: 'connection_refused',
        title: `${host()} refuses connections`,
        cause: /switched off or restarting, or a firewall keeps Waybill out/,
        fix: /Open the address in a browser/,
        step: 'Reachable',
      }),
    )
    await shop.control.up()
    expect(await isReadAgain(world)).toBe(true)
  })

  it('breaks connections off, until it is back', async () => {
    const { shop } = await start()
    await shop.control.down('reset')
    await minutes(world, 4)
    expect(await told(world, 'shop')).toEqual(
      saying({
        health: 'down',
        code: 'connection_lost',
        title: `The connection to ${host()} breaks off`,
        cause: /ended the conversation without an answer/,
        fix: /Waybill tries again by itself/,
        step: 'Reachable',
      }),
    )
    await shop.control.up()
    expect(await isReadAgain(world)).toBe(true)
  })

  it('does not answer in time, until it is faster', async () => {
    const { shop } = await start()
    shop.control.fault({ kind: 'slow', ms: 2500 })
    await minutes(world, 4)
    expect(await told(world, 'shop')).toEqual(
      saying({
        health: 'down',
        code: 'timed_out',
        title: `${host()} does not answer in time`,
        cause: /overloaded, or very slow/,
        fix: /Waybill tries again by itself/,
        step: 'Reachable',
      }),
    )
    await shop.control.reset()
    expect(await isReadAgain(world)).toBe(true)
  }, 60_000)

  it('is in maintenance, until it is back', async () => {
    const { shop } = await start()
    await shop.control.down('maintenance')
    await minutes(world, 4)
    expect(await told(world, 'shop')).toEqual(
      saying({
        health: 'down',
        code: 'in_maintenance',
        title: `${host()} is in maintenance`,
        cause: /updating itself/,
        fix: /goes on by itself when the site is back/,
        step: 'Answers as expected',
      }),
    )
    await shop.control.up()
    expect(await isReadAgain(world)).toBe(true)
  })

  it('answers 5xx: an error of its own, until it is mended', async () => {
    const { shop } = await start()
    shop.control.fault({ kind: 'error' })
    await minutes(world, 4)
    expect(await told(world, 'shop')).toEqual(
      saying({
        health: 'down',
        code: 'server_error',
        title: `${host()} reports an error of its own`,
        detail: /critical error on this website/,
        cause: /a plug-in is often at fault/,
        fix: /error log of the shop/,
        step: 'Answers as expected',
      }),
    )
    await shop.control.reset()
    expect(await isReadAgain(world)).toBe(true)
  })

  it('asks for fewer requests (429): it is asked again when its Retry-After is over, and not before', async () => {
    const { shop } = await start()
    shop.control.fault({ kind: 'throttle', retryAfter: 600, times: 1 })
    await minutes(world, 1)
    const { nextAttemptAt } = await shown(world, 'shop')
    expect(Date.parse(nextAttemptAt!)).toBe(world.now().getTime() + 600_000)
    shop.control.clearRequests()
    const { number } = shop.control.newOrder()
    await minutes(world, 9)
    expect(shop.control.requests().count).toBe(0)
    expect(await shown(world, 'shop')).toMatchObject({ health: 'failing', problem: { code: 'throttled' } })
    shop.control.fault({ kind: 'throttle', retryAfter: 600, times: 1 })
    expect(await told(world, 'shop')).toEqual(
      saying({
        health: 'failing',
        code: 'throttled',
        title: 'The other side asks for fewer requests',
        cause: /limit is used up for the moment/,
        fix: /Waybill slows down and goes on by itself/,
        step: 'Answers as expected',
      }),
    )
    await minutes(world, 1)
    expect((await world.order(number)).status).toBe('imported')
    expect(await isReadAgain(world)).toBe(true)
  })
})
