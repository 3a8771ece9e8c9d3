import { describe, expect, it } from 'vitest'
import { withoutOrderKeys, withoutPersonalData } from '../../src/server/support/personal-data.ts'

const body = JSON.stringify({
  id: 4711,
  total: '104.50',
  billing: {
    first_name: 'Åse',
    last_name: "O'Brien",
    company: '',
    address_1: 'Storgata 1',
    postcode: '0155',
    country: 'NO',
    email: 'Ase@Example.no',
    phone: '+47 22 33 44 55',
  },
  meta_data: [
    { id: 1, key: '_billing_vat_number', value: 'NO999999999' },
    { id: 2, key: '_gift_wrap', value: 'red' },
  ],
  line_items: [{ id: 1, name: 'Mug, red', sku: 'MUG-RED', price: 4.5 }],
})

describe('a document without personal data', () => {
  it('has a word in the place of each name, address and number, the same word for the same text', () => {
    const { payload, customer, detail } = withoutPersonalData({
      payload: { text: body },
      customer: { name: "Åse O'Brien", email: 'ase@example.no' },
      detail: 'The customer ase@example.no is inactive',
    })
    expect(JSON.parse(payload.text)).toEqual({
      id: 4711,
      total: '104.50',
      billing: {
        first_name: '<name 1>',
        last_name: '<name 2>',
        company: '',
        address_1: '<address 1>',
        postcode: '<address 2>',
        country: 'NO',
        email: '<email 1>',
        phone: '<phone 1>',
      },
      meta_data: [
        { id: 1, key: '_billing_vat_number', value: '<number 1>' },
        { id: 2, key: '_gift_wrap', value: 'red' },
      ],
      line_items: [{ id: 1, name: 'Mug, red', sku: 'MUG-RED', price: 4.5 }],
    })
    expect(customer.email).toBe('<email 1>')
    expect(customer.name).toMatch(/^<name \d>$/)
    expect(detail).toBe('The customer <email 1> is inactive')
  })

  it('leaves a JSON text as it was written, but for the texts', () => {
    const text = '{ "total": 12.00,\n  "email":"a@b.example",  "big": 12345678901234567890 }'
    expect(withoutPersonalData(text)).toBe(
      '{ "total": 12.00,\n  "email":"<email 1>",  "big": 12345678901234567890 }',
    )
  })

  it.each([
    ['a query', `SELECT id FROM customer WHERE lastname = 'O''Brien'`],
    ['an address', '/customers?lastName=O%27Brien&email=ase%40example.no'],
    ['an address with letters of its own', '/customers?firstName=%C3%85se&city='],
    ['a form', 'address=Storgata+1&x=1'],
    ['JSON in JSON', JSON.stringify({ answer: JSON.stringify({ said: "No customer O'Brien" }) })],
    ['JSON that was cut off', '{"billing":{"last_name":"O\'Brien","email":"ase@example.no","pho'],
    ['other letters', 'STORGATA 1, ASE@EXAMPLE.NO'],
  ])('finds them in %s', (_, text) => {
    const [, found] = withoutPersonalData([body, text])
    expect(found).not.toMatch(/brien|storgata|ase(@|%40)|%C3%85se/i)
    expect(found).toMatch(/<(name|email|address) \d>/)
  })

  it('replaces no part of a word, and no amount that is a post code as well', () => {
    const [, text] = withoutPersonalData([
      { billing: { first_name: 'Li', postcode: '1000' } },
      'Li delivered 1000 lilies for 1000.00',
    ])
    expect(text).toBe('<name 1> delivered 1000 lilies for 1000.00')
  })

  it('has nothing of older addresses in it, nor of what the record was changed to', () => {
    const fields = [
      { field: 'shipping.name', label: 'Ships to: name', before: 'Åse Berg', after: 'Nils Berg' },
      { field: 'shipping.country', label: 'Ships to: country', before: 'NO', after: 'SE' },
      { field: 'note', label: 'Customer’s note', before: 'Ring twice', after: null },
      { field: 'lines.1/quantity', label: 'Mug: quantity', before: '1', after: '2' },
    ]
    const written = [
      { label: 'Billing: street', sent: 'Storgata 1', found: 'Elvegata 2', wanted: 'Kirkegata 3' },
      { label: 'Ships to: second line', sent: null, found: null, wanted: 'Attic flat' },
      { label: 'E-mail', sent: 'one@example.no', found: null, wanted: 'two@example.no' },
      { label: 'PO #', sent: '17', found: '17', wanted: '18' },
    ]
    const found = withoutPersonalData({ order: { difference: { fields }, recordChanges: [{ written }] } })
    expect(found.order.difference.fields.map(({ before, after }) => [before, after])).toEqual([
      ['<name 1>', '<name 2>'],
      ['NO', 'SE'],
      ['<note 1>', null],
      ['1', '2'],
    ])
    expect(found.order.recordChanges[0]!.written.map(({ sent, wanted }) => [sent, wanted])).toEqual([
      ['<address 1>', '<address 3>'],
      [null, '<address 4>'],
      ['<email 1>', '<email 2>'],
      ['17', '18'],
    ])
  })

  it('names no customer of another order with the same problem', () => {
    const related = [{ fingerprint: 'x', orders: [{ number: '1002', customer: 'Nils Berg' }] }]
    expect(withoutPersonalData({ related }).related[0]!.orders).toEqual([
      { number: '1002', customer: '<name 1>' },
    ])
  })

  it.each([
    ['Payer first name', 'Nils'],
    ['_wcpdf_vat_number', 'DE123456789'],
    ['billing_cpf', '123.456.789-09'],
    ['ship_to_full_name', 'Nils Berg'],
  ])('knows the field %s of a plug-in', (key, value) => {
    const [pair] = withoutPersonalData([{ key, value }])
    expect(pair!.value).toMatch(/^<(name|number) 1>$/)
  })

  it('has no key with which anybody opens and pays the order', () => {
    const key = 'wc_order_aB3dE6gH9jK2m'
    const order = {
      order_key: key,
      payment_url: `https://shop.example/checkout/order-pay/7/?pay_for_order=true&key=${key}`,
      meta_data: [{ key: '_wc_order_attribution_source_type', value: 'typein' }],
    }
    const text = JSON.stringify(order)
    for (const found of [JSON.stringify(withoutPersonalData({ text })), withoutOrderKeys(text)]) {
      expect(found).not.toContain(key)
      expect(found).toContain('_wc_order_attribution_source_type')
    }
  })

  it('has no beginning of a long text that a problem quotes', () => {
    const company = 'Rijksmuseum Boerhaave voor de Geschiedenis van de Natuurwetenschappen'
    const detail = `"${company.slice(0, 59)}…" has ${company.length} characters, NetSuite takes 60.`
    expect(withoutPersonalData([{ company }, { detail }])[1]!.detail).toBe(
      `"<name 1>…" has ${company.length} characters, NetSuite takes 60.`,
    )
  })

  it('keeps the names of fields, and words that are no one’s name', () => {
    const [, text, prose] = withoutPersonalData([
      { billing: { company: 'Total', first_name: 'No' } },
      '{"total":"4.00","note":"No, Total said"}',
      'From "Total": no',
    ])
    expect(text).toBe('{"total":"4.00","note":"No, <name 1> said"}')
    expect(prose).toBe('From "<name 1>": no')
  })

  it('is made of texts in every spelling, also broken ones', () => {
    const [, text] = withoutPersonalData([{ last_name: 'İnan' }, 'İnan and İNAN and inan'])
    expect(text).toMatch(/^<name 1> and /)
    expect(withoutPersonalData([{ last_name: 'Ber\ud800g' }, 'x'])[0]).toEqual({ last_name: '<name 1>' })
  })

  it('is made of texts that a pattern could try in endless ways', () => {
    for (const text of ['a'.repeat(400_000), '\\"'.repeat(200_000), '"'.repeat(200_000)])
      expect(withoutPersonalData([{ last_name: 'Berg' }, text])[1]).toBe(text)
  })

  it('is the same document where it says nothing of people', () => {
    const document = { status: 'posted', lines: [{ sku: 'A-1', amount: '1.00', none: null, is: true }] }
    expect(withoutPersonalData(document)).toEqual(document)
  })
})
