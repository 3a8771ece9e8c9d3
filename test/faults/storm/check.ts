import { type NetSuiteOrder, recordsOf, twins, wronglySent } from '../check.ts'
import { askShop } from './ask-shop.ts'
import type { Known, Scene } from './scene.ts'

interface LedgerOrder {
  channel_order_id: string
  status: string
  hold: unknown
  external_id: string
  record_id: string | null
  problems: string[]
}

const underWay = ['scheduled', 'posting', 'verifying']
const inNetSuite = ['posted', 'partially_shipped', 'complete']
const requestLimitMs = 15 * 60_000

/** True when everything of the shop is in the ledger, and nothing is on its way in either direction. */
export async function atRest(scene: Scene): Promise<boolean> {
  const rows = await scene
    .query<{ orders: number; moving: number; parcels: number }>(
      `SELECT count(*)::int AS orders, count(*) FILTER (WHERE status = ANY($1))::int AS moving,
         (SELECT count(*) FROM shipments WHERE status = 'sent')::int AS parcels FROM orders`,
      [underWay],
    )
    .catch(() => [])
  const [counted] = rows
  const left = counted ? await leftovers(scene) : ['the ledger']
  return (
    left.length === 0 &&
    counted!.orders >= scene.known.size &&
    counted!.moving === 0 &&
    counted!.parcels >= scene.netsuite.records.counts().fulfillments
  )
}

/**
 * Compares what the shop sold, what the ledger holds and what NetSuite holds, knowing nothing of how the program works;
 * the answer is what is wrong, one line each.
 */
export async function whatIsWrong(scene: Scene): Promise<string[]> {
  const ledger = await scene.query<LedgerOrder>(
    `SELECT channel_order_id, status, hold, external_id, record_id,
       (SELECT coalesce(array_agg(code ORDER BY code), '{}') FROM problems
        WHERE order_id = orders.id AND closed_at IS NULL) AS problems
     FROM orders`,
  )
  const records = recordsOf(scene.netsuite)
  const orders: string[] = []
  for (const [id, known] of scene.known) {
    const wrong = wrongWith(scene, { id, known }, ofOrder(ledger, id), recordsFor(records, id))
    orders.push(...wrong.map((line) => `order ${id} (${known.fate}): ${line}`))
    if (wrong.length > 0) orders.push(await wayOf(scene, id))
  }
  return [
    ...orders,
    ...unexplained(scene, ledger, records),
    ...twins(scene.netsuite, scene.emailsBefore),
    ...wronglySent(scene.netsuite, requestLimitMs, scene.clocks.leaps),
    ...(await wrongShipments(scene)),
    ...(await wrongWebhooks(scene)),
    ...(await wrongConnections(scene)),
    ...(await leftovers(scene)).map((what) => `left behind: ${what}`),
  ]
}

/** What the ledger noted of an order, and what the shop says of it: for whoever looks for the cause. */
async function wayOf({ query, shop }: Scene, id: number): Promise<string> {
  const events = await query<{ said: string }>(
    `SELECT to_char(at AT TIME ZONE 'UTC', 'HH24:MI:SS') || ' ' || events.kind || ' ' || coalesce(status_to, '') AS said
     FROM events JOIN orders ON orders.id = order_id WHERE channel_order_id = $1 ORDER BY events.id`,
    [String(id)],
  )
  const there = shop.control.orders().find((one) => one.id === id)
  return `  ${events.map(({ said }) => said).join(', ')}; in the shop ${there?.status} since ${there?.modifiedAt}`
}

const ofOrder = (ledger: LedgerOrder[], id: number) =>
  ledger.filter((row) => row.channel_order_id === String(id))
const recordsFor = (records: NetSuiteOrder[], id: number) =>
  records.filter(({ number }) => number === String(id))

const wanted: Record<Known['fate'], string[]> = {
  posted: inNetSuite,
  held: ['held'],
  stopped: ['post_error'],
  unreadable: ['import_error'],
  any: [...inNetSuite, 'held', 'cancelled', 'post_error'],
}

