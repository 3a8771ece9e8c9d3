import { z } from 'zod'
import { noticeKinds } from '../../ledger/notices.ts'
import { money, pageOf, time } from './common.ts'

export const notice = z
  .object({
    id: z.string(),
    kind: z.enum(noticeKinds),
    connection: z.string().nullable().describe('The shop it is about'),
    at: time,
    title: z.string(),
    detail: z.string(),
    orders: z
      .array(z.object({ id: z.string(), number: z.string(), total: money.nullable() }))
      .describe('The orders it is about'),
    seenAt: time.nullable().describe('When a person had it before their eyes first; null: nobody yet'),
  })
  .meta({ id: 'Notice' })
export type NoticeJson = z.infer<typeof notice>

export const noticePage = pageOf(notice).extend({
  unseen: z.number().int().describe('How many nobody has seen'),
})

export type NoticePage = z.infer<typeof noticePage>

export const seenRequest = z.strictObject({
  ids: z.array(z.uuid()).min(1).max(200).describe('Notices that a person has before their eyes'),
})
