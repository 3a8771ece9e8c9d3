import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Account } from './account.ts'
import { errorAnswer, invalidContent, type Answer } from './answers.ts'
import { invalidLogin, tokenPath, type Gatekeeper } from './auth.ts'
import type { Faults } from './faults.ts'
import { answerApi } from './routes.ts'

/** One call in the journal. */
export interface JournalEntry {
  at: string
  method: string
  /** With the query. */
  path: string
  body: string
  /** What was answered; null when the connection was cut instead. */
  status: number | null
  /** Calls that were in flight when it came, itself included. */
  inFlight: number
  /** True when the call was let in and worked on. */
  done: boolean
  /** Misspelt properties that NetSuite only warned of. */
  warnings: string[]
  faults: string[]
  /** True when the caller was gone before the answer was ready. */
  callerGone: boolean
  /** The port that the caller's connection came from. */
  from: number
}

/** How far a call has come: let in and not yet worked on, worked on and not yet answered, over. */
export type CallStep = 'let in' | 'done' | 'over'
export type CallWatcher = (entry: JournalEntry, step: CallStep) => void

export interface Traffic {
  /** The calls that were let in and are not over, with how far they have come. */
  running: Map<JournalEntry, CallStep>
  watchers: Set<CallWatcher>
  inFlight: number
  /** The most calls that ran at once, those of callers who hung up included. */
  highestInFlight: number
  /** The most calls at once whose callers were still connected. */
  highestOpen: number
  open: number
  journal: JournalEntry[]
}

export interface ApiSettings {
  /** Calls at once, over all integrations of the account. */
  concurrency: number
  latencyMs: () => number
  /** NetSuite's own limit: a call that runs longer is given up, and nothing of it is done. */
  requestLimitMs: number
  wait: (ms: number, signal: AbortSignal) => Promise<void>
  signal: AbortSignal
}

const journalSize = 20_000

/** Serves the API: journal, faults, concurrency limit, sign-in, the work, the answer. */
export function serveApi(
  app: FastifyInstance,
  account: Account,
  gatekeeper: Gatekeeper,
  faults: Faults,
  traffic: Traffic,
  settings: ApiSettings,
): void {
  app.route({
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: '/services/rest/*',
    handler: async (request, reply) => {
      reply.header('date', account.now().toUTCString())
      const path = pathOf(request)
      if (path === tokenPath) return answerToken(request, reply)
      const entry = note(request)
      traffic.open++
      traffic.highestOpen = Math.max(traffic.highestOpen, traffic.open)
      traffic.inFlight++
      traffic.highestInFlight = Math.max(traffic.highestInFlight, traffic.inFlight)
      entry.inFlight = traffic.inFlight
      let open = true
      request.raw.socket.once('close', hungUp)
      function hungUp() {
        if (!open) return
        open = false
        traffic.open--
        if (entry.status === null) entry.callerGone = true
      }
      try {
        await work(request, reply, entry)
      } catch (error) {
        if (!settings.signal.aborted) throw error
      } finally {
        if (traffic.running.has(entry)) reach(entry, 'over')
        traffic.inFlight--
        request.raw.socket.off('close', hungUp)
        if (open) traffic.open--
        open = false
      }
    },
  })

  async function answerToken(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const entry = note(request)
    entry.body = '(form)'
    const hits = faults.hit(request.method, tokenPath)
    if (cut(hits, reply)) return
    const fixed = fixedAnswer(hits)
    const answer = fixed ?? (await gatekeeper.token(new URLSearchParams(bodyOf(request))))
    send(reply, entry, answer)
  }

  /** From the limit to the answer. What can be refused is refused before anything is done. */
  async function work(request: FastifyRequest, reply: FastifyReply, entry: JournalEntry): Promise<void> {
    const hits = faults.hit(request.method, request.url)
    entry.faults = hits.map((fault) => fault.kind)
    if (cut(hits, reply)) return
    const has = (kind: string) => hits.find((fault) => fault.kind === kind)
    if (has('overloadAsBadLogin') && traffic.inFlight > 1)
      return send(reply, entry, invalidLogin('INVALID_LOGIN_ATTEMPT'))
    if (traffic.inFlight > settings.concurrency) return send(reply, entry, tooMany)
    const admitted = gatekeeper.admit(
      request.method,
      `http://${request.headers.host}${request.url}`,
      request.headers.authorization,
    )
    if (!admitted.ok) return send(reply, entry, admitted.error)
    const fixed = fixedAnswer(hits)
    if (fixed !== undefined) return send(reply, entry, fixed)

    const late = has('commitLate')?.ms
    if (late !== undefined) sever(reply)
    reach(entry, 'let in')
    const slow = settings.latencyMs() + (has('slow')?.ms ?? 0)
    const before = slow / 2 + (late ?? 0)
    await pause(Math.min(before, settings.requestLimitMs))
    if (before > settings.requestLimitMs) return late === undefined ? send(reply, entry, timedOut) : undefined
    const answer = answerCall(request, entry)
    entry.done = true
    reach(entry, 'done')
    await pause(slow / 2)
    if (late !== undefined) return
    if (has('loseAnswer')) return sever(reply)
    if (has('errorAfterCommit')) return send(reply, entry, badGateway)
    send(reply, entry, answer)
  }

  function answerCall(request: FastifyRequest, entry: JournalEntry): Answer {
    const text = bodyOf(request)
    let body: unknown
    if (text !== '') {
      try {
        body = JSON.parse(text)
      } catch {
        const refusal = invalidContent('Invalid content in the request body. The body is not valid JSON.')
        return errorAnswer(refusal.error)
      }
    }
    const url = new URL(request.url, 'http://sandbox')
    return answerApi(account, {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      header: (name) => {
        const value = request.headers[name]
        return Array.isArray(value) ? value.join(', ') : value
      },
      body,
      warn: (paths) => (entry.warnings = paths),
    })
  }

  function reach(entry: JournalEntry, step: CallStep): void {
    if (step === 'over') traffic.running.delete(entry)
    else traffic.running.set(entry, step)
    for (const watcher of traffic.watchers) watcher(entry, step)
  }

  const pause = async (ms: number): Promise<void> => {
    if (ms > 0) await settings.wait(ms, settings.signal)
  }

  function note(request: FastifyRequest): JournalEntry {
    const entry: JournalEntry = {
      at: account.now().toISOString(),
      method: request.method,
      path: request.url,
      body: bodyOf(request),
      status: null,
      inFlight: 0,
      done: false,
      warnings: [],
      faults: [],
      callerGone: false,
      from: request.raw.socket.remotePort ?? 0,
    }
    traffic.journal.push(entry)
    if (traffic.journal.length > journalSize) traffic.journal.shift()
    return entry
  }
}

