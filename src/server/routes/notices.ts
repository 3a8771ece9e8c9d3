import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../../flows/deps.ts'
import { readNotifications } from '../../flows/known-configuration.ts'
import { readMailState } from '../../flows/notify.ts'
import { countUnseen, deliver, listNotices } from '../../ledger/notices.ts'
import type { Vault } from '../../ledger/secrets.ts'
import { readCursor, writeCursor } from '../cursor.ts'
import { noticeJson } from '../notice-json.ts'
import { noticePage, pageQuery, seenRequest } from '../schemas.ts'

const position = z.object({ at: z.iso.datetime(), id: z.uuid() })

export function noticeRoutes(app: FastifyInstance, { deps, vault }: { deps: Deps; vault: Vault }): void {
  const typed = app.withTypeProvider<ZodTypeProvider>()

  typed.get(
    '/notices',
    {
      schema: {
        summary: 'What people are told of by themselves, the newest first',
        querystring: pageQuery,
        response: { 200: noticePage },
      },
    },
    async ({ query: { limit, cursor } }) => {
      const found = await listNotices(deps.db, { limit: limit + 1, after: readCursor(position, cursor) })
      const items = found.slice(0, limit)
      const last = found.length > limit ? items.at(-1)! : null
      return {
        items: items.map(noticeJson),
        nextCursor: writeCursor(last && { at: last.at.toISOString(), id: last.id }),
        unseen: await countUnseen(deps.db),
        mail: await mailing(),
      }
    },
  )

  const mailing = async () => {
    const wanted = await readNotifications(deps.db, vault)
    return wanted && { to: wanted.email.to, trouble: (await readMailState(deps.db)).trouble }
  }

  typed.post(
    '/notices/seen',
    {
      schema: {
        summary:
          'A person has these before their eyes: an order is given up only after its warnings were seen',
        body: seenRequest,
        response: { 200: z.object({ unseen: z.number().int() }) },
      },
    },
    async ({ body }) => {
      await deliver(deps.db, body.ids, deps.now())
      return { unseen: await countUnseen(deps.db) }
    },
  )
}
