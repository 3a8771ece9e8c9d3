import { PassThrough } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { Pool } from 'pg'
import { backup } from '../../ledger/backup.ts'
import { Refusal } from '../refusal.ts'

/** `GET /backup`: the whole ledger as it is at this moment, as a file that `waybill restore` reads. */
export function backupRoutes(app: FastifyInstance, { pool, now }: { pool: Pool; now: () => Date }): void {
  app.get(
    '/backup',
    { schema: { summary: 'A consistent copy of everything; credentials stay sealed in it' } },
    async (request, reply) => {
      if (request.caller !== 'token')
        throw new Refusal({
          status: 403,
          code: 'token_wanted',
          title: 'With the token only',
          detail: 'A copy of everything is given to the command, not to a browser.',
          fix: 'Run: waybill backup FILE',
        })
      const stream = new PassThrough()
      // A copy that breaks off ends the answer with an error, so that nobody takes it for a whole one.
      backup(pool, stream, now).then(
        (made) => {
          if (!made.ok) stream.destroy(new Error(made.error.message))
        },
        (error: Error) => stream.destroy(error),
      )
      const day = now().toISOString().slice(0, 10)
      return reply
        .type('application/gzip')
        .header('content-disposition', `attachment; filename="waybill-${day}.gz"`)
        .header('cache-control', 'no-store')
        .send(stream)
    },
  )
}
