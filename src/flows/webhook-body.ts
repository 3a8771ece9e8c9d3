import type { EventType } from '../config/file-schema.ts'
import type { Notice } from '../ledger/notices.ts'
import { describeProblem } from '../order/problems.ts'
import { wordsOf } from './notice-words.ts'
import { eventTypeOf } from './receivers.ts'

/** What a program is told: the kind of event, when it came to pass, and what there is to say of it. */
export interface WebhookEvent {
  type: EventType | 'waybill.test'
  timestamp: string
  data: Record<string, unknown>
}

const mostOrders = 100

/** A notice as programs get it; links are null where Waybill has no public address. */
export function eventOf(notice: Notice, publicUrl: string | null): WebhookEvent {
  const { title, detail, lines, path } = wordsOf(notice)
  return {
    type: eventTypeOf[notice.kind],
    timestamp: notice.at.toISOString(),
    data: {
      id: notice.id,
      title,
      detail,
      lines,
      connection: notice.connection,
      url: pageAt(publicUrl, path),
      ...particulars(notice, publicUrl),
    },
  }
}

/** What a person asks for to see whether a receiver gets anything. */
export const testEvent = (id: string, at: Date, publicUrl: string | null): WebhookEvent => ({
  type: 'waybill.test',
  timestamp: at.toISOString(),
  data: {
    id,
    title: testWords.title,
    detail: testWords.detail,
    lines: [],
    connection: null,
    url: pageAt(publicUrl, testWords.path),
  },
})

export const testWords = {
  title: 'Waybill reaches you',
  detail: 'Somebody has asked for this test on the page Notices. Nothing has to be done.',
  path: '/notices',
}

/** The address of a page of Waybill, for whoever is told. */
export const pageAt = (publicUrl: string | null, path: string): string | null =>
  publicUrl === null ? null : `${publicUrl.replace(/\/+$/, '')}${path}`

/** What a kind of notice has besides its words. */
function particulars(notice: Notice, publicUrl: string | null): Record<string, unknown> {
  switch (notice.kind) {
    case 'new_problem': {
      const { problems, causes, isNew } = notice.detail
      return {
        isNew,
        causes,
        problems: problems.map((problem) => {
          const said = describeProblem({ ...problem, vendorMessage: null })
          return {
            code: said.code,
            title: said.title,
            detail: said.detail,
            cause: said.cause,
            fix: said.fix,
            orders: problem.orders,
            numbers: problem.numbers,
          }
        }),
      }
    }
    case 'connection_down': {
      const { health, since, problem } = notice.detail
      const said = problem && describeProblem(problem)
      return {
        health,
        since,
        problem: said && {
          code: said.code,
          title: said.title,
          detail: said.detail,
          cause: said.cause,
          fix: said.fix,
        },
      }
    }
    case 'connection_back':
      return { from: notice.detail.from, to: notice.detail.to }
    case 'cancel_warning':
    case 'auto_cancelled': {
      const { orders, route } = notice.detail
      return {
        route,
        ...(notice.kind === 'cancel_warning' && { cancelsAt: notice.detail.cancelsAt }),
        orderCount: orders.length,
        orders: orders.slice(0, mostOrders).map(({ id, number, total, currency }) => ({
          id,
          number,
          total: total === null || currency === null ? null : { amount: total, currency },
          url: pageAt(publicUrl, `/orders/${id}`),
        })),
      }
    }
    case 'daily_summary':
      return { ...notice.detail }
    case 'gap_read':
      return {}
  }
}
