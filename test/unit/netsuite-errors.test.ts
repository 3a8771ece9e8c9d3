import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { failureOf, tokenFailure, type Purpose } from '../../src/connectors/netsuite/errors.ts'
import refusals from '../../src/connectors/netsuite/fixtures/refusals.json' with { type: 'json' }
import { problemCatalogue } from '../../src/order/problems.ts'

const write: Purpose = { write: true, what: 'sales orders', externalId: 'wb_shop_1', currency: 'KWD' }
const read: Purpose = { write: false, what: 'items' }

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  url: 'https://1234567.suitetalk.api.netsuite.com/services/rest/record/v1/salesOrder',
})
const details = (...given: { text: string; code?: string; path?: string }[]) => ({
  title: 'Bad Request',
  status: 400,
  'o:errorDetails': given.map(({ text, code, path }) => ({
    detail: text,
    'o:errorCode': code ?? 'USER_ERROR',
    ...(path && { 'o:errorPath': path }),
  })),
})

describe("NetSuite's refusals", () => {
  it.each(refusals)('"$text"', ({ text, code, problems }) => {
    const full = `Error while accessing a resource. ${text}`
    const failure = failureOf(answer(400, details({ text: full, ...(code && { code }) })), write)
    expect(failure.kind).toBe('rejected')
    expect(failure.problems.map((problem) => [problem.code, problem.subject])).toEqual(problems)
    for (const problem of failure.problems) {
      expect(problem.vendorMessage).toBe(full)
      expect(problem.detail).toContain(text)
      expect(problemCatalogue[problem.code].title(problem.subject)).not.toBe('')
    }
  })

  it('are one problem for each detail, with its place', () => {
    const body = details(
      { text: 'Invalid item reference key 7.', path: 'item.items[0]' },
      { text: 'This record has been locked by a user defined workflow.' },
    )
    const { problems } = failureOf(answer(400, body), write)
    expect(problems.map(({ code }) => code)).toEqual(['invalid_reference', 'locked_by_workflow'])
    expect(problems[0].detail).toContain('item.items[0]')
  })
})

