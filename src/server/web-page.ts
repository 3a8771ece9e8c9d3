import { existsSync } from 'node:fs'
import path from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { plainPage } from './plain-page.ts'
import { sendProblem } from './refusal.ts'

/**
 * Serves the built page from `webDir`, precompressed; every address of its own (/orders/…) gets the page itself, and
 * anything else a problem document.
 */
export async function webPage(app: FastifyInstance, webDir: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: webDir,
    preCompressed: true,
    wildcard: true,
    index: false,
    redirect: false,
    suppressWarning: true,
    schemaHide: true,
    cacheControl: false,
    setHeaders: (reply, file) => {
      // Files under assets/ carry a hash of their content in their name.
      const forever = file.includes(`${path.sep}assets${path.sep}`)
      void reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  app.setNotFoundHandler((request, reply) => {
    if (!wantsPage(request)) return nothingHere(request, reply)
    if (existsSync(path.join(webDir, 'index.html'))) return reply.sendFile('index.html')
    return plainPage(reply.code(503).header('cache-control', 'no-store'), {
      title: 'The page is not built yet',
      text: 'Waybill itself runs: its commands and its API work.',
      do: ['Build the page, then load this again:', 'npm run build:web'],
    })
  })
}

function wantsPage(request: FastifyRequest): boolean {
  const pathname = request.url.split('?')[0] ?? ''
  return (
    (request.method === 'GET' || request.method === 'HEAD') &&
    !/^\/(api|hooks|login|assets)(\/|$)/.test(pathname) &&
    !/\.\w+$/.test(pathname) &&
    /text\/html|\*\/\*/.test(request.headers.accept ?? '*/*')
  )
}

const nothingHere = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  sendProblem(reply, {
    status: 404,
    code: 'not_found',
    title: 'Nothing here',
    detail: `There is no ${request.method} ${request.url.split('?')[0]}`,
    fix: 'See /api/v1/openapi.json for what there is.',
  })
