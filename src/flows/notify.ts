import { createHash } from 'node:crypto'
import type { NotificationsInFile } from '../config/file-schema.ts'
import type { Tx } from '../ledger/database.ts'
import { takeNewsTurn } from '../ledger/news.ts'
import {
  alreadyMailed,
  endMailing,
  type Notice,
  type NoticeKind,
  noteMailed,
  noticesToMail,
  unwantedMails,
} from '../ledger/notices.ts'
import { readSetting, writeSetting } from '../ledger/settings.ts'
import { messageOf } from '../mail/message.ts'
import type { Letter, SendMail } from '../mail/smtp.ts'
import type { Deps } from './deps.ts'
import { readNotifications } from './known-configuration.ts'
import { leavingToken } from './leave-mails.ts'
import { kindNames, orderLines, wordsOf } from './notice-words.ts'
import { type SendDeps, sendOutgoing } from './send-outgoing.ts'
import { tellSummary } from './tell-summary.ts'
import { tellNews } from './tell-news.ts'
import { type WarnDeps, warnOfExpiry } from './warn-of-expiry.ts'

export interface NotifyDeps extends SendDeps, WarnDeps {
  /** Where people reach the page; null where that is not known. */
  pageUrl: () => Promise<string | null>
  send: SendMail
}

const minute = 60_000
const day = 24 * 60 * minute
/** What could not be mailed for so long stands on the page alone. */
const freshForMs = 3 * day
const longestWaitMs = 60 * minute

export const mailsSetting = 'mails'

/** How mailing goes: how often in a row it failed, why, and when it is tried again. */
export interface MailState {
  failures: number
  trouble: string | null
  nextAt: string | null
}

export const readMailState = async (db: Deps['db']): Promise<MailState> =>
  ((await readSetting(db, mailsSetting)) as MailState | null) ?? { failures: 0, trouble: null, nextAt: null }

/**
 * Makes notices of what people were not told of, and mails and sends those that wait. One process at a time; what fails
 * is tried again, later and later, and stands on the page meanwhile. A process that dies between sending and noting it
 * sends it again, with the same id.
 */
export async function notify(deps: NotifyDeps): Promise<void> {
  await inTurn(deps, async (tx) => {
    await warnOfExpiry(deps, tx)
    await tellNews(deps, tx)
    await tellSummary(deps, tx)
  })
  // Side by side: a receiver that does not answer holds up no mail, nor a mail server the receivers.
  const ends = await Promise.allSettled([mailNews(deps), sendOutgoing(deps)])
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

async function mailNews(deps: NotifyDeps): Promise<void> {
  const email = (await readNotifications(deps.db, deps.vault))?.email
  if (email) await inTurn(deps, (tx) => mailNotices(deps, tx, email))
}

/** Does this while no other process makes or mails notices; nothing where one does just now. */
export async function inTurn({ db }: NotifyDeps, work: (tx: Tx) => Promise<void>): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (await takeNewsTurn(tx)) await work(tx)
  })
}

type MailsInFile = NonNullable<NotificationsInFile['email']>

async function mailNotices(deps: NotifyDeps, tx: Tx, email: MailsInFile): Promise<void> {
  const at = deps.now()
  const state = await readMailState(tx)
  if (state.nextAt !== null && at < new Date(state.nextAt)) return
  const notices = await noticesToMail(tx, new Date(at.getTime() - freshForMs))
  if (notices.length === 0) return
  const ids = notices.map(({ id }) => id)
  const mailed = await alreadyMailed(tx, ids)
  const unwanted = await unwantedMails(tx)
  const troubles: string[] = []
  for (const to of email.to) {
    const own = notices.filter(({ id, kind }) => !mailed.has(`${id} ${to}`) && !unwanted.has(`${to} ${kind}`))
    if (own.length === 0) continue
    const letter = await letterTo(deps, to, own, { from: email.from, at })
    const sent = await deps.send(email.smtp, letter)
    // One address that is refused must not keep the others from their mails.
    if (!sent.ok) troubles.push(`${to}: ${sent.error}`)
    // Beside this transaction: what was sent stays noted, whatever becomes of the others.
    else await noteMailed(deps.db, { ids: own.map(({ id }) => id), address: to, at })
  }
  if (troubles.length > 0) return failed(deps, tx, state, troubles.join('; '))
  await endMailing(tx, ids, at)
  await writeSetting(tx, mailsSetting, { failures: 0, trouble: null, nextAt: null } satisfies MailState)
}

async function failed(deps: NotifyDeps, tx: Tx, state: MailState, trouble: string): Promise<void> {
  const failures = state.failures + 1
  const waitMs = Math.min(longestWaitMs, minute * 2 ** (failures - 1))
  const nextAt = new Date(deps.now().getTime() + waitMs).toISOString()
  deps.log.warn({ trouble, nextAt }, 'a mail could not be sent; it is tried again, and stands on the page')
  await writeSetting(tx, mailsSetting, { failures, trouble, nextAt } satisfies MailState)
}

async function letterTo(
  deps: NotifyDeps,
  to: string,
  notices: readonly Notice[],
  { from, at }: { from: string; at: Date },
): Promise<Letter> {
  const page = (await deps.pageUrl())?.replace(/\/+$/, '') ?? null
  const kinds = [...new Set(notices.map(({ kind }) => kind))]
  const leave = (some: readonly NoticeKind[]) =>
    page === null ? null : `${page}/leave/${leavingToken(deps.vault, to, some)}`
  const parts = notices.map((notice) => {
    const { path, ...said } = wordsOf(notice)
    const lines = [...said.lines, ...orderLines(notice)]
    return { ...said, lines, url: page === null ? null : `${page}${path}` }
  })
  const leaving = kinds.flatMap((kind) => {
    const url = leave([kind])
    return url === null ? [] : [{ what: kindNames[kind], url }]
  })
  const news = `${to} ${notices.map(({ id }) => id).join(' ')}`
  return {
    ...messageOf(parts, leaving),
    from,
    to,
    id: createHash('sha256').update(news).digest('hex').slice(0, 32),
    at,
    leave: leave(kinds),
  }
}
