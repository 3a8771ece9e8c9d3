import { z } from 'zod'
import { differenceAreas } from '../../order/difference.ts'
import { time } from './common.ts'

/** How the channel's newest version differs from the one in the backend. */
export const orderDifference = z
  .object({
    fields: z.array(
      z.object({
        field: z.string().describe('Such as "shipping.line1" or "lines.42/quantity"'),
        area: z.enum(differenceAreas),
        label: z.string().describe('The same for people'),
        before: z.string().nullable().describe('In the version that was posted; null: not there'),
        after: z.string().nullable().describe('In the newest version; null: not there any more'),
      }),
    ),
    isEdit: z.boolean().describe('False: only what a channel does by itself with every order'),
    ignored: z.boolean().describe('A person has left the record as it is'),
    needsReplacement: z
      .boolean()
      .describe('What was bought or what it costs has changed: the record cannot take that over'),
  })
  .meta({ id: 'OrderDifference' })
export type OrderDifferenceJson = z.infer<typeof orderDifference>

const recordField = z.object({
  label: z.string(),
  sent: z.string().nullable().describe('What Waybill had sent'),
  found: z.string().nullable().describe('What stood in the record'),
  wanted: z.string().nullable().describe('What the newer version says'),
})

/** A change of the record that a person or a rule asked for, and what came of it. */
export const recordChange = z
  .object({
    id: z.string(),
    kind: z.enum(['update', 'replace', 'cancel']),
    state: z
      .enum(['waiting', 'sending', 'done', 'refused'])
      .describe('sending: something may have been sent, and nobody knows yet what became of it'),
    actor: z.string(),
    askedAt: time,
    endedAt: time.nullable(),
    record: z.object({ id: z.string(), number: z.string().nullable() }),
    why: z.string().nullable().describe('Why it was refused'),
    waits: z.string().nullable().describe('What it waits for'),
    gone: z.boolean().describe('The record did not exist any more'),
    written: z.array(recordField),
    conflicts: z.array(recordField).describe('What a person had edited in the record: never overwritten'),
  })
  .meta({ id: 'RecordChange' })
export type RecordChangeJson = z.infer<typeof recordChange>
