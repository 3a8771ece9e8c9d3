import { describe, expect, it } from 'vitest'
import type { HttpResponse } from '../../src/connectors/contract.ts'
import { connectionFailure, problemsOf } from '../../src/connectors/netsuite/errors.ts'
import { redactText } from '../../src/connectors/redact.ts'
import { faultIn, plainText } from '../../src/connectors/woocommerce/answers.ts'
import { elementsOf, findBrokenJson, findJson } from '../../src/connectors/woocommerce/raw-json.ts'
import { readable } from '../../src/connectors/woocommerce/text.ts'

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
