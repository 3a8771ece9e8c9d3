import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../../flows/deps.ts'
import { readNotifications } from '../../flows/known-configuration.ts'
import { readMailState } from '../../flows/notify.ts'
import { reportReceivers, sendTests } from '../../flows/send-outgoing.ts'
import { sendTestMail } from '../../flows/test-mail.ts'
import { countUnseen, deliver, listNotices } from '../../ledger/notices.ts'
import type { Vault } from '../../ledger/secrets.ts'
import { sendMail } from '../../mail/smtp.ts'
import { readCursor, writeCursor } from '../cursor.ts'
import { noticeJson } from '../notice-json.ts'
import { Refusal } from '../refusal.ts'
import { mailsTried, noticePage, pageQuery, receiversTried, seenRequest } from '../schemas.ts'
import { timeOrNull } from '../values-json.ts'

const position = z.object({ at: z.iso.datetime(), id: z.uuid() })

export function noticeRoutes(
  app: FastifyInstance,
  { deps, vault, publicUrl }: { deps: Deps; vault: Vault; publicUrl: URL | null },
): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()
  const sending = { ...deps, vault, publicUrl: publicUrl?.href ?? null }

  typed.get(
    '/notices',
    {
      schema: {
        summary: 'What people are told of by themselves, the newest first',
        querystring: pageQuery,
        response: { 200: noticePage },
      },
    },
    async ({ query: { limit, cursor } }) => {
      const found = await listNotices(deps.db, { limit: limit + 1, after: readCursor(position, cursor) })
      const items = found.slice(0, limit)
      const last = found.length > limit ? items.at(-1)! : null
      return {
        items: items.map(noticeJson),
        nextCursor: writeCursor(last && { at: last.at.toISOString(), id: last.id }),
        unseen: await countUnseen(deps.db),
        mail: await mailing(),
        receivers: (await reportReceivers(sending)).map(({ trouble, ...report }) => ({
          ...report,
          trouble: trouble && { ...trouble, nextAt: timeOrNull(trouble.nextAt) },
        })),
      }
    },
  )

  const mailing = async () => {
    const email = (await readNotifications(deps.db, vault))?.email
    return email ? { to: email.to, trouble: (await readMailState(deps.db)).trouble } : null
  }

  typed.post(
    '/notices/seen',
    {
      schema: {
        summary:
          'A person has these before their eyes: an order is given up only after its warnings were seen',
        body: seenRequest,
        response: { 200: z.object({ unseen: z.number().int() }) },
      },
    },
    async ({ body }) => {
      await deliver(deps.db, body.ids, deps.now())
      return { unseen: await countUnseen(deps.db) }
    },
  )

  typed.post(
    '/notices/test-mail',
    {
      schema: {
        summary: 'Send a test mail to everyone who gets mails; answers what the mail server said',
        response: { 200: mailsTried },
      },
    },
    async ({ protocol, host }) => {
      // Without a public address, that at which whoever asks has the page.
      const pageUrl = async () => sending.publicUrl ?? `${protocol}://${host}`
      const tried = await sendTestMail({ ...sending, pageUrl, send: sendMail })
      if (tried === null) throw nobody()
      return { items: tried }
    },
  )

  typed.post(
    '/notices/test-receivers',
    {
      schema: {
        summary: 'Send a test to everyone who is told besides by mail; answers what became of it',
        response: { 200: receiversTried },
      },
    },
    async () => {
      const tried = await sendTests(sending)
      if (tried === null) throw noReceivers()
      return { items: tried }
    },
  )
}

const noReceivers = () =>
  new Refusal({
    status: 409,
    code: 'no_receiver',
    title: 'Nobody is told besides by mail',
    detail: 'There are neither webhooks nor Slack in the configuration',
    fix: 'Name them under "notifications" in waybill.yaml and run "waybill apply".',
  })

const nobody = () =>
  new Refusal({
    status: 409,
    code: 'no_mail',
    title: 'Nobody gets mails',
    detail: 'There are no addresses and no mail server in the configuration',
    fix: 'Name them under "notifications" in waybill.yaml and run "waybill apply".',
  })
