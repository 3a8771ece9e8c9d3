import { clock } from '../flows/explanation.ts'
import type { Notice } from '../ledger/notices.ts'
import { moneyJson, timeJson, timeOrNull } from './order-json.ts'
import type { NoticeJson } from './schemas.ts'

const orders = (n: number) => (n === 1 ? '1 order' : `${n} orders`)

/** What each kind of notice says: a title, and a sentence with what to do. */
const words: Record<Notice['kind'], (notice: Notice) => { title: string; detail: string }> = {
  cancel_warning: ({ detail: { orders: about, cancelsAt }, timeZone }) => ({
    title: `${orders(about.length)} will be cancelled unless ${about.length === 1 ? 'its problem is' : 'their problems are'} solved`,
    detail: `Waybill gives ${about.length === 1 ? 'it up on' : 'them up from'} ${clock(new Date(cancelsAt!), timeZone)}${about.length === 1 ? '' : ' on'}. Solve the problem and post, or cancel by hand; nothing is deleted, and a cancelled order can be taken up again.`,
  }),
  auto_cancelled: ({ detail: { orders: about, route } }) => ({
    title: `${orders(about.length)} cancelled, because ${about.length === 1 ? 'its problem was' : 'their problems were'} not solved in time`,
    detail: `Waybill does nothing more with ${about.length === 1 ? 'it' : 'them'}; the shop and the backend were not touched. Take ${about.length === 1 ? 'it' : 'them'} up again at any time. The time is a rule of the route ${route}.`,
  }),
}

export const noticeJson = (notice: Notice): NoticeJson => ({
  id: notice.id,
  kind: notice.kind,
  connection: notice.connection,
  at: timeJson(notice.at),
  ...words[notice.kind](notice),
  orders: notice.detail.orders.map(({ id, number, total, currency }) => ({
    id,
    number,
    total: total === null || currency === null ? null : moneyJson(total, currency),
  })),
  seenAt: timeOrNull(notice.deliveredAt),
})
