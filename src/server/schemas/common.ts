import { z } from 'zod'
import { filterOperators } from '../../order/filter-fields.ts'

/** A point in time: ISO 8601 in UTC with milliseconds. */
export const time = z.iso.datetime().describe('ISO 8601, UTC')

export const money = z
  .object({
    amount: z.string().describe('A decimal string with the decimals of the currency, such as "12.30"'),
    currency: z.string().describe('ISO 4217'),
  })
  .meta({ id: 'Money' })
export type MoneyJson = z.infer<typeof money>

export const filter = z
  .object({
    field: z.string().describe('What of the order it looks at, such as shipping.country'),
    operator: z.enum(filterOperators),
    values: z.array(z.string()),
  })
  .meta({ id: 'Filter' })

/** A page of a list. `nextCursor` is null on the last page. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('Give it as ?cursor= to read the next page'),
  })

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().min(1).optional().describe('`nextCursor` of the page before'),
})

/** An order that a name may mean. */
export const candidate = z
  .object({
    id: z.string(),
    connection: z.string(),
    channelOrderId: z.string(),
    number: z.string(),
    status: z.string(),
    label: z.string(),
    placedAt: time.nullable(),
  })
  .meta({ id: 'Candidate' })
export type Candidate = z.infer<typeof candidate>

/** RFC 9457. `code` is stable; `fix` is the remedy in words; `errors` names each wrong field. */
export const problemDetails = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    fix: z.string().optional(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    candidates: z.array(candidate).optional().describe('The orders that the name may mean'),
  })
  .meta({ id: 'ProblemDetails' })
export type ProblemDetails = z.infer<typeof problemDetails>
