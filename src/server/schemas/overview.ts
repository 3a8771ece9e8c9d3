import { z } from 'zod'
import { money, time } from './common.ts'

/** Where orders are now, as much as a glance can tell apart. */
export const outcomes = ['posted', 'moving', 'stopped', 'held', 'cancelled'] as const
export type Outcome = (typeof outcomes)[number]

const outcomeCounts = {
  posted: z.number().int().describe('In the backend'),
  moving: z.number().int().describe('On the way there'),
  stopped: z.number().int().describe('Stopped by a problem'),
  held: z.number().int().describe('Held by a rule or a person, or waiting for a person to post them'),
  cancelled: z.number().int(),
}

export const thingKinds = [
  'problems',
  'changed',
  'cancelled',
  'posting_off',
  'needs_reauthorisation',
  'down',
  'paused',
  'gap_out_of_reach',
  'unexplained',
  'failing',
  'gap',
] as const

const thing = z
  .object({
    kind: z
      .enum(thingKinds)
      .describe(
        'problems, changed, cancelled, posting_off: orders; gap: what was missed is being read; unexplained: differences of a reconciliation; the others: connections',
      ),
    count: z.number().int().describe('Of what it is about: problems, orders, differences, 1 connection'),
    orders: z.number().int().nullable().describe('How many orders it stops, where that is another number'),
    connection: z.string().nullable().describe('Which connection it is about'),
    reconciliation: z.string().nullable().describe('Which reconciliation it is about'),
  })
  .meta({ id: 'OverviewThing' })
export type OverviewThing = z.infer<typeof thing>

const timesToPost = z
  .object({
    from: time.describe('Of the orders that were posted from then on'),
    orders: z.number().int().describe('How many are counted'),
    p50Ms: z.number().nullable().describe('From placed to posted: half took no longer'),
    p95Ms: z.number().nullable().describe('… 95 of 100 took no longer'),
    placedInOutage: z.number().int().describe('Counted as well: placed while their shop could not be read'),
    placedBeforeRoute: z
      .number()
      .int()
      .describe('Not counted: placed before their route was made, or before its start date'),
    postedAnew: z.number().int().describe('Not counted: posted again as another record by a person'),
  })
  .meta({ id: 'TimesToPost' })
export type TimesToPost = z.infer<typeof timesToPost>

export const overview = z
  .object({
    at: time.describe('When this was so'),
    state: z
      .enum(['empty', 'needs_person', 'mending', 'well'])
      .describe('empty: nothing is connected; mending: Waybill is at it, nobody has to do anything'),
    next: z
      .enum(['connect', 'route', 'first_order'])
      .nullable()
      .describe('What a new Waybill waits for; null once it has an order'),
    needsPerson: z.array(thing).describe('What does not go on without a person'),
    mending: z.array(thing).describe('What is not well, and what Waybill mends by itself'),
    lastDay: z.object({
      orders: z.number().int().describe('Placed in the last 24 hours'),
      stopped: z.number().int().describe('How many of these are stopped by a problem now'),
      hours: z
        .array(z.object({ from: time, ...outcomeCounts }))
        .describe('The 24 full hours before this one, and this one so far, by when the orders were placed'),
    }),
    timesToPost: z.object({ day: timesToPost, week: timesToPost }),
    waiting: z.object({
      problems: z.object({
        groups: z.number().int().describe('Causes'),
        orders: z.number().int(),
        totals: z.array(money).describe('What these orders are worth, one sum for each currency'),
      }),
      changed: z.number().int().describe('Orders changed at the channel after posting'),
      cancelled: z.number().int().describe('Orders cancelled at the channel after posting'),
      postingOff: z.number().int().describe('Orders of routes without automatic posting'),
      held: z.number().int().describe('Orders that a rule or a person holds'),
      connections: z.number().int().describe('In trouble, paused or refused'),
      gaps: z.number().int().describe('Times that could not be read and have not been read since'),
    }),
    endings: z
      .object({
        before: time,
        orders: z.number().int(),
        first: time.nullable(),
        totals: z.array(money),
      })
      .nullable()
      .describe('Orders that are cancelled by themselves in the next 7 days; null: no route does that'),
    coverage: z
      .array(
        z.object({
          connection: z.string(),
          newest: z
            .object({
              id: z.string(),
              finishedAt: time,
              days: z.number().int(),
              orders: z.number().int().describe('At the channel'),
              unexplained: z.number().int(),
            })
            .nullable()
            .describe('The newest reconciliation that came to its end'),
          running: z.boolean(),
          givenUp: z.string().nullable().describe('Why a newer one was given up'),
        }),
      )
      .describe('Each channel with a route'),
    connections: z.array(
      z.object({
        name: z.string(),
        role: z.enum(['channel', 'backend']),
        label: z.string().describe('The kind as people know it'),
        health: z.enum(['new', 'healthy', 'failing', 'down', 'needs_reauthorisation', 'paused']),
        since: time,
        lastSuccessAt: time.nullable(),
        waitingOrders: z.number().int().describe('Backends: how many orders wait to go there'),
        gaps: z.number().int().describe('How many are open'),
      }),
    ),
  })
  .meta({ id: 'Overview' })
export type OverviewJson = z.infer<typeof overview>
