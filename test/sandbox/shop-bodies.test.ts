import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { knownProperties, type KnownProperties } from '../../src/sandbox/shop/closed-bodies.ts'
import { startSandboxShop, type SandboxShop } from '../../src/sandbox/shop/index.ts'
import { numbersFrom } from '../support/chance.ts'
import { basic } from './shop-replay.ts'

const file = resolve(import.meta.dirname, '../../../shared/specs/woocommerce/wc-v3-11.0.1-index.json')
const absent = !existsSync(file)

interface Argument {
  properties?: Record<string, unknown>
  items?: { properties?: Record<string, unknown> }
}
interface Spec {
  routes: Record<string, { endpoints: { methods: string[]; args: Record<string, Argument> }[] }>
}

/** What the sandbox takes beyond what WooCommerce declares, because a real one reads it; ids of the path apart. */
const beyond: Record<string, string[]> = {
  '/wc/v3/orders': ['id'],
  '/wc/v3/orders/(?P<order_id>[\\d]+)/refunds': ['line_items'],
  '/wc/v3/webhooks/(?P<id>[\\d]+)': ['delivery_url'],
}
const inPath = ['order_id', 'fulfillment_id']

describe.skipIf(absent)('bodies as WooCommerce declares them (skipped without ../shared)', () => {
  const spec = absent ? { routes: {} } : (JSON.parse(readFileSync(file, 'utf8')) as Spec)

  it.each(Object.entries(knownProperties).filter(([route]) => !route.endsWith('/batch')))(
    '%s',
    (route, known) => {
      const endpoint = spec.routes[route]!.endpoints.find(({ methods }) => methods.includes('POST'))!
      const declared = Object.keys(endpoint.args).filter(
        (name) => !inPath.includes(name) && !(name === 'id' && !('id' in known)),
      )
      expect(Object.keys(known).sort()).toEqual([...new Set([...declared, ...(beyond[route] ?? [])])].sort())
      const nested = Object.entries(known).filter(
        (entry): entry is [string, KnownProperties] => entry[1] !== true,
      )
      const shapes = nested.map(([name, inside]) => {
        const argument = endpoint.args[name]
        const properties = argument?.properties ?? argument?.items?.properties
        // Some routes declare meta data without saying what is in it.
        return [name, Object.keys(properties ?? inside).sort(), Object.keys(inside).sort()]
      })
      expect(shapes.map(([name, , ours]) => [name, ours])).toEqual(
        shapes.map(([name, theirs]) => [name, theirs]),
      )
    },
  )
})

describe('a property that WooCommerce does not know', () => {
  let shop: SandboxShop
  beforeAll(async () => {
    shop = await startSandboxShop({
      port: 0,
      now: () => new Date('2026-03-02T10:00:00Z'),
      random: numbersFrom(1),
      seed: 'empty',
    })
  })
  afterAll(() => shop.close())

  const put = async (body: unknown): Promise<unknown> => {
    const { id } = shop.control.newOrder()
    const answer = await fetch(`${shop.url}/wp-json/wc/v3/orders/${id}`, {
      method: 'PUT',
      headers: {
        authorization: basic({ key: shop.consumerKey, secret: shop.consumerSecret }),
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    })
    return answer.json()
  }

  it.each([
    [{ stauts: 'completed' }, 'stauts'],
    [
      {
        meta_data: [
          { key: '_a', value: '1' },
          { kye: '_b', value: '2' },
        ],
      },
      'meta_data.kye',
    ],
    [{ shipping: { town: 'Kiel' } }, 'shipping.town'],
  ])('is named and refused: %j', async (body, path) => {
    expect(await put(body)).toMatchObject({
      code: 'sandbox_unknown_property',
      message: expect.stringContaining(`"${path}"`),
    })
  })

  it('is no part of a meta value', async () => {
    expect(await put({ meta_data: [{ key: '_a', value: { anything: [{ goes: 1 }] } }] })).toMatchObject({
      status: 'processing',
    })
  })
})
