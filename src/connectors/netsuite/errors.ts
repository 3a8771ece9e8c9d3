import { z } from 'zod'
import type { Problem } from '../../order/problems.ts'
import type { Failure, FailureKind, HttpResponse } from '../contract.ts'

/** What a request was for: decides what a refusal means. */
export interface Purpose {
  /** Whether it may have changed something: then a lost answer is an unknown outcome. */
  write: boolean
  /** What it read or wrote, as people call it, such as "sales orders". */
  what: string
  /** What the texts of NetSuite cannot tell by themselves. */
  externalId?: string
  currency?: string
}

const errorBody = z.object({
  'o:errorDetails': z
    .array(
      z.object({
        detail: z.string().default(''),
        'o:errorCode': z.string().default(''),
        'o:errorPath': z.string().optional(),
      }),
    )
    .min(1),
})
type Detail = z.output<typeof errorBody>['o:errorDetails'][number]
/** An older form of the same body: the text stands in the title. */
const errorTitle = z.object({ title: z.string().min(1), 'o:errorCode': z.string() })

const overload =
  /SSS_REQUEST_LIMIT_EXCEEDED|REQUEST_LIMIT_EXCEEDED|WS_CONCUR_SESSION|WS_REQUEST_BLOCKED|CONCURRENCY_LIMIT|ExceededConcurrentRequestLimit|ExceededRequestLimit|concurren\w+ (request|connection)s? (limit|count)|concurrency limit|only one request may be made against a session|too many requests/i
const login = /INVALID_LOGIN|invalid login attempt|password has expired|USER_ACCESS_DENIED/i
const permission =
  /INSUFFICIENT_PERMISSION|(do(es)? not have|need the .*|lacks?|no) permissions?\b|permission violation/i
