import { z } from 'zod'
import { orderColumns } from '../order-columns.ts'
import { time } from './common.ts'
import { listOf, orderFilter, status, withRanges } from './orders.ts'

const longestName = 60

/** Names are read by people and stand in addresses, where "." and ".." would mean something else. */
export const viewName = z
  .string()
  .trim()
  .normalize()
  .refine((name) => name !== '' && [...name].length <= longestName, {
    error: `give a name of 1 to ${longestName} characters`,
  })
  .refine((name) => !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(name), {
    error: 'leave out line breaks, tabs and other control characters',
  })
  .refine((name) => !/^\.+$/.test(name), { error: 'give a name that is more than dots' })

const column = z.enum(orderColumns).meta({ id: 'OrderColumn' })

/** An address has to have room for it. */
const longestQuery = 4_000

const savedQuery = orderFilter
  .extend({ columns: listOf(column).describe('The columns shown, in their sequence') })
  .strict()
const withinAddress = withRanges(savedQuery).refine(
  (query) => JSON.stringify(query).length <= longestQuery,
  `is longer than ${longestQuery} characters: give fewer or shorter filters`,
)

export const viewRequest = z
  .strictObject({
    name: viewName.optional().describe('Another name for it from now on'),
    query: withinAddress
      .optional()
      .describe('The filters, as GET /orders takes them, and the columns; none: all orders'),
  })
  .refine(({ name, query }) => name !== undefined || query !== undefined, {
    path: ['query'],
    message: 'give what the view shows, or another name for it',
  })
export type ViewRequest = z.infer<typeof viewRequest>

export const view = z
  .object({
    name: z.string(),
    query: orderFilter.extend({
      status: z.array(status).optional(),
      columns: z.array(column).optional().describe('None: each sees their own'),
    }),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'View' })
export type ViewJson = z.infer<typeof view>

/** All of them: there is no further page. */
export const viewList = z.object({ items: z.array(view), nextCursor: z.null() })
