import { z } from 'zod'
import { statuses } from '../../order/status.ts'
import { trialOutcomes } from '../../flows/compare-settings.ts'
import { filter, pageOf, pageQuery, time } from './common.ts'
import { describedProblem } from './problems.ts'

export const fieldChange = z
  .object({ field: z.string(), from: z.string().nullable(), to: z.string().nullable() })
  .meta({ id: 'FieldChange' })
export type FieldChangeJson = z.infer<typeof fieldChange>

const outcome = z.enum(trialOutcomes).meta({ id: 'TrialOutcome' })

const triedOrder = z
  .object({
    id: z.string(),
    number: z.string(),
    status: z.enum(statuses),
    placedAt: time.nullable(),
    outcome,
    problems: z
      .array(describedProblem)
      .describe('What would stop it; with would_post, what stops it by the settings of today'),
    rule: z.string().nullable().describe('The rule that would hold it'),
  })
  .meta({ id: 'TriedOrder' })
export type TriedOrderJson = z.infer<typeof triedOrder>

/** What other settings of a route would mean for the newest orders of its shop. */
export const routeTrial = z
  .object({
    at: time,
    summary: z.string().describe('In one sentence'),
    orders: z.number().int().describe('How many orders were looked at, the newest of the shop'),
    counts: z.record(outcome, z.number().int()).describe('What those that could be judged would do'),
    notJudged: z
      .array(z.object({ why: z.string(), orders: z.number().int() }))
      .describe('Those that could not be judged, such as when the backend cannot be asked'),
    heldBy: z
      .array(
        z.object({
          rule: z.string().describe('status, before_start_date or filter'),
          wanted: z.string().describe('What the rule lets through'),
          filter: filter.nullable().describe('Which filter; null: another rule'),
          orders: z.number().int(),
        }),
      )
      .describe('Which rules would hold those that would be held, what holds most first'),
    differing: z.array(triedOrder).describe('Those that would fare otherwise than today, newest first'),
    changes: z.array(fieldChange).describe('What saving would change'),
    notes: z.array(z.string()).describe('What else it means, such as for orders that are cancelled by age'),
  })
  .meta({ id: 'RouteTrial' })
export type RouteTrialJson = z.infer<typeof routeTrial>

const seenValue = z.object({
  value: z.string().describe('What a mapping calls it first'),
  title: z.string(),
  names: z.array(z.string()).describe('All that a mapping may call it'),
  orders: z.number().int(),
})

const seenSource = z.object({
  path: z.string().describe('As a custom field of the mapping names it: "billing.phone"'),
  example: z.string(),
  orders: z.number().int(),
})

export const seenByRoute = z
  .object({
    orders: z.number().int().describe('How many orders were looked at, the newest of the shop'),
    statuses: z.array(
      z.object({
        code: z.string(),
        label: z.string(),
        recent: z.number().int().describe('How many of these orders have it'),
        held: z.number().int().describe('How many orders are held for it: importing it brings them'),
      }),
    ),
    paymentMethods: z.array(seenValue),
    shippingMethods: z.array(seenValue),
    taxes: z.array(seenValue),
    sources: z.array(seenSource).describe('Values of the orders from which a custom field may be filled'),
    fields: z
      .array(z.object({ name: z.string(), orders: z.number().int() }))
      .describe('The further fields that they have: a filter on one is written as fields.NAME'),
  })
  .meta({ id: 'SeenByRoute' })
export type SeenByRouteJson = z.infer<typeof seenByRoute>
export type SeenValueJson = z.infer<typeof seenValue>
export type SeenSourceJson = z.infer<typeof seenSource>

export const valuesQuery = z.object({
  field: z.string().min(1).max(200).describe('What a filter may look at, such as shipping.country'),
})

export const valuesSeen = z
  .object({
    orders: z.number().int().describe('How many orders were looked at, the newest of the shop'),
    values: z
      .array(z.object({ value: z.string(), orders: z.number().int() }))
      .describe('What they have there, what most have first; 100 at most'),
  })
  .meta({ id: 'ValuesSeen' })
export type ValuesSeenJson = z.infer<typeof valuesSeen>

const configurationChange = z
  .object({
    id: z.string(),
    at: time,
    actor: z.string().describe('Who: person or waybill'),
    way: z
      .enum(['page', 'api', 'file'])
      .nullable()
      .describe('file: with waybill apply; null where that was not written down'),
    what: z.enum(['connection', 'route', 'notifications', 'retention']),
    name: z.string(),
    action: z.enum(['created', 'changed', 'removed']),
    fields: z.array(fieldChange).describe('Of a secret it is told only that it changed'),
  })
  .meta({ id: 'ConfigurationChange' })
export type ConfigurationChange = z.infer<typeof configurationChange>
export const configurationHistory = pageOf(configurationChange)
export type ConfigurationHistory = z.infer<typeof configurationHistory>

export const historyQuery = pageQuery.extend({
  route: z.string().optional().describe('Only changes of this route'),
  connection: z.string().optional().describe('Only changes of this connection'),
})
