import { z } from 'zod'
import { time } from './common.ts'

export const importRequest = z
  .strictObject({
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
      .optional()
      .describe('Order ids or numbers'),
    from: z.iso.date().optional().describe('Instead of ids: all orders placed from this day on (UTC)'),
    to: z.iso.date().optional().describe('The last day of the range, that day included; default: today'),
    anyway: z
      .boolean()
      .default(false)
      .describe(
        'Import although a rule holds them, and, named by id or number, although a person has deleted them; it is recorded',
      ),
  })
  .refine(({ orders, from }) => (orders === undefined) !== (from === undefined), {
    path: ['orders'],
    message: 'name either orders, or a range by its first day (from)',
  })
  .refine(({ from, to }) => to === undefined || (from !== undefined && from <= to), {
    path: ['to'],
    message: 'is before the first day (from), or there is none',
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
    from: time.nullable().describe('The range, where it was asked for by one'),
    to: time.nullable(),
    items: z.array(
      z.object({
        query: z.string(),
        state: z.enum([
          'waiting',
          'imported',
          'already_here',
          'held',
          'unreadable',
          'not_found',
          'deleted',
          'failed',
        ]),
        orderId: z.string().nullable(),
        detail: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Import' })
export type ImportJson = z.infer<typeof importJson>
