import { afterEach, describe, expect, it } from 'vitest'
import { type Front, type FrontAnswer, startFront } from '../support/front.ts'
import { isReadAgain, minutes, saying, told } from '../support/health.ts'
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

/** Something else answers at the shop's address. */
async function answersInstead(answer: FrontAnswer): Promise<void> {
  await world.shop.control.down('refused')
  front = await startFront({ port: world.shop.port, answer: () => answer })
}
async function answersAgain(): Promise<void> {
  await front!.close()
  front = null
  await world.shop.control.up()
}

describe('a shop that answers with a web page instead of data', () => {
  const page = (body: string, status = 200): FrontAnswer => ({
    status,
    headers: { 'content-type': 'text/html' },
    body: `<!DOCTYPE html><html><head><title>Tea &amp; more</title></head><body>${body}</body></html>`,
  })
  const inFront = (detail: RegExp) =>
    saying({
      health: 'down',
      code: 'not_json',
      title: `${host()} answers with a web page instead of data`,
      detail,
      cause: /Something stands in front of the shop/,
      fix: /let requests to \/wp-json\/wc\/ pass/,
      step: 'Answers as expected',
    })

  it.each([
    ['a page', page('Welcome'), /web page: "Tea & more"/],
    ['a challenge for browsers', page('<script>document.cookie="a=1"</script>'), /wants a browser to prove/],
    [
      'a login page',
      page('<form id="loginform"><input type="password"></form>'),
      /login page stands in front/,
    ],
    ['a firewall’s 403', page('Blocked', 403), /security plug-in or firewall answers 403/],
  ])('(%s) is told what stands in front of it, until that is gone', async (_, answer, detail) => {
    await start()
    await answersInstead(answer)
    await minutes(world, 4)
    expect(await told(world, 'shop')).toEqual(inFront(detail))
    await answersAgain()
    expect(await isReadAgain(world)).toBe(true)
  })
})

describe('a shop without the order API (404)', () => {
  const noApi = (detail: RegExp) =>
    saying({
      health: 'down',
      code: 'api_not_found',
      title: `There is no order API at ${host()}`,
      detail,
      cause: /address is wrong, WooCommerce is switched off, or its permalinks are set to "Plain"/,
      fix: /Plugins \(is WooCommerce active\?\).*Settings > Permalinks/,
      step: 'Answers as expected',
    })

  it('whose WooCommerce is switched off says so, until it is switched on', async () => {
    const { shop } = await start()
    shop.control.deactivate(true)
    await minutes(world, 4)
    expect(await told(world, 'shop')).toEqual(noApi(/WordPress answers.*WooCommerce is switched off/))
    shop.control.deactivate(false)
    expect(await isReadAgain(world)).toBe(true)
  })

  it('because its address has a wrong folder says that', async () => {
    await start({ shop: { prefix: '/shop' }, shopAddress: ({ url }) => url.replace(/shop$/, 'store') })
    await minutes(world, 4)
    expect(await told(world, 'shop')).toEqual(
      noApi(/"page not found": the address is not that of the shop, or its sub-folder is wrong/),
    )
  })

  it('at the usual address, because its permalinks are plain, is read all the same', async () => {
    const { shop } = await start()
    shop.control.setPlainPermalinks(true)
    await minutes(world, 2)
    expect(await isReadAgain(world)).toBe(true)
  })
})

describe('a shop that refuses the key', () => {
  it.each([
    [
      'with 401: the credentials are bad, until they work',
      { user: 'deleted' as const },
      {
        code: 'credentials_refused',
        title: 'The credentials are refused',
        cause: /was revoked, has expired or is mistyped, or its user was removed/,
        fix: /Make a new key \(WooCommerce > Settings > Advanced > REST API\)/,
        step: 'Authorised',
      },
    ],
    [
      'with 403: its user may not read orders, until the role allows it',
      { user: 'customer' as const },
      {
        code: 'permission_missing',
        title: 'The credentials do not reach far enough: orders',
        detail: "The key is known, but its user's role does not allow this",
        cause: /its user or role may not do what Waybill needs/,
        fix: /give the key "Read\/Write" and a user who is shop manager or administrator/,
        step: 'Permissions',
      },
    ],
    [
      'because it may only write: the missing scope is named, until it is given',
      { permissions: 'write' as const },
      {
        code: 'permission_missing',
        title: 'The credentials do not reach far enough: read',
        detail: 'The key may not read: give it "Read/Write" in the shop',
        cause: /its user or role may not do what Waybill needs/,
        fix: /give the key "Read\/Write"/,
        step: 'Permissions',
      },
    ],
  ] as const)('%s', async (_, change, words) => {
    const { shop } = await start()
    shop.control.setKey(change)
    await minutes(world, 4)
    expect(await told(world, 'shop')).toEqual(saying({ health: 'needs_reauthorisation', ...words }))
    shop.control.setKey({ user: 'shop_manager', permissions: 'read_write' })
    expect(await isReadAgain(world)).toBe(true)
  })
})
