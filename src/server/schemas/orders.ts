import { z } from 'zod'
import { type OrderAction, orderActions } from '../../flows/available-actions.ts'
import { decisions, type OrderFilter as LedgerFilter } from '../../ledger/views/order-filter.ts'
import { sorts } from '../../ledger/views/order-pages.ts'
import { compare } from '../../order/money.ts'
import { differenceAreas } from '../../order/difference.ts'
import { cancelReasons, type Status, statuses } from '../../order/status.ts'
import { filter, money, pageOf, pageQuery, time } from './common.ts'
import { orderDifference, recordChange } from './edits.ts'
import { describedProblem } from './problems.ts'

export const status = z.enum(statuses as [Status, ...Status[]]).meta({ id: 'Status' })

/**
 * What a person can do with an order. `POST /orders/{id}/{action}` with `-` for `_` does it; `POST /orders/actions` does
 * it to many.
 */
export const orderAction = z.enum(orderActions).meta({ id: 'OrderAction' })
export { type OrderAction, orderActions }

export const shipment = z
  .object({
    id: z.string(),
    status: z.enum(['pending', 'sending', 'sent', 'error']),
    carrier: z.string().nullable(),
    trackingNumbers: z.array(z.string()),
    shippedAt: time,
    sentAt: time.nullable().describe('When the channel was told'),
    backendShipmentId: z.string(),
    channelShipmentId: z.string().nullable(),
    completesOrder: z.boolean(),
  })
  .meta({ id: 'Shipment' })
export type ShipmentJson = z.infer<typeof shipment>

export const order = z
  .object({
    id: z.string(),
    connection: z.string().describe('The channel connection it came from'),
    backend: z.string().describe('The backend connection it goes to'),
    route: z.string(),
    channelOrderId: z.string(),
    number: z.string(),
    status,
    label: z.string().describe("The status in words, with the backend's own name"),
    reason: z.string().nullable().describe('Why it is held or cancelled, in words'),
    hold: z
      .object({
        rule: z
          .string()
          .describe('status, before_start_date, filter; or person, where a person put it on hold'),
        detail: z.string(),
        found: z.string().nullable().describe('What the rule met'),
        wanted: z.string().nullable().describe('What the rule lets through'),
        filter: filter.nullable().describe('Which filter; null: something else holds it'),
        by: z.string().nullable().describe('Who put it on hold; null: a rule holds it'),
        at: time.nullable().describe('When they did'),
        why: z.string().nullable().describe('Why, in their words'),
      })
      .nullable(),
    cancelReason: z.enum(cancelReasons).nullable(),
    channelStatus: z.string().nullable().describe("The channel's own word for its status"),
    channelUrl: z.string().nullable().describe("The order's page in the channel's admin"),
    placedAt: time.nullable(),
    firstSeenAt: time,
    updatedAt: time,
    total: money.nullable(),
    customer: z.object({ name: z.string().nullable(), email: z.string().nullable() }).nullable(),
    problem: describedProblem.nullable().describe('The first of `problems`'),
    problems: z.array(describedProblem),
    cancelsAt: time.nullable().describe('When it would be auto-cancelled'),
    nextAttemptAt: time.nullable(),
    attemptCount: z.number().int().describe('How often it was sent to the backend'),
    postedAt: time.nullable(),
    record: z
      .object({
        connection: z.string(),
        id: z.string(),
        number: z.string().nullable(),
        url: z.string().nullable(),
        total: money.nullable().describe('What the backend computed'),
      })
      .nullable(),
    shipments: z.array(shipment),
    changedAfterPostingAt: time
      .nullable()
      .describe('The channel changed it after it was posted, and nobody has decided about that yet'),
    cancelRequestedAt: time
      .nullable()
      .describe('The channel cancelled it after it was posted, and nobody has decided about that yet'),
    changing: z.boolean().describe('Its record is being changed'),
    actions: z.array(orderAction).describe('What can be done with it now'),
    primaryAction: orderAction
      .exclude(['delete'])
      .nullable()
      .describe('What the button in the last column does'),
  })
  .meta({ id: 'Order' })
export type OrderJson = z.infer<typeof order>

export const orderEvent = z
  .object({
    id: z.string(),
    at: time,
    kind: z.string(),
    actor: z.string().describe('Who or what caused it'),
    from: status.nullable(),
    to: status.nullable(),
    text: z.string().describe('One sentence'),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'OrderEvent' })
export type OrderEvent = z.infer<typeof orderEvent>

