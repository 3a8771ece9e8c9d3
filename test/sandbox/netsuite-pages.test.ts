import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SandboxNetSuite } from '../../src/sandbox/netsuite/index.ts'
import { Client, order, startSandbox } from './netsuite-client.ts'

let sandbox: SandboxNetSuite
let client: Client

beforeAll(async () => {
  sandbox = await startSandbox()
  client = await Client.signIn(sandbox)
})
afterAll(() => sandbox.close())

const see = async (path: string) => {
  const answer = await fetch(sandbox.url + path)
  return { status: answer.status, text: await answer.text() }
}
/** Sends a form as a browser would, from the page at `from`. */
const submit = async (action: string, fields: Record<string, string>, from = '/') => {
  const answer = await fetch(`${sandbox.url}/_control/${action}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { referer: sandbox.url + from },
    body: new URLSearchParams(fields),
  })
  return { status: answer.status, location: answer.headers.get('location') }
}

describe('the pages', () => {
  it('show an order that has arrived, and what it holds, harmlessly', async () => {
    expect((await see('/')).text).toContain('No sales order yet')
    const made = await client.makeOrder(
      order({
        externalId: 'wb_woocommerce_1a2b3c4d_7',
        memo: '<script>alert(1)</script>',
        shippingAddress: { addressee: 'Zoë & Co.', city: 'Köln', country: { id: 'DE' } },
        custbody_channel: 'shop',
      }),
    )
    const list = (await see('/')).text
    for (const text of [
      String(made['tranId']),
      'wb_woocommerce_1a2b3c4d_7',
      'Ada Byron',
      'Pending Fulfillment',
      '10.00',
    ])
      expect(list).toContain(text)
    const page = (await see(`/orders/${String(made['id'])}`)).text
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page).not.toContain('<script>alert(1)')
    for (const text of ['Zoë &amp; Co., Köln, DE', 'custbody_channel', 'TEA', 'Green tea'])
      expect(page).toContain(text)
    expect((await see('/orders/999')).status).toBe(404)
  })

  it('ship an order, partly, and tell why something cannot be done', async () => {
    const made = await client.makeOrder(
      order({ item: { items: [{ item: { id: '1' }, quantity: 2, rate: 5 }] } }),
    )
    const from = `/orders/${String(made['id'])}`
    const action = `orders/${String(made['id'])}/ship`
    expect(await submit(action, { tracking: 'T9', carrier: '', 'line:1': '1' }, from)).toEqual({
      status: 303,
      location: from,
    })
    expect(sandbox.records.order(String(made['id']))).toMatchObject({
      status: 'D',
      lines: [{ fulfilled: '1' }],
    })
    expect((await see(from)).text).toContain('T9')
    await submit(action, { tracking: 'T10', carrier: 'DHL' })
    expect(sandbox.records.order(String(made['id']))?.status).toBe('F')
    const refused = await submit(`orders/${String(made['id'])}/delete`, {}, from)
    expect(refused.location).toContain('error=')
    expect((await see(refused.location!)).text).toContain('dependent records')
  })

  it('delete an order', async () => {
    const made = await client.makeOrder(order())
    const from = `/orders/${String(made['id'])}`
    expect(await submit(`orders/${String(made['id'])}/delete`, {}, from)).toEqual({
      status: 303,
      location: '/',
    })
    expect((await client.get(`salesOrder/${String(made['id'])}`)).status).toBe(404)
  })

  it('control what goes wrong', async () => {
    const page = (await see('/control')).text
    for (const text of ['Lose the next answer after the commit', 'Deactivate', 'VAT_S', 'Daughter Inc.'])
      expect(page).toContain(text)
    expect((await submit('faults', { kind: 'loseAnswer', times: '1' }, '/control')).location).toBe('/control')
    expect((await see('/control')).text).toContain('loseAnswer')
    await expect(client.post('salesOrder', order({ externalId: 'p1' }))).rejects.toThrow('fetch failed')
    expect(sandbox.records.order('p1')).toBeDefined()
    await submit('items/1', { inactive: 'true' }, '/control')
    expect(sandbox.records.items().find((item) => item.id === '1')?.inactive).toBe(true)
    await submit('items/1', { inactive: 'false' }, '/control')
    await submit('mandatory-fields', { field: 'custbody_x', label: 'X <field>' }, '/control')
    expect((await see('/control')).text).toContain('Remove X &lt;field&gt;')
  })
})
