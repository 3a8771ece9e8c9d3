import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startSandboxShop, type SandboxShop } from '../../src/sandbox/shop/index.ts'
import { numbersFrom } from '../support/chance.ts'
import { basic } from './shop-replay.ts'

async function open(...load: string[]): Promise<SandboxShop> {
  return startSandboxShop({
    port: 0,
    now: () => new Date('2026-03-02T10:00:00Z'),
    random: numbersFrom(1),
    seed: 'empty',
    load,
  })
}

async function text(shop: SandboxShop, path: string, init: RequestInit = {}): Promise<string> {
  const authorization = basic({ key: shop.consumerKey, secret: shop.consumerSecret })
  const headers = { authorization, 'content-type': 'application/json' }
  return (await fetch(`${shop.url}/wp-json/wc/v3${path}`, { ...init, headers })).text()
}

const one =
  '{"id": 5,\t"status":"processing", "line_items":[ ], "total" : "1.50", "note":"caf\\u00e9 ]},{" , "date_modified_gmt":"2020-01-02T03:04:05"}'
const two = '{ "status":"packed","id":6,"line_items":[{"id":1,}], "date_created_gmt":"2020-01-03T00:00:00", }'

describe('loaded orders', () => {
  it.each([
    ['an order', one],
    ['a list', `[${one}]`],
    ['an order under data', `\ufeff{ "data" : ${one} }`],
    ['a list under data', `{"data":[\n${one}\n],"more":1}`],
  ])('are served byte for byte from %s', async (_what, file) => {
    const shop = await open(file)
    expect(await text(shop, '/orders/5')).toBe(one)
    expect(await text(shop, '/orders')).toBe(`[${one}]`)
    await shop.close()
  })

  it('are listed by their own dates, also where a body is not JSON', async () => {
    const shop = await open(`[${one},${two}]`)
    expect(await text(shop, '/orders?orderby=modified&order=asc')).toBe(`[${one},${two}]`)
    expect(await text(shop, '/orders?modified_after=2020-01-02T03:04:05&dates_are_gmt=true')).toBe(`[${two}]`)
    expect(await text(shop, '/orders/6')).toBe(two)
    expect(await text(shop, '/orders?status=packed')).toBe(`[${two}]`)
    await shop.close()
  })

  it('are written by WooCommerce once they were written to', async () => {
    const shop = await open(one)
    const written = JSON.parse(
      await text(shop, '/orders/5', { method: 'PUT', body: '{"customer_note":"x"}' }),
    ) as unknown
    expect(written).toMatchObject({
      id: 5,
      total: '1.50',
      customer_note: 'x',
      date_modified_gmt: '2026-03-02T10:00:00',
    })
    expect(JSON.parse(await text(shop, '/orders/5'))).toEqual(written)
    await shop.close()
  })

  it('must be there', async () => {
    await expect(open('{"id":1,"name":"a product","status":"publish"}')).rejects.toThrow('holds no order')
  })
})

const folder = resolve(import.meta.dirname, '../../../shared/payloads/woocommerce')
const absent = !existsSync(folder)
const files = absent
  ? []
  : readdirSync(folder).filter((name) => /^ios-(broken-)?orders?[-.]|^live-wc11-order-refunded/.test(name))
const withoutOrder = [
  'ios-order-560-all-refunds.json',
  'ios-order-gift-card-cannot-apply-error.json',
  'ios-order-statuses.json',
]

describe.skipIf(absent)('recorded bodies (skipped without ../shared)', () => {
  it.each(files.filter((name) => !withoutOrder.includes(name)))('%s', async (name) => {
    const file = readFileSync(resolve(folder, name), 'utf8')
    const shop = await open(file)
    const loaded = shop.control.orders()
    expect(loaded.length).toBeGreaterThan(0)
    for (const { id } of loaded) {
      const served = await text(shop, `/orders/${id}`)
      expect(file).toContain(served)
      expect(served).toMatch(/^\{[\s\S]*\}$/)
    }
    await shop.close()
  })

  it('hold no order where they are something else', async () => {
    for (const name of withoutOrder)
      await expect(open(readFileSync(resolve(folder, name), 'utf8'))).rejects.toThrow('holds no order')
  })
})