export const exchange = z
  .object({
    at: time,
    method: z.string(),
    url: z.string(),
    requestHeaders: z.record(z.string(), z.string()),
    requestBody: z.string().nullable(),
    status: z.number().int().nullable().describe('Null: there was no answer'),
    responseHeaders: z.record(z.string(), z.string()),
    responseBody: z.string().nullable(),
    ms: z.number(),
    error: z.string().nullable(),
  })
  .meta({ id: 'Exchange' })
export type ExchangeJson = z.infer<typeof exchange>

export const attempt = z
  .object({
    id: z.string(),
    kind: z.string().describe('post, verify or ship'),
    startedAt: time,
    finishedAt: time.nullable(),
    outcome: z.string().nullable().describe('Null: not known (yet)'),
    detail: z.string().nullable(),
    exchanges: z.array(exchange).describe('What was sent and what came back, secrets removed'),
  })
  .meta({ id: 'Attempt' })
export type AttemptJson = z.infer<typeof attempt>

const decimal = z.string().describe('Decimal string')
const address = z.object({
  name: z.string(),
  company: z.string().nullable(),
  line1: z.string(),
  line2: z.string().nullable(),
  city: z.string(),
  region: z.string().nullable(),
  postcode: z.string(),
  country: z.string(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
})

/** The canonical order, as the channel's newest readable version says it. */
export const canonicalOrder = z
  .object({
    channelOrderId: z.string(),
    number: z.string(),
    channelStatus: z.string(),
    placedAt: z.string(),
    modifiedAt: z.string(),
    paidAt: z.string().nullable(),
    currency: z.string(),
    pricesIncludeTax: z.boolean(),
    presentment: z
      .object({ currency: z.string(), total: decimal, shopCurrency: z.string(), rate: decimal.nullable() })
      .nullable()
      .describe("Where the customer saw another currency than the shop's own"),
    total: decimal,
    totalTax: decimal,
    customer: z.object({
      id: z.string().nullable(),
      name: z.string(),
      company: z.string().nullable(),
      email: z.string().nullable(),
      phone: z.string().nullable(),
    }),
    billing: address.nullable(),
    shipping: address.nullable(),
    payment: z
      .object({ code: z.string(), title: z.string(), transactionId: z.string().nullable() })
      .nullable(),
    lines: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(['product', 'shipping', 'fee', 'discount', 'tip', 'gift_card', 'custom']),
        sku: z.string().nullable(),
        name: z.string(),
        quantity: decimal,
        unitPrice: decimal,
        discount: decimal,
        net: decimal,
        tax: decimal,
        taxes: z.array(
          z.object({ id: z.string(), label: z.string(), rate: decimal.nullable(), amount: decimal }),
        ),
        parentId: z.string().nullable(),
        productId: z.string().nullable(),
        code: z.string().nullable(),
        attributes: z.array(z.object({ name: z.string(), value: z.string() })),
      }),
    ),
    coupons: z.array(z.string()),
    refunds: z.array(z.object({ id: z.string(), reason: z.string().nullable(), amount: decimal })),
    customerNote: z.string().nullable(),
    fields: z.record(z.string(), z.string()),
  })
  .meta({ id: 'CanonicalOrder' })

const orderTotals = z.object({
  lines: money,
  discounts: money,
  shipping: money,
  fees: money,
  tax: money,
  total: money,
})

export const comparison = z
  .object({
    newest: orderTotals.nullable().describe('Of the newest version; null: it cannot be read'),
    posted: orderTotals
      .nullable()
      .describe('Of the version that was posted; null: it cannot be read, or is not known'),
    record: money.nullable().describe('What the backend computed; null: it has not told yet'),
    isNewest: z.boolean().describe('Whether the newest version is the one that was posted'),
    newestLessPosted: money
      .nullable()
      .describe('By how much the channel has changed the total since; null: not comparable'),
    recordLessPosted: money
      .nullable()
      .describe('By how much the record differs from what was posted; null: not comparable'),
    agrees: z.boolean().describe('Whether all three are the same, to the cent'),
  })
  .meta({ id: 'Comparison' })
export type ComparisonJson = z.infer<typeof comparison>

export const related = z
  .object({
    fingerprint: z.string(),
    count: z.number().int().describe('How many others have this problem, 10,000 at most'),
    orders: z
      .array(
        z.object({
          id: z.string(),
          number: z.string(),
          connection: z.string(),
          status,
          customer: z.string().nullable(),
        }),
      )
      .describe('The five that came last; GET /orders?problem={fingerprint} lists all'),
  })
  .meta({ id: 'Related' })
