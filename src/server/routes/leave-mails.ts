import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../../flows/deps.ts'
import { type Leaving, readLeavingToken } from '../../flows/leave-mails.ts'
import { kindNames } from '../../flows/notice-words.ts'
import { wantMail } from '../../ledger/notices.ts'
import type { Vault } from '../../ledger/secrets.ts'
import { plainPage } from '../plain-page.ts'

/**
 * `/leave/{token}`: where a mail's link ends mails of its kind for its address. Opening it changes nothing, since mail
 * programs look at links by themselves; the button does, and the mail program's own (RFC 8058).
 */
export function leaveMailsRoutes(
  app: FastifyInstance,
  { deps, vault }: { deps: Pick<Deps, 'db' | 'now'>; vault: Vault },
): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body))
  const limited = { config: { rateLimit: { max: 60, timeWindow: 60_000 } }, schema: { hide: true } }
  type Link = { Params: { '*': string }; Querystring: { again?: string } }

  // A wildcard: a named parameter may not be as long as a sealed token.
  app.get<Link>('/leave/*', limited, async ({ params: { '*': token } }, reply) => {
    const leaving = readLeavingToken(vault, token)
    if (leaving === null) return unknownLink(reply)
    return plainPage(reply, {
      title: `No more mails about ${named(leaving)}?`,
      text: `${leaving.address} gets them now. They stand on the page Notices in any case.`,
      button: { label: 'End these mails', action: `/leave/${token}` },
    })
  })

  app.post<Link>('/leave/*', limited, async ({ params: { '*': token }, query }, reply) => {
    const leaving = readLeavingToken(vault, token)
    if (leaving === null) return unknownLink(reply)
    const wanted = query.again !== undefined
    for (const kind of leaving.kinds)
      await wantMail(deps.db, { address: leaving.address, kind, wanted, at: deps.now() })
    return plainPage(reply, {
      title: wanted
        ? `Mails about ${named(leaving)} come again`
        : `No mails about ${named(leaving)} come any more`,
      text: wanted
        ? `${leaving.address} gets them from now on.`
        : `${leaving.address} does not get them from now on. They stand on the page Notices.`,
      button: wanted
        ? { label: 'End these mails', action: `/leave/${token}` }
        : { label: 'Undo', action: `/leave/${token}?again` },
    })
  })
}

const named = ({ kinds }: Leaving): string => kinds.map((kind) => kindNames[kind]).join(', ')

const unknownLink = (reply: FastifyReply): FastifyReply =>
  plainPage(reply.status(404), {
    title: 'This link is not one of ours',
    text: 'It may have been cut off on the way. Open it from the mail itself, or take the address out of the configuration:',
    do: ['notifications, in waybill.yaml, then', 'waybill apply -f waybill.yaml'],
  })
