import { z } from 'zod'
import { time } from './common.ts'

export const importRequest = z.strictObject({
  connection: z.string().min(1).describe('The channel connection'),
  orders: z
    .array(
      z
        .string()
        .trim()
        .min(1)
        .max(200)
        .regex(/[^#\s]/, 'is no order id or number'),
    )
    .min(1)
    .max(1000)
    .describe('Order ids or numbers'),
  anyway: z.boolean().default(false).describe('Import although a rule holds them; it is recorded'),
})
export type ImportRequest = z.input<typeof importRequest>

export const importJson = z
  .object({
    id: z.string(),
    connection: z.string(),
    actor: z.string(),
    anyway: z.boolean(),
    createdAt: time,
    finishedAt: time.nullable(),
    items: z.array(
      z.object({
        query: z.string(),
        state: z.enum(['waiting', 'imported', 'already_here', 'held', 'unreadable', 'not_found', 'failed']),
        orderId: z.string().nullable(),
        detail: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Import' })
export type ImportJson = z.infer<typeof importJson>
