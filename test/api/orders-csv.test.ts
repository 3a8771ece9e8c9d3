import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ProblemDetails } from '../../src/server/schemas.ts'
import { type Api, putOrder, putProblem, startApi, token } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.stop())

async function file(query: string) {
  const { status, headers, body } = await api.ask<string>('GET', `/orders.csv?${query}`)
  expect(status).toBe(200)
  return { headers, rows: parse(body, { columns: true, bom: true }) as Record<string, string>[] }
}

it('the file has what the list shows, for spreadsheets', async () => {
  const placed = new Date('2026-03-01T10:00:00Z')
  const id = await putOrder(api, {
    number: 'CSV-1',
    placed_at: placed,
    total: '1234.50',
    currency: 'EUR',
    customer_name: 'Zoë "Z" Müller, Köln',
    customer_email: 'zoe@example.org',
  })
  await putProblem(api, { orderId: id, code: 'unknown_sku', subject: 'MUG-RED' })
  const { headers, rows } = await file('search=CSV-1')
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(headers.get('content-disposition')).toMatch(/^attachment; filename="orders-\d{4}-\d\d-\d\d\.csv"$/)
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({
    Order: 'CSV-1',
    'Placed (UTC)': '2026-03-01T10:00:00.000Z',
    Customer: 'Zoë "Z" Müller, Köln',
    'E-mail': 'zoe@example.org',
    Total: '1234.50',
    Currency: 'EUR',
    Problem: expect.stringContaining('MUG-RED') as string,
    Fix: expect.stringMatching(/\w+/) as string,
  })
})

it('begins with the mark by which Excel knows UTF-8', async () => {
  const answer = await fetch(`${api.url}/api/v1/orders.csv?search=none`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  expect(bytes.subarray(0, 8).toString()).toBe('\uFEFFOrder')
})

it('a spreadsheet takes nothing in it for a formula', async () => {
  await putOrder(api, { number: 'CSV-2', customer_name: '=HYPERLINK("http://example.org";"click")' })
  const { rows } = await file('search=CSV-2')
  expect(rows[0]!['Customer']).toBe(`'=HYPERLINK("http://example.org";"click")`)
})

it('has every order that matches, however many, each once, and no other', async () => {
  const numbers = Array.from({ length: 1101 }, (_, n) => `MANY-${n}`)
  for (const number of numbers) await putOrder(api, { number, customer_name: 'Many Orders' })
  const { rows } = await file('search=Many%20Orders')
  expect(rows.map((row) => row['Order']).toSorted()).toEqual(numbers.toSorted())
  expect((await file('search=nobody-has-this')).rows).toEqual([])
})

it('a filter that is none is refused by name, as the list does', async () => {
  const refused = await api.ask<ProblemDetails>('GET', '/orders.csv?status=lost')
  expect([refused.status, refused.body.detail]).toEqual([400, expect.stringContaining('status')])
})
