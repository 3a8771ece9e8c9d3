import { createTransport } from 'nodemailer'
import { err, ok, type Result } from '../result.ts'
import type { Message } from './message.ts'

export interface Letter extends Message {
  from: string
  to: string
  /** The same for the same news to the same address: a mail that is sent again is the same mail. */
  id: string
  at: Date
  /** Where one click ends mails of this kind (RFC 8058); null where the page has no address that can be reached. */
  leave: string | null
}

/** Hands a mail to the mail server; a failure is told in its words. */
export type SendMail = (smtp: string, letter: Letter) => Promise<Result<void, string>>

const patienceMs = 20_000

/** Sends by SMTP, as `smtp://` or `smtps://` says. https://nodemailer.com/smtp */
export const sendMail: SendMail = async (smtp, { from, to, subject, text, html, id, at, leave }) => {
  const transport = createTransport({
    url: smtp,
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    // What a mail says is never read from files or fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    await transport.sendMail({
      from: { name: 'Waybill', address: from },
      to,
      subject,
      text,
      html,
      messageId: `<${id}@${from.split('@').at(-1)!}>`,
      date: at,
      headers: {
        'Auto-Submitted': 'auto-generated',
        ...(leave !== null && {
          'List-Unsubscribe': `<${leave}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        }),
      },
    })
    return ok(undefined)
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error))
  } finally {
    transport.close()
  }
}
