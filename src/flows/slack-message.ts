import type { Notice } from '../ledger/notices.ts'
import { type NoticeWords, orderLines, wordsOf } from './notice-words.ts'
import { pageAt } from './webhook-body.ts'

/** Slack shows longer messages in part only. */
const mostCharacters = 3500

/**
 * A notice as a message for a chat, in Slack's mark-up: https://docs.slack.dev/messaging/formatting-message-text
 * Where Waybill has a public address, the title and the orders are links.
 */
export function slackMessageOf(notice: Notice, publicUrl: string | null): string {
  const words = wordsOf(notice)
  const about = 'orders' in notice.detail ? notice.detail.orders : []
  const named = orderLines(notice).map((line, i) => {
    const order = about[i]
    const isNamed = order !== undefined && line.startsWith(order.number)
    return isNamed ? link(pageAt(publicUrl, `/orders/${order.id}`), line) : escape(line)
  })
  return written(words, [...words.lines.map(escape), ...named], publicUrl)
}

/** What a person asks for to see whether a chat gets anything. */
export const slackTest = (words: Omit<NoticeWords, 'lines'>, publicUrl: string | null): string =>
  written(words, [], publicUrl)

function written(
  { title, detail, path }: Omit<NoticeWords, 'lines'>,
  lines: readonly string[],
  publicUrl: string | null,
): string {
  const parts = [`*${link(pageAt(publicUrl, path), title)}*`, ...(detail === '' ? [] : [escape(detail)])]
  let length = parts.join('\n').length
  for (const line of lines) {
    length += line.length + 3
    if (length > mostCharacters) return [...parts, '• and more: the page Notices has all of it'].join('\n')
    parts.push(`• ${line}`)
  }
  return parts.join('\n')
}

const link = (url: string | null, text: string): string =>
  // A bar would end the address once more.
  url === null ? escape(text) : `<${escape(url)}|${escape(text.replaceAll('|', '/'))}>`

/** What a customer or a shop writes must not call a whole channel. */
const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(/\s+/g, ' ')
