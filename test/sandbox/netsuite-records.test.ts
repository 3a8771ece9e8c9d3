import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SandboxNetSuite } from '../../src/sandbox/netsuite/index.ts'
import { Client, firstError, lines, order, startSandbox } from './netsuite-client.ts'

let sandbox: SandboxNetSuite
let client: Client

beforeAll(async () => {
  sandbox = await startSandbox()
  client = await Client.signIn(sandbox)
})
afterAll(() => sandbox.close())

describe('a sales order', () => {
  it('is created with 204 and a Location, and read by id and by external id', async () => {
    const created = await client.post(
      'salesOrder',
      order({
        externalId: 'wb_woocommerce_1a2b3c4d_30',
        currency: { id: '1' },
        memo: 'from the shop',
        otherRefNum: '30',
        tranDate: '2026-3-1',
        shippingAddress: {
          addr1: 'Süderhofenden 12',
          city: 'Flensburg',
          zip: '24937',
          country: { id: 'DE' },
        },
        custbody_channel: 'shop',
      }),
    )
    expect([created.status, created.text]).toEqual([204, ''])
    const location = created.headers.get('location')!
    expect(location).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/services\/rest\/record\/v1\/salesOrder\/\d+$/)

    const id = location.split('/').at(-1)!
    const byId = await client.get(`salesOrder/${id}`)
    const byExternalId = await client.get('salesOrder/eid:wb_woocommerce_1a2b3c4d_30')
    expect(byId.body).toEqual(byExternalId.body)
    expect(byId.headers.get('content-type')).toMatch(
      /^application\/vnd\.oracle\.resource\+json; type="?singular-resource/,
    )
    expect(byId.body).toMatchObject({
      id,
      externalId: 'wb_woocommerce_1a2b3c4d_30',
      tranDate: '2026-03-01',
      createdDate: '2026-03-02T09:00:00Z',
      entity: { id: '1', refName: 'Ada Byron' },
      currency: { id: '1', refName: 'Euro' },
      orderStatus: { id: 'B', refName: 'Pending Fulfillment' },
      memo: 'from the shop',
      total: 10,
      custbody_channel: 'shop',
    })
    expect(Object.keys(byId.body['item'] as object)).toEqual(['links'])
    expect(Object.keys(byId.body['shippingAddress'] as object)).toEqual(['links'])
    const expanded = await client.get(`salesOrder/${id}?expandSubResources=true`)
    expect(expanded.body['item']).toMatchObject({
      totalResults: 1,
      items: [{ line: 1, item: { id: '1', refName: 'TEA' }, quantity: 1, rate: 10, amount: 10 }],
    })
    expect(expanded.body['shippingAddress']).toMatchObject({ city: 'Flensburg', country: { id: 'DE' } })
    const few = await client.get(`salesOrder/${id}?fields=total,tranId`)
    expect(Object.keys(few.body).toSorted()).toEqual(['id', 'links', 'total', 'tranId'])
  })

  it("takes Oracle's older forms: bare ids and names in any case", async () => {
    const made = await client.makeOrder({
      entity: 1,
      OtherRefNum: '11037',
      item: { items: [{ item: 1, quantity: 2, Description: 'Test item' }] },
    })
    expect(made).toMatchObject({
      otherRefNum: '11037',
      item: { items: [{ description: 'Test item', amount: 20 }] },
    })
  })

  it('finds its item and customer by external id', async () => {
    const made = await client.makeOrder({
      entity: { externalId: 'wb_c_1' },
      ...lines({ item: { externalId: 'cup-1' }, quantity: 1 }),
    })
    expect(made).toMatchObject({ entity: { id: '1' }, total: 18 })
  })

  it('gets ids that are not used again, and numbers in a row', async () => {
    const first = await client.makeOrder(order())
    expect((await client.call('DELETE', `record/v1/salesOrder/${String(first['id'])}`)).status).toBe(204)
    expect((await client.get(`salesOrder/${String(first['id'])}`)).status).toBe(404)
    const second = await client.makeOrder(order())
    expect(Number(second['id'])).toBeGreaterThan(Number(first['id']))
    const number = (made: Record<string, unknown>) => Number(String(made['tranId']).slice(2))
    expect(number(second)).toBe(number(first) + 1)
  })

  it('is changed a little by PATCH, and computes its totals anew', async () => {
    const made = await client.makeOrder(
      order({
        ...lines({ item: { id: '1' }, quantity: 3, rate: 9.99, taxCode: { id: '11' } }),
        shippingCost: 4.9,
        shippingTaxCode: { id: '11' },
      }),
    )
    expect(made).toMatchObject({ subtotal: 29.97, taxTotal: 6.62, total: 41.49 })
    const path = `salesOrder/${String(made['id'])}`
    const patched = await client.call('PATCH', `record/v1/${path}`, {
      memo: 'now two',
      custbody_note: 'x',
      item: { items: [{ line: 1, quantity: 2 }] },
    })
    expect([patched.status, patched.headers.get('location')?.endsWith(path)]).toEqual([204, true])
    expect((await client.get(path)).body).toMatchObject({
      memo: 'now two',
      custbody_note: 'x',
      subtotal: 19.98,
      taxTotal: 4.73,
      total: 29.61,
    })
    const wrong = await client.call('PATCH', `record/v1/${path}`, {
      item: { items: [{ line: 9, isClosed: true }] },
    })
    expect(firstError(wrong)['o:errorPath']).toBe('item.items[0]')
  })

  it('that a workflow has locked refuses a change', async () => {
    const made = await client.makeOrder(order())
    sandbox.control.lock(String(made['id']), true)
    const patched = await client.call('PATCH', `record/v1/salesOrder/${String(made['id'])}`, { memo: 'x' })
    expect([patched.status, firstError(patched)['detail']]).toEqual([
      400,
      'Error while accessing a resource. This record has been locked by a user defined workflow.',
    ])
  })

  it('is listed with its id alone', async () => {
    const listed = await client.get('salesOrder?limit=1&offset=1')
    expect(listed.body).toMatchObject({ count: 1, offset: 1, hasMore: true })
    expect(Object.keys((listed.body['items'] as object[])[0]!)).toEqual(['links', 'id'])
  })
})

