import type { FastifyInstance } from 'fastify'
import type { Account } from './account.ts'
import type { Control } from './control.ts'
import type { Records } from './records.ts'

/** The pages people look at. */
export function servePages(
  app: FastifyInstance,
  account: Account,
  _control: Control,
  records: Records,
): void {
  app.get('/', async (_request, reply) => {
    return reply.type('text/html').send(`${account.id} ${records.counts().orders}`)
  })
}