const absent = /NONEXISTENT_ID|RCRD_DSNT_EXIST|record instance does not exist|that record does not exist/i
/** SuiteQL's word for a table that the account does not have, and for one that the role may not see. */
const unseenTable = /record ['‘"]?\w+['’"]? was not found|invalid search type/i
const lostInside = /UNEXPECTED_ERROR|an unexpected error|operation has timed out|request timed out/i

/**
 * What an answer that is no success means. The same text can come with several HTTP statuses, so the texts are read
 * first: NetSuite's overload has been seen as 400, 401, 403, 429 and 500.
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_156570709583.html
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/bridgehead_1525252812.html
 */
export function failureOf(response: HttpResponse, purpose: Purpose): Failure {
  const details = readDetails(response.body)
  const text = details ? details.map((d) => `${d['o:errorCode']} ${d.detail}`).join('\n') : response.body
  const { status } = response

  if (isOverload(status, text)) return connectionFailure('throttled', 'throttled', response)
  if (status === 401 || login.test(text))
    return connectionFailure('auth', 'credentials_refused', response, loginHint)
  if (status >= 500) return connectionFailure(lost(purpose, 'unavailable'), brokenCode(response), response)
  if (status >= 300 && status < 400) return connectionFailure('unavailable', 'address_moved', response)
  if (details === null) return withoutDetails(response, purpose)
  if (absent.test(text))
    return { kind: 'not_found', status, problems: [problemsOf(details[0]!, purpose)[0]!] }
  if (status === 404)
    return connectionFailure(
      purpose.write ? 'unavailable' : 'invalid_response',
      'rest_services_off',
      response,
    )
  if (purpose.write && lostInside.test(text))
    return connectionFailure('unknown_outcome', 'server_error', response)
  if (!purpose.write && (status === 403 || permission.test(text) || unseenTable.test(text)))
    return connectionFailure('auth', 'permission_missing', response, '', permissionName(text) ?? purpose.what)
  const [first, ...others] = details.flatMap((detail) => problemsOf(detail, purpose, status))
  return { kind: 'rejected', status, problems: [first!, ...others] }
}

/** Whether a query failed because the account has no such table, or hides it from the role. */
export const isUnseen = (failure: Failure): boolean =>
  unseenTable.test(failure.problems[0].vendorMessage ?? '')

const isOverload = (status: number, text: string): boolean =>
  status === 429 || (status >= 400 && overload.test(text))

/** Whether NetSuite refuses a call because too many are made at once. */
export const isThrottled = ({ status, body }: HttpResponse): boolean => isOverload(status, body)

const loginHint =
  'See Setup > Users/Roles > User Management > View Login Audit Trail in NetSuite. Tokens and certificates are not copied to a sandbox account: each refresh of one needs new ones.'

const lost = (purpose: Purpose, otherwise: FailureKind): FailureKind =>
  purpose.write ? 'unknown_outcome' : otherwise

const isPage = ({ body }: HttpResponse): boolean => /^\s*<(!doctype|html)/i.test(body)

/** NetSuite's own maintenance page, or a fault of the server. */
const brokenCode = (response: HttpResponse): Problem['code'] =>
  response.status === 503 && isPage(response) && /maintenance/i.test(response.body)
    ? 'in_maintenance'
    : 'server_error'

/**
 * Neither success nor NetSuite's error body: something else answered, or the API is switched off. That meets every order
 * alike, so it is the connection's trouble and none of theirs.
 */
function withoutDetails(response: HttpResponse, purpose: Purpose): Failure {
  const isOff = response.status === 404 && !isPage(response)
  const kind = isOff || isPage(response) ? 'unavailable' : 'invalid_response'
  return connectionFailure(lost(purpose, kind), isOff ? 'rest_services_off' : 'not_json', response)
}

/** An answer with a good status whose body cannot be read: a web page comes from something in front of NetSuite. */
export const unreadable = (response: HttpResponse, purpose: Purpose): Failure =>
  connectionFailure(
    lost(purpose, isPage(response) ? 'unavailable' : 'invalid_response'),
    'not_json',
    response,
  )

/** A failure that concerns the connection and not one order. */
export function connectionFailure(
  kind: FailureKind,
  code: Problem['code'],
  response: HttpResponse,
  hint = '',
  subject = new URL(response.url).host,
): Failure {
  const details = readDetails(response.body)
  const vendorMessage = details?.map((d) => d.detail).join(' ') || excerpt(response.body)
  const detail = [`HTTP ${response.status} from ${new URL(response.url).pathname}.`, hint].filter(Boolean)
  const retryAfterMs = retryAfter(response.headers['retry-after'])
  return {
    kind,
    status: response.status,
    problems: [{ code, subject, detail: detail.join(' '), vendorMessage }],
    ...(retryAfterMs !== null && { retryAfterMs }),
  }
}

const tokenError = z.object({ error: z.string(), error_description: z.string().optional() })

/** The token endpoint refuses with OAuth's own error body. Nothing can have been done there. */
export function tokenFailure(response: HttpResponse): Failure {
  const { status, body } = response
  if (status === 429 || overload.test(body)) return connectionFailure('throttled', 'throttled', response)
  if (status >= 500) return connectionFailure('unavailable', brokenCode(response), response)
  if (status >= 300 && status < 400) return connectionFailure('unavailable', 'address_moved', response)
  const refusal = tokenError.safeParse(parseJson(body))
  if (status === 401 || refusal.success)
    return connectionFailure(
      'auth',
      'credentials_refused',
      response,
      'Client ID, certificate ID and private key must belong together, and the certificate must be neither expired nor revoked (Setup > Integration > OAuth 2.0 Client Credentials Setup). A sandbox account needs its own.',
    )
  return connectionFailure('unavailable', status === 404 ? 'rest_services_off' : 'not_json', response)
}

type Verdict = { code: Problem['code']; subject: string }

const recordNames: Record<string, string> = {
  entity: 'customer',
  shipmethod: 'shipping item',
  taxcode: 'tax code',
  shippingtaxcode: 'tax code',
  paymentoption: 'payment option',
  paymentmethod: 'payment method',
  customform: 'form',
}
const recordName = (word: string) => recordNames[word.toLowerCase()] ?? word

/** What people see in NetSuite's texts, first match wins. The code beside a text is nearly always USER_ERROR. */
const readings: [RegExp, (found: RegExpExecArray, purpose: Purpose) => Verdict[]][] = [
  [
    /Invalid (\w+) reference key '?([^'\s]+?)'?(?: for (\w+) '?([^'\s.]+)'?)?(?:[\s.]|$)/i,
    ([, word = '', key = '', scope, scopeKey], purpose) => {
      const name = recordName(word)
      if (name === 'customer' && scope?.toLowerCase() === 'subsidiary')
        return [{ code: 'customer_other_subsidiary', subject: key }]
      if (name === 'currency') return [{ code: 'currency_not_in_backend', subject: purpose.currency ?? key }]
      const where =
        scope === undefined
          ? ''
          : scope.toLowerCase() === 'subsidiary'
            ? ` in subsidiary ${scopeKey}`
            : ` for ${recordName(scope)} ${scopeKey}`
      return [{ code: 'invalid_reference', subject: `${name} ${key}${where}` }]
    },
  ],
  [
    /Please enter values?(?:\(s\))? for:?\s*(.+?)\.?\s*$/is,
    ([, names = '']) =>
      names.split(/\s*[,;]\s*/).map((name) => ({ code: 'missing_field', subject: name.trim() })),
  ],
  [
    /UNIQUE_CUST_ID_REQD|customer record with this (?:ID|name) already exists/i,
    () => [{ code: 'customer_id_taken', subject: '' }],
  ],
  [
    /DUP_RCRD|entity already exists|record already exists|external ?id[^.]*already/i,
    (_, purpose) => [{ code: 'external_id_taken', subject: purpose.externalId ?? '' }],
  ],
  [/locked by a user.defined workflow/i, () => [{ code: 'locked_by_workflow', subject: '' }]],
  [
    /Invalid Field Value (.+?) for the following field:?\s*(\w+)/i,
    ([, value = '', field = '']) => [{ code: 'invalid_reference', subject: `${recordName(field)} ${value}` }],
  ],
  [
    /The (.+?) account cannot be used with the (.+?) subsidiary/i,
    ([, account = '', subsidiary = '']) => [
      { code: 'invalid_reference', subject: `account ${account} in subsidiary ${subsidiary}` },
    ],
  ],
  [
    /permissions? to set a value for (?:element|field) '?([\w.]+)'?/i,
    ([, field = '']) => [{ code: 'field_not_settable', subject: field }],
  ],
  [
    /(?:unknown|unrecognized|invalid) (?:property|field|reference or field|element)(?: name)?s?:?\s+["'`]?([\w.]+)/i,
    ([, field = '']) => [{ code: 'field_not_settable', subject: field }],
  ],
  [
    /field '?([\w. ]+?)'? contained more than the maximum number/i,
    ([, field = '']) => [{ code: 'field_too_long', subject: field }],
  ],
  [
    /(?:closed|locked)[^.]*\bperiod|\bperiod\b[^.]*(?:closed|locked)|outside (?:of )?(?:the |its )?posting period|date[^.]*(?:posting|accounting) period/i,
    () => [{ code: 'period_closed', subject: '' }],
  ],
  [
    /inventory detail|(?:serial|lot)(?:\/lot)? numbers?|serial\/lot/i,
    () => [{ code: 'inventory_detail_required', subject: '' }],
  ],
  [/at least one valid line item/i, () => [{ code: 'no_lines', subject: '' }]],
  [
    /(?:maximum|limit|more than|too many)[^.]*(?:transactions|addresses|address book|sublist lines)/i,
    () => [{ code: 'customer_overloaded', subject: '' }],
  ],
  [
    permission,
    (found, purpose) => [
      { code: 'permission_missing_for_record', subject: permissionName(found.input) ?? purpose.what },
    ],
  ],
  [
    /subsidiary (?:restrictions|mismatch)|(?:not|different)[^.]*\bsubsidiar/i,
    () => [{ code: 'invalid_reference', subject: 'a record of this order in its subsidiary' }],
  ],
]

/** Characters of an error text that are read: NetSuite's own are shorter, and what stands in its place may be anything. */
const mostRead = 10_000

/** One detail of NetSuite's answer as problems: usually one; several where it names several fields. */
export function problemsOf(detail: Detail, purpose: Purpose, status = 400): Problem[] {
  const text = `${detail['o:errorCode']} ${detail.detail}`.slice(0, mostRead)
  const place = detail['o:errorPath']
  const words = (detail.detail || detail['o:errorCode']).slice(0, mostRead)
  const reason = words.replace(/^Error while accessing a resource\.\s*/i, '')
  const seen = { detail: `NetSuite: ${reason}${place ? ` (at ${place})` : ''}`, vendorMessage: words }
  for (const [pattern, read] of readings) {
    const found = pattern.exec(text)
    if (found) return read(found, purpose).map((verdict) => ({ ...verdict, ...seen }))
  }
  if (status === 403) return [{ code: 'permission_missing_for_record', subject: purpose.what, ...seen }]
  return [{ code: 'rejected', subject: reason.slice(0, 120), ...seen }]
}

/** The permission NetSuite names, such as "Transactions -> Sales Order". */
const permissionName = (text: string): string | null =>
  /'([^']+)' permission/i.exec(text)?.[1] ?? /permission[^:]*: ([\w >-]+)/i.exec(text)?.[1]?.trim() ?? null

function readDetails(body: string): Detail[] | null {
  const json = parseJson(body)
  const parsed = errorBody.safeParse(json)
  if (parsed.success) return parsed.data['o:errorDetails']
  const titled = errorTitle.safeParse(json)
  return titled.success ? [{ detail: titled.data.title, 'o:errorCode': titled.data['o:errorCode'] }] : null
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

const excerpt = (body: string): string | null =>
  body
    .slice(0, mostRead)
    .replaceAll(/<(script|style)[\s\S]*?<\/\1>|<[^<>]+>/gi, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 300) || null

function retryAfter(header: string | undefined): number | null {
  if (header === undefined || !/^\d+$/.test(header.trim())) return null
  return Number(header) * 1000
}