describe('what NetSuite refuses', () => {
  let before = 0
  beforeEach(() => {
    before = sandbox.records.counts().orders
  })

  const entity = { id: '1' }
  const item = { item: { id: '1' }, quantity: 1 }
  const refusals: [
    name: string,
    body: Record<string, unknown>,
    detail: string,
    path?: string,
    code?: string,
  ][] = [
    ['no customer', lines(item), 'Please enter value(s) for: Customer.'],
    [
      'an unknown customer',
      { entity: { id: '99' }, ...lines(item) },
      'Invalid entity reference key 99.',
      'entity',
    ],
    [
      'a customer of another subsidiary',
      { entity: { id: '2' }, subsidiary: { id: '1' }, ...lines(item) },
      'Invalid entity reference key 2 for subsidiary 1.',
      'entity',
    ],
    [
      'a currency that the customer does not carry',
      { entity, currency: { id: '4' }, ...lines(item) },
      'Invalid currency reference key 4 for entity 1.',
      'currency',
    ],
    [
      'no line',
      { entity },
      'You must have at least one valid line item for this transaction.',
      'item',
      'VALID_LINE_ITEM_REQD',
    ],
    [
      'an unknown item',
      { entity, ...lines(item, { item: { id: '18099' }, quantity: 1 }) },
      'You have entered an Invalid Field Value 18099 for the following field: item.',
      'item.items[1]',
    ],
    [
      'an inactive item',
      { entity, ...lines({ item: { id: '3' }, quantity: 1 }) },
      'Invalid item reference key 3.',
      'item.items[0]',
    ],
    [
      'an item of another subsidiary',
      { entity, ...lines({ item: { id: '4' }, quantity: 1 }) },
      'Invalid item reference key 4 for subsidiary 1.',
      'item.items[0]',
    ],
    [
      'a ship item on a line',
      { entity, ...lines({ item: { id: '7' } }) },
      'You have entered an Invalid Field Value 7 for the following field: item.',
      'item.items[0]',
    ],
    [
      'a line without quantity',
      { entity, ...lines({ item: { id: '1' } }) },
      'Please enter value(s) for: Quantity.',
      'item.items[0]',
    ],
    [
      'an unknown tax code',
      { entity, ...lines({ ...item, taxCode: { id: '77' } }) },
      'Invalid taxcode reference key 77.',
      'item.items[0]',
    ],
    [
      'an unknown location',
      { entity, location: { id: '443' }, ...lines(item) },
      'Invalid location reference key 443.',
      'location',
    ],
    [
      'a ship method of another subsidiary',
      { entity, shipMethod: { id: '8' }, ...lines(item) },
      'Invalid shipmethod reference key 8 for entity 1.',
      'shipMethod',
    ],
    [
      'a country by its name',
      { entity, shippingAddress: { country: { id: 'Germany' } }, ...lines(item) },
      'Invalid country reference key Germany.',
      'shippingAddress.country',
    ],
    [
      'an external id with a colon',
      { entity, externalId: 'wb:1', ...lines(item) },
      'Invalid external ID. External IDs can contain only letters, digits, underscores and hyphens.',
      'externalId',
    ],
    [
      'a memo that is too long',
      { entity, memo: 'x'.repeat(1000), ...lines(item) },
      'The field memo contained more than the maximum number ( 999 ) of characters allowed.',
      'memo',
    ],
    [
      'a city that is too long',
      { entity, shippingAddress: { city: 'x'.repeat(51) }, ...lines(item) },
      'The field city contained more than the maximum number ( 50 ) of characters allowed.',
      'shippingAddress.city',
    ],
  ]
  it.each(refusals)('%s', async (_name, body, detail, path, code = 'USER_ERROR') => {
    const answer = await client.post('salesOrder', body)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toMatch(
      /^application\/vnd\.oracle\.resource\+json; type="?error/,
    )
    expect(answer.body).toEqual({
      type: 'https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.1',
      title: 'Bad Request',
      status: 400,
      'o:errorDetails': [
        {
          detail: `Error while accessing a resource. ${detail}`,
          ...(path === undefined ? {} : { 'o:errorPath': path }),
          'o:errorCode': code,
        },
      ],
    })
    expect(sandbox.records.counts().orders).toBe(before)
  })

  it('a second order under the same external id, with the words of any other rejection', async () => {
    const body = order({ externalId: 'twice' })
    expect((await client.post('salesOrder', body)).status).toBe(204)
    const again = await client.post('salesOrder', body)
    expect([again.status, firstError(again)]).toEqual([
      400,
      {
        detail: 'Error while accessing a resource. This entity already exists.',
        'o:errorCode': 'USER_ERROR',
      },
    ])
    expect(sandbox.records.orders().filter((each) => each.externalId === 'twice')).toHaveLength(1)
  })

  it('an external id that a fulfilment has: one group for all transactions', async () => {
    const made = await client.makeOrder(order())
    const shipped = await client.post(`salesOrder/${String(made['id'])}/!transform/itemFulfillment`, {
      externalId: 'shared_id',
    })
    expect(shipped.status).toBe(204)
    expect((await client.post('salesOrder', order({ externalId: 'shared_id' }))).status).toBe(400)
    expect((await client.get('salesOrder/eid:shared_id')).status).toBe(404)
  })

  it('what the form makes mandatory, all fields in one line', async () => {
    sandbox.control.addMandatoryField({ field: 'custbody_po', label: 'PO Reference' })
    sandbox.control.addMandatoryField({ field: 'otherRefNum', label: 'PO #' })
    const answer = await client.post('salesOrder', order())
    expect(firstError(answer)['detail']).toBe(
      'Error while accessing a resource. Please enter value(s) for: PO Reference, PO #.',
    )
    expect((await client.post('salesOrder', order({ custbody_po: '7', otherRefNum: '7' }))).status).toBe(204)
    sandbox.control.removeMandatoryField('custbody_po')
    sandbox.control.removeMandatoryField('otherRefNum')
    expect((await client.post('salesOrder', order())).status).toBe(204)
  })

  it('a misspelt property only when it is asked to', async () => {
    const body = order({ memmo: 'x', item: { items: [{ ...item, quantitty: 2 }] } })
    const strict = await client.post('salesOrder', body, { 'X-NetSuite-PropertyNameValidation': 'Error' })
    expect(strict.status).toBe(400)
    expect(
      (strict.body['o:errorDetails'] as Record<string, string>[]).map((each) => each['o:errorPath']),
    ).toEqual(['item.items[0].quantitty', 'memmo'])
    expect(sandbox.records.counts().orders).toBe(before)
    expect((await client.post('salesOrder', body)).status).toBe(204)
    expect(sandbox.control.requests().at(-1)?.warnings).toEqual(['item.items[0].quantitty', 'memmo'])
    expect(
      (await client.post('salesOrder', body, { 'X-NetSuite-PropertyNameValidation': 'Ignore' })).status,
    ).toBe(204)
    expect(sandbox.control.requests().at(-1)?.warnings).toEqual([])
    const nonsense = await client.post('salesOrder', body, { 'X-NetSuite-PropertyNameValidation': 'strict' })
    expect(firstError(nonsense)['o:errorHeader']).toBe('X-NetSuite-PropertyNameValidation')
  })

  it('a value of the wrong type, and a body that is no JSON', async () => {
    const text = await client.post('salesOrder', order(lines({ ...item, quantity: '1' })))
    expect([text.status, firstError(text)['o:errorCode'], firstError(text)['o:errorPath']]).toEqual([
      400,
      'INVALID_CONTENT',
      'item.items[0].quantity',
    ])
    const broken = await client.post('salesOrder', '{"entity":')
    expect([broken.status, firstError(broken)['o:errorCode']]).toEqual([400, 'INVALID_CONTENT'])
    expect((await client.post('salesOrder', '[]')).status).toBe(400)
  })

  it('what does not exist', async () => {
    for (const path of [
      'salesOrder/999',
      'salesOrder/eid:none',
      'salesOrder/abc',
      'customer/999',
      'currency/9',
    ])
      expect([path, (await client.get(path)).status]).toEqual([path, 404])
    expect(firstError(await client.get('salesOrder/999'))['o:errorCode']).toBe('NONEXISTENT_ID')
    expect(firstError(await client.get('nothing/1'))['detail']).toBe("Record type 'nothing' does not exist.")
    expect((await client.call('PUT', 'record/v1/currency/1', {})).status).toBe(405)
  })
})

