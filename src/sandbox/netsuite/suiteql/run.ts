import type { SQLOutputValue, StatementSync } from 'node:sqlite'
import { Big } from 'big.js'
import { z } from 'zod'
import { dateMark, type Account } from '../account.ts'
import {
  collectionAnswer,
  errorAnswer,
  invalidContent,
  refuse,
  type Answer,
  type Refusal,
} from '../answers.ts'
import { err, ok, type Result } from '../../../result.ts'
import { accountDate, plainNumber } from './functions.ts'
import { translate, unknownIdentifier } from './translate.ts'
import { readCatalogue } from './views.ts'

/** Rows of one page, and of all pages together. */
const pageRows = 1000
const allRows = 100_000

const invalidQuery = (reason: string) =>
  refuse(400, {
    detail: `Invalid search query. Detailed unprocessed description follows. ${reason}`,
    code: 'INVALID_PARAMETER',
    queryParam: 'q',
  })

export interface SuiteqlRequest {
  body: unknown
  prefer: string | undefined
  limit: string | undefined
  offset: string | undefined
}

/**
 * `POST /services/rest/query/v1/suiteql`.
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_157909186990.html
 */
export function answerSuiteql(account: Account, request: SuiteqlRequest): Answer {
  const page = readPage(request)
  if (!page.ok) return errorAnswer(page.error)
  const rows = run(account, page.value)
  if (!rows.ok) return errorAnswer(rows.error)
  const { items, total } = rows.value
  const { limit, offset } = page.value
  const at = `${account.baseUrl()}/services/rest/query/v1/suiteql`
  const link = (rel: string, from: number) => ({ rel, href: `${at}?limit=${limit}&offset=${from}` })
  const hasMore = offset + items.length < total
  return collectionAnswer({
    links: [
      ...(offset > 0 ? [link('previous', Math.max(0, offset - limit)), link('first', 0)] : []),
      ...(hasMore
        ? [link('next', offset + limit), link('last', Math.floor((total - 1) / limit) * limit)]
        : []),
      { rel: 'self', href: at },
    ],
    count: items.length,
    hasMore,
    items,
    offset,
    totalResults: total,
  })
}

interface Page {
  query: string
  limit: number
  offset: number
}

function readPage(request: SuiteqlRequest): Result<Page, Refusal> {
  if (!/(^|,)\s*transient\s*(,|$)/.test(request.prefer ?? ''))
    return refuse(400, {
      detail:
        "The required request header 'Prefer' is missing or its value is not valid. Provide 'Prefer: transient'.",
      code: 'INVALID_HEADER',
      header: 'Prefer',
    })
  const body = z.strictObject({ q: z.string() }).safeParse(request.body)
  if (!body.success)
    return invalidContent('Invalid content in the request body. Provide the query in "q".', 'q')
  const whole = (value: string | undefined, otherwise: number) =>
    value === undefined ? otherwise : /^\d+$/.test(value) ? Number(value) : NaN
  const limit = whole(request.limit, pageRows)
  if (!(limit >= 1 && limit <= pageRows))
    return refuse(400, {
      detail: `Invalid value for the query parameter 'limit'. Provide a whole number from 1 to ${pageRows}.`,
      code: 'INVALID_PARAMETER',
      queryParam: 'limit',
    })
  const offset = whole(request.offset, 0)
  if (Number.isNaN(offset) || offset % limit !== 0)
    return refuse(400, {
      detail:
        "Invalid value for the query parameter 'offset'. Provide a whole number that is divisible by the limit.",
      code: 'INVALID_PARAMETER',
      queryParam: 'offset',
    })
  return ok({ query: body.data.q, limit, offset })
}

type Row = Record<string, unknown>

/** Runs the query and reads one page of it; rows beyond 100,000 do not exist. */
function run(account: Account, page: Page): Result<{ items: Row[]; total: number }, Refusal> {
  const translation = translate(page.query, readCatalogue(account.db))
  if (!translation.ok) return invalidQuery(translation.error)
  let statement: StatementSync
  try {
    statement = account.db.prepare(translation.value.sql)
  } catch (error) {
    return invalidQuery(explain(error, translation.value.aliases))
  }
  statement.setReturnArrays(true)
  const keys = columnKeys(statement)
  const items: Row[] = []
  let total = 0
  try {
    for (const row of statement.iterate() as Iterable<unknown> as Iterable<SQLOutputValue[]>) {
      if (total >= page.offset && items.length < page.limit) items.push(readRow(keys, row))
      if (++total === allRows) break
    }
  } catch (error) {
    return err({
      status: 400,
      details: [
        {
          detail: `Invalid search query. Detailed unprocessed description follows. ${explain(error, translation.value.aliases)}`,
          code: 'INVALID_PARAMETER',
          queryParam: 'q',
        },
      ],
    })
  }
  return ok({ items, total })
}

function explain(error: unknown, aliases: ReadonlyMap<string, string>): string {
  const message = error instanceof Error ? error.message : String(error)
  const column = /^no such column: (?:[^.\s]+\.)?"?([^\s"]+)/.exec(message)?.[1]
  if (column !== undefined) return unknownIdentifier(column, aliases)
  return 'Search error occurred: Invalid or unsupported search.'
}

/** Keys are lower-case; an expression without a name is expr1, expr2 … Display columns of `*` stay hidden. */
function columnKeys(statement: StatementSync): (string | null)[] {
  let unnamed = 0
  return statement.columns().map((column) => {
    const name = column.name.toLowerCase()
    if (name.startsWith('df__')) return null
    return /^[a-z_][\w$#]*$/.test(name) ? name : `expr${++unnamed}`
  })
}

function readRow(keys: (string | null)[], values: SQLOutputValue[]): Row {
  const row: Row = { links: [] }
  values.forEach((value, at) => {
    const key = keys[at]
    if (key !== null && key !== undefined && value !== null) row[key] = show(value)
  })
  return row
}

/** Every value is a text. */
function show(value: SQLOutputValue): string {
  if (typeof value === 'number') return new Big(plainNumber(value)).toFixed()
  const text = String(value)
  return text.startsWith(dateMark) ? accountDate(text) : text
}
