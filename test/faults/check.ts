import { z } from 'zod'
import type { SandboxNetSuite } from '../../src/sandbox/netsuite/index.ts'
import type { Business, Placed } from './business.ts'
import { type Home, until } from './program.ts'

interface LedgerOrder {
  channel_order_id: string
  number: string
  status: string
  hold: unknown
  external_id: string
  record_id: string | null
  problems: string[]
}

/** What a record of NetSuite says of itself, as far as the comparison needs it. */
export interface NetSuiteOrder {
  id: string
  externalId: string | null
  number: string
  total: string
  email: string | null
}

const underWay = ['scheduled', 'posting', 'verifying']
const requestLimitMs = 2000

/** True when every order of the shop is in the ledger and none of them is on its way any more. */
export async function atRest(business: Business, home: Home): Promise<boolean> {
  const [counted] = await home.query<{ all: number; moving: number }>(
    'SELECT count(*)::int AS all, count(*) FILTER (WHERE status = ANY($1))::int AS moving FROM orders',
    [underWay],
  )
  return counted!.all === business.placed.length && counted!.moving === 0
}

/**
 * Compares what the shop sold, what the ledger holds and what NetSuite holds, knowing nothing of how the program works;
 * the answer is what is wrong, one line each.
 */
export async function whatIsWrong(business: Business, home: Home): Promise<string[]> {
  const ledger = await home.query<LedgerOrder>(
    `SELECT channel_order_id, number, status, hold, external_id, record_id,
       (SELECT coalesce(array_agg(code ORDER BY code), '{}') FROM problems
        WHERE order_id = orders.id AND closed_at IS NULL) AS problems
     FROM orders ORDER BY number`,
  )
  const records = recordsOf(business.netsuite)
  return [
    ...unaccounted(business.placed, ledger, records),
    ...business.placed.flatMap((placed) =>
      wrongWith(
        placed,
        ledger.filter((order) => order.channel_order_id === placed.id),
        records.filter((record) => record.number === placed.number),
      ).map((wrong) => `order ${placed.number} (${placed.trouble ?? 'good'}): ${wrong}`),
    ),
    ...twins(business.netsuite, business.emailsBefore),
    ...wronglySent(business.netsuite, requestLimitMs),
  ]
}

/** The sales orders of NetSuite, with the shop's number and the customer's e-mail address. */
export function recordsOf(netsuite: SandboxNetSuite): NetSuiteOrder[] {
  const customers = new Map(netsuite.records.customers().map((customer) => [customer.id, customer]))
  return netsuite.records.orders().map((record) => ({
    id: record.id,
    externalId: record.externalId,
    number: String(netsuite.records.orderFields(record.id)?.['otherRefNum']),
    total: record.total,
    email: customers.get(record.customer.id)?.email ?? null,
  }))
}

function unaccounted(placed: Placed[], ledger: LedgerOrder[], records: NetSuiteOrder[]): string[] {
  const ids = new Set(placed.map(({ id }) => id))
  const numbers = new Set(placed.map(({ number }) => number))
  return [
    ...ledger
      .filter((order) => !ids.has(order.channel_order_id))
      .map((order) => `the ledger holds ${order.channel_order_id}, which the shop never sold`),
    ...records
      .filter((record) => !numbers.has(record.number))
      .map((record) => `NetSuite holds record ${record.id} of no order (${record.number})`),
  ]
}

