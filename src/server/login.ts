import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { addLink, endSession, type LinkUse, useLink } from '../ledger/sessions.ts'
import { type AuthOptions, cookieName } from './auth.ts'
import { plainPage } from './plain-page.ts'

const hour = 3_600_000
export const linkLifeMs = hour
export const sessionLifeMs = 30 * 24 * hour

export interface LoginOptions extends AuthOptions {
  /** A fresh secret of at least 128 bits, safe in a URL. */
  randomToken: () => string
}

/** Makes a link that signs one browser in, once, within the hour. Returns its path. */
export async function newLoginPath({ db, now, randomToken }: LoginOptions): Promise<string> {
  const token = randomToken()
  const at = now()
  await addLink(db, { token, at, expiresAt: new Date(at.getTime() + linkLifeMs) })
  return `/login/${token}`
}

/** `/login/{token}`, for people. */
export function loginRoute(app: FastifyInstance, options: LoginOptions): void {
  const { db, now, randomToken, publicUrl } = options
  app.get<{ Params: { token: string } }>(
    '/login/:token',
    {
      // A look at the headers must not use the link up.
      exposeHeadRoute: false,
      schema: { params: z.object({ token: z.string() }), hide: true },
      config: { rateLimit: { max: 20, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      const token = randomToken()
      const at = now()
      const expiresAt = new Date(at.getTime() + sessionLifeMs)
      const use = await useLink(db, request.params.token, { token, at, expiresAt })
      void reply.header('cache-control', 'no-store')
      if (use !== 'signed_in') return plainPage(reply.code(410), refusals[use])
      const overHttps =
        request.hostname === publicUrl?.hostname || request.headers['x-forwarded-proto'] === 'https'
      return reply
        .setCookie(cookieName(request), token, {
          path: '/',
          httpOnly: true,
          sameSite: 'strict',
          secure: publicUrl?.protocol === 'https:' && overHttps,
          maxAge: sessionLifeMs / 1000,
        })
        .redirect('/', 303)
    },
  )
}

const newLink = ['Print a new link on the machine where Waybill runs:', 'waybill link'] as const
const refusals: Record<Exclude<LinkUse, 'signed_in'>, Parameters<typeof plainPage>[1]> = {
  used: {
    title: 'This link has been used',
    text: 'It signs in one browser, once. If that was not you, somebody else has it.',
    do: newLink,
  },
  expired: { title: 'This link has expired', text: 'It is good for one hour.', do: newLink },
  unknown: {
    title: 'This link is not known here',
    text: 'It belongs to another Waybill, or a part of it is missing.',
    do: newLink,
  },
}

/** `POST /login-links` (for the command: with the token only) and `POST /logout`. */
export function sessionRoutes(
  app: FastifyInstance,
  options: LoginOptions,
  linkOf: (path: string) => string,
): void {
  app.post('/login-links', { schema: { summary: 'A new link that signs one browser in' } }, async () => ({
    link: linkOf(await newLoginPath(options)),
    expiresInMs: linkLifeMs,
  }))
  app.post('/logout', { schema: { summary: 'End the session of this browser' } }, async (request, reply) => {
    const name = cookieName(request)
    const session = request.cookies[name]
    if (session !== undefined) await endSession(options.db, session)
    return reply.clearCookie(name, { path: '/' }).code(204).send()
  })
}
