import { IANAZone } from 'luxon'
import { z } from 'zod'
import { formatDuration, parseDuration } from './durations.ts'
import { filtersSchema } from './filter-schema.ts'

const second = 1_000
const day = 86_400_000

const duration = (minimumMs: number, maximumMs: number, limits: string) =>
  z.string().transform((text, context) => {
    const ms = parseDuration(text)
    if (ms === null || ms < minimumMs || ms > maximumMs) {
      context.addIssue({
        code: 'custom',
        message: ms === null ? `"${text}" is not a duration` : `${text} is out of bounds`,
        params: { fix: `a duration such as 30s, 5m, 2h or 7d (${limits})` },
      })
      return z.NEVER
    }
    return ms
  })

const date = z.string().transform((text, context) => {
  const time = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)
    ? new Date(text)
    : new Date(Number.NaN)
  const isReal = !Number.isNaN(time.getTime()) && (text.length > 10 || time.toISOString().startsWith(text))
  if (!isReal) {
    context.addIssue({
      code: 'custom',
      message: `"${text}" is not a date`,
      params: { fix: 'a day (2026-01-31, from midnight UTC) or a time (2026-01-31T08:00:00Z)' },
    })
    return z.NEVER
  }
  return time.toISOString()
})

/** The form of a name that people type and that stands in addresses. */
export const nameForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/

const name = z.string().superRefine((text, context) => {
  if (nameForm.test(text)) return
  context.addIssue({
    code: 'custom',
    message: `"${text}" is not a name`,
    params: { fix: 'letters, digits, "-", "_" and ".", at most 63 of them, such as acme-shop' },
  })
})

const channelStatus = z.string().regex(/^\S+$/)

/** A route as it stands in the file. */
export const routeSchema = z.strictObject({
  name: name.describe('what people call the route'),
  from: name.describe('the connection of the shop'),
  to: name.describe('the connection of the backend'),
  import: z.strictObject({
    statuses: z
      .array(channelStatus)
      .min(1)
      .optional()
      .describe("the shop's order statuses that are imported"),
    since: date.describe('orders placed from this day on are imported'),
    every: duration(second, day, '1s to 1d')
      .default(60_000)
      .describe('how often the shop is asked for new orders'),
    filters: filtersSchema
      .default([])
      .describe('what else an order has to be like to be imported: all of them have to let it through'),
  }),
  post: z
    .strictObject({
      automatic: z.boolean().default(true).describe('post without being told to'),
    })
    .default({ automatic: true }),
  autoCancel: z
    .union([
      z.literal(false),
      z
        .strictObject({
          after: duration(60_000, 3650 * day, '1m or more').describe('when an order in error is cancelled'),
          warn: z
            .array(duration(second, 3650 * day, '1s or more'))
            .optional()
            .describe('how long before that it is said, at least twice'),
        })
        .transform((value, context) => {
          const warn = value.warn ?? [3 * day, day].filter((before) => before < value.after)
          if (warn.length >= 2 && warn.every((before) => before < value.after))
            return { afterMs: value.after, warnMs: warn.toSorted((a, b) => b - a) }
          context.addIssue({
            code: 'custom',
            path: value.warn ? ['warn'] : [],
            message: 'an order is given up only after two warnings, each of them before the end',
            params: { fix: 'two times shorter than "after", such as warn: [3d, 1d]' },
          })
          return z.NEVER
        }),
    ])
    .default(false)
    .describe('false, or { after, warn }'),
  cancelledAfterPosting: z
    .enum(['ask', 'cancel', 'keep'])
    .default('ask')
    .describe(
      'what happens when the shop cancels an order that is in the backend: ask (a person decides), cancel (its record is closed there, unless something was shipped or billed: then a person is asked), keep (it stays)',
    ),
  mapping: z.unknown().optional(),
})

export type RouteInFile = z.output<typeof routeSchema>

/** How long what is not needed to carry orders is kept. Everything in it has a default. */
export const retentionSchema = z.strictObject({
  history: duration(7 * day, 36_500 * day, '7d or more')
    .default(400 * day)
    .describe('requests and answers of finished orders, older versions of orders, finished imports'),
  webhooks: duration(day, 36_500 * day, '1d or more')
    .default(30 * day)
    .describe('what shops delivered to announce changes'),
})

