import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { failureOf, tokenFailure } from '../../src/connectors/netsuite/errors.ts'
import { faultIn } from '../../src/connectors/woocommerce/answers.ts'
import { findJson } from '../../src/connectors/woocommerce/raw-json.ts'
import { problemCatalogue } from '../../src/order/problems.ts'
import type { Entry } from '../../src/order/problems/entry.ts'
import { folder, problemPages } from '../../scripts/problem-pages.ts'

const entries = Object.entries(problemCatalogue) as [string, Entry][]

test('the help pages are those of the catalogue: node scripts/problem-pages.ts writes them', async () => {
  const written = await Promise.all(
    (await readdir(folder)).map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
  )
  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(await problemPages()))
})

test.each(entries)('%s is written for a person who has to act', (_, entry) => {
  const title = entry.title(entry.example)
  expect(title).not.toMatch(/""|undefined| {2}|\.$/)
  // The title, then the fix, is one answer to "why": it has to be short enough to be read.
  expect(entry.fix.length).toBeLessThan(300)
  for (const text of [entry.cause, entry.fix, entry.avoid, entry.meanwhile ?? 'As always.']) {
    expect(text).toMatch(/^["A-Z].*[.?]$/)
    expect(text).not.toMatch(/ {2}|\b(payload|backend|JSON|HTTP|null|invalid)\b/)
  }
  expect(entry.fixes.length).toBeGreaterThan(0)
  const actions = entry.fixes.map(({ action }) => action)
  expect(new Set(actions).size).toBe(actions.length)
})

const texts = (vendor: 'netsuite' | 'woocommerce') =>
  entries.flatMap(([code, { said }]) => (said?.[vendor] ?? []).map((text) => [text, code] as const))

test.each(texts('netsuite'))('NetSuite: "%s" leads to %s', (text, code) => {
  const answer = (body: object) => ({
    status: 400,
    headers: {},
    body: JSON.stringify(body),
    url: 'https://1234567.suitetalk.api.netsuite.com/services/rest/record/v1/salesOrder',
  })
  const detail = { detail: text, 'o:errorCode': 'USER_ERROR' }
  const failure =
    text === 'invalid_grant'
      ? tokenFailure(answer({ error: text }))
      : failureOf(answer({ title: 'Bad Request', 'o:errorDetails': [detail] }), {
          write: true,
          what: 'sales orders',
        })
  expect(failure.problems.map((problem) => problem.code)).toEqual([code])
})

/** The HTTP status with which a real shop sends each code (recordings/woocommerce-11.0.1 auth.json, broken.json). */
const statusOf: Record<string, number> = {
  wp_die: 503,
  internal_server_error: 500,
  rest_no_route: 404,
  woocommerce_rest_shop_order_invalid_id: 404,
  woocommerce_rest_cannot_view: 401,
  woocommerce_rest_authentication_error: 401,
}

test.each(texts('woocommerce'))('WooCommerce: "%s" leads to %s', (text, code) => {
  const [word = '', ...rest] = text.split(': ')
  const body = JSON.stringify({ code: word, message: rest.join(': '), data: { status: statusOf[word] } })
  const answer = {
    status: statusOf[word]!,
    headers: {},
    body,
    url: 'https://shop.example.com/wp-json/wc/v3/orders',
  }
  const fault = faultIn(answer, findJson(body), { write: false, now: new Date(0) })
  expect(fault?.problems.map((problem) => problem.code)).toEqual([code])
})