describe('a customer', () => {
  it('is created and read by external id', async () => {
    const created = await client.post('customer', {
      externalId: 'wb_c_77',
      firstName: '花子',
      lastName: '佐藤',
      email: 'hanako@example.com',
      phone: '+81 3 5550 1090',
      subsidiary: { id: '1' },
      currency: { id: '2' },
      addressBook: {
        items: [
          { defaultShipping: true, addressBookAddress: { addr1: '神保町1-2-3', country: { id: 'JP' } } },
        ],
      },
    })
    expect(created.status).toBe(204)
    const read = await client.get('customer/eid:wb_c_77?expandSubResources=true')
    expect(read.body).toMatchObject({
      entityId: '花子 佐藤',
      isPerson: true,
      currency: { id: '2' },
      subsidiary: { id: '1', refName: 'Parent GmbH' },
      currencyList: { items: [{ currency: { id: '2' } }] },
      addressBook: { items: [{ addressBookAddress: { addr1: '神保町1-2-3' } }] },
    })
    const yen = await client.makeOrder(order({ entity: { externalId: 'wb_c_77' } }))
    expect(yen).toMatchObject({ currency: { id: '2' }, total: 10 })
  })

  const person = { firstName: 'A', lastName: 'B', subsidiary: { id: '1' } }
  const refusals: [name: string, body: Record<string, unknown>, detail: string][] = [
    ['without a name', { subsidiary: { id: '1' } }, 'Please enter value(s) for: First Name, Last Name.'],
    ['without a subsidiary', { companyName: 'C' }, 'Please enter value(s) for: Primary Subsidiary.'],
    [
      'of an unknown subsidiary',
      { ...person, subsidiary: { id: '9' } },
      'Invalid subsidiary reference key 9.',
    ],
    [
      'with an address that is no e-mail',
      { ...person, email: 'nobody' },
      'You have entered an Invalid Field Value nobody for the following field: email.',
    ],
    [
      'with a phone of six digits',
      { ...person, phone: '12 34 56' },
      'Phone number should have seven digits or more.',
    ],
    [
      'under an external id that is taken',
      { ...person, externalId: 'wb_c_1' },
      'This entity already exists.',
    ],
    [
      'under a name that is taken',
      { ...person, entityId: 'Ada Byron' },
      'A customer record with this ID already exists. You must enter a unique customer ID for each record you create.',
    ],
    [
      'with a first name that is too long',
      { ...person, firstName: 'x'.repeat(33) },
      'The field firstname contained more than the maximum number ( 32 ) of characters allowed.',
    ],
  ]
  it.each(refusals)('%s is refused', async (_name, body, detail) => {
    const before = sandbox.records.counts().customers
    const answer = await client.post('customer', body)
    expect([answer.status, firstError(answer)['detail']]).toEqual([
      400,
      `Error while accessing a resource. ${detail}`,
    ])
    expect(sandbox.records.counts().customers).toBe(before)
  })

  it('that is inactive takes no order', async () => {
    await client.post('customer', { ...person, externalId: 'gone', isInactive: true })
    const answer = await client.post('salesOrder', order({ entity: { externalId: 'gone' } }))
    expect(firstError(answer)['detail']).toMatch(/Invalid entity reference key/)
  })
})

