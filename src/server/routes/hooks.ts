import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../flows/deps.ts'
import { receiveWebhook } from '../../flows/receive-webhook.ts'
import { countRefusedWebhooks } from '../../flows/refused-webhooks.ts'
import { notFound, Refusal } from '../refusal.ts'

const mostBytes = 10 * 1024 * 1024

/** `POST /hooks/{connection}`: verified on the raw body, and answered only after the commit. */
export function hookRoutes(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const refused = countRefusedWebhooks(deps)
  app.addHook('onClose', () => refused.close())
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: mostBytes }, (_, body, done) =>
    done(null, body),
  )

  app.post<{ Params: { connection: string } }>(
    '/hooks/:connection',
    {
      bodyLimit: mostBytes,
      // Far above what the busiest shop sends: one that is refused would switch its webhooks off.
      config: { rateLimit: { max: 60_000, timeWindow: 60_000 } },
      schema: { summary: 'Webhooks from channels', hide: false },
    },
    async (request) => {
      const { connection: name } = request.params
      const delivery = {
        headers: plainHeaders(request.headers),
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      }
      const receive = async () => {
        const connection = await deps.kept.named(name)
        const secret = connection && deps.hooks.secretOf(connection)
        if (!connection || !secret) return null
        return { connection, received: await receiveWebhook(deps, connection, secret, delivery) }
      }
      let taken = await receive()
      if (taken === null || typeof taken.received !== 'string') {
        // What is kept may be from before the subscription, or its newest secret.
        deps.kept.forget()
        taken = await receive()
      }
      if (taken === null)
        throw notFound('webhook', name, 'Waybill subscribes by itself where WAYBILL_PUBLIC_URL is set.')
      const { connection, received } = taken
      if (typeof received === 'string') return { status: received }
      await refused.note(connection, received.refused)
      throw new Refusal({
        status: 401,
        code: 'webhook_refused',
        title: 'Not taken',
        detail: received.refused,
        fix: 'Sign the body with the secret of the subscription.',
      })
    },
  )
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}
