import { z } from 'zod'
import { err, ok } from '../../result.ts'
import type { Ctx, HttpResponse, Outcome } from '../contract.ts'
import { authorization, dropToken } from './auth.ts'
import { baseUrl, type NetSuiteConfig } from './config.ts'
import { failureOf, unreadable, type Purpose } from './errors.ts'

export type NetSuiteCtx = Ctx<NetSuiteConfig>

interface Ask extends Purpose {
  method: 'GET' | 'POST' | 'PATCH'
  /** Below the base address, with its query. */
  path: string
  headers?: Record<string, string>
  body?: unknown
}

/**
 * Sends one request and classifies its answer. A good status is a success, whatever its body. Misspelt properties
 * are errors instead of warnings; the language is never named, because only the company's own is accepted.
 */
async function send(ctx: NetSuiteCtx, ask: Ask): Promise<Outcome<HttpResponse>> {
  const url = baseUrl(ctx.config) + ask.path
  const attempt = async (): Promise<{ header: string | null; answer: Outcome<HttpResponse> }> => {
    const signed = await authorization(ctx, { method: ask.method, url })
    if (!signed.ok) return { header: null, answer: signed }
    const answer = await ctx.http({
      method: ask.method,
      url,
      headers: {
        accept: 'application/json',
        authorization: signed.value,
        'x-netsuite-propertynamevalidation': 'Error',
        ...(ask.body !== undefined && { 'content-type': 'application/json' }),
        ...ask.headers,
      },
      ...(ask.body !== undefined && { body: JSON.stringify(ask.body) }),
    })
    if (!answer.ok && !ask.write && answer.error.kind === 'unknown_outcome')
      return { header: signed.value, answer: err({ ...answer.error, kind: 'unavailable' }) }
    return { header: signed.value, answer }
  }

  let { header, answer } = await attempt()
  // A refused token was not acted upon: once, with a fresh one, is safe for writes as well.
  if (answer.ok && answer.value.status === 401 && header !== null && dropToken(ctx, header))
    ({ answer } = await attempt())
  if (!answer.ok) return answer
  const { status } = answer.value
  return status >= 200 && status < 300 ? answer : err(failureOf(answer.value, ask))
}

const read = <T>(response: HttpResponse, schema: z.ZodType<T>, purpose: Purpose): Outcome<T> => {
  let json: unknown
  try {
    json = JSON.parse(response.body)
  } catch {
    return err(unreadable(response, purpose))
  }
  const parsed = schema.safeParse(json)
  return parsed.success ? ok(parsed.data) : err(unreadable(response, purpose))
}

/**
 * Reads a record by its id, or by `eid:` and its external id. Null only when NetSuite itself says that there is no
 * such record: a 404 of anything in between must never pass for an absent order.
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_156334828635.html
 */
export async function getRecord<T>(
  ctx: NetSuiteCtx,
  path: string,
  schema: z.ZodType<T>,
  what: string,
): Promise<Outcome<T | null>> {
  const purpose = { write: false, what }
  const answer = await send(ctx, { ...purpose, method: 'GET', path: `/services/rest/record/v1/${path}` })
  if (answer.ok) return read(answer.value, schema, purpose)
  return answer.error.kind === 'not_found' ? ok(null) : answer
}

/**
 * Creates a record and gives its id from the Location header; null where a good answer carries none.
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_1545141395.html
 */
export async function createRecord(
  ctx: NetSuiteCtx,
  record: string,
  body: object,
  purpose: Omit<Purpose, 'write'>,
): Promise<Outcome<string | null>> {
  const answer = await send(ctx, {
    ...purpose,
    write: true,
    method: 'POST',
    path: `/services/rest/record/v1/${record}`,
    body,
  })
  if (!answer.ok) return answer
  return ok(/\/([^/?]+)\/?$/.exec(answer.value.headers['location'] ?? '')?.[1] ?? null)
}

