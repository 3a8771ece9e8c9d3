import { wordsOf } from '../flows/notice-words.ts'
import type { Notice } from '../ledger/notices.ts'
import { moneyJson, timeJson, timeOrNull } from './values-json.ts'
import type { NoticeJson } from './schemas.ts'

export function noticeJson(notice: Notice): NoticeJson {
  const { title, detail, lines, path } = wordsOf(notice)
  const orders = 'orders' in notice.detail ? notice.detail.orders : []
  return {
    id: notice.id,
    kind: notice.kind,
    connection: notice.connection,
    at: timeJson(notice.at),
    title,
    detail,
    lines,
    path,
    orders: orders.map(({ id, number, total, currency }) => ({
      id,
      number,
      total: total === null || currency === null ? null : moneyJson(total, currency),
    })),
    seenAt: timeOrNull(notice.deliveredAt),
  }
}
