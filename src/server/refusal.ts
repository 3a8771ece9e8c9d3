import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import {
  hasZodFastifySchemaValidationErrors,
  type ZodFastifySchemaValidationError,
} from 'fastify-type-provider-zod'
import type { Log } from '../connectors/contract.ts'
import { isConnectionError } from '../ledger/database.ts'
import type { ProblemDetails } from './schemas.ts'

export type RefusalBody = Omit<ProblemDetails, 'type'> & Record<string, unknown>

/** An answer that is no success, as RFC 9457 wants it. Thrown by handlers; every error of the API ends as one. */
export class Refusal extends Error {
  readonly body: RefusalBody
  constructor(body: RefusalBody) {
    super(body.detail)
    this.body = body
  }
}

export const notFound = (what: string, name: string, fix: string): Refusal =>
  new Refusal({
    status: 404,
    code: 'not_found',
    title: `No such ${what}`,
    detail: `There is no ${what} "${name}"`,
    fix,
  })

export function sendProblem(reply: FastifyReply, body: RefusalBody): FastifyReply {
  // Serialised here: no schema of the route fits a refusal.
  return reply
    .code(body.status)
    .type('application/problem+json')
    .serializer((value) => value as string)
    .send(JSON.stringify({ type: `urn:waybill:problem:${body.code}`, ...body }))
}

/** The one place where an error becomes an answer. Nothing of an unexpected one is shown. */
export function answerError(
  log: Log,
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  return sendProblem(reply, bodyOf(log, error, request))
}

function bodyOf(log: Log, error: FastifyError | Error, request: FastifyRequest): RefusalBody {
  if (error instanceof Refusal) return error.body
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(error.validation)
  if (isConnectionError(error)) {
    log.warn({ err: error }, 'the database did not answer')
    return {
      status: 503,
      code: 'database_unavailable',
      title: 'The database does not answer',
      detail: 'Waybill cannot reach its database at the moment. Nothing is lost.',
      fix: 'Try again in a few seconds. If it lasts, look at the log of "waybill start".',
    }
  }
  if (isRefusedText(error))
    return {
      status: 400,
      code: 'invalid_request',
      title: 'This cannot be right',
      detail: 'The request has a character that no text can have.',
      fix: 'Leave out characters such as U+0000.',
    }
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500
  if (status >= 500) {
    log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'a request failed')
    return {
      status: 500,
      code: 'internal_error',
      title: 'Waybill failed at this',
      detail: 'A fault of the program. It is in the log.',
      fix: 'Try again; if it happens again, report it with the lines of the log.',
    }
  }
  return (
    known[status] ?? { status, code: 'bad_request', title: 'This was not understood', detail: error.message }
  )
}

/** PostgreSQL keeps every character but U+0000 and broken ones. */
const isRefusedText = (error: Error): boolean =>
  'code' in error && ['22021', '22P05'].includes(String(error.code))

const known: Record<number, RefusalBody> = {
  400: {
    status: 400,
    code: 'bad_request',
    title: 'This was not understood',
    detail: 'The body is no JSON.',
    fix: 'Send a JSON document, with "content-type: application/json".',
  },
  413: {
    status: 413,
    code: 'too_large',
    title: 'Too large',
    detail: 'The body is larger than is taken here.',
    fix: 'Send less at once.',
  },
  415: {
    status: 415,
    code: 'not_json',
    title: 'Not JSON',
    detail: 'Bodies are taken as JSON only.',
    fix: 'Send a JSON document, with "content-type: application/json".',
  },
  429: {
    status: 429,
    code: 'too_many_requests',
    title: 'Too many requests',
    detail: 'There were too many requests from this address within a minute.',
    fix: 'Wait a minute, then try again.',
  },
}

/** Names each wrong field and what is wanted there. */
function invalid(errors: ZodFastifySchemaValidationError[]): RefusalBody {
  const fields = errors.map(({ instancePath, message }) => ({
    field: instancePath.replace(/^\//, '').replaceAll('/', '.'),
    message: message ?? 'is not valid',
  }))
  const named = fields.map(({ field, message }) => (field ? `"${field}": ${message}` : message))
  return {
    status: 400,
    code: 'invalid_request',
    title: 'This cannot be right',
    detail: named.join('; '),
    fix: 'Correct what is named; /api/v1/openapi.json describes every field.',
    errors: fields,
  }
}