function wrongWith(
  { shop }: Scene,
  { id, known }: { id: number; known: Known },
  ledger: LedgerOrder[],
  records: NetSuiteOrder[],
): string[] {
  const [order] = ledger
  const [record] = records
  if (!order) return [`lost: the ledger does not hold it, NetSuite ${records.length} times`]
  const wrong: string[] = []
  if (ledger.length > 1) wrong.push(`the ledger holds it ${ledger.length} times`)
  if (records.length > 1) wrong.push(`${records.length} times in NetSuite`)
  if (!wanted[known.fate].includes(order.status)) wrong.push(`its status is ${order.status}`)
  if (inNetSuite.includes(order.status)) {
    if (!record) wrong.push(`${order.status}, and not in NetSuite`)
    if (order.problems.length > 0) wrong.push(`${order.status}, with the problems ${order.problems.join()}`)
  } else {
    if (record && known.fate !== 'any') wrong.push(`${order.status}, and in NetSuite`)
    const reason = order.status === 'held' ? order.hold !== null : order.problems.length > 0
    if (!reason && order.status !== 'cancelled') wrong.push(`${order.status} without a reason`)
  }
  if (!record) return wrong
  const total = shop.control.orders().find((one) => one.id === id)?.total
  if (Number(record.total) !== Number(total)) wrong.push(`${record.total} in NetSuite, ${total} in the shop`)
  if (record.id !== order.record_id) wrong.push(`linked to ${order.record_id} instead of ${record.id}`)
  if (record.externalId !== order.external_id) wrong.push(`its external id is ${record.externalId}`)
  if (record.email?.toLowerCase() !== known.email?.toLowerCase())
    wrong.push(`belongs to ${record.email} instead of ${known.email}`)
  return wrong
}

/** What is in the ledger or in NetSuite, and was never sold. */
function unexplained({ known }: Scene, ledger: LedgerOrder[], records: NetSuiteOrder[]): string[] {
  return [
    ...ledger.map((row) => row.channel_order_id).filter((id) => !known.has(Number(id))),
    ...records.map(({ number }) => number).filter((number) => !known.has(Number(number))),
  ].map((id) => `order ${id} was never sold`)
}

/** Each parcel of NetSuite's stands once in the shop, on its order. */
async function wrongShipments(scene: Scene): Promise<string[]> {
  const wrong: string[] = []
  const parcels = scene.netsuite.records.fulfillments()
  const numbers = new Map(recordsOf(scene.netsuite).map((record) => [record.id, record.number]))
  for (const [record, sent] of Map.groupBy(parcels, ({ order }) => order)) {
    const id = numbers.get(record)!
    const fulfillments = await askShop(scene, `/orders/${id}/fulfillments`)
    // The shop itself notes on the order what it was told of a fulfilment; ours are those that carry our mark.
    const notes = (await askShop(scene, `/orders/${id}/notes`)).filter((note) =>
      String(note['note']).includes('[waybill '),
    )
    for (const tracking of sent.flatMap((one) => one.tracking)) {
      const carried = [...fulfillments, ...notes].filter((one) =>
        JSON.stringify(one).includes(`"${tracking}"`),
      )
      if (carried.length !== 1)
        wrong.push(`parcel ${tracking} of order ${id} stands ${carried.length} times in the shop`)
    }
  }
  return wrong
}

/** What was taken with a 2xx is in the ledger, nothing else is; and the shop has each subscription once, switched on. */
async function wrongWebhooks(scene: Scene): Promise<string[]> {
  const rows = await scene.query<{ hash: string; body: string }>(
    `SELECT DISTINCT encode(body_hash, 'hex') AS hash FROM webhooks`,
  )
  const stored = new Set(rows.map(({ hash }) => hash))
  const lost = [...scene.postman.taken].filter((hash) => !stored.has(hash)).length
  const subscriptions = await askShop(scene, '/webhooks?per_page=100')
  const said = subscriptions.map(({ topic, status }) => `${String(topic)} ${String(status)}`).toSorted()
  const right = ['created', 'deleted', 'restored', 'updated'].map((topic) => `order.${topic} active`)
  return [
    ...(lost > 0 ? [`${lost} webhooks were taken with a 2xx and not stored`] : []),
    ...(said.join() === right.join() ? [] : [`the shop's subscriptions are ${said.join(', ')}`]),
  ]
}

async function wrongConnections(scene: Scene): Promise<string[]> {
  const rows = await scene.query<{ what: string }>(
    `SELECT name || ' is ' || health AS what FROM connections WHERE health <> 'healthy'
     UNION ALL SELECT 'a gap from ' || from_at || ' is open' FROM gaps WHERE closed_at IS NULL`,
  )
  return rows.map(({ what }) => what)
}

const recurring = ['poll', 'read-shipments', 'webhooks', 'reconcile-daily', 'prune']
const processes = 3

async function leftovers(scene: Scene): Promise<string[]> {
  const rows = await scene.query<{ what: string }>(
    `SELECT 'job ' || kind || ' ' || key AS what FROM jobs WHERE NOT kind = ANY($1)
     UNION ALL SELECT 'slot ' || n FROM slots WHERE worker IS NOT NULL
     UNION ALL SELECT 'the running job ' || kind FROM jobs WHERE worker IS NOT NULL
     UNION ALL SELECT 'worker ' || id FROM workers WHERE (SELECT count(*) FROM workers) <> $2`,
    [recurring, processes],
  )
  return rows.map(({ what }) => what)
}
