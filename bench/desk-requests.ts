import type { Pool } from 'pg'

export type Ask = <T>(path: string) => Promise<T>

export interface Kind {
  name: string
  /** The nth request of its kind: each asks for something else. */
  pathOf(n: number): string
}

interface Sample {
  id: string
  number: string
  channel_order_id: string
  record_number: string | null
  customer_name: string
  customer_email: string
  sku: string
  placed_at: Date
  updated_at: Date
  total: string
}

/** What people ask the list for, with the names and times of orders that are there. */
export async function kindsOfRequests(pool: Pool, seed: number): Promise<Kind[]> {
  const { rows } = await pool.query<Sample>(
    `SELECT id, number, channel_order_id, record_number, customer_name, customer_email, skus[1] AS sku, placed_at, updated_at,
       total::text FROM orders WHERE abs(hashtextextended(number, $1)) % 1000 < 2 AND customer_name IS NOT NULL
     ORDER BY hashtextextended(number, $1 + 1) LIMIT 500`,
    [seed],
  )
  const posted = rows.filter((row) => row.record_number !== null)
  const one = (n: number) => rows[n % rows.length]!
  const list = (name: string, query: (n: number) => Record<string, string>): Kind => ({
    name,
    pathOf: (n) => `/orders?${new URLSearchParams(query(n))}`,
  })
  const counts = (name: string, query: (n: number) => Record<string, string>): Kind => ({
    name: `count: ${name}`,
    pathOf: (n) => `/orders/counts?${new URLSearchParams(query(n))}`,
  })
  const search = (name: string, text: (order: Sample, n: number) => string) =>
    list(`search: ${name}`, (n) => ({ search: text(one(n), n) }))
  const day = (at: Date, days = 0) => new Date(at.getTime() + days * 86_400_000).toISOString().slice(0, 10)
  const days = (n: number, length: number) => ({
    placedFrom: day(one(n).placed_at),
    placedTo: day(one(n).placed_at, length),
  })
  const cursor = (n: number, sort: 'placed' | 'updated') => {
    const at = (sort === 'placed' ? one(n).placed_at : one(n).updated_at).toISOString()
    return Buffer.from(JSON.stringify({ sort, at, id: one(n).id, named: false })).toString('base64url')
  }
  const cents = (n: number, more: number) => (Number(one(n).total) + more).toFixed(2)

  const page = (name: string): Kind => ({ name, pathOf: () => `/${name}` })

  return [
    page('overview'),
    page('problems'),
    page('held'),
    list('first page', () => ({})),
    list('deep page', (n) => ({ cursor: cursor(n, 'placed') })),
    list('first page by last change', () => ({ sort: 'updated' })),
    list('deep page by last change', (n) => ({ sort: 'updated', cursor: cursor(n, 'updated') })),
    list('status complete', () => ({ status: 'complete' })),
    list('status complete, deep page', (n) => ({ status: 'complete', cursor: cursor(n, 'placed') })),
    list('status post_error', () => ({ status: 'post_error' })),
    list('status post_error, by last change', () => ({ status: 'post_error', sort: 'updated' })),
    list('three statuses, deep page', (n) => ({
      status: 'held,post_error,cancelled',
      cursor: cursor(n, 'placed'),
    })),
    list('connection, a large one', () => ({ connection: 'other-shop' })),
    list('connection, a tiny one', () => ({ connection: 'tiny-shop' })),
    list('connection, a tiny one, by last change', () => ({ connection: 'tiny-shop', sort: 'updated' })),
    list('connection and status', () => ({ connection: 'small-shop', status: 'post_error' })),
    list('open problem, by code', (n) => ({ problem: ['unknown_sku', 'missing_field'][n % 2]! })),
    list('open problem, by fingerprint', (n) => ({ problem: `unknown_sku:S${(n * 4) % 60}` })),
    list('open problem and connection', () => ({ problem: 'rejected', connection: 'small-shop' })),
    list('waiting for a decision', () => ({ decision: 'any' })),
    list('held by a rule, for a status', () => ({ heldBy: 'status', channelStatus: 'on-hold' })),
    list('placed on a day', (n) => days(n, 0)),
    list('placed in a week, by last change', (n) => ({ ...days(n, 6), sort: 'updated' })),
    list('amount, narrow', (n) => ({ amountFrom: cents(n, 0), amountTo: cents(n, 0.05), currency: 'EUR' })),
    list('amount, wide', (n) => ({ amountFrom: cents(n, 0), currency: 'USD' })),
    list('amount, without currency', (n) => ({ amountFrom: cents(n, 0), amountTo: cents(n, 1) })),
    list('status, connection, days and amount', (n) => ({
      ...days(n, 60),
      status: 'held,cancelled',
      connection: 'large-shop',
      amountFrom: '50.00',
      amountTo: '100.00',
    })),
    search('number', (order) => order.number),
    search('number, its first digits', (order, n) => order.number.slice(0, 1 + (n % 5))),
    search('channel id', (order) => order.channel_order_id),
    list('search: record number', (n) => ({ search: posted[n % posted.length]!.record_number! })),
    list('search: record number, part', (n) => ({
      search: posted[n % posted.length]!.record_number!.slice(0, 6),
    })),
    search('e-mail', (order) => order.customer_email),
    search('e-mail, its beginning', (order, n) => order.customer_email.slice(0, 3 + (n % 8))),
    search('e-mail, its domain', (order) => order.customer_email.split('@')[1]!),
    search('customer', (order) => order.customer_name),
    search('customer, the last name', (order) => order.customer_name.split(' ')[1]!),
    search('customer, as typed', (order, n) => order.customer_name.slice(0, 1 + (n % 6))),
    search('SKU', (order) => order.sku),
    search('SKU, its beginning', (order) => order.sku.slice(0, 7)),
    search('nonsense', (_, n) => `qzx${n}jj`),
    search('one letter', (_, n) => 'abcdefghijklmnopqrstuvwxyz0123456789'[n % 36]!),
    search('no letter', (_, n) => '@%_-.'[n % 5]!),
    list('search and status', (n) => ({
      search: one(n).customer_name.split(' ')[0]!,
      status: 'held,post_error',
    })),
    list('search and connection', (n) => ({ search: one(n).sku, connection: 'small-shop' })),
    list('search and problem', (n) => ({ search: one(n).customer_name.slice(0, 4), problem: 'unknown_sku' })),
    list('search and days', (n) => ({ search: one(n).customer_name.split(' ')[0]!, ...days(n, 6) })),
    list('search by last change', (n) => ({ search: one(n).customer_email, sort: 'updated' })),
    counts('all', () => ({})),
    counts('connection', () => ({ connection: 'other-shop' })),
    counts('open problem', () => ({ problem: 'unknown_sku' })),
    counts('placed in a week', (n) => days(n, 6)),
    counts('placed in a year', (n) => days(n, 365)),
    counts('amount', (n) => ({ amountFrom: cents(n, 0), amountTo: cents(n, 1), currency: 'EUR' })),
    counts('search: customer', (n) => ({ search: one(n).customer_name })),
    counts('search: SKU', (n) => ({ search: one(n).sku })),
    counts('search: as typed', (n) => ({ search: one(n).customer_email.slice(0, 1 + (n % 8)) })),
    counts('search: domain', (n) => ({ search: one(n).customer_email.split('@')[1]! })),
    counts('search and status', (n) => ({ search: one(n).customer_name.split(' ')[0]!, status: 'held' })),
  ]
}
