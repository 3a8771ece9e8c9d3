import { z } from 'zod'

/** The data of a server-sent event named `change`: what to read anew. */
export const change = z
  .object({
    orders: z
      .array(z.string())
      .nullable()
      .describe('The ids of the orders that changed; null: too many to name, read what you show anew'),
    connections: z.boolean().describe('Whether a connection changed'),
  })
  .meta({ id: 'Change' })
export type Change = z.infer<typeof change>
