import { redactText } from '../connectors/redact.ts'
import type { Deps } from '../flows/deps.ts'
import { versionOf } from '../flows/versions.ts'
import { payloadOf } from '../ledger/views/order-detail.ts'
import type { OrderView } from '../ledger/views/orders.ts'
import { sideBySide } from '../order/difference.ts'
import { type Decimal, isZero, subtract } from '../order/money.ts'
import type { Order } from '../order/order.ts'
import { totalsOf } from '../order/totals.ts'
import type { ComparisonJson, MoneyJson, OrderDetail, OrderVersions } from './schemas.ts'
import { moneyJson, timeJson, timeOrNull } from './values-json.ts'

/** The newest version and the one that is in the backend, as far as they are there and can be read. */
export interface Versions {
  newest: Order | null
  posted: Order | null
}

/** Null: nothing is in the backend, or a version of which is not known. */
const postedId = (order: OrderView): string | null => (order.record_id === null ? null : order.posted_raw_id)

const isNewest = (order: OrderView): boolean => postedId(order) === order.raw_id

/** Reads both versions anew; `body` is the newest. */
export async function readVersions(deps: Deps, order: OrderView, body: string): Promise<Versions> {
  const channel = deps.channelOf(order.channel_kind)
  if (!channel) return { newest: null, posted: null }
  const modifiedAt = timeOrNull(order.modified_at)
  const read = channel.toOrder({ id: order.channel_order_id, body, modifiedAt })
  const newest = read.ok ? read.value : null
  const posted = isNewest(order) ? newest : await versionOf(deps.db, channel, order, postedId(order))
  return { newest, posted }
}

/** What the parts of an order come to; the total is the one that the channel states. */
export function totalsJson(order: Order): NonNullable<OrderDetail['totals']> {
  const totals = totalsOf(order)
  const money = (amount: Decimal) => moneyJson(amount, order.currency)
  return {
    lines: money(totals.lines),
    discounts: money(totals.discounts),
    shipping: money(totals.shipping),
    fees: money(totals.fees),
    tax: money(totals.tax),
    total: money(order.total),
  }
}

/** The totals of channel, posted version and record, compared to the cent; null without a record. */
export function comparisonJson(order: OrderView, versions: Versions): ComparisonJson | null {
  if (order.record_id === null) return null
  const newest = versions.newest && totalsJson(versions.newest)
  const posted = versions.posted && totalsJson(versions.posted)
  const { currency, record_total: there } = order
  const record = there === null || currency === null ? null : moneyJson(there, currency)
  const newestLessPosted = less(newest?.total, posted?.total)
  const recordLessPosted = less(record, posted?.total)
  const agrees = [newestLessPosted, recordLessPosted].every((one) => one !== null && isZero(one.amount))
  return { newest, posted, record, isNewest: isNewest(order), newestLessPosted, recordLessPosted, agrees }
}

/** One amount less another; null where one is missing, or their currencies differ. */
const less = (a: MoneyJson | null | undefined, b: MoneyJson | null | undefined): MoneyJson | null =>
  a && b && a.currency === b.currency ? moneyJson(subtract(a.amount, b.amount), a.currency) : null

/** What the channel sent, as it was kept, with both versions' fields side by side. */
export async function versionsJson(deps: Deps, order: OrderView): Promise<OrderVersions> {
  const payload = await payloadOf(deps.db, order.raw_id)
  const { newest, posted } = await readVersions(deps, order, payload.body)
  const shown = ({ receivedAt, body }: typeof payload, readable: boolean) => ({
    receivedAt: timeJson(receivedAt),
    text: redactText(body),
    readable,
  })
  const id = postedId(order)
  const fields = !isNewest(order) && newest && posted ? sideBySide(posted, newest) : []
  return {
    newest: shown(payload, newest !== null),
    posted: id === null ? null : shown(await payloadOf(deps.db, id), posted !== null),
    isNewest: isNewest(order),
    fields: fields.map(({ field, area, label, before, after }) => ({
      field,
      area,
      label,
      posted: before,
      newest: after,
      differs: before !== after,
    })),
  }
}
