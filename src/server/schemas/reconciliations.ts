import { z } from 'zod'
import { parseDuration } from '../../config/durations.ts'
import { differenceKinds } from '../../flows/difference.ts'
import { pageOf, pageQuery, time } from './common.ts'
import { status } from './orders.ts'

const mostDays = 400

export const reconciliationRequest = z.strictObject({
  connection: z.string().min(1).describe('The channel connection'),
  since: z
    .string()
    .regex(/^\d{1,3}[hd]$/, 'write a duration such as 7d or 48h')
    .refine((text) => (parseDuration(text) ?? 0) <= mostDays * 86_400_000, `is more than ${mostDays} days`)
    .default('7d')
    .describe("How far back: whole days of the shop, by the time the orders were placed; '7d'"),
})
export type ReconciliationRequest = z.input<typeof reconciliationRequest>

const counts = {
  atChannel: z.number().int().describe('Orders that the channel has'),
  inWaybill: z.number().int(),
  inBackend: z.number().int().describe('Orders whose record was seen in the backend'),
  imported: z.number().int().describe('Differences that this reconciliation has taken in'),
  explained: z.number().int(),
  unexplained: z.number().int().describe('What must be zero'),
}

export const reconciliationSummary = z
  .object({
    id: z.string(),
    connection: z.string(),
    backend: z.string(),
    backendLabel: z.string().describe("The backend's own name"),
    actor: z.string().describe('"waybill" for the daily one'),
    timeZone: z.string().describe("The shop's, whose days are counted"),
    from: time.describe('Orders placed from then on are compared'),
    to: time.describe('… and before then'),
    state: z.enum(['running', 'done', 'given_up']),
    step: z.string().describe('What is being done, in words'),
    waiting: z.string().nullable().describe('Why it cannot go on just now, or was given up'),
    compared: z.number().int().describe('How many orders were looked at so far'),
    createdAt: time,
    finishedAt: time.nullable(),
    totals: z.object(counts),
  })
  .meta({ id: 'ReconciliationSummary' })
export type ReconciliationSummary = z.infer<typeof reconciliationSummary>

export const difference = z
  .object({
    day: z.iso.date().describe("The shop's day on which the order was placed"),
    verdict: z.enum(['imported', 'explained', 'unexplained']),
    kind: z.enum(differenceKinds),
    detail: z.string().describe('The explanation, in words'),
    atChannel: z.boolean(),
    inBackend: z.boolean(),
    channelOrderId: z.string().nullable(),
    order: z
      .object({ id: z.string(), number: z.string(), status, label: z.string() })
      .nullable()
      .describe('Null: Waybill does not have it'),
    record: z
      .object({ id: z.string(), number: z.string().nullable(), url: z.string().nullable() })
      .nullable(),
    fix: z
      .object({ label: z.string(), command: z.string() })
      .nullable()
      .describe('Null: nothing is to be done, or not by Waybill'),
  })
  .meta({ id: 'Difference' })
export type DifferenceJson = z.infer<typeof difference>

export const reconciliation = reconciliationSummary
  .extend({
    days: z.array(z.object({ day: z.iso.date(), ...counts })),
    differences: z.array(difference).describe('The first 100: those that need a person before the others'),
    moreDifferences: z.string().nullable().describe('The cursor of the others; null when these are all'),
  })
  .meta({ id: 'Reconciliation' })
export type ReconciliationJson = z.infer<typeof reconciliation>

export const reconciliationList = z.object({
  items: z.array(reconciliationSummary),
  nextCursor: z.null(),
})
export const reconciliationQuery = z.strictObject({
  connection: z.string().optional().describe('Only those of this channel'),
  limit: z.coerce.number().int().min(1).max(100).default(20),
})

export const differencePage = pageOf(difference)
export const differenceQuery = pageQuery.extend({
  verdict: z.enum(['imported', 'explained', 'unexplained']).optional(),
  kind: z.enum(differenceKinds).optional(),
})
