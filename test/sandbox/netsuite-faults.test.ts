import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SandboxNetSuite } from '../../src/sandbox/netsuite/index.ts'
import {
  askToken,
  Client,
  firstError,
  makeAssertion,
  makeClock,
  order,
  startSandbox,
} from './netsuite-client.ts'

let sandbox: SandboxNetSuite
let client: Client

beforeEach(async () => {
  sandbox = await startSandbox()
  client = await Client.signIn(sandbox)
})
afterEach(() => sandbox.close())

const orders = () => sandbox.records.counts().orders
/** Waits for something to become true, looking again at every turn of the loop. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 5000 && !condition(); turn++) await new Promise((next) => setTimeout(next, 1))
  expect(condition()).toBe(true)
}

describe('the concurrency limit', () => {
  it('lets five calls run at once and answers the sixth 429', async () => {
    await sandbox.close()
    sandbox = await startSandbox({ latencyMs: 60 })
    client = await Client.signIn(sandbox)
    const answers = await Promise.all(Array.from({ length: 9 }, () => client.post('salesOrder', order())))
    expect(answers.filter((each) => each.status === 204)).toHaveLength(5)
    const refused = answers.filter((each) => each.status === 429)
    expect(refused).toHaveLength(4)
    expect(firstError(refused[0]!)).toEqual({
      detail: 'Concurrent request limit exceeded. Request blocked.',
      'o:errorCode': 'CONCURRENCY_LIMIT_EXCEEDED',
    })
    expect(orders()).toBe(5)
    expect(sandbox.control.state()).toMatchObject({ highestInFlight: 6, inFlight: 0 })
    sandbox.control.clearRequests()
    await client.get('currency/1')
    expect(sandbox.control.state()).toMatchObject({ highestInFlight: 1, requests: 1 })
  })

  it('counts a call whose caller has hung up: it still runs', async () => {
    await sandbox.close()
    sandbox = await startSandbox({ latencyMs: 200, concurrency: 1 })
    client = await Client.signIn(sandbox)
    const path = 'record/v1/salesOrder'
    const gone = client.call('POST', path, order(), {}, AbortSignal.timeout(40))
    await expect(gone).rejects.toThrow('aborted')
    expect((await client.get('currency/1')).status).toBe(429)
    await until(() => sandbox.control.state().inFlight === 0)
    expect(orders()).toBe(1)
    expect(sandbox.control.requests().some((each) => each.callerGone && each.done)).toBe(true)
    expect(sandbox.control.state()).toMatchObject({ highestInFlight: 2, highestOpen: 1 })
  })
})

describe('faults', () => {
  const overload: [
    kind: 'throttle429' | 'overload400' | 'error500' | 'maintenance',
    status: number,
    text: string,
  ][] = [
    ['throttle429', 429, 'CONCURRENCY_LIMIT_EXCEEDED'],
    ['overload400', 400, 'SSS_REQUEST_LIMIT_EXCEEDED'],
    ['error500', 500, 'UNEXPECTED_ERROR'],
    ['maintenance', 503, '<h1>NetSuite is undergoing maintenance</h1>'],
  ]
  it.each(overload)('%s is answered with %i, and nothing is done', async (kind, status, text) => {
    sandbox.control.fault({ kind, times: 1 })
    const answer = await client.post('salesOrder', order())
    expect([answer.status, answer.text.includes(text), orders()]).toEqual([status, true, 0])
    expect((await client.post('salesOrder', order())).status).toBe(204)
  })

  it('garbage is 200 and unreadable, and nothing is done', async () => {
    sandbox.control.fault({ kind: 'garbage', times: 1 })
    const answer = await client.post('salesOrder', order())
    expect([answer.status, orders()]).toEqual([200, 0])
    expect(() => JSON.parse(answer.text)).toThrow(SyntaxError)
  })

  it('an answer is lost after the commit', async () => {
    sandbox.control.fault({ kind: 'loseAnswer', times: 1 })
    expect((await client.get('currency/1')).status).toBe(200)
    await expect(client.post('salesOrder', order({ externalId: 'lost' }))).rejects.toThrow('fetch failed')
    expect(sandbox.records.order('lost')).toBeDefined()
    expect((await client.get('salesOrder/eid:lost')).status).toBe(200)
    expect(sandbox.control.requests().find((each) => each.faults.includes('loseAnswer'))).toMatchObject({
      status: null,
      done: true,
    })
  })

  it('a proxy answers 502 after the commit', async () => {
    sandbox.control.fault({ kind: 'errorAfterCommit', times: 1 })
    expect((await client.post('salesOrder', order())).status).toBe(502)
    expect(orders()).toBe(1)
  })

  it('a call commits after its caller was cut off', async () => {
    sandbox.control.fault({ kind: 'commitLate', times: 1, ms: 80 })
    await expect(client.post('salesOrder', order({ externalId: 'late' }))).rejects.toThrow('fetch failed')
    expect((await client.get('salesOrder/eid:late')).status).toBe(404)
    expect(sandbox.control.state().inFlight).toBe(1)
    await until(() => orders() === 1)
    expect((await client.get('salesOrder/eid:late')).status).toBe(200)
  })

  it('nothing commits after the time limit', async () => {
    await sandbox.close()
    sandbox = await startSandbox({ requestLimitMs: 40 })
    client = await Client.signIn(sandbox)
    sandbox.control.fault({ kind: 'commitLate', times: 1, ms: 60 })
    await expect(client.post('salesOrder', order())).rejects.toThrow('fetch failed')
    await until(() => sandbox.control.state().inFlight === 0)
    expect(orders()).toBe(0)
    sandbox.control.fault({ kind: 'slow', times: 1, ms: 200 })
    const answer = await client.post('salesOrder', order())
    expect([answer.status, firstError(answer)['detail'], orders()]).toEqual([
      500,
      'The request has timed out.',
      0,
    ])
  })

  it('latency leaves a while between the commit and the answer', async () => {
    await sandbox.close()
    sandbox = await startSandbox({ latencyMs: () => 120 })
    client = await Client.signIn(sandbox)
    let answered = false
    const call = client.post('salesOrder', order()).then(() => (answered = true))
    await until(() => orders() === 1)
    expect(answered).toBe(false)
    await call
  })

  it('overload looks like a bad login while other calls are in flight', async () => {
    sandbox.control.fault({ kind: 'overloadAsBadLogin' })
    expect((await client.get('currency/1')).status).toBe(200)
    sandbox.control.fault({ kind: 'slow', times: 1, ms: 100, path: 'salesOrder' })
    const slow = client.post('salesOrder', order())
    await until(() => sandbox.control.state().inFlight === 1)
    const refused = await client.get('currency/1')
    expect([refused.status, firstError(refused)['o:errorCode']]).toEqual([401, 'INVALID_LOGIN_ATTEMPT'])
    expect((await slow).status).toBe(204)
    expect((await client.get('currency/1')).status).toBe(200)
  })

  it('hit only what they are meant for, after as many calls as they are told', async () => {
    sandbox.control.fault({ kind: 'error500', method: 'POST', path: 'suiteql', after: 1, times: 1 })
    expect((await client.post('salesOrder', order())).status).toBe(204)
    expect((await client.suiteql('SELECT id FROM item')).status).toBe(200)
    expect((await client.suiteql('SELECT id FROM item')).status).toBe(500)
    expect((await client.suiteql('SELECT id FROM item')).status).toBe(200)
    sandbox.control.fault({ kind: 'throttle429' })
    expect((await askToken(sandbox, await makeAssertion(sandbox, makeClock().now()))).status).toBe(200)
    sandbox.control.clearFaults()
    expect((await client.get('currency/1')).status).toBe(200)
  })

  it('the account is cut off, or nothing listens at all, and comes back', async () => {
    sandbox.control.fault({ kind: 'down' })
    await expect(client.get('currency/1')).rejects.toThrow('fetch failed')
    sandbox.control.clearFaults()
    expect((await client.get('currency/1')).status).toBe(200)
    await sandbox.control.down()
    const refused = await client.get('currency/1').catch((error: Error) => error.cause)
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' })
    await sandbox.control.up()
    expect((await client.get('currency/1')).status).toBe(200)
  })
})

describe('the control endpoints', () => {
  const control = async (path: string, body?: unknown) => {
    const answer = await fetch(`${sandbox.url}/_control/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }

  it('arm and clear faults, and refuse what they do not know', async () => {
    expect((await control('faults', { kind: 'error500', times: 1 })).status).toBe(200)
    expect((await control('state')).body).toMatchObject({ faults: [{ kind: 'error500', times: 1 }] })
    expect((await client.get('currency/1')).status).toBe(500)
    const wrong = await control('faults', { kind: 'explode' })
    expect([wrong.status, String(wrong.body['error']).includes('kind')]).toEqual([400, true])
    await control('faults', { kind: 'down' })
    await control('faults/clear', {})
    expect((await client.get('currency/1')).status).toBe(200)
  })

  it('change items, customers, tax codes and mandatory fields', async () => {
    await control('items/TEA', { inactive: true })
    expect(firstError(await client.post('salesOrder', order()))['detail']).toContain(
      'Invalid item reference key 1.',
    )
    await control('items/1', { inactive: false, itemId: 'TEA-NEW' })
    expect(await client.rows("SELECT id FROM item WHERE itemid = 'TEA-NEW'")).toEqual([{ id: '1' }])
    const added = await control('items', { itemId: 'MUG-RED' })
    expect((await client.get(`inventoryItem/${String(added.body['id'])}`)).body).toMatchObject({
      itemId: 'MUG-RED',
    })
    expect((await control('items/MUG-RED/delete', {})).status).toBe(200)
    expect((await client.get(`inventoryItem/${String(added.body['id'])}`)).status).toBe(404)

    const foreign = order({ entity: { id: '2' }, subsidiary: { id: '1' }, currency: { id: '1' } })
    expect((await client.post('salesOrder', foreign)).status).toBe(400)
    await control('customers/2', { subsidiary: '1', currency: 'EUR' })
    expect((await client.post('salesOrder', foreign)).status).toBe(204)

    await control('tax-codes/VAT_S', { rate: '22' })
    const taxed = order({
      item: { items: [{ item: { id: '1' }, quantity: 1, rate: 10, taxCode: { id: '11' } }] },
    })
    expect(await client.makeOrder(taxed)).toMatchObject({ taxTotal: 2.2 })
    expect((await control('tax-codes/VAT_X', { rate: '22' })).status).toBe(409)

    await control('mandatory-fields', { field: 'custbody_phone', label: 'Delivery Phone' })
    expect(firstError(await client.post('salesOrder', order()))['detail']).toContain('Delivery Phone')
    await control('mandatory-fields/custbody_phone/remove', {})
    expect((await client.post('salesOrder', order())).status).toBe(204)
  })

  it('ship an order line by line, and delete one', async () => {
    const made = await client.makeOrder(
      order({
        externalId: 'ship_me',
        orderStatus: 'A',
        item: { items: [{ item: { id: '1' }, quantity: 3 }] },
      }),
    )
    const part = await control('orders/ship_me/ship', {
      tracking: 'T1',
      carrier: 'Post',
      lines: [{ line: 1, quantity: 2 }],
    })
    expect(part.status).toBe(200)
    expect(sandbox.records.order('ship_me')).toMatchObject({ status: 'D', lines: [{ fulfilled: '2' }] })
    expect((await control(`orders/${String(made['tranId'])}/ship`, { tracking: 'T2' })).status).toBe(200)
    expect(sandbox.records.order('ship_me')?.status).toBe('F')
    expect(sandbox.records.fulfillments(String(made['id']))).toMatchObject([
      { tracking: ['T2'], status: 'C', lines: [{ item: 'TEA', quantity: '1' }] },
      { tracking: ['T1'], status: 'C', lines: [{ item: 'TEA', quantity: '2' }] },
    ])
    expect(sandbox.records.fulfillmentFields(String(part.body['id']))).toMatchObject({
      shipMethod: { refName: 'Post' },
    })
    const again = await control('orders/ship_me/ship', {})
    expect(again.status).toBe(409)
    expect((await control('orders/ship_me/delete', {})).body['error']).toContain('dependent records')
    await client.makeOrder(order({ externalId: 'delete_me' }))
    expect((await control('orders/delete_me/delete', {})).status).toBe(200)
    expect((await client.get('salesOrder/eid:delete_me')).status).toBe(404)
    expect((await control('orders/none/ship', {})).status).toBe(409)
  })

  it('keep a journal without the secrets of a sign-in', async () => {
    await client.post('salesOrder', order({ externalId: 'noted' }))
    const journal = await control('requests')
    expect(journal.body).toMatchObject({ highestInFlight: 1 })
    const items = journal.body['items'] as { path: string; body: string; status: number }[]
    expect(items.at(-1)).toMatchObject({ method: 'POST', status: 204, inFlight: 1, done: true })
    expect(JSON.parse(items.at(-1)!.body)).toMatchObject({ externalId: 'noted' })
    expect(items[0]).toMatchObject({
      path: '/services/rest/auth/oauth2/v1/token',
      body: '(form)',
      status: 200,
    })
  })
})
