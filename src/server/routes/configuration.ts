import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Applied, applyConfiguration, type ConfigurationDeps } from '../../flows/apply-configuration.ts'
import type { Deps } from '../../flows/deps.ts'
import { exportConfiguration } from '../../flows/export-configuration.ts'
import { trialSentence, tryRoute } from '../../flows/try-route.ts'
import { actorOf } from '../auth.ts'
import { Refusal } from '../refusal.ts'
import { fieldChange } from '../schemas.ts'

const applied = z
  .object({
    dryRun: z.boolean(),
    changed: z.boolean(),
    changes: z.array(
      z.object({
        what: z.enum(['connection', 'route', 'notifications', 'retention']),
        name: z.string(),
        action: z.enum(['created', 'changed', 'removed', 'unchanged']),
        fields: z.array(fieldChange).describe('Secrets are shown by the name they come from'),
      }),
    ),
    notes: z.array(z.string()),
  })
  .meta({ id: 'AppliedConfiguration' })

const request = z.strictObject({
  yaml: z.string().max(1_000_000).describe('A waybill.yaml'),
  values: z
    .record(z.string(), z.string())
    .default({})
    .describe('The values of the ${NAMES} in it, from the environment of whoever applies it'),
  dryRun: z.boolean().default(false).describe('Say what would change, and change nothing'),
  prune: z.boolean().default(false).describe('Stop routes that the file does not name'),
})

/** `POST /configuration` applies a waybill.yaml, `GET /configuration` exports one. */
export function configurationRoutes(
  app: FastifyInstance,
  { deps: flows, configuration: deps }: { deps: Deps; configuration: ConfigurationDeps },
): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()
  typed.post(
    '/configuration',
    {
      schema: {
        summary: 'Make connections, routes, notifications and retention as a waybill.yaml says',
        body: request,
        response: { 200: applied },
      },
    },
    async ({ body }) => {
      const result = await applyConfiguration(deps, { ...body, actor: actorOf(), way: 'file' })
      if (result.ok)
        return body.dryRun
          ? {
              ...result.value,
              notes: [...result.value.notes, ...(await trials(flows, deps, body, result.value))],
            }
          : result.value
      const mistakes = result.error
      throw new Refusal({
        status: 422,
        code: 'wrong_configuration',
        title: 'The file has mistakes',
        detail: mistakes.map((one) => `line ${one.line}: ${one.message}`).join('; '),
        fix: 'Correct what is named. Nothing was changed.',
        mistakes,
      })
    },
  )
  typed.get(
    '/configuration',
    {
      schema: {
        summary: 'The configuration as a waybill.yaml, secrets as ${NAMES}',
        response: { 200: z.object({ yaml: z.string() }) },
      },
    },
    async () => ({ yaml: await exportConfiguration(deps) }),
  )
}

/** What the last orders of each route that would change would do. */
async function trials(
  deps: Deps,
  configuration: ConfigurationDeps,
  { yaml, values }: z.output<typeof request>,
  { changes }: Applied,
): Promise<string[]> {
  const sentences: string[] = []
  for (const { what, name, action } of changes) {
    if (what !== 'route' || action !== 'changed') continue
    const tried = await tryRoute(deps, configuration, { name, yaml, values })
    if (tried.ok && tried.value !== null && tried.value.orders > 0)
      sentences.push(trialSentence(name, tried.value))
  }
  return sentences
}