/** How often an order must be in NetSuite, and what must have become of it. */
function wrongWith(placed: Placed, ledger: LedgerOrder[], records: NetSuiteOrder[]): string[] {
  const [order] = ledger
  if (!order) return ['lost: the ledger does not hold it']
  const wrong: string[] = []
  if (ledger.length > 1) wrong.push(`the ledger holds it ${ledger.length} times`)
  if (records.length !== (placed.trouble === null ? 1 : 0)) wrong.push(`${records.length} times in NetSuite`)

  const status = placed.trouble === null ? 'posted' : placed.trouble === 'held_status' ? 'held' : 'post_error'
  if (order.status !== status) wrong.push(`its status is ${order.status} instead of ${status}`)
  const reason = status === 'held' ? order.hold !== null : order.problems.length > 0
  if (status !== 'posted' && !reason) wrong.push('stopped without a reason')
  if (status === 'posted' && order.problems.length > 0) wrong.push(`has problems: ${order.problems.join()}`)

  const [record] = records
  if (!record) return wrong
  if (record.id !== order.record_id) wrong.push(`linked to ${order.record_id} instead of ${record.id}`)
  if (record.externalId !== order.external_id) wrong.push(`its external id is ${record.externalId}`)
  if (Number(record.total) !== Number(placed.total))
    wrong.push(`${record.total} in NetSuite, ${placed.total} in shop`)
  if (record.email?.toLowerCase() !== placed.email.toLowerCase())
    wrong.push(`belongs to ${record.email} instead of ${placed.email}`)
  return wrong
}

/** Customers whom NetSuite holds more often than once, and than before. */
export function twins(netsuite: SandboxNetSuite, emailsBefore: string[]): string[] {
  const count = (emails: string[]) => {
    const times = new Map<string, number>()
    for (const email of emails) times.set(email.toLowerCase(), (times.get(email.toLowerCase()) ?? 0) + 1)
    return times
  }
  const before = count(emailsBefore)
  const now = count(netsuite.records.customers().flatMap(({ email }) => (email === null ? [] : [email])))
  return [...now]
    .filter(([email, times]) => times > Math.max(1, before.get(email) ?? 0))
    .map(([email, times]) => `${times} customers are ${email}`)
}

const sentSchema = z.object({ externalId: z.string() })

/** Orders that were sent again, with no leap of the sender's clock between, while the first request could still run, or although they were there already. */
export function wronglySent(netsuite: SandboxNetSuite, limitMs: number, leaps: Date[] = []): string[] {
  const sent = netsuite.control
    .requests()
    .filter(({ method, path, done }) => done && method === 'POST' && path.endsWith('/record/v1/salesOrder'))
    .map((call) => ({ call, id: sentSchema.parse(JSON.parse(call.body)).externalId }))
  const byOrder = Map.groupBy(sent, ({ id }) => id)
  return [...byOrder].flatMap(([id, calls]) => {
    const wrong: string[] = []
    for (const [n, { call }] of calls.entries()) {
      const earlier = calls[n - 1]?.call
      if (!earlier) continue
      if (calls.slice(0, n).some((one) => isGood(one.call.status)))
        wrong.push(`${id} was sent again after NetSuite had made the record`)
      const apart = Date.parse(call.at) - Date.parse(earlier.at)
      // Whose clock leaps ahead cannot know how much time has passed.
      const leapt = leaps.some((leap) => leap >= new Date(earlier.at) && leap <= new Date(call.at))
      if (earlier.callerGone && apart < limitMs && !leapt)
        wrong.push(`${id} was sent again after ${apart} ms, while the first request could still run`)
    }
    return wrong
  })
}

const isGood = (status: number | null) => status !== null && status < 300

/** Resolves when the queue holds on to nothing: no job of an order, no slot, no worker that is no more. */
export async function nothingLeft(home: Home): Promise<void> {
  let left: string[] = []
  await until(
    async () => {
      left = await leftovers(home)
      return left.length === 0
    },
    10_000,
    () => `the queue to let go of: ${left.join(', ')}`,
  )
}

async function leftovers(home: Home): Promise<string[]> {
  const rows = await home.query<{ what: string }>(
    `SELECT 'job ' || kind || ' ' || key AS what FROM jobs WHERE kind NOT IN ('poll', 'read-shipments', 'reconcile-daily')
     UNION ALL SELECT 'slot ' || n FROM slots WHERE worker IS NOT NULL
     UNION ALL SELECT 'the running job ' || kind FROM jobs WHERE worker IS NOT NULL
     UNION ALL SELECT 'worker ' || id FROM workers WHERE (SELECT count(*) FROM workers) > 1`,
  )
  return rows.map(({ what }) => what)
}
