import { z } from 'zod'
import { type Verdict, verdicts } from '../../flows/explanation.ts'
import { fixActions } from './problems.ts'
import { order } from './orders.ts'

export const whyQuery = z.object({
  q: z.string().trim().min(1).max(200).describe('An order: Waybill id, channel id, number, record'),
  connection: z.string().optional().describe('Only orders of this connection'),
  live: z
    .enum(['true', 'false'])
    .default('true')
    .describe('Whether shop and backend are asked as well, which may take seconds'),
})

export const why = z
  .object({
    query: z.string(),
    verdict: z.enum(verdicts),
    headline: z.string().describe('One sentence that a shop owner understands'),
    checks: z.array(
      z.object({ name: z.string(), outcome: z.enum(['ok', 'fail', 'skipped']), detail: z.string() }),
    ),
    fixes: z.array(
      z.object({
        action: z.enum([...fixActions, 'import', 'resume']),
        label: z.string(),
        command: z.string().nullable().describe('The command that does it; null: something outside Waybill'),
        import: z
          .object({ connection: z.string(), orders: z.array(z.string()), anyway: z.boolean() })
          .optional()
          .describe('What to POST to /imports to do it, where it is an order that Waybill has not seen'),
      }),
    ),
    orders: z.array(order),
  })
  .meta({ id: 'Why' })
export type Why = z.infer<typeof why>
export { type Verdict, verdicts }
