import { describe, expect, it } from 'vitest'
import type { HttpResponse } from '../../src/connectors/contract.ts'
import { connectionFailure, problemsOf } from '../../src/connectors/netsuite/errors.ts'
import { redactText } from '../../src/connectors/redact.ts'
import { faultIn, plainText } from '../../src/connectors/woocommerce/answers.ts'
import { elementsOf, findBrokenJson, findJson } from '../../src/connectors/woocommerce/raw-json.ts'
import { readable } from '../../src/connectors/woocommerce/text.ts'
import { toOrder } from '../../src/connectors/woocommerce/to-order.ts'

const megabyte = 1_000_000
/** A tenth of a second is usual on a busy machine; what grows with the square of the length takes minutes. */
const mostMs = 2_500

const answer = (status: number, body: string): HttpResponse => ({
  status,
  headers: {},
  body,
  url: 'https://shop.example/',
})
const asked = { write: false, now: new Date('2026-11-23T09:00:00Z') }
const posting = { write: true, what: 'Sales Order' }

const readers: Record<string, (text: string) => unknown> = {
  redactText: (text) => redactText(text),
  plainText,
  readable,
  findJson,
  findBrokenJson,
  elementsOf: (text) => elementsOf(`[${text}]`),
  'a page of the shop': (text) => faultIn(answer(200, `<${text}`), null, asked),
  "the shop's maintenance": (text) => faultIn(answer(503, text), null, asked),
  'a page of NetSuite': (text) => connectionFailure('unavailable', 'not_json', answer(500, text)),
  'an error of NetSuite': (text) => problemsOf({ detail: text, 'o:errorCode': 'USER_ERROR' }, posting),
}

/** What backtracking could stumble over: each begins a match that the rest of the text never ends. */
const parts = [
  '<',
  '<a ',
  '<h1',
  '<title>',
  '<input ',
  '<script',
  '&#1',
  'oauth_',
  '_token',
  '"token":',
  '"key":"token","value":"',
  '"name":"a_',
  '4 ',
  '4-',
  ' ',
  '"',
  '\\',
  '\\"',
  '[1',
  '{1',
  '[[',
  '{"a":',
  'not ',
  'field ',
  "'",
  'Please enter value for: ,',
  'Invalid x reference key ',
]

describe.each(Object.entries(readers))('%s of a megabyte made to be slow', (_, read) => {
  it.each(parts)('%j', (part) => {
    const many = part.repeat(megabyte / part.length)
    const begun = performance.now()
    for (const opening of ['', '"']) read(opening + many)
    expect(performance.now() - begun).toBeLessThan(mostMs)
  })
})

describe('an order made to be slow or to surprise', () => {
  const line = { id: 1, name: 'Mug', sku: 'MUG', quantity: 1, subtotal: '10.00', total: '10.00', taxes: [] }
  const order = {
    id: 1,
    number: '1',
    status: 'processing',
    currency: 'EUR',
    total: '10.00',
    date_created_gmt: '2026-11-23T09:00:00',
    line_items: [line],
  }
  const read = (body: string) => toOrder({ id: '1', body, modifiedAt: null })
  const many = Array.from({ length: 60_000 }, (_, id) => ({ id, key: `k${id}`, value: 'v' }))

  it.each([
    ['much meta data', { ...order, meta_data: many }],
    ['a line with much meta data', { ...order, line_items: [{ ...line, meta_data: many }] }],
    ['many lines', { ...order, line_items: Array.from({ length: 5000 }, (_, id) => ({ ...line, id })) }],
  ])('%s is read at once', (_, body) => {
    const begun = performance.now()
    expect(read(JSON.stringify(body)).ok).toBe(true)
    expect(performance.now() - begun).toBeLessThan(mostMs)
  })

  it('an amount of a million digits is none', () => {
    const found = read(JSON.stringify({ ...order, total: '9'.repeat(megabyte) }))
    expect(found.ok).toBe(false)
  })

  it.each(['constructor', '__proto__', 'toString'])('"%s" is a name like any other', (name) => {
    const place = { country: name, state: name }
    const shipping = { id: 2, method_id: name, method_title: name, total: '0', taxes: [] }
    const found = read(
      JSON.stringify({
        ...order,
        currency: name,
        status: name,
        payment_method: name,
        billing: place,
        shipping: place,
        shipping_lines: [shipping],
        line_items: [{ ...line, sku: name }],
      }),
    )
    expect(found.ok && found.value.lines[0]).toMatchObject({ sku: name, name: 'Mug' })
  })

  it.each(['', ',"y":12345678901234567890'])('lists in lists, a hundred thousand deep%s', (more) => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    const found = read(JSON.stringify(order).replace(/\}$/, `,"x":${deep}${more}}`))
    expect(found.ok || found.error.problem.code).toBe(more === '' ? true : 'unreadable_order')
  })

  it('"__proto__" in the answer changes nothing else', () => {
    read(JSON.stringify(order).replace('{', '{"__proto__":{"polluted":1},'))
    expect(Object.getPrototypeOf({})).not.toHaveProperty('polluted')
  })
})
