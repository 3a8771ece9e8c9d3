import type { DescribedProblem, OrderDetail, OrderJson, OrderPage } from '../../server/schemas.ts'
import { quoted } from '../../quoted.ts'
import type { Client } from '../client.ts'
import type { Output } from '../output.ts'
import { editLines } from './decide.ts'
import { counted, moneyText, statusStyle, timeText } from '../words.ts'

export interface ListOptions {
  status?: string
  search?: string
  connection?: string
  problem?: string
  decision?: string
  placedFrom?: string
  placedTo?: string
  amountFrom?: string
  amountTo?: string
  currency?: string
  sort: string
  limit: number
}

const pageSize = 200

/** `waybill orders`: the newest first, as many as asked for. */
export async function listOrders(client: Client, output: Output, options: ListOptions): Promise<number> {
  const { limit, status, search, connection, problem, decision, sort } = options
  const { placedFrom, placedTo, amountFrom, amountTo, currency } = options
  const filter = { status, search, connection, problem, decision, sort }
  const ranges = { placedFrom, placedTo, amountFrom, amountTo, currency }
  const items: OrderJson[] = []
  let cursor: string | null = null
  do {
    const page: OrderPage = await client.get<OrderPage>('/orders', {
      ...filter,
      ...ranges,
      limit: String(Math.min(pageSize, limit - items.length)),
      cursor: cursor ?? undefined,
    })
    items.push(...page.items)
    cursor = page.nextCursor
    output.progress(`${items.length} orders …`)
  } while (cursor !== null && items.length < limit)
  output.document({ items, nextCursor: cursor })
  if (items.length === 0) {
    output.line('No orders match.')
    return 0
  }
  output.table(
    ['Order', 'Shop', 'Placed', 'Status', 'Customer', 'Total', 'Record or problem'],
    items.map((order) => [
      order.number,
      order.connection,
      timeText(order.placedAt),
      order.label,
      order.customer?.name ?? order.customer?.email ?? '',
      moneyText(order.total),
      order.problem?.title ?? toDecide(order) ?? order.record?.number ?? order.reason ?? '',
    ]),
    6,
  )
  if (cursor !== null) output.line(`There are more: waybill orders --limit ${limit * 2}`)
  return 0
}

const toDecide = (order: OrderJson): string | null =>
  order.changing
    ? 'Its record is being changed'
    : order.cancelRequestedAt !== null
      ? 'Cancelled in the shop after posting'
      : order.changedAfterPostingAt !== null
        ? 'Changed in the shop after posting'
        : null

/** A problem with its cause and fix, after an empty line. */
export const problemLines = (output: Output, problem: DescribedProblem): string[] => [
  '',
  output.style('red', problem.title),
  `  ${problem.detail}`,
  ...(problem.vendorMessage ? [`  NetSuite said: ${problem.vendorMessage}`] : []),
  `  Why: ${problem.cause}`,
  `  What to do: ${problem.fix}`,
]

/** `waybill order ID`: one order with its waybill. */
export async function showOrder(client: Client, output: Output, name: string): Promise<number> {
  const order = await client.get<OrderDetail>(`/orders/${encodeURIComponent(name)}`)
  output.document(order)
  const { line, style } = output
  line(
    `${style('bold', `Order ${order.number}`)} of ${order.connection}: ${style(statusStyle(order.status), order.label)}`,
  )
  if (order.reason) line(order.reason)
  const facts: [string, string | null][] = [
    ['Placed', order.placedAt && timeText(order.placedAt)],
    ['Customer', order.customer && [order.customer.name, order.customer.email].filter(Boolean).join(', ')],
    ['Total', order.total && moneyText(order.total)],
    ['In the shop', [order.channelStatus, order.channelUrl].filter(Boolean).join(', ') || null],
    [
      `In ${order.backend}`,
      order.record && [order.record.number ?? order.record.id, order.record.url].filter(Boolean).join(', '),
    ],
    ['Next attempt', order.nextAttemptAt && timeText(order.nextAttemptAt)],
    ['Cancelled on', order.cancelsAt && timeText(order.cancelsAt)],
    ['Waybill id', order.id],
  ]
  for (const [label, text] of facts) if (text) line(`  ${label.padEnd(14)}${text}`)
  const edits = editLines(order)
  if (edits.length > 0) line()
  for (const text of edits) line(text)
  for (const problem of order.problems) {
    for (const text of problemLines(output, problem)) line(text)
    const same = order.related.find(({ fingerprint }) => fingerprint === problem.fingerprint)
    if (same && same.count > 0)
      line(
        `  ${counted(same.count, 'other order')} too: waybill orders --problem ${quoted(problem.fingerprint)}`,
      )
  }
  if (order.shipments.length > 0) {
    line()
    output.table(
      ['Shipped', 'Carrier', 'Tracking', 'Shop told'],
      order.shipments.map((shipment) => [
        timeText(shipment.shippedAt),
        shipment.carrier ?? '',
        shipment.trackingNumbers.join(', '),
        shipment.sentAt ? timeText(shipment.sentAt) : shipment.status,
      ]),
      2,
    )
  }
  for (const { at, actor, text } of order.events.filter(isNote)) {
    line()
    line(style('bold', `Note of ${timeText(at)}, by ${actor}`))
    for (const row of text.split('\n')) line(`  ${row}`)
  }
  line()
  output.table(
    ['When', 'What happened', 'Who'],
    order.events.map((event) => [
      timeText(event.at),
      isNote(event) ? `Note: ${event.text}` : event.text,
      event.actor,
    ]),
    1,
  )
  return 0
}

const isNote = ({ kind }: { kind: string }): boolean => kind === 'note'
