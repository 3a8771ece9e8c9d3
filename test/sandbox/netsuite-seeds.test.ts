import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { catalogue, currencies, mandatoryField, taxRates } from '../../src/sandbox/catalogue.ts'
import { demoIds, seedFromOrders, startSandboxNetSuite } from '../../src/sandbox/netsuite/index.ts'
import { Client, firstError, makeClock, order, startSandbox, testSeed } from './netsuite-client.ts'

describe('the demo account', () => {
  it('holds the catalogue under the ids that demoIds names', async () => {
    const sandbox = await startSandbox({ seed: 'demo' })
    const client = await Client.signIn(sandbox)
    const items = new Map(sandbox.records.items().map((item) => [item.itemId, item]))
    const held = (sku: string) => {
      const item = items.get(sku)
      return item === undefined ? 'missing' : item.inactive ? 'inactive' : 'active'
    }
    for (const each of catalogue) {
      const wanted = each.missingInNetSuite ? 'missing' : each.inactive ? 'inactive' : 'active'
      expect([each.sku, held(each.sku)]).toEqual([each.sku, wanted])
    }
    for (const rate of taxRates) {
      const [row] = await client.rows(
        `SELECT itemid FROM salestaxitem WHERE id = ${demoIds.taxCodes[rate.netsuiteCode]}`,
      )
      expect(row).toEqual({ itemid: rate.netsuiteCode })
    }
    for (const currency of currencies) {
      const read = await client.get(`currency/${demoIds.currencies[currency.code]}`)
      expect(read.body).toMatchObject({
        symbol: currency.code,
        currencyPrecision: { id: String(currency.decimals) },
      })
    }
    for (const [name, id] of Object.entries(demoIds.shipItems))
      expect((await client.get(`shipItem/${id}`)).body).toMatchObject({ itemId: name })
    for (const id of Object.values(demoIds.items))
      expect(items.size > 0 && sandbox.records.items().some((item) => item.id === id)).toBe(true)

    const [ada] = await client.rows("SELECT id FROM customer WHERE email = 'juergen.gross@example.com'")
    const body = {
      entity: { id: ada!['id'] },
      item: { items: [{ item: { id: items.get('MUG-BLUE')!.id }, quantity: 1 }] },
    }
    expect(firstError(await client.post('salesOrder', body))['detail']).toContain(mandatoryField.label)
    const made = await client.makeOrder({ ...body, [mandatoryField.netsuiteField]: '+49 461 5550101' })
    expect(made).toMatchObject({ total: 18, orderStatus: { id: 'A' } })
    const [foreign] = await client.rows("SELECT id FROM customer WHERE email = 'm.whitfield@example.com'")
    const refused = await client.post('salesOrder', {
      ...body,
      entity: { id: foreign!['id'] },
      subsidiary: { id: '1' },
      [mandatoryField.netsuiteField]: '1',
    })
    expect(firstError(refused)['detail']).toMatch(/Invalid entity reference key \d+ for subsidiary 1\./)
    await sandbox.close()
  })
})

describe('an account made from orders', () => {
  it('holds every SKU, tax rate, currency and method of them, and passes over what it cannot read', async () => {
    const { seed, ids } = seedFromOrders([
      {
        currency: 'GBP',
        line_items: [{ sku: 'A' }, { sku: '' }, { sku: 7 }],
        tax_lines: [{ rate_percent: 4.5 }, { rate_percent: 20 }, {}],
        shipping_lines: [{ method_title: 'Royal Mail' }],
        payment_method_title: 'Card',
      },
      { currency: 'JPY', line_items: 'none', tax_lines: null },
      'no order',
    ])
    expect(ids).toMatchObject({
      currencies: { GBP: '1', JPY: '2', USD: '3' },
      taxCodes: { '0': '101', '20': '102', '4.5': '103' },
      shipItems: { 'Royal Mail': '301', Shipping: '302' },
      paymentMethods: { Card: '1' },
    })
    const sandbox = await startSandbox({ seed })
    const client = await Client.signIn(sandbox)
    expect(await client.rows("SELECT itemid FROM item WHERE itemtype = 'InvtPart' ORDER BY id")).toEqual([
      { itemid: '7' },
      { itemid: 'A' },
    ])
    expect((await client.get('currency/2')).body).toMatchObject({
      symbol: 'JPY',
      currencyPrecision: { id: '0' },
    })
    await client.post('customer', {
      companyName: 'C',
      externalId: 'c',
      subsidiary: { id: '1' },
      currency: { id: '1' },
    })
    const made = await client.makeOrder({
      entity: { externalId: 'c' },
      currency: { id: ids.currencies['GBP'] },
      item: {
        items: [{ item: { id: '1002' }, quantity: 2, rate: 7.5, taxCode: { id: ids.taxCodes['4.5'] } }],
      },
    })
    expect(made).toMatchObject({ subtotal: 15, taxTotal: 0.68, total: 15.68 })
    await sandbox.close()
  })
})

describe('a file', () => {
  it('keeps records, tokens and credentials over a restart, and is not planted twice', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netsuite-'))
    const file = join(folder, 'sandbox', 'netsuite.sqlite')
    const clock = makeClock()
    const first = await startSandboxNetSuite({ port: 0, now: clock.now, file, seed: testSeed })
    const client = await Client.signIn(first, clock.now())
    await client.makeOrder(order({ externalId: 'kept', custbody_note: 'x' }))
    await first.close()

    const second = await startSandboxNetSuite({ port: 0, now: clock.now, file, seed: testSeed })
    expect(second.credentials).toEqual(first.credentials)
    const again = client.at(second)
    expect((await again.get('salesOrder/eid:kept')).body).toMatchObject({ tranId: 'SO1001' })
    expect(await again.rows("SELECT custbody_note n FROM transaction WHERE externalid = 'kept'")).toEqual([
      { n: 'x' },
    ])
    expect(await again.makeOrder(order())).toMatchObject({ tranId: 'SO1002' })
    await second.close()
    expect((await readFile(file)).subarray(0, 15).toString()).toBe('SQLite format 3')
    await rm(folder, { recursive: true })
  })
})
