import { z } from 'zod'
import type { ShopAnswer, ShopRequest } from './http.ts'

/** Trouble with single requests, on demand. Everything here is seen by clients of real shops (recordings: broken.json). */
export const faultSchema = z.strictObject({
  kind: z.enum([
    'reset',
    'maintenance',
    'error',
    'throttle',
    'slow',
    'html',
    'php_warning',
    'printed',
    'bom',
    'empty',
    'cut',
    'lose_answer',
    'error_after_write',
    'orders_table_missing',
  ]),
  /** How many requests it meets; absent: until it is reset. */
  times: z.coerce.number().int().positive().optional(),
  /** Which requests it meets. */
  on: z.enum(['any', 'reads', 'writes']).optional(),
  /** Only requests whose path and query contain this text. */
  path: z.string().optional(),
  /** throttle: the Retry-After it answers, in seconds; 0: none. */
  retryAfter: z.coerce.number().int().nonnegative().optional(),
  /** slow: how long the answer takes. */
  ms: z.coerce.number().int().nonnegative().optional(),
})

export type FaultSpec = z.infer<typeof faultSchema>
export type Fault = FaultSpec & { left: number | null; met: number; onMet?: (() => void) | undefined }

export interface Faults {
  active: Fault[]
  /** The shop has another address now, and this one goes on answering, or redirects there. */
  movedTo: { home: string; mode: 'answers' | 'redirect' } | null
  webhooks: { drop: number; duplicate: number }
  /** Orders placed from now on appear in lists this many seconds later. */
  listedLateSeconds: number
  /** A web server that takes the Authorization header away before PHP sees it. */
  stripAuthorization: boolean
  /** WooCommerce is switched off: WordPress answers, the wc routes are gone. */
  deactivated: boolean
}

export const noFaults = (): Faults => ({
  active: [],
  movedTo: null,
  webhooks: { drop: 0, duplicate: 0 },
  listedLateSeconds: 0,
  stripAuthorization: false,
  deactivated: false,
})

export const addFault = (faults: Faults, spec: FaultSpec, onMet?: () => void): void => {
  faults.active.push({ ...spec, left: spec.times ?? null, met: 0, onMet })
}

const isWrite = (method: string): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method)
const afterWrite: FaultSpec['kind'][] = ['lose_answer', 'error_after_write']

/** The fault this request meets, and how long its answer is held up; both counted down. */
export function meet(faults: Faults, method: string, url: string): { fault: Fault | null; delayMs: number } {
  const met = faults.active.filter((fault) => isMet(fault, method, url))
  const slow = met.filter(({ kind }) => kind === 'slow')
  const fault = met.find(({ kind }) => kind !== 'slow') ?? null
  for (const one of [...slow, ...(fault ? [fault] : [])]) {
    one.met += 1
    one.onMet?.()
    if (one.left !== null) one.left -= 1
  }
  faults.active = faults.active.filter(({ left }) => left !== 0)
  return { fault, delayMs: slow.reduce((sum, { ms }) => sum + (ms ?? defaultSlowMs), 0) }
}

const defaultSlowMs = 3000

function isMet(fault: Fault, method: string, url: string): boolean {
  const on = fault.on ?? (afterWrite.includes(fault.kind) ? 'writes' : 'any')
  if (on !== 'any' && (on === 'writes') !== isWrite(method)) return false
  return fault.path === undefined || url.includes(fault.path)
}

const html = (status: number, body: string, headers: Record<string, string> = {}): ShopAnswer => ({
  status,
  headers: { 'content-type': 'text/html; charset=UTF-8', ...headers },
  body,
})

const json = (status: number, body: unknown): ShopAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=UTF-8' },
  body: JSON.stringify(body),
})

const page = (title: string, text: string): string =>
  `<!DOCTYPE html>\n<html dir='ltr'>\n<head>\n\t<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />\n\t<title>${title}</title>\n</head>\n<body id="error-page">\n\t<div class="wp-die-message">${text}</div></body>\n</html>\n`

const warning =
  '<br />\n<b>Warning</b>:  Undefined array key "carrier" in <b>/var/www/html/wp-content/plugins/parcels/parcels.php</b> on line <b>2</b><br />\n'

const critical =
  '<p>There has been a critical error on this website.</p><p><a href="https://wordpress.org/documentation/article/faq-troubleshooting/">Learn more about troubleshooting WordPress.</a></p>'

/** WordPress answers errors of its own as JSON only to a client that asks for it (recordings: broken.json, README fact 10). */
const wantsJson = (request: ShopRequest): boolean =>
  (request.headers['accept'] ?? '').includes('application/json') ||
  (request.headers['content-type'] ?? '').includes('application/json')

/** The answer a fault gives instead of the shop's own; null where the shop answers and the fault shapes that. */
export function answerInstead(fault: Fault, request: ShopRequest): ShopAnswer | null {
  switch (fault.kind) {
    case 'maintenance': {
      const text = 'Briefly unavailable for scheduled maintenance. Check back in a minute.'
      const answer = wantsJson(request)
        ? json(503, { code: 'wp_die', message: text, data: { status: 503 }, additional_errors: [] })
        : html(503, page('Maintenance', text))
      return { ...answer, headers: { ...answer.headers, 'retry-after': '600' } }
    }
    case 'error':
      return serverError(request)
    case 'throttle':
      return html(
        429,
        '<html><body><h1>429 Too Many Requests</h1></body></html>',
        fault.retryAfter === 0 ? {} : { 'retry-after': String(fault.retryAfter ?? 2) },
      )
    case 'html':
      return html(200, '<html><body><script>document.cookie="c=1";location.reload()</script></body></html>')
    case 'empty':
      return html(200, '')
    default:
      return null
  }
}

export const serverError = (request: ShopRequest): ShopAnswer =>
  wantsJson(request)
    ? json(500, {
        code: 'internal_server_error',
        message: critical,
        data: { status: 500 },
        additional_errors: [],
      })
    : html(500, page('WordPress &rsaquo; Error', critical))

/** What a fault makes of the shop's own answer. */
export function spoil(fault: Fault, request: ShopRequest, answer: ShopAnswer): ShopAnswer {
  const body = Buffer.isBuffer(answer.body) ? answer.body : Buffer.from(answer.body)
  const printed = (text: string): ShopAnswer => ({
    ...answer,
    body: Buffer.concat([Buffer.from(text), body]),
  })
  switch (fault.kind) {
    case 'php_warning':
      // recordings broken.json: an Accept or Content-Type of JSON hides the warning.
      return wantsJson(request) ? answer : printed(warning)
    case 'printed':
      return printed(warning)
    case 'bom':
      return { ...answer, body: Buffer.concat([Buffer.from('\ufeff\n'), body]) }
    case 'cut':
      return { ...answer, body: body.subarray(0, Math.floor(body.length / 2)) }
    case 'error_after_write':
      return { ...serverError(request), headers: { ...answer.headers, ...serverError(request).headers } }
    default:
      return answer
  }
}
