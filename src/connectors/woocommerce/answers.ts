import { z } from 'zod'
import type { ProblemCode } from '../../order/problems.ts'
import type { Failure, FailureKind, HttpResponse } from '../contract.ts'
import { retryAfterMs } from '../http.ts'
import type { FoundJson } from './raw-json.ts'

/** WordPress' error body. Codes are texts, now and then numbers (recordings fulfillments.json "create without items"). */
const wpError = z.object({
  code: z.union([z.string(), z.number()]).transform(String),
  message: z.string().catch(''),
  data: z.unknown().optional(),
})

export interface Asked {
  /** Whether the call could change something: then a lost or garbled answer leaves its outcome unknown. */
  write: boolean
  now: Date
}

/**
 * What is wrong with an answer; null when it is a good one. Each case is held against a recorded answer of a real shop
 * (recordings/woocommerce-11.0.1 auth.json and broken.json) in test/unit/woocommerce-answers.test.ts.
 */
export function faultIn(answer: HttpResponse, json: FoundJson | null, asked: Asked): Failure | null {
  const { status } = answer
  if (status >= 200 && status < 300 && json !== null) return null
  const error = json === null ? null : (wpError.safeParse(json.value).data ?? null)
  const message = error === null ? null : plainText(error.message)
  const fault = (kind: FailureKind, code: ProblemCode, detail: string, subject = hostOf(answer)): Failure => {
    const wait = retryAfterMs(answer.headers['retry-after'], asked.now)
    return {
      kind,
      status,
      problems: [{ code, subject, detail, vendorMessage: message ?? titleOf(answer.body) }],
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    }
  }
  /** Refused before anything happened. */
  const refused = (code: ProblemCode, detail: string) => fault('unavailable', code, detail)
  /** The server broke down during the call: recordings broken.json, "PUT: the write was DONE although the answer is 500". */
  const broke = (code: ProblemCode, detail: string) =>
    fault(asked.write ? 'unknown_outcome' : 'unavailable', code, detail)
  const unreadable = (code: ProblemCode, detail: string) =>
    fault(asked.write ? 'unknown_outcome' : 'invalid_response', code, detail)

  if (status === 429)
    return fault('throttled', 'throttled', 'The site or its host limits how often it may be asked')
  if (error?.code === 'rest_no_route')
    return refused(
      'api_not_found',
      'WordPress answers, but there is no WooCommerce REST API: WooCommerce is switched off, or a plug-in removes its routes',
    )
  if (status === 401 || status === 403) return refusedLogin(answer, error, fault)
  if (isMaintenance(answer, message))
    return refused('in_maintenance', 'The site says that it is in maintenance')
  if (
    answer.url.includes('/wp-admin/install.php') ||
    answer.headers['location']?.includes('/wp-admin/install.php')
  )
    return refused(
      'api_not_found',
      'WordPress wants to be installed: its database is empty, or another one than before',
    )
  if (status >= 500)
    return broke(
      'server_error',
      message ?? `The server answered ${status}${titleOf(answer.body) ? `: ${titleOf(answer.body)}` : ''}`,
    )
  if (error !== null && error.code.endsWith('_invalid_id'))
    return fault('not_found', 'order_gone_at_channel', 'The shop has no order of this id', '')
  if (json === null && /^\s*[{[]/.test(answer.body))
    return unreadable('unreadable_answer', cutOff(answer.body))
  if (status === 404)
    return refused(
      'api_not_found',
      'The site answers with its "page not found": the address is not that of the shop, or its sub-folder is wrong',
    )
  if (status >= 300 && status < 400)
    return refused('api_not_found', `The API redirects to ${withoutQuery(answer.headers['location'])}`)
  if (status === 405 && error === null)
    return refused('not_json', "The site's host refuses this kind of request before it reaches WooCommerce")
  if (status >= 400) return fault('rejected', 'server_error', message ?? `The shop answered ${status}`)
  if (answer.body.trim() === '') return unreadable('unreadable_answer', 'The answer is empty')
  if (/^\s*</.test(answer.body)) return pageInsteadOfData(answer, asked, broke)
  return unreadable('unreadable_answer', cutOff(answer.body))
}

type Fault = (kind: FailureKind, code: ProblemCode, detail: string, subject?: string) => Failure

/**
 * A login that was refused. `woocommerce_rest_cannot_view` with 401 has many causes that the shop does not tell apart
 * (README of the recordings, fact 7).
 */
function refusedLogin(answer: HttpResponse, error: z.infer<typeof wpError> | null, fault: Fault): Failure {
  if (error === null && answer.headers['www-authenticate'] !== undefined)
    return fault(
      'auth',
      'not_json',
      `A password stands in front of the whole site (${answer.headers['www-authenticate']})`,
    )
  if (error === null)
    return fault(
      'unavailable',
      'not_json',
      `A security plug-in or firewall answers ${answer.status} before WooCommerce is reached`,
    )
  const missing = /does not have (read|write) permissions/.exec(error.message)?.[1]
  if (missing !== undefined)
    return fault(
      'auth',
      'permission_missing',
      `The key may not ${missing}: give it "Read/Write" in the shop`,
      missing,
    )
  if (answer.status === 403 || error.code === 'rest_forbidden')
    return fault(
      'auth',
      'permission_missing',
      "The key is known, but its user's role does not allow this",
      'orders',
    )
  return fault('auth', 'credentials_refused', whyRefused(error))
}

function whyRefused({ code, message }: z.infer<typeof wpError>): string {
  if (/secret is invalid/i.test(message))
    return 'The consumer key is known, but the secret is not the one that belongs to it'
  if (/key is invalid/i.test(message))
    return 'The shop does not know this consumer key: it was revoked, or belongs to another shop'
  if (/signature does not match/i.test(message))
    return 'The signature does not match: the secret is wrong, or the shop knows itself by another address than the one configured'
  if (/invalid timestamp/i.test(message))
    return "The clocks of the shop and of Waybill's machine are more than 15 minutes apart"
  if (code === 'woocommerce_rest_authentication_missing_parameter')
    return 'A part of the login was lost on the way: a proxy or security plug-in drops parameters from the address'
  if (/nonce has already/i.test(message))
    return 'The same signed request arrived twice: a proxy repeats requests'
  if (code.startsWith('woocommerce_rest_cannot_'))
    return 'No valid key arrived: it is unknown or revoked, its user was deleted, key and secret are swapped, or the web server removes the Authorization header'
  return 'The site refuses the login, or a plug-in closes the API to guests'
}

function pageInsteadOfData(
  answer: HttpResponse,
  asked: Asked,
  broke: (code: ProblemCode, detail: string) => Failure,
): Failure {
  const challenge =
    /<script/i.test(answer.body) && /document\.cookie|location\.reload|challenge|captcha/i.test(answer.body)
  if (challenge)
    return broke(
      'not_json',
      "The site's host wants a browser to prove itself (a cookie or JavaScript challenge)",
    )
  if (/wp-login|id="loginform"|<input[^<>]+type="password"/i.test(answer.body))
    return broke('not_json', 'A login page stands in front of the API')
  const homepage = !asked.write && /api\.w\.org|rel="alternate"|wp-content/.test(answer.body)
  if (homepage)
    return broke(
      'api_not_found',
      'The site shows a page where the API should be: its permalinks are "Plain", or the API is switched off',
    )
  return broke(
    'not_json',
    `The site answers with a web page${titleOf(answer.body) ? `: "${titleOf(answer.body)}"` : ''}`,
  )
}

/** WordPress' own maintenance page, as JSON or HTML: 503 with this text. Nothing was processed. */
function isMaintenance(answer: HttpResponse, message: string | null): boolean {
  const text = message ?? answer.body
  return (
    answer.status === 503 &&
    /scheduled maintenance|<title>\s*(site )?maintenance|maintenance mode/i.test(text)
  )
}

export const hostOf = (answer: Pick<HttpResponse, 'url'>): string => new URL(answer.url).host

const cutOff = (body: string) => `The answer is cut off, or is no JSON: ${body.trim().slice(0, 80)}`

const withoutQuery = (address: string | undefined) => (address ?? 'nowhere').replace(/\?.*$/, '')

function titleOf(body: string): string | null {
  const title = /<title>([^<]*)<\/title>/i.exec(body)?.[1] ?? /<h1[^<>]*>([^<]*)<\/h1>/i.exec(body)?.[1]
  return title === undefined ? null : plainText(title)
}

/** WordPress puts HTML into error messages. */
export function plainText(html: string): string {
  return html
    .replaceAll(/<[^<>]*>/g, ' ')
    .replaceAll('&rsaquo;', '›')
    .replaceAll('&#8211;', '–')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
