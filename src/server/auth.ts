import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Db } from '../ledger/database.ts'
import { isSession } from '../ledger/sessions.ts'
import { Refusal } from './refusal.ts'

export interface AuthOptions {
  db: Db
  now: () => Date
  /** The API's token; the command reads it from the home. */
  token: string
  /** Under which people reach Waybill from elsewhere; null: on this machine only. */
  publicUrl: URL | null
  /** Whether the server listens on the loopback interface alone. */
  loopback: boolean
}

/** How the caller has shown who it is. Cookies are sent by browsers on their own, so writes with one need more. */
export type Caller = 'token' | 'session'

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
  }
}

/** Who caused it, as the waybill names it. There is one person for now. */
export const actorOf = (): string => 'person'

/**
 * The session's cookie. Cookies ignore ports, so that the port is part of the name: two Waybills on one machine do not
 * sign each other out.
 */
export function cookieName(request: FastifyRequest): string {
  const port = /:(\d+)$/.exec(request.host)?.[1]
  return port === undefined ? 'waybill_session' : `waybill_session_${port}`
}

/** Lets nobody in without the token or a session, and no other site write with the browser's session. */
export function authenticate(options: AuthOptions) {
  const expected = digest(options.token)
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { authorization } = request.headers
    if (authorization !== undefined) {
      const given = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
      if (given === undefined || !timingSafeEqual(digest(given), expected))
        throw unauthorised(reply, 'wrong_token')
      request.caller = 'token'
      return
    }
    const session = request.cookies[cookieName(request)]
    if (session === undefined) throw unauthorised(reply, 'not_signed_in')
    if (!(await isSession(options.db, session, options.now()))) throw unauthorised(reply, 'session_ended')
    if (!(isRead(request) ? mayRead(request) : fromOurPage(request, options.publicUrl))) throw otherSite()
    request.caller = 'session'
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

const isRead = (request: FastifyRequest): boolean => request.method === 'GET' || request.method === 'HEAD'

/**
 * A neighbour (another port of this machine, another name of this domain) gets the cookie sent along. It could not see
 * the answer, but what is asked of shop and backend would cost their budget.
 */
const mayRead = (request: FastifyRequest): boolean =>
  !['same-site', 'cross-site'].includes(String(request.headers['sec-fetch-site']))

/** Browsers say where a request comes from; one that says nothing is not taken. */
function fromOurPage(request: FastifyRequest, publicUrl: URL | null): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { origin } = request.headers
  if (origin === undefined || !URL.canParse(origin)) return false
  const { host } = new URL(origin)
  return host === request.host || host === publicUrl?.host
}

const howToSignIn = 'Open the link that "waybill start" printed, or have a new one with: waybill link'

function unauthorised(reply: FastifyReply, code: 'wrong_token' | 'not_signed_in' | 'session_ended'): Refusal {
  void reply.header('www-authenticate', 'Bearer realm="Waybill"')
  const detail = {
    wrong_token: 'The token is not the one of this Waybill.',
    not_signed_in: 'There is no token and no session.',
    session_ended: 'The session has ended.',
  }[code]
  const fix =
    code === 'wrong_token'
      ? 'Send the content of the file "token" in its home: "Authorization: Bearer …".'
      : howToSignIn
  return new Refusal({ status: 401, code, title: 'Not signed in', detail, fix })
}

const otherSite = (): Refusal =>
  new Refusal({
    status: 403,
    code: 'other_site',
    title: 'Not from this page',
    detail: 'The request does not come from the page of this Waybill.',
    fix: 'Use the page itself; programs send the token: "Authorization: Bearer …".',
  })

/** Refuses names that are not ours: a foreign name that leads to this machine is an attack on whoever browses here. */
export function checkHost({ loopback, publicUrl }: AuthOptions) {
  return async (request: FastifyRequest): Promise<void> => {
    if (!loopback) return
    const name = request.hostname.toLowerCase()
    if (['localhost', '127.0.0.1', '[::1]', '::1', publicUrl?.hostname].includes(name)) return
    throw new Refusal({
      status: 421,
      code: 'host_not_allowed',
      title: 'Another name than ours',
      detail: `This Waybill does not answer to the name "${request.hostname}"`,
      fix: 'Use http://127.0.0.1 or http://localhost with its port, or set WAYBILL_PUBLIC_URL to the address it is reached under.',
    })
  }
}
