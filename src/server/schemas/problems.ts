import { z } from 'zod'
import type { ChoiceList } from '../../connectors/contract.ts'
import { type FixAction, type ProblemCode, problemCatalogue } from '../../order/problems.ts'
import { money, time } from './common.ts'

export const fixActions = [
  'map_sku',
  'map_payment',
  'map_shipping',
  'map_tax',
  'map_item_kind',
  'post',
  'post_anew',
  'let_be',
  'check_again',
  'accept_total',
  'open_in_backend',
  'open_in_channel',
  'import_again',
  'cancel',
  'uncancel',
  'release',
  'import_anyway',
  'edit_connection',
  'check_connection',
  'confirm_address',
  'refresh_items',
  'resend_shipment',
] as const satisfies readonly FixAction[]
export const fixAction = z.enum(fixActions).meta({ id: 'FixAction' })

/** The fixes that choose a record of the backend: they want a `value`. */
export const mappingActions = ['map_sku', 'map_payment', 'map_shipping', 'map_tax', 'map_item_kind'] as const
export const mappingAction = z.enum(mappingActions).meta({ id: 'MappingAction' })

export const fix = z.object({ action: fixAction, label: z.string() }).meta({ id: 'Fix' })

export const problemCode = z
  .enum(Object.keys(problemCatalogue) as [ProblemCode, ...ProblemCode[]])
  .meta({ id: 'ProblemCode' })

export const describedProblem = z
  .object({
    code: problemCode,
    title: z.string(),
    detail: z.string(),
    vendorMessage: z.string().nullable().describe("The vendor's own words, unchanged"),
    cause: z.string(),
    fix: z.string(),
    fixes: z.array(fix),
    subject: z.string().describe('What it is about: a SKU, a payment method, a field'),
    fingerprint: z.string().describe('Orders with the same fingerprint have one cause in common'),
  })
  .meta({ id: 'Problem' })
export type DescribedProblem = z.infer<typeof describedProblem>

/** One cause and all that it stops. */
export const problemGroup = describedProblem
  .extend({
    scope: z.enum(['order', 'shipment', 'connection']),
    connection: z.string().describe('Where it was met'),
    routes: z.array(z.string()).describe('The routes of its orders: whose mapping a fix changes'),
    orders: z.number().int().describe('How many orders it stops or keeps waiting'),
    totals: z.array(money).describe('What those orders are worth, one sum for each currency'),
    oldest: time.describe('Since when'),
    newest: time,
    cancelsAt: time.nullable().describe('When the first of its orders would be cancelled by itself'),
  })
  .meta({ id: 'ProblemGroup' })
export type ProblemGroup = z.infer<typeof problemGroup>

export const problemList = z.object({ items: z.array(problemGroup), nextCursor: z.null() })

export const fixRequest = z
  .strictObject({
    fingerprint: z.string().min(1),
    action: z.enum([...mappingActions, 'refresh_items', 'post']),
    value: z
      .string()
      .min(1)
      .optional()
      .describe('The id of the chosen record, or "leave_out" where that is offered'),
    subject: z.string().optional().describe('Default: what the problem is about'),
    route: z.string().optional().describe('Default: every route that has orders with this problem'),
  })
  .refine(
    (body) => (mappingActions as readonly string[]).includes(body.action) === (body.value !== undefined),
    {
      path: ['value'],
      message: 'a mapping needs the chosen record, and other actions take none',
    },
  )
export type FixRequest = z.infer<typeof fixRequest>

export const fixResult = z
  .object({
    routes: z.array(z.string()).describe('The routes whose mapping was changed'),
    scheduled: z.number().int().describe('How many orders go to the backend again'),
  })
  .meta({ id: 'FixResult' })
export type FixResult = z.infer<typeof fixResult>

export const choicesQuery = z.object({
  list: z
    .enum([
      ...mappingActions,
      'customer',
      'subsidiary',
      'location',
      'department',
      'class',
      'price_level',
    ] satisfies ChoiceList[])
    .describe('The action of a fix, or another list of records that a mapping names'),
  search: z.string().trim().max(100).default(''),
})
export type ChoiceListName = z.infer<typeof choicesQuery>['list']
export const choices = z
  .object({ items: z.array(z.object({ id: z.string(), label: z.string() })) })
  .meta({ id: 'Choices' })
export type Choices = z.infer<typeof choices>
