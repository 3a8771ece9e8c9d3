import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

/** A mail server that keeps what it is given, and can refuse it. */
export interface Mailbox {
  url: string
  mails: { to: string[]; mail: ParsedMail }[]
  /** Refuses every mail to this address from now on; null: takes all. */
  refuse(address: string | null): void
  close(): Promise<void>
}

export async function openMailbox(): Promise<Mailbox> {
  const mails: Mailbox['mails'] = []
  let refused: string | null = null
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _, done) =>
      done(address === refused ? new Error(`no such mailbox: ${address}`) : null),
    onData: (stream, session, done) => {
      simpleParser(stream, (error: Error | null, mail) => {
        if (!error) mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), mail })
        done(error)
      })
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refuse: (address) => (refused = address),
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