/** In milliseconds. */
export type Retention = z.output<typeof retentionSchema>

export const retentionInFile = (retention: Retention) => ({
  history: formatDuration(retention.history),
  webhooks: formatDuration(retention.webhooks),
})

/** A rule of giving up as the file writes it. */
export const autoCancelInFile = (rule: Exclude<RouteInFile['autoCancel'], false> | null) =>
  rule && { after: formatDuration(rule.afterMs), warn: rule.warnMs.map((ms) => formatDuration(ms)) }

/** What a receiver can be told of: the `type` of what is sent to it. */
export const eventTypes = [
  'problem.new',
  'connection.down',
  'connection.back',
  'connection.gap_read',
  'order.cancel_warning',
  'order.auto_cancelled',
  'summary.daily',
] as const
export type EventType = (typeof eventTypes)[number]

const timeOfDay = z.string().transform((text, context) => {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? []
  if (hour === undefined) {
    context.addIssue({
      code: 'custom',
      message: `"${text}" is not a time of the day`,
      params: { fix: 'hours and minutes, such as "07:00" or "18:30"' },
    })
    return z.NEVER
  }
  return { hour: Number(hour), minute: Number(minute) }
})

const zone = z.string().superRefine((text, context) => {
  if (IANAZone.isValidZone(text)) return
  context.addIssue({
    code: 'custom',
    message: `"${text}" is not a time zone`,
    params: { fix: 'the name of one, such as Europe/Berlin, America/New_York or UTC' },
  })
})

const webAddress = z.url({ protocol: /^https?$/ })
const kinds = z
  .array(z.enum(eventTypes))
  .min(1)
  .optional()
  .describe('which kinds of notices; all, where none is named')

const signingSecretForm = /^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The bytes of a signing secret. https://www.standardwebhooks.com */
export const signingKey = (secret: string): Buffer => Buffer.from(secret.slice('whsec_'.length), 'base64')

const signingSecret = z.string().superRefine((text, context) => {
  const { length } = signingKey(text)
  if (signingSecretForm.test(text) && length >= 24 && length <= 64) return
  context.addIssue({
    code: 'custom',
    message: 'it is not a secret for signing',
    params: {
      fix: 'whsec_ and 24 to 64 random bytes as base64, such as the output of: echo "whsec_$(openssl rand -base64 32)"',
    },
  })
})

const webhook = z.strictObject({
  url: webAddress.describe('where it is posted to'),
  secret: z
    .union([signingSecret, z.array(signingSecret).min(1).max(5)])
    .optional()
    .describe(
      'what it is signed with (whsec_…); a list signs with each, while one secret takes the place of another',
    ),
  kinds,
})
export type WebhookInFile = z.output<typeof webhook>

/** Who is told, and how. */
export const notificationsSchema = z.strictObject({
  email: z
    .strictObject({
      to: z.array(z.email()).min(1).describe('who gets the mails'),
      from: z.email().describe("the mails' sender"),
      smtp: z
        .url({ protocol: /^smtps?$/ })
        .describe('the mail server, such as smtp://user:password@mail.example.com:587'),
    })
    .optional(),
  webhooks: z
    .array(webhook)
    .superRefine((list, context) => {
      for (const [i, { url }] of list.entries())
        if (list.findIndex((other) => other.url === url) < i)
          context.addIssue({
            code: 'custom',
            path: [i, 'url'],
            message: 'this address is named twice',
            params: { fix: 'each address once, with all of its kinds' },
          })
    })
    .optional()
    .describe('programs that are told'),
  slack: z
    .strictObject({
      url: webAddress.describe('the incoming webhook of Slack, or of a chat that takes the same'),
      kinds,
    })
    .optional(),
  summary: z
    .strictObject({
      at: timeOfDay.describe('when the day is summed up, such as "07:00"'),
      zone: zone.default('UTC').describe('whose clock that is, such as Europe/Berlin'),
    })
    .optional(),
})

export type NotificationsInFile = z.output<typeof notificationsSchema>

/** Where in the notifications a secret may stand; `[]` is any entry of a list. */
export const notificationSecrets = ['email.smtp', 'webhooks[].secret', 'slack.url']
