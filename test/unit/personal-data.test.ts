import { describe, expect, it } from 'vitest'
import { withoutPersonalData } from '../../src/server/support/personal-data.ts'

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

  it('is the same document where it says nothing of people', () => {
    const document = { status: 'posted', lines: [{ sku: 'A-1', amount: '1.00', none: null, is: true }] }
    expect(withoutPersonalData(document)).toEqual(document)
  })
})
