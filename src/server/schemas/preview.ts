import { z } from 'zod'
import { money, time } from './common.ts'
import { describedProblem } from './problems.ts'

/** What would be sent to the backend if the order were posted now. */
export const orderPreview = z
  .object({
    outcome: z
      .enum(['ready', 'stopped', 'cannot_ask'])
      .describe(
        'stopped: it would stop at `problems`; cannot_ask: the backend could not be asked, see `reason`',
      ),
    at: time.describe('When the backend was asked'),
    backend: z.string().describe('The backend connection it would go to'),
    externalId: z.string(),
    remark: z.string().nullable().describe('Why this is not what happens next; null where it is'),
    records: z
      .array(
        z.object({
          label: z.string().describe('What is made, in the words of the backend'),
          body: z.record(z.string(), z.unknown()).describe('As it would be sent, card data removed'),
        }),
      )
      .describe('In the order in which they would be made; empty unless ready'),
    totals: z
      .object({ lines: money, shipping: money, tax: money, total: money })
      .nullable()
      .describe('What the backend is foreseen to compute'),
    orderTotal: money
      .nullable()
      .describe('What the newest version says that the channel sent; null unless ready'),
    agrees: z.boolean().nullable().describe('Whether both totals are the same, to the cent'),
    problems: z.array(describedProblem),
    reason: z.string().nullable().describe('Why the backend could not be asked'),
  })
  .meta({ id: 'OrderPreview' })
export type OrderPreviewJson = z.infer<typeof orderPreview>
