import { writeSetting } from '../ledger/settings.ts'
import { messageOf } from '../mail/message.ts'
import { readNotifications } from './known-configuration.ts'
import { inTurn, type MailState, mailsSetting, type NotifyDeps, readMailState } from './notify.ts'

export interface MailTried {
  address: string
  /** Null: the mail server has taken it. Else its words. */
  error: string | null
}

const told = {
  title: 'Waybill reaches you by mail',
  detail:
    'Somebody has asked for this test mail on the page Notices. New problems, connections that are down or back, and ' +
    'orders that are going to be given up are told the same way. Nothing has to be done.',
  lines: [],
}

/**
 * Sends a test mail to each address that gets mails; null when there is none. Where one arrives, mails that wait after a
 * failure are tried again at once.
 */
export async function sendTestMail(deps: NotifyDeps): Promise<MailTried[] | null> {
  const email = (await readNotifications(deps.db, deps.vault))?.email
  if (email === undefined) return null
  const page = (await deps.pageUrl())?.replace(/\/+$/, '') ?? null
  const message = messageOf([{ ...told, url: page === null ? null : `${page}/notices` }], [])
  const tried: MailTried[] = []
  for (const to of email.to) {
    const letter = { ...message, from: email.from, to, id: deps.newId(), at: deps.now(), leave: null }
    const sent = await deps.send(email.smtp, letter)
    tried.push({ address: to, error: sent.ok ? null : sent.error })
  }
  if (tried.some(({ error }) => error === null)) await hurryMails(deps)
  return tried
}

/** Beside a mailing that is under way nothing has to be hurried, and its outcome is not written over. */
const hurryMails = (deps: NotifyDeps): Promise<void> =>
  inTurn(deps, async (tx) => {
    const state = await readMailState(tx)
    if (state.nextAt !== null)
      await writeSetting(tx, mailsSetting, { ...state, nextAt: null } satisfies MailState)
  })