export type RelatedJson = z.infer<typeof related>

export const orderDetail = order
  .extend({
    externalId: z.string().describe('The id under which it is looked for in the backend'),
    events: z.array(orderEvent).describe('Oldest first'),
    attempts: z.array(attempt).describe('Oldest first'),
    payload: z
      .object({ receivedAt: time, text: z.string() })
      .describe('The newest version as the channel sent it, secrets removed'),
    canonical: canonicalOrder.nullable().describe('Null while the order is unreadable'),
    totals: orderTotals.nullable(),
    comparison: comparison
      .nullable()
      .describe(
        'What the channel, the version that was posted, and the record come to; null without a record',
      ),
    difference: orderDifference.nullable().describe('Null: the newest version is the one that was posted'),
    related: z
      .array(related)
      .describe('The other orders with the same problems, one entry for each of `problems`'),
    recordChanges: z.array(recordChange).describe('Oldest first'),
  })
  .meta({ id: 'OrderDetail' })
export type OrderDetail = z.infer<typeof orderDetail>

/** What a text may not have: control characters but line breaks and tabs. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/

export const noteRequest = z.strictObject({
  text: z
    .string()
    .overwrite((text) => text.replaceAll('\r\n', '\n').trim())
    .min(1, 'write something: a note has 1 to 2000 characters')
    .max(2000, 'is too long: a note has 1 to 2000 characters')
    .refine((text) => !controls.test(text), 'has control characters: leave them out')
    .refine((text) => text.isWellFormed(), 'has half a character: write it anew')
    .describe('Plain text of 1 to 2000 characters; it stays with the order and cannot be changed'),
})

const version = z.object({
  receivedAt: time,
  text: z.string().describe('As the channel sent it, secrets and card data removed'),
  readable: z.boolean(),
})

/** What the channel sent: the newest version, and the one that was posted. */
export const orderVersions = z
  .object({
    newest: version,
    posted: version.nullable().describe('Null: nothing is in the backend, or what was posted is not known'),
    isNewest: z.boolean().describe('Whether the newest version is the one that was posted'),
    fields: z
      .array(
        z.object({
          field: z.string(),
          area: z.enum(differenceAreas),
          label: z.string(),
          posted: z.string().nullable(),
          newest: z.string().nullable(),
          differs: z.boolean(),
        }),
      )
      .describe('Every field that either version has; empty unless both can be read and are not the same'),
  })
  .meta({ id: 'OrderVersions' })
export type OrderVersions = z.infer<typeof orderVersions>

export const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => {
    const parts = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : value
    return Array.isArray(parts) ? parts.filter((part) => part !== '') : parts
  }, z.array(item).optional())

const day = z.iso.date()
const dayOrTime = z.union([day, z.iso.datetime({ offset: true })], {
  error: 'give a day such as 2026-03-01 (UTC), or a time such as 2026-03-01T08:00:00Z',
})
const amount = z
  .string()
  .regex(/^-?\d{1,15}(\.\d{1,6})?$/, 'give an amount such as 12.30, without currency and without commas')

export const orderFilter = z.object({
  status: listOf(status).describe('One or more, separated by commas'),
  search: z
    .string()
    .trim()
    .max(200)
    .optional()
    .describe(
      'Part of: number, channel id, record number, customer name, e-mail, SKU; or a record id or external id. ' +
        'Of a text without three letters or digits in a row: what begins with it',
    ),
  connection: z.string().optional().describe('The name of its channel or backend connection'),
  problem: z.string().optional().describe('The fingerprint or the code of an open problem'),
  decision: z
    .enum(decisions)
    .optional()
    .describe('Changed or cancelled in the channel after posting, and nobody has decided yet'),
  heldBy: z
    .string()
    .max(100)
    .optional()
    .describe('Held by this rule: status, before_start_date, filter; or by a person: person'),
  heldByFilter: z
    .string()
    .max(100)
    .optional()
    .describe('Held by this filter: its key, as GET /held gives it'),
  channelStatus: z.string().max(100).optional().describe('Its status in the channel, in the channel’s word'),
  placedFrom: dayOrTime.optional().describe('Placed on this day (UTC) or later, or from this time on'),
  placedTo: dayOrTime
    .optional()
    .describe('Placed on this day (UTC) or earlier, that day included, or before this time'),
  amountFrom: amount.optional().describe('Of this total or more'),
  amountTo: amount.optional().describe('Of this total or less'),
  currency: z
    .string()
    .toUpperCase()
    .regex(/^[A-Z]{3}$/, 'give a currency by its three letters, such as EUR')
    .optional(),
})
export type OrderFilter = z.infer<typeof orderFilter>

