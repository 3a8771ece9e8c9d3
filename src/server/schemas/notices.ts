import { z } from 'zod'
import { noticeKinds } from '../../ledger/notices.ts'
import { money, pageOf, time } from './common.ts'

export const notice = z
  .object({
    id: z.string(),
    kind: z.enum(noticeKinds),
    connection: z.string().nullable().describe('The connection it is about'),
    at: time,
    title: z.string(),
    detail: z.string(),
    lines: z.array(z.string()).describe('The things it is about, where there are several'),
    path: z.string().describe('The page that shows it'),
    orders: z
      .array(z.object({ id: z.string(), number: z.string(), total: money.nullable() }))
      .describe('The orders it is about'),
    seenAt: time.nullable().describe('When a person had it before their eyes first; null: nobody yet'),
  })
  .meta({ id: 'Notice' })
export type NoticeJson = z.infer<typeof notice>

const receiver = {
  name: z.string().describe('Its host'),
  kind: z.enum(['webhook', 'slack']),
}

const sendTrouble = z.object({ cause: z.string(), fix: z.string() })

export const noticePage = pageOf(notice).extend({
  unseen: z.number().int().describe('How many nobody has seen'),
  mail: z
    .object({
      to: z.array(z.string()),
      trouble: z.string().nullable().describe('Why no mail gets through now'),
    })
    .nullable()
    .describe('Who gets them by mail as well; null: nobody'),
  receivers: z
    .array(
      z.object({
        ...receiver,
        waiting: z.number().int().describe('How many notices wait for it'),
        givenUp: z
          .number()
          .int()
          .describe('How many were given up within the last week, after three days of trying'),
        trouble: sendTrouble
          .extend({ nextAt: time.nullable().describe('When it is tried again') })
          .nullable()
          .describe('Why it does not take what it is sent'),
      }),
    )
    .describe('Who is sent them besides, in the order of the configuration'),
})

export type NoticePage = z.infer<typeof noticePage>

export const seenRequest = z.strictObject({
  ids: z.array(z.uuid()).min(1).max(200).describe('Notices that a person has before their eyes'),
})

export const mailsTried = z
  .object({
    items: z.array(
      z.object({
        address: z.string(),
        error: z.string().nullable().describe('What the mail server said; null where it took the mail'),
      }),
    ),
  })
  .meta({ id: 'MailsTried' })
export type MailsTried = z.infer<typeof mailsTried>

export const receiversTried = z
  .object({
    items: z.array(
      z.object({
        ...receiver,
        trouble: sendTrouble.nullable().describe('Why it did not take the test; null where it did'),
      }),
    ),
  })
  .meta({ id: 'ReceiversTried' })
export type ReceiversTried = z.infer<typeof receiversTried>