describe('the kind of a failure', () => {
  const loginText = 'Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI.'
  const permissionText = 'You do not have permission to view this record.'
  it.each([
    ['a refused login', answer(401, details({ text: loginText, code: 'INVALID_LOGIN' })), 'auth', 'auth'],
    [
      'a refused login as 403',
      answer(403, details({ text: 'x', code: 'INVALID_LOGIN_ATTEMPT' })),
      'auth',
      'auth',
    ],
    ['a 401 of a proxy', answer(401, '<html>no</html>'), 'auth', 'auth'],
    [
      '429',
      answer(429, details({ text: 'x', code: 'CONCURRENCY_LIMIT_EXCEEDED' })),
      'throttled',
      'throttled',
    ],
    [
      'overload as 400',
      answer(400, details({ text: 'x', code: 'SSS_REQUEST_LIMIT_EXCEEDED' })),
      'throttled',
      'throttled',
    ],
    [
      'overload by its text',
      answer(400, details({ text: 'SuiteTalk concurrent request limit exceeded. Request blocked.' })),
      'throttled',
      'throttled',
    ],
    [
      'overload of a session',
      answer(400, details({ text: 'Only one request may be made against a session at a time.' })),
      'throttled',
      'throttled',
    ],
    [
      'WS_CONCUR_SESSION_DISALLWD',
      answer(500, details({ text: 'x', code: 'WS_CONCUR_SESSION_DISALLWD' })),
      'throttled',
      'throttled',
    ],
    [
      'an error of NetSuite',
      answer(500, details({ text: 'An unexpected error occurred.', code: 'UNEXPECTED_ERROR' })),
      'unknown_outcome',
      'unavailable',
    ],
    [
      'an unexpected error as 400',
      answer(400, details({ text: 'An unexpected error occurred. Error ID: 1', code: 'UNEXPECTED_ERROR' })),
      'unknown_outcome',
      'rejected',
    ],
    [
      'a timeout inside',
      answer(400, details({ text: 'The operation has timed out' })),
      'unknown_outcome',
      'rejected',
    ],
    ['a bad gateway', answer(502, '<html>bad gateway</html>'), 'unknown_outcome', 'unavailable'],
    ['a maintenance page', answer(503, '<html>maintenance</html>'), 'unknown_outcome', 'unavailable'],
    ['a redirect', answer(302, '', { location: 'https://other.example/' }), 'unavailable', 'unavailable'],
    ['a web page', answer(403, '<!DOCTYPE html><title>WAF</title>'), 'unknown_outcome', 'unavailable'],
    ["a foreign host's 404", answer(404, '<html>404</html>'), 'unknown_outcome', 'unavailable'],
    ['a 404 without a word', answer(404, ''), 'unknown_outcome', 'unavailable'],
    ['a refusal without a word', answer(400, ''), 'unknown_outcome', 'invalid_response'],
    [
      'an absent record',
      answer(
        404,
        details({
          text: 'The record instance does not exist. Provide a valid record instance ID.',
          code: 'NONEXISTENT_ID',
        }),
      ),
      'not_found',
      'not_found',
    ],
    [
      'an unknown path',
      answer(404, details({ text: 'The requested resource does not exist.', code: 'NOT_FOUND' })),
      'unavailable',
      'invalid_response',
    ],
    [
      'a missing permission',
      answer(403, details({ text: permissionText, code: 'INSUFFICIENT_PERMISSION' })),
      'rejected',
      'auth',
    ],
    [
      'a table the role may not see',
      answer(400, {
        title: 'Invalid search query Search error occurred: Record ‘subsidiary’ was not found..',
        status: 400,
        'o:errorCode': 'INVALID_PARAMETER',
      }),
      'rejected',
      'auth',
    ],
  ] as const)('%s', (_, response, onWrite, onRead) => {
    expect(failureOf(response, write).kind).toBe(onWrite)
    expect(failureOf(response, read).kind).toBe(onRead)
  })

  it('says how long NetSuite asks to wait', () => {
    expect(failureOf(answer(429, '', { 'retry-after': '7' }), read).retryAfterMs).toBe(7000)
    expect(failureOf(answer(429, ''), read)).not.toHaveProperty('retryAfterMs')
  })

  it('never quotes a whole web page', () => {
    const page = `<html><style>x{}</style><h1>Down for maintenance</h1>${'<p>more</p>'.repeat(500)}</html>`
    const message = failureOf(answer(503, page), read).problems[0].vendorMessage ?? ''
    expect(message.startsWith('Down for maintenance')).toBe(true)
    expect(message.length).toBeLessThanOrEqual(300)
  })
})

describe('the token endpoint', () => {
  it.each([
    [400, { error: 'invalid_grant' }, 'auth', 'credentials_refused'],
    [401, 'no', 'auth', 'credentials_refused'],
    [429, '', 'throttled', 'throttled'],
    [500, '', 'unavailable', 'server_error'],
    [404, '', 'unavailable', 'rest_services_off'],
    [403, '<html></html>', 'unavailable', 'not_json'],
  ])('answering %i', (status, body, kind, code) => {
    const failure = tokenFailure(answer(status, body))
    expect([failure.kind, failure.problems[0].code]).toEqual([kind, code])
  })
})

const quoted = new URL('../../../shared/payloads/netsuite/real-errors-quoted.json', import.meta.url)

describe.skipIf(!existsSync(quoted))('errors quoted from real accounts (../shared/payloads/netsuite)', () => {
  it('are all read as what they are', () => {
    const entries = JSON.parse(readFileSync(quoted, 'utf8')) as { body?: unknown; detail?: string }[]
    const codes = entries.map(({ body, detail }) => {
      const failure = failureOf(answer(400, body ?? details({ text: detail ?? '' })), write)
      return `${failure.kind}: ${failure.problems.map((problem) => problem.code).join(', ')}`
    })
    expect(codes).toEqual([
      'rejected: missing_field, missing_field',
      'rejected: external_id_taken',
      'rejected: invalid_reference',
      'rejected: locked_by_workflow',
      'rejected: invalid_reference',
      'rejected: rejected',
      'rejected: no_lines',
    ])
  })
})
