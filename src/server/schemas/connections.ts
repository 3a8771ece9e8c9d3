import { z } from 'zod'
import { filter, time } from './common.ts'
import { describedProblem, fix } from './problems.ts'

/** An interval in which a connection could not be read. Open until all of it has been read. */
export const gap = z
  .object({
    id: z.string(),
    from: time,
    to: time.nullable().describe('Null: it still cannot be read'),
    closedAt: time.nullable(),
    reason: z
      .enum(['down', 'needs_reauthorisation', 'paused', 'not_running', 'webhooks'])
      .describe('Why: not_running is Waybill itself'),
    summary: z.string().describe('In a sentence or two: since when, how far it has been read, what it held'),
    ordersFound: z
      .number()
      .int()
      .describe(
        'Closed: how many orders were placed meanwhile and imported; open: how many have come in so far',
      ),
    readUpTo: time.nullable().describe('How far it has been read'),
    problem: describedProblem.nullable().describe('What was wrong, where something was'),
    outOfReach: describedProblem.nullable().describe('Why a part of it cannot be read'),
  })
  .meta({ id: 'Gap' })
export type GapJson = z.infer<typeof gap>

export const connection = z
  .object({
    name: z.string(),
    role: z.enum(['channel', 'backend']),
    kind: z.string(),
    label: z.string().describe('The kind as people know it'),
    health: z.enum(['new', 'healthy', 'failing', 'down', 'needs_reauthorisation']),
    healthSince: time,
    summary: z.string().describe('One sentence: how it is and what Waybill does about it'),
    problem: describedProblem.nullable(),
    lastSuccessAt: time.nullable(),
    lastReadAt: time.nullable().describe('When it was last read to the end'),
    nextAttemptAt: time.nullable().describe('While it is in trouble: when it is tried next'),
    pausedAt: time.nullable(),
    pausedBy: z.string().nullable(),
    identity: z.string().nullable().describe('The permanent id of the account there'),
    identityName: z.string().nullable(),
    timeZone: z.string().nullable(),
    webhooks: z.object({
      state: z.enum(['on', 'off', 'unsupported']),
      detail: z.string(),
      lastReceivedAt: time.nullable(),
      refused: z
        .object({ count: z.number().int(), lastAt: time.nullable(), why: z.string() })
        .nullable()
        .describe('Deliveries that were forged or malformed, and changed nothing'),
    }),
    gaps: z.array(gap).describe('Those that are not closed'),
    closedGaps: z.array(gap).describe('The last three that are, newest first'),
    credentials: z
      .object({ endAt: time.nullable().describe('Null: nobody has said it yet') })
      .nullable()
      .describe('Until when they are valid; null: they do not end by themselves'),
    warnings: z
      .array(describedProblem)
      .describe('What stops nothing yet, and will: credentials or a certificate that end soon'),
    movedTo: z
      .string()
      .nullable()
      .describe(
        'The address to which the shop has moved, proved to be the same one; it waits to be confirmed',
      ),
    waitingOrders: z.number().int().describe('Backends: how many orders wait to go there'),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Connection' })
export type ConnectionJson = z.infer<typeof connection>
export const connectionList = z.object({ items: z.array(connection), nextCursor: z.null() })

const calls = z.object({
  calls: z.number().int(),
  failed: z.number().int().describe('No answer, a refused login, or a broken server'),
  throttled: z.number().int().describe('Refused because there were too many calls'),
  p50Ms: z
    .number()
    .nullable()
    .describe('Half of them took no longer; a tenth too long or too short at most. Null: there were none'),
  p95Ms: z.number().nullable().describe('95 of 100 took no longer, as exactly'),
  averageAtOnce: z.number().describe('How many were on their way at a time'),
  peakAtOnce: z
    .number()
    .int()
    .describe('The most at once; where several processes call, it may have been more for a moment'),
})

/** How much a connection was used in the last 24 hours. */
export const connectionActivity = z
  .object({
    from: time,
    to: time,
    summary: z.string().describe('One sentence: how near it came to what the other side allows'),
    atOnce: z.object({
      limit: z.number().int().describe('How many calls at once the connection may make'),
      now: z.number().int().describe('How many of them are taken'),
    }),
    total: calls,
    hours: z
      .array(calls.extend({ from: time }))
      .describe('The present hour and the 24 before it, the oldest first'),
  })
  .meta({ id: 'ConnectionActivity' })
export type ConnectionActivityJson = z.infer<typeof connectionActivity>

export const route = z
  .object({
    name: z.string(),
    from: z.string(),
    to: z.string(),
    statuses: z.array(z.string()),
    filters: z.array(filter).describe('What else an order has to be like to be imported'),
    since: time,
    everyMs: z.number().int(),
    postAutomatic: z.boolean(),
    autoCancel: z.object({ afterMs: z.number(), warnMs: z.array(z.number()) }).nullable(),
    cancelledAfterPosting: z.enum(['ask', 'cancel', 'keep']),
    mapping: z.record(z.string(), z.unknown()),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Route' })
export type RouteJson = z.infer<typeof route>
export const routeList = z.object({ items: z.array(route), nextCursor: z.null() })

const values = z
  .record(z.string(), z.string())
  .default({})
  .describe('The values of ${NAMES} in it; a name that is stored already may be left out')

/** As under `connections` in waybill.yaml. */
export const connectionSettings = z
  .looseObject({ kind: z.string(), values })
  .describe('As under connections in waybill.yaml; a secret that is left empty ("") stays the stored one')
export const newConnection = connectionSettings.extend({ name: z.string().min(1) })
export const triedConnection = connectionSettings.extend({
  name: z
    .string()
    .min(1)
    .optional()
    .describe('Of a connection that is there: its secrets stand for those that are left empty'),
})

/** What a page needs to change a connection: no secret leaves the server. */
export const storedSettings = z
  .object({
    name: z.string(),
    kind: z.string(),
    label: z.string().describe('The kind as people know it'),
    settings: z
      .record(z.string(), z.unknown())
      .describe('As waybill.yaml has them, each secret as the ${NAME} it comes from'),
  })
  .meta({ id: 'ConnectionSettings' })
export type StoredSettings = z.infer<typeof storedSettings>

/** As under `routes` in waybill.yaml. */
export const routeSettings = z.looseObject({ from: z.string(), to: z.string(), values })
export const newRoute = routeSettings.extend({ name: z.string().min(1) })

export const confirmAddressRequest = z.strictObject({
  address: z.string().optional().describe('The address that was seen; another one is not confirmed then'),
})

export const checkResult = z
  .object({
    connection: z.string(),
    ok: z.boolean(),
    account: z.object({ id: z.string(), name: z.string() }).nullable(),
    checks: z.array(
      z.object({ name: z.string(), outcome: z.enum(['ok', 'fail', 'skipped']), detail: z.string() }),
    ),
    fixes: z.array(fix),
  })
  .meta({ id: 'CheckResult' })
export const tryResult = checkResult
  .pick({ ok: true, account: true })
  .extend({
    checks: z.array(
      z.object({
        name: z.string(),
        outcome: z.enum(['ok', 'fail', 'skipped']),
        detail: z.string(),
        about: z.enum(['address', 'credentials']).nullable().describe('Which of the settings it speaks of'),
      }),
    ),
  })
  .meta({ id: 'TryResult' })
export type TryResultJson = z.infer<typeof tryResult>
export type CheckResultJson = z.infer<typeof checkResult>
