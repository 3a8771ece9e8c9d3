import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Db, openDatabase } from '../../src/ledger/database.ts'
import { figures } from '../../src/ledger/views/figures.ts'
import { heldGroups } from '../../src/ledger/views/held.ts'
import { stoppedOrders } from '../../src/ledger/views/overview.ts'
import { problemGroups } from '../../src/ledger/views/problems.ts'
import { numbersFrom } from '../support/chance.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { makeEnds, putOrders } from '../support/many-orders.ts'

interface Order {
  id: string
  status: string
  route: string
  currency: string | null
  total: string | null
  placed_at: Date | null
  cancels_at: Date | null
  channel_status: string
  hold: { rule: string; wanted?: string } | null
}

interface Problem {
  id: string
  order_id: string
  fingerprint: string
  code: string
  detail: string
  vendor_message: string | null
  opened_at: Date
}

let database: TestDatabase
let db: Db
let orders: Order[]
/** The open ones of orders that wait for somebody, each with its order. */
let open: (Problem & { order: Order })[]

beforeAll(async () => {
  database = await testDatabase()
  db = openDatabase({ connectionString: database.url }, () => undefined).db
  const { pool } = database
  const ends = await makeEnds(pool)
  for (const shop of [0, 1]) await putOrders(pool, ends, { from: 1000 * shop, count: 300, shop })
  const random = numbersFrom(20)
  const pick = <T>(...of: T[]) => of[Math.floor(random() * of.length)]!
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM orders ORDER BY external_id')
  for (const { id } of rows) {
    const status = pick('held', 'held', 'post_error', 'import_error', 'shipment_error', 'posted', 'cancelled')
    const rule = pick('status', 'status', 'before_start_date', 'person')
    const hold =
      rule === 'person' ? { rule, why: 'Later' } : { rule, wanted: pick('processing', 'completed') }
    await pool.query(
      `UPDATE orders SET status = $2, hold = $3, currency = $4, total = $5, placed_at = $6, cancels_at = $7,
         channel_status = $8 WHERE id = $1`,
      [
        id,
        status,
        status === 'held' ? hold : null,
        pick('EUR', 'USD', null),
        pick((random() * 100).toFixed(2), null),
        pick(time(random()), time(random()), null),
        pick(time(random()), null),
        pick('pending', 'on-hold'),
      ],
    )
    for (let n = Math.floor(random() * 3); n > 0; n -= 1) {
      const [code, subject] = [pick('unknown_sku', 'rejected'), pick('A', 'B', '')]
      await pool.query(
        `INSERT INTO problems (id, account_id, order_id, connection_id, code, subject, fingerprint, detail, vendor_message,
           opened_at, closed_at) VALUES (gen_random_uuid(), 'main', $1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          id,
          ends.netsuite,
          code,
          subject,
          `${code}:${subject}`,
          `No ${random()}`,
          pick(`Said ${random()}`, null),
          time(random()),
          pick(null, null, time(1)),
        ],
      )
    }
  }
  orders = (
    await pool.query<Order>(
      'SELECT o.*, o.total::text, r.name AS route FROM orders o JOIN routes r ON r.id = o.route_id',
    )
  ).rows
  const byId = new Map(orders.map((order) => [order.id, order]))
  open = (await pool.query<Problem>('SELECT * FROM problems WHERE closed_at IS NULL')).rows
    .map((problem) => ({ ...problem, order: byId.get(problem.order_id)! }))
    .filter(({ order }) => order.status !== 'held' && order.status !== 'cancelled')
})
afterAll(async () => {
  await db.destroy()
  await database.drop()
})

const time = (share: number) => new Date(Date.UTC(2026, 0, 1) + Math.floor(share * 10_000) * 60_000)
const unique = (list: Order[]) => [...new Set(list)]
const times = (list: (Date | null)[]) => list.flatMap((at) => (at === null ? [] : [at.getTime()]))
const first = (list: (Date | null)[]) => (times(list).length > 0 ? new Date(Math.min(...times(list))) : null)
const last = (list: (Date | null)[]) => (times(list).length > 0 ? new Date(Math.max(...times(list))) : null)

/** Added up in cents. */
function worth(list: Order[]): { amount: string; currency: string }[] {
  const cents = new Map<string, number>()
  for (const { currency, total } of list)
    if (currency !== null && total !== null)
      cents.set(currency, (cents.get(currency) ?? 0) + Math.round(Number(total) * 100))
  return [...cents]
    .map(([currency, sum]) => ({ currency, amount: (sum / 100).toFixed(2) }))
    .toSorted((a, b) => (a.currency < b.currency ? -1 : 1))
}

/** What the rule wants, as the newest order says of the currency in which one was placed last. */
function wantedBy(held: Order[]): string | null {
  const placed = (list: Order[]) => last(list.map((order) => order.placed_at))?.getTime() ?? 0
  const [newest] = [...Map.groupBy(held, ({ currency }) => currency).values()].toSorted(
    (a, b) => placed(b) - placed(a),
  )
  return newest!.toSorted((a, b) => (a.id < b.id ? 1 : -1))[0]!.hold!.wanted ?? null
}

it('what rules and people hold is as added up one by one, in an order that names the most first', async () => {
  const groups = await heldGroups(db)
  const ofGroup = Map.groupBy(
    orders.filter(({ status }) => status === 'held'),
    ({ route, channel_status: status, hold }) =>
      `${route} ${hold!.rule} ${hold!.rule === 'status' ? status : null}`,
  )
  expect(new Set(groups.map((one) => `${one.route} ${one.rule} ${one.channel_status}`))).toEqual(
    new Set(ofGroup.keys()),
  )
  for (const one of groups) {
    const held = ofGroup.get(`${one.route} ${one.rule} ${one.channel_status}`)!
    expect(one).toMatchObject({
      orders: held.length,
      totals: worth(held),
      oldest: first(held.map((order) => order.placed_at)),
      newest: last(held.map((order) => order.placed_at)),
      wanted: wantedBy(held),
    })
  }
  expect(groups.map((one) => one.orders)).toEqual(groups.map((one) => one.orders).toSorted((a, b) => b - a))
})

it('problems of orders in error and of any other are grouped and added up as one by one', async () => {
  const groups = await problemGroups(db)
  const ofCause = Map.groupBy(open, ({ fingerprint }) => fingerprint)
  expect(new Set(open.map(({ order }) => order.status))).toContain('posted')
  expect(groups.map(({ fingerprint }) => fingerprint).toSorted()).toEqual([...ofCause.keys()].toSorted())
  for (const one of groups) {
    const problems = ofCause.get(one.fingerprint)!
    const stopped = unique(problems.map(({ order }) => order))
    const newest = problems.toSorted(
      (a, b) => b.opened_at.getTime() - a.opened_at.getTime() || (a.id < b.id ? 1 : -1),
    )[0]!
    expect(one).toMatchObject({
      code: newest.code,
      connection: 'netsuite',
      detail: newest.detail,
      vendor_message: newest.vendor_message,
      routes: [...new Set(stopped.map(({ route }) => route))].toSorted(),
      orders: stopped.length,
      totals: worth(stopped),
      oldest: first(problems.map((problem) => problem.opened_at)),
      newest: last(problems.map((problem) => problem.opened_at)),
      cancels_at: first(stopped.map((order) => order.cancels_at)),
    })
  }
  const stopped = unique(open.map(({ order }) => order))
  expect(await stoppedOrders(db)).toEqual({
    groups: groups.length,
    of_reconciling: 0,
    orders: stopped.length,
    totals: worth(stopped),
  })
  const counted = Object.fromEntries(
    (await figures(db, time(1))).problems.map(({ code, n }) => [code, n] as const),
  )
  expect(counted).toEqual(
    Object.fromEntries([...Map.groupBy(open, ({ code }) => code)].map(([code, list]) => [code, list.length])),
  )
})
