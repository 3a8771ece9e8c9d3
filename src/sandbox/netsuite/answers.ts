import { err, type Result } from '../../result.ts'

/** What the API answers: the body is sent as JSON, or not at all when it is absent. */
export interface Answer {
  status: number
  headers?: Record<string, string>
  body?: unknown
}

export interface ErrorDetail {
  detail: string
  code: string
  path?: string
  header?: string
  queryParam?: string
}

/** A request that NetSuite refuses: becomes the `o:errorDetails` body. */
export interface Refusal {
  status: number
  details: ErrorDetail[]
  headers?: Record<string, string>
}

export type Outcome<T> = Result<T, Refusal>

const kinds: Record<number, { title: string; type: string }> = {
  400: { title: 'Bad Request', type: 'rfc9110.html#section-15.5.1' },
  401: { title: 'Unauthorized', type: 'rfc9110.html#section-15.5.2' },
  404: { title: 'Not Found', type: 'rfc9110.html#section-15.5.5' },
  405: { title: 'Method Not Allowed', type: 'rfc9110.html#section-15.5.6' },
  429: { title: 'Too Many Requests', type: 'rfc6585.html#section-4' },
  500: { title: 'Internal Server Error', type: 'rfc9110.html#section-15.6.1' },
}

/**
 * NetSuite's error body. Shape and codes:
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_156570709583.html
 */
export function errorAnswer(refusal: Refusal): Answer {
  const kind = kinds[refusal.status] ?? kinds[500]!
  return {
    status: refusal.status,
    headers: { 'content-type': 'application/vnd.oracle.resource+json; type=error', ...refusal.headers },
    body: {
      type: `https://www.rfc-editor.org/rfc/${kind.type}`,
      title: kind.title,
      status: refusal.status,
      'o:errorDetails': refusal.details.map((detail) => ({
        detail: detail.detail,
        ...(detail.header === undefined ? {} : { 'o:errorHeader': detail.header }),
        ...(detail.queryParam === undefined ? {} : { 'o:errorQueryParam': detail.queryParam }),
        ...(detail.path === undefined ? {} : { 'o:errorPath': detail.path }),
        'o:errorCode': detail.code,
      })),
    },
  }
}

export const refuse = (status: number, detail: ErrorDetail, headers?: Record<string, string>) =>
  err<Refusal>({ status, details: [detail], ...(headers === undefined ? {} : { headers }) })

/** A rule of the record that the request breaks: the code is the same for all of them, the text decides. */
export const userError = (text: string, path?: string, code = 'USER_ERROR') =>
  refuse(400, {
    detail: `Error while accessing a resource. ${text}`,
    code,
    ...(path === undefined ? {} : { path }),
  })

export const invalidContent = (text: string, path?: string) =>
  refuse(400, { detail: text, code: 'INVALID_CONTENT', ...(path === undefined ? {} : { path }) })

export const doesNotExist = () =>
  refuse(404, {
    detail: 'The record instance does not exist. Provide a valid record instance ID.',
    code: 'NONEXISTENT_ID',
  })

const resource = 'application/vnd.oracle.resource+json; type='

export const recordAnswer = (body: unknown): Answer => ({
  status: 200,
  headers: { 'content-type': `${resource}singular-resource` },
  body,
})

export const collectionAnswer = (body: unknown): Answer => ({
  status: 200,
  headers: { 'content-type': `${resource}collection-resource` },
  body,
})