/** The filter as the ledger takes it. */
export const toLedgerFilter = ({ placedFrom, placedTo, ...filter }: OrderFilter): LedgerFilter => ({
  ...filter,
  placedFrom: placedFrom === undefined ? undefined : new Date(placedFrom),
  placedTo: placedTo === undefined ? undefined : endOf(placedTo),
})

function endOf(given: string): Date {
  const at = new Date(given)
  return day.safeParse(given).success ? new Date(at.getTime() + 86_400_000) : at
}

/** Refuses ranges that hold nothing. */
export const withRanges = <T extends z.ZodType<OrderFilter>>(schema: T) =>
  schema
    .refine(
      ({ placedFrom, placedTo }) =>
        placedFrom === undefined || placedTo === undefined || new Date(placedFrom) < endOf(placedTo),
      { path: ['placedTo'], message: 'is before "placedFrom": give the earlier one first' },
    )
    .refine(
      ({ amountFrom, amountTo }) =>
        amountFrom === undefined || amountTo === undefined || compare(amountFrom, amountTo) <= 0,
      { path: ['amountTo'], message: 'is less than "amountFrom": give the smaller one first' },
    )

const sorted = orderFilter.extend({
  sort: z
    .enum(sorts)
    .default('placed')
    .describe('The newest first: by the time they were placed, or changed in Waybill'),
})
export const orderQuery = withRanges(sorted.extend(pageQuery.shape).strict())
export const orderFileQuery = withRanges(sorted.strict())
export const orderCountsQuery = withRanges(orderFilter.strict())
export const orderPage = pageOf(order)
export type OrderPage = z.infer<typeof orderPage>

/** How many orders have each status, every status named, for the same filter without its status. */
export const orderCounts = z
  .object({
    found: z
      .object({
        count: z.number().int(),
        isExact: z.boolean().describe('False: there are more. 10,000 at most are counted'),
      })
      .describe('What the whole filter finds'),
    total: z.number().int().describe('What it finds without its status'),
    isExact: z.boolean().describe('Whether "total" is all; false: there are more than 10,000'),
    byStatus: z
      .record(status, z.number().int())
      .nullable()
      .describe(
        'Null where "total" is not exact. Without a filter, or with "connection" alone, it always is',
      ),
    decisions: z
      .object({ changed: z.number().int(), cancelled: z.number().int() })
      .describe('How many wait for a decision, whatever their status'),
  })
  .meta({ id: 'OrderCounts' })
export type OrderCounts = z.infer<typeof orderCounts>

const why = z
  .string()
  .trim()
  .max(500, 'is too long: 500 characters at most')
  .refine((text) => !controls.test(text), 'has control characters: leave them out')
  .optional()
  .describe('Why, in your words')

/** What deleting and holding take: a body may be missing. */
export const whyRequest = z.strictObject({ why }).nullish()
export type WhyRequest = z.infer<typeof whyRequest>

/** What stays of an order that a person has deleted. */
export const tombstone = z
  .object({
    id: z.string().describe('The Waybill id that the order had'),
    connection: z.string(),
    channelOrderId: z.string(),
    number: z.string(),
    status: status.describe('The status it had'),
    deletedAt: time,
    deletedBy: z.string(),
    why: z.string().nullable().describe('In the words of who deleted it'),
  })
  .meta({ id: 'Tombstone' })
export type TombstoneJson = z.infer<typeof tombstone>

export const bulkRequest = z
  .strictObject({
    action: orderAction,
    ids: z.array(z.uuid()).min(1).max(1000).optional(),
    filter: withRanges(orderFilter.strict()).optional(),
    why: why.describe('Why, in your words; it stays with what is deleted or put on hold'),
  })
  .refine((body) => (body.ids === undefined) !== (body.filter === undefined), {
    path: ['ids'],
    message: 'give either "ids" or "filter"',
  })
export type BulkRequest = z.infer<typeof bulkRequest>

export const bulkResult = z
  .object({
    action: orderAction,
    asked: z.number().int(),
    done: z.number().int(),
    skippedCount: z.number().int(),
    skipped: z
      .array(z.object({ id: z.string(), number: z.string(), why: z.string() }))
      .describe('The first 100 that could not be done, with the reason'),
  })
  .meta({ id: 'BulkResult' })
export type BulkResult = z.infer<typeof bulkResult>