describe('an item fulfilment', () => {
  const transform = (id: unknown, body: unknown = {}) =>
    client.post(`salesOrder/${String(id)}/!transform/itemFulfillment`, body)

  it('ships part of an order, then the rest', async () => {
    const made = await client.makeOrder(
      order(
        lines(
          { item: { id: '1' }, quantity: 3 },
          { item: { id: '2' }, quantity: 1 },
          { item: { id: '5' }, rate: 2 },
        ),
      ),
    )
    const first = await transform(made['id'], {
      shipStatus: { id: 'C' },
      item: {
        items: [
          { orderLine: 1, quantity: 2 },
          { orderLine: 2, itemReceive: false },
        ],
      },
      package: { items: [{ packageTrackingNumber: 'JJD1' }] },
    })
    expect(first.status).toBe(204)
    const id = first.headers.get('location')!.split('/').at(-1)!
    const read = await client.get(`itemFulfillment/${id}?expandSubResources=true`)
    expect(read.body).toMatchObject({
      createdFrom: { id: made['id'], refName: `Sales Order #${String(made['tranId'])}` },
      shipStatus: { id: 'C', refName: 'Shipped' },
      item: { items: [{ orderLine: 1, quantity: 2, item: { refName: 'TEA' } }] },
      package: { items: [{ packageTrackingNumber: 'JJD1' }] },
    })
    expect((await client.get(`salesOrder/${String(made['id'])}`)).body).toMatchObject({ status: { id: 'D' } })
    expect((await transform(made['id'], { item: { items: [{ orderLine: 1, quantity: 2 }] } })).status).toBe(
      400,
    )
    expect((await transform(made['id'])).status).toBe(204)
    expect((await client.get(`salesOrder/${String(made['id'])}`)).body).toMatchObject({ status: { id: 'F' } })
    expect(firstError(await transform(made['id']))['o:errorCode']).toBe('VALID_LINE_ITEM_REQD')
    const dependent = await client.call('DELETE', `record/v1/salesOrder/${String(made['id'])}`)
    expect(firstError(dependent)['detail']).toContain('dependent records')
  })

  it('waits for approval, and for an open period', async () => {
    const made = await client.makeOrder(order({ orderStatus: { id: 'A' } }))
    expect(firstError(await transform(made['id']))['detail']).toContain(
      'You can not initialize itemfulfillment',
    )
    await client.call('PATCH', `record/v1/salesOrder/${String(made['id'])}`, { orderStatus: 'B' })
    sandbox.control.lockPeriod('2026-03-31')
    expect(firstError(await transform(made['id']))['detail']).toContain('accounting period')
    expect((await client.post('salesOrder', order())).status).toBe(204)
    sandbox.control.lockPeriod(null)
    expect((await transform(made['id'])).status).toBe(204)
  })

  it('is no sales order: the id of one type is refused as another', async () => {
    const made = await client.makeOrder(order())
    const answer = await client.get(`itemFulfillment/${String(made['id'])}`)
    expect([answer.status, firstError(answer)['detail']]).toEqual([
      400,
      'Error while accessing a resource. Transaction type specified is incorrect.',
    ])
  })
})

describe('the lists', () => {
  it('show what a mapping needs', async () => {
    expect((await client.get('currency/2')).body).toMatchObject({
      symbol: 'JPY',
      currencyPrecision: { id: '0' },
    })
    expect((await client.get('subsidiary/2')).body).toMatchObject({
      name: 'Daughter Inc.',
      parent: { id: '1' },
    })
    expect((await client.get('inventoryItem/1')).body).toMatchObject({ itemId: 'TEA', isInactive: false })
    expect((await client.get('inventoryItem/eid:cup-1')).body).toMatchObject({ id: '2' })
    expect((await client.get('salesTaxItem/11')).body).toMatchObject({ itemId: 'VAT_S', rate: 19 })
    expect((await client.get('inventoryItem/5')).status).toBe(404)
    expect((await client.get('shipItem')).body).toMatchObject({ totalResults: 2 })
    expect((await client.get('location')).body).toMatchObject({ items: [{ id: '1' }] })
    expect((await client.get('customer?q=email IS "x"')).status).toBe(400)
  })
})
