import type { Notice, NoticeKind, NoticeOf, ToldProblem } from '../ledger/notices.ts'
import type { Status } from '../order/status.ts'
import { describeProblem } from '../order/problems.ts'
import { clock } from './explanation.ts'

/** What a notice says: a title, a sentence with what to do, lines where it is about several things, and where to look. */
export interface NoticeWords {
  title: string
  detail: string
  lines: string[]
  /** The page of Waybill that shows it, such as "/problems". */
  path: string
}

const orders = (n: number) => (n === 1 ? '1 order' : `${n} orders`)
const described = (problem: ToldProblem) => describeProblem({ ...problem, vendorMessage: null })

/** "37 orders, such as 1001, 1002"; what the problem says of itself where it stops no order. */
const whichOf = ({ orders: n, numbers, detail }: ToldProblem): string =>
  n === 0 ? detail : `${orders(n)}${n > numbers.length ? ', such as' : ':'} ${numbers.join(', ')}`

const meanwhile = {
  channel: 'Orders placed meanwhile are read when it is back: none is lost.',
  backend: 'Orders wait in Waybill and go on by themselves when it is back: none is lost.',
}

const waitWords: Partial<Record<Status, string>> = {
  post_error: 'could not be posted',
  import_error: 'could not be read',
  shipment_error: 'with a shipment that could not be sent to the shop',
  imported: 'to be posted by hand',
}

const isUnwell = (health: string): string =>
  health === 'needs_reauthorisation'
    ? 'needs new credentials'
    : health === 'paused'
      ? 'is paused'
      : 'does not work at the moment'

/** The day in a line, and what there is to do below it. */
function summaryWords({ detail }: NoticeOf<'daily_summary'>): NoticeWords {
  const { from, to, zone, cameIn, posted, waiting, toDecide, endings, unwell } = detail
  const at = (time: string) => clock(new Date(time), zone)
  const waits = waiting.reduce((sum, { orders: n }) => sum + n, toDecide)
  if (cameIn + posted + waits + unwell.length === 0 && endings === null)
    return {
      title: `Nothing happened since ${at(from)}: no order came in or waits, and every connection works`,
      detail: '',
      lines: [],
      path: '/notices',
    }
  return {
    title: `Since ${at(from)}: ${orders(cameIn)} came in, ${posted} posted, ${waits} ${waits === 1 ? 'waits' : 'wait'} for a person`,
    detail: `What happened up to ${at(to)}, and what there is to do.`,
    lines: [
      ...waiting.map(({ status, orders: n }) => `${orders(n)} ${waitWords[status] ?? status}`),
      ...(toDecide === 0 ? [] : [`${orders(toDecide)} changed in the shop after posting, to be decided`]),
      ...(endings === null
        ? []
        : [`${orders(endings.orders)} will be cancelled unless solved, the first on ${at(endings.first)}`]),
      ...unwell.map(({ connection, health }) => `${connection} ${isUnwell(health)}`),
    ],
    path: waits > 0 ? '/problems' : unwell.length > 0 ? '/connections' : '/notices',
  }
}

const words: { [K in NoticeKind]: (notice: NoticeOf<K>) => NoticeWords } = {
  new_problem: ({ detail: { problems, causes, isNew } }) => {
    const waiting = problems.reduce((sum, { orders: n }) => sum + n, 0)
    const wait = waiting === 0 ? '' : `: ${orders(waiting)} ${waiting === 1 ? 'waits' : 'wait'}`
    const path = '/problems'
    if (causes === 1) {
      const { title, cause, fix } = described(problems[0]!)
      return { title: `${title}${wait}`, detail: `${cause} ${fix}`, lines: [whichOf(problems[0]!)], path }
    }
    return {
      title: `${causes} problems${wait}`,
      detail: `${isNew ? 'Among them is one that has not come up lately.' : 'More orders have stopped for causes that are known.'} The page says of each why it is, and what to do.`,
      lines: [
        ...problems.map((problem) => `${described(problem).title}: ${whichOf(problem)}`),
        ...(causes > problems.length ? [`and ${causes - problems.length} more`] : []),
      ],
      path,
    }
  },
  connection_down: ({ connection, timeZone, detail: { health, since, problem, role } }) => {
    const said = problem && describeProblem(problem)
    return {
      title:
        health === 'needs_reauthorisation'
          ? `${connection} needs new credentials`
          : `${connection} cannot be reached`,
      detail: [
        `Since ${clock(new Date(since), timeZone)}.`,
        said && `${said.title}: ${said.detail}.`,
        said && said.fix,
        meanwhile[role],
      ]
        .filter(Boolean)
        .join(' '),
      lines: [],
      path: '/connections',
    }
  },
  connection_back: ({ connection, timeZone, detail: { from, to, role } }) => ({
    title: `${connection} works again`,
    detail: `It was away from ${clock(new Date(from), timeZone)} to ${clock(new Date(to), timeZone)}. ${role === 'channel' ? 'What was placed meanwhile is being read; if there were orders, you hear how many.' : 'What waited for it goes on now.'}`,
    lines: [],
    path: '/connections',
  }),
  gap_read: ({ connection, detail: { says } }) => ({
    title: `${connection}: what was missed is in`,
    detail: says,
    lines: [],
    path: '/connections',
  }),
  cancel_warning: ({ detail: { orders: about, cancelsAt }, timeZone }) => ({
    title: `${orders(about.length)} will be cancelled unless ${about.length === 1 ? 'its problem is' : 'their problems are'} solved`,
    detail: `Waybill gives ${about.length === 1 ? 'it up on' : 'them up from'} ${clock(new Date(cancelsAt), timeZone)}${about.length === 1 ? '' : ' on'}. Solve the problem and post, or cancel by hand; nothing is deleted, and a cancelled order can be taken up again.`,
    lines: [],
    path: '/notices',
  }),
  auto_cancelled: ({ detail: { orders: about, route } }) => ({
    title: `${orders(about.length)} cancelled, because ${about.length === 1 ? 'its problem was' : 'their problems were'} not solved in time`,
    detail: `Waybill does nothing more with ${about.length === 1 ? 'it' : 'them'}; the shop and the backend were not touched. Take ${about.length === 1 ? 'it' : 'them'} up again at any time. The time is a rule of the route ${route}.`,
    lines: [],
    path: '/notices',
  }),
  daily_summary: summaryWords,
}

const mostNamed = 20

/** The orders that a notice is about, a line each, where it does not name them itself. */
export function orderLines(notice: Notice): string[] {
  if (!('orders' in notice.detail)) return []
  const { orders: about } = notice.detail
  const named = about
    .slice(0, mostNamed)
    .map(({ number, total, currency, problem }) =>
      [
        total === null ? number : `${number}: ${total} ${currency}`,
        ...(problem ? [describeProblem({ ...problem, detail: '', vendorMessage: null }).title] : []),
      ].join(', '),
    )
  return about.length > mostNamed ? [...named, `and ${about.length - mostNamed} more`] : named
}

export const wordsOf = (notice: Notice): NoticeWords =>
  (words[notice.kind] as (notice: Notice) => NoticeWords)(notice)

/** The kinds of notices in the words of who gets them: "Do not mail me …". */
export const kindNames: Record<NoticeKind, string> = {
  new_problem: 'new problems',
  connection_down: 'connections that are down',
  connection_back: 'connections that are back',
  gap_read: 'orders found after an outage',
  cancel_warning: 'warnings before orders are cancelled',
  auto_cancelled: 'cancelled orders',
  daily_summary: 'what happened each day',
}