const bodyOf = (request: FastifyRequest): string => (typeof request.body === 'string' ? request.body : '')
const pathOf = (request: FastifyRequest): string => request.url.split('?')[0]!

type Hits = { kind: string; ms?: number | undefined }[]

/** `down` cuts the connection before anything happens. */
function cut(hits: Hits, reply: FastifyReply): boolean {
  if (!hits.some((fault) => fault.kind === 'down')) return false
  sever(reply)
  return true
}

function sever(reply: FastifyReply): void {
  reply.hijack()
  reply.raw.destroy()
}

function send(reply: FastifyReply, entry: JournalEntry, answer: Answer): void {
  entry.status = answer.status
  for (const [name, value] of Object.entries(answer.headers ?? {})) reply.header(name, value)
  const body =
    answer.body === undefined
      ? ''
      : typeof answer.body === 'string'
        ? answer.body
        : JSON.stringify(answer.body)
  void reply.code(answer.status).send(body)
}

const tooMany = errorAnswer({
  status: 429,
  details: [
    { detail: 'Concurrent request limit exceeded. Request blocked.', code: 'CONCURRENCY_LIMIT_EXCEEDED' },
  ],
})
const overload = errorAnswer({
  status: 400,
  details: [{ detail: 'Request limit exceeded. Request blocked.', code: 'SSS_REQUEST_LIMIT_EXCEEDED' }],
})
const unexpected = errorAnswer({
  status: 500,
  details: [
    {
      detail: 'An unexpected error occurred. Error ID: sandbox. Contact NetSuite Customer Support.',
      code: 'UNEXPECTED_ERROR',
    },
  ],
})
const timedOut = errorAnswer({
  status: 500,
  details: [{ detail: 'The request has timed out.', code: 'UNEXPECTED_ERROR' }],
})
const maintenance: Answer = {
  status: 503,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!doctype html><title>NetSuite</title><h1>NetSuite is undergoing maintenance</h1><p>We will be back shortly.</p>',
}
const badGateway: Answer = {
  status: 502,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>',
}
const garbage: Answer = {
  status: 200,
  headers: { 'content-type': 'application/vnd.oracle.resource+json; type=singular' },
  body: '"links": [ {"rel": "self", ',
}
const webPage: Answer = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<html><title>Guest network</title><h1>Sign in to go on</h1></html>',
}

function fixedAnswer(hits: Hits): Answer | undefined {
  const answers: Record<string, Answer> = {
    error500: unexpected,
    maintenance,
    throttle429: tooMany,
    overload400: overload,
    garbage,
    webPage,
  }
  return hits.map((fault) => answers[fault.kind]).find((answer) => answer !== undefined)
}
