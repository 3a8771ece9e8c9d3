import { describe, expect, it, test } from 'vitest'
import { filterInFile, filtersAsShown } from '../../src/config/filter-form.ts'
import { readConfiguration } from '../../src/config/read-configuration.ts'
import { input } from './config-faces.ts'

/** A file whose filters begin at line 15, at column 9. */
const fileWith = (...filters: string[]) => `connections:
  acme-shop:
    kind: woocommerce
    url: https://shop.example.com
    credentials: { consumerKey: "\${KEY}", consumerSecret: "\${SECRET}" }
  netsuite: { kind: netsuite, account: 1, credentials: { clientId: a, certificateId: b, privateKey: "\${NS}" } }
routes:
  - name: acme
    from: acme-shop
    to: netsuite
    import:
      since: 2026-01-01
      filters:
        # each of them
${filters.map((filter) => `        - ${filter}\n`).join('')}    mapping: {}
`
const read = (...filters: string[]) => readConfiguration(input(fileWith(...filters)))

describe('filters in the file', () => {
  it('are read as they are written: bare numbers by their characters, spaces around texts left out', () => {
    const desired = read(
      '{ field: shipping.postcode, is: [01067, " 10115 "] }',
      '{ field: total, atLeast: 10.00 }',
      '{ field: skus, includes: [GIFT] }',
      '{ field: customer.company, isEmpty: true }',
      '{ field: fields.meta._billing_vat, isNot: [no] }',
    )
    expect(desired.ok && desired.value.routes[0]!.filters).toEqual([
      { field: 'shipping.postcode', operator: 'is', values: ['01067', '10115'] },
      { field: 'total', operator: 'atLeast', values: ['10.00'] },
      { field: 'skus', operator: 'includes', values: ['GIFT'] },
      { field: 'customer.company', operator: 'isEmpty', values: [] },
      { field: 'fields.meta._billing_vat', operator: 'isNot', values: ['no'] },
    ])
  })

  it('are none where none are written', () => {
    const desired = readConfiguration(input(fileWith('x').replace(/ {6}filters:\n.*\n.*\n/, '')))
    expect(desired.ok && desired.value.routes[0]!.filters).toEqual([])
  })

  it('are written back as they were', () => {
    const written = [
      { field: 'shipping.country', is: ['DE', 'AT'] },
      { field: 'total', atMost: '10.00' },
      { field: 'coupons', isNotEmpty: true },
    ]
    const desired = read(...written.map((one) => JSON.stringify(one)))
    expect(desired.ok && desired.value.routes[0]!.filters.map(filterInFile)).toEqual(written)
  })

  it('are shown by what they look at, each of two alike', () => {
    const filter = (field: string, ...values: string[]) => ({ field, operator: 'is' as const, values })
    expect(filtersAsShown([filter('number', '1'), filter('number', '2'), filter('currency', 'EUR')])).toEqual(
      { 'number is': ['1'], 'number is (2)': ['2'], 'currency is': ['EUR'] },
    )
  })
})

test.each<[what: string, filter: string, column: number, message: RegExp, fix: RegExp]>([
  [
    'a field misspelt',
    '{ field: shipping.contry, is: [DE] }',
    13,
    /no field "shipping\.contry"; did you mean "shipping\.country"\?/,
    /^Write shipping\.country\.$/,
  ],
  [
    'a field that is none',
    '{ field: weather, is: [fine] }',
    13,
    /no field "weather"/,
    /total,.*fields\.NAME/,
  ],
  [
    'a further field without a name',
    '{ field: fields., is: [x] }',
    13,
    /no field "fields\."/,
    /fields\.NAME/,
  ],
  ['no field', '{ is: [DE] }', 11, /"field" is missing/, /Add it/],
  ['an operator misspelt', '{ field: number, isnot: [1] }', 28, /"isnot" is not known here/, /"isNot"/],
  ['no operator', '{ field: total }', 13, /nothing stands beside it/, /is, isNot, atLeast, atMost/],
  [
    'two operators',
    '{ field: total, atLeast: 1, atMost: 2 }',
    39,
    /"atLeast" stands beside it already/,
    /filter of its own/,
  ],
  [
    'an operator that does not fit',
    '{ field: skus, is: [A] }',
    26,
    /does not go with "skus"/,
    /includes, doesNotInclude/,
  ],
  ['texts of an amount', '{ field: total, contains: [1] }', 27, /does not go with "total"/, /atLeast/],
  [
    'an amount with a comma',
    '{ field: total, atLeast: "10,00" }',
    27,
    /"10,00" is not an amount/,
    /"10\.00"/,
  ],
  ['an amount that is a word', '{ field: total, is: [ten] }', 32, /"ten" is not an amount/, /"10\.00"/],
  ['a value that is no list', '{ field: number, is: A1 }', 28, /must be a list/, /\[a, b\]/],
  ['no value', '{ field: number, is: [] }', 28, /names no value/, /at least one/],
  ['an empty value', '{ field: number, is: [""] }', 33, /it is empty/, /isEmpty: true/],
  ['an opposite that is written as one', '{ field: coupons, isEmpty: false }', 29, /"isEmpty"/, /Write true/],
])('%s is a mistake with its place', (_, filter, column, message, fix) => {
  const desired = read('{ field: currency, is: [EUR] }', filter)
  if (desired.ok) throw new Error('this file was to be refused')
  expect(desired.error).toHaveLength(1)
  const [mistake] = desired.error
  expect([mistake!.line, mistake!.column]).toEqual([16, column])
  expect(mistake!.message).toMatch(message)
  expect(mistake!.fix).toMatch(fix)
})

it('the same filter twice is a mistake, at the second', () => {
  const desired = read('{ field: currency, is: [EUR] }', '{ field: currency, is: [EUR] }')
  expect(!desired.ok && desired.error).toMatchObject([
    { line: 16, path: 'routes[0].import.filters[1].field', message: expect.stringContaining('twice') },
  ])
})