/**
 * Changes the fields of a record that the body names, and no others; a sublist's line is named by its `line`. The same
 * again changes nothing more. NetSuite knows no condition ("only if unchanged since"): read the record right before.
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_1545142173.html
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_159795512874.html
 */
export async function changeRecord(
  ctx: NetSuiteCtx,
  path: string,
  body: object,
  purpose: Omit<Purpose, 'write'>,
): Promise<Outcome<true>> {
  const answer = await send(ctx, {
    ...purpose,
    write: true,
    method: 'PATCH',
    path: `/services/rest/record/v1/${path}`,
    body,
  })
  return answer.ok ? ok(true) : answer
}

const time = z.object({ serverTime: z.string() })

/**
 * NetSuite's clock (UTC). Needs no permission beyond signing in.
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/article_0528010158.html
 */
export async function serverTime(ctx: NetSuiteCtx): Promise<Outcome<string>> {
  const purpose = { write: false, what: 'the server time' }
  const answer = await send(ctx, { ...purpose, method: 'GET', path: '/services/rest/system/v1/serverTime' })
  if (!answer.ok) return answer
  const parsed = read(answer.value, time, purpose)
  return parsed.ok ? ok(parsed.value.serverTime) : parsed
}

export interface QueryPage<Row> {
  rows: Row[]
  hasMore: boolean
  /** The `Date` header of the answer as UTC, where it has one. */
  answeredAt: string | null
}

const pageSize = 1000

/**
 * Runs SuiteQL. Values are texts and nulls are left out, so a row's schema has strings and optionals. Reads one page
 * of `limit` rows (at most 1,000).
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_157909186990.html
 */
export async function query<Row>(
  ctx: NetSuiteCtx,
  q: string,
  row: z.ZodType<Row>,
  what: string,
  page: { limit?: number; offset?: number } = {},
): Promise<Outcome<QueryPage<Row>>> {
  const purpose = { write: false, what }
  const answer = await send(ctx, {
    ...purpose,
    method: 'POST',
    path: `/services/rest/query/v1/suiteql?limit=${page.limit ?? pageSize}&offset=${page.offset ?? 0}`,
    headers: { prefer: 'transient' },
    body: { q: q.trim() },
  })
  if (!answer.ok) return answer
  const schema = z.object({ items: z.array(row), hasMore: z.boolean().default(false) })
  const parsed = read(answer.value, schema, purpose)
  if (!parsed.ok) return parsed
  const date = Date.parse(answer.value.headers['date'] ?? '')
  return ok({
    rows: parsed.value.items,
    hasMore: parsed.value.hasMore,
    answeredAt: Number.isNaN(date) ? null : new Date(date).toISOString(),
  })
}

/** All rows of a query that has a unique order, over as many pages as it takes. */
export async function queryAll<Row>(
  ctx: NetSuiteCtx,
  q: string,
  row: z.ZodType<Row>,
  what: string,
): Promise<Outcome<Row[]>> {
  const rows: Row[] = []
  for (;;) {
    const page = await query(ctx, q, row, what, { offset: rows.length })
    if (!page.ok) return page
    rows.push(...page.value.rows)
    if (!page.value.hasMore || page.value.rows.length === 0) return ok(rows)
  }
}

/** A text as a SuiteQL literal. The API has no bind parameters: a quote is doubled, control characters go. */
export const literal = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  `'${text.replaceAll(/[\u0000-\u001f\u007f]/g, ' ').replaceAll("'", "''")}'`

export const literals = (texts: Iterable<string>): string => [...texts].map(literal).join(', ')

/** Internal ids go into a query as numbers; anything else is a bug. */
export function idList(ids: Iterable<string>): string {
  const list = [...ids]
  const wrong = list.find((id) => !/^-?\d+$/.test(id))
  if (wrong !== undefined) throw new Error(`"${wrong}" is no internal id of NetSuite`)
  return list.join(', ')
}
