import type { Problem, ProblemCode } from '../order/problems.ts'
import type { Failure, FailureKind } from './contract.ts'
import { redactText } from './redact.ts'

export class AddressNotAllowed extends Error {
  code = 'WAYBILL_ADDRESS_NOT_ALLOWED'
}

export class BodyTooLarge extends Error {
  code = 'WAYBILL_BODY_TOO_LARGE'
}

export interface Circumstances {
  url: URL
  sent: boolean
  read: boolean
  timedOut: boolean
  stopped: boolean
  seconds: number
  secrets: string[]
}

const nameErrors = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_NODATA',
  'EAI_NONAME',
  'EAI_FAIL',
  'ENODATA',
  'ESERVFAIL',
  'EBADNAME',
])
const tlsErrors =
  /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO$|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_|HOSTNAME_MISMATCH|CRL_|INVALID_CA|PATH_LENGTH_EXCEEDED|INVALID_PURPOSE)/
const unreachable = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL'])
const corrupt = /^(HPE_|Z_|ERR__?|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_|WAYBILL_BODY_TOO_LARGE)/

/** Tells the faults of a connection apart. `unavailable` when nothing can have been processed, or on a read. */
export function failureOf(error: unknown, at: Circumstances): Failure {
  const code = codeOf(error)
  const { host } = at.url
  const said = redactText(messageOf(error), at.secrets)
  const kind: FailureKind = at.sent && !at.read ? 'unknown_outcome' : 'unavailable'
  const lost = (problem: ProblemCode, detail: string) => fail(kind, problem, host, detail)
  const never = (problem: ProblemCode, detail: string) => fail('unavailable', problem, host, detail)

  if (at.stopped) return lost('connection_lost', 'Waybill stopped during the call')
  if (code === 'WAYBILL_ADDRESS_NOT_ALLOWED') return never('address_not_allowed', said)
  if (nameErrors.has(code))
    return never('address_unknown', `The name ${at.url.hostname} cannot be resolved (${code})`)
  if (tlsErrors.test(code)) return never('certificate_invalid', certificateFault(code, said))
  if (code === 'ECONNREFUSED') return never('connection_refused', `Nothing listens at ${host}`)
  if (unreachable.has(code)) return never('connection_refused', `There is no way to ${host} (${code})`)
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT')
    return never('timed_out', `No connection to ${host} in time`)
  if (at.timedOut)
    return lost(
      'timed_out',
      at.sent ? `No whole answer within ${at.seconds} s` : `No connection within ${at.seconds} s`,
    )
  if (corrupt.test(code))
    return fail(at.read ? 'invalid_response' : 'unknown_outcome', 'unreadable_answer', host, said)
  return lost('connection_lost', said)
}

const certificateFaults: [RegExp, string][] = [
  [/^CERT_HAS_EXPIRED$/, 'It has expired'],
  [/^CERT_NOT_YET_VALID$/, 'It is not valid yet'],
  [/SELF_SIGNED/, 'It is self-made: nobody vouches for it'],
  [/ALTNAME_INVALID|HOSTNAME_MISMATCH/, 'It is for another name'],
  [/^UNABLE_TO_/, 'The server does not show who vouches for it: a certificate between is missing'],
  [/^(EPROTO|ERR_SSL_)/, 'The server does not speak https at this address'],
]

/** What is wrong with a certificate, in words for people, and as the system says it. */
function certificateFault(code: string, said: string): string {
  const words = certificateFaults.find(([pattern]) => pattern.test(code))?.[1]
  return words === undefined ? said : `${words} (${said})`
}

/** The innermost code: undici and the happy-eyeballs connect wrap the cause. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error.name === 'HTTPParserError') return 'HPE_INVALID'
  return codeOf(error.cause)
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0])
  return error instanceof Error ? error.message : String(error)
}

export function fail(kind: FailureKind, code: ProblemCode, subject: string, detail: string): Failure {
  const problem: Problem = { code, subject, detail, vendorMessage: null }
  return { kind, problems: [problem] }
}
