import { z } from 'zod'
import { filter, money, time } from './common.ts'

export const heldGroup = z
  .object({
    route: z.string(),
    connection: z.string().describe('The shop'),
    rule: z.string().describe('The rule that holds them: status, before_start_date, filter; or person'),
    channelStatus: z
      .string()
      .nullable()
      .describe('The status in the shop that is not imported; null for another rule'),
    filter: filter
      .extend({ key: z.string().describe('Of GET /orders: heldByFilter') })
      .nullable()
      .describe('The filter that does not let them through; null for another rule'),
    wanted: z.string().nullable().describe('What the rule lets through; null where people hold them'),
    orders: z.number().int(),
    totals: z.array(money).describe('What they are worth, one sum for each currency'),
    oldest: time.nullable().describe('When the first of them was placed'),
    newest: time.nullable(),
  })
  .meta({ id: 'HeldGroup' })
export type HeldGroup = z.infer<typeof heldGroup>

export const heldList = z.object({ items: z.array(heldGroup), nextCursor: z.null() })

export const importStatusRequest = z.strictObject({
  status: z.string().min(1).max(100).describe('A status in the shop for which orders are held'),
})

export const importStatusResult = z
  .object({
    statuses: z.array(z.string()).describe('What the route imports now'),
    orders: z.number().int().describe('How many orders were held for it, and are read again now'),
  })
  .meta({ id: 'ImportStatusResult' })
export type ImportStatusResult = z.infer<typeof importStatusResult>
