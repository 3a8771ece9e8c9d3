import { err, ok, type Result } from '../../../result.ts'
import { allowedFunctions, renamed } from './functions.ts'
import {
  closing,
  readFetch,
  readOffset,
  splitAt,
  takeRownum,
  topLevel,
  unsupported,
  Unsupported,
} from './clauses.ts'
import { tokenize, type Token } from './tokens.ts'

/**
 * Turns SuiteQL (Oracle's dialect, the part queries use) into SQLite's. What NetSuite refuses is refused: anything but
 * one SELECT, LIMIT, casts, square brackets, functions that are not on its list, tables that it does not have.
 * Stricter than NetSuite in one point: ROWNUM in the WHERE of a block that also sorts or groups is refused, because it
 * cuts before it sorts there; write SELECT * FROM (… ORDER BY …) WHERE ROWNUM <= n.
 * https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_156257796125.html
 */
export interface Translation {
  sql: string
  /** Alias → table, for the error that names them. */
  aliases: Map<string, string>
}

type Catalogue = ReadonlyMap<string, string[]>

export function translate(query: string, catalogue: Catalogue): Result<Translation, string> {
  const tokens = tokenize(query)
  if (tokens === null || !(tokens[0]?.key === 'select' || tokens[0]?.key === 'with'))
    return err('Search error occurred: Invalid or unsupported search.')
  const scope: Scope = { catalogue, aliases: new Map(), tables: new Set() }
  try {
    for (const token of tokens) refuseForeign(token, scope)
    return ok({ sql: renderQuery(tokens, scope), aliases: scope.aliases })
  } catch (error) {
    if (error instanceof Unsupported) return err(error.message)
    throw error
  }
}

interface Scope {
  catalogue: Catalogue
  aliases: Map<string, string>
  /** Names that WITH defines. */
  tables: Set<string>
}

export const unknownIdentifier = (name: string, aliases: ReadonlyMap<string, string>): string =>
  `Search error occurred: Unknown identifier '${name}'. Available identifiers are: {${[...aliases]
    .map(([alias, table]) => `${alias}=${table}`)
    .join(', ')}}.`

const forbiddenWords = new Set(['limit', 'cast', 'glob', 'regexp', 'match', 'collate', 'indexed', 'pragma'])
const forbiddenSymbols = new Set([';', '[', ']', '{', '}', '::', '?', ':', '@', '!', '&', '~', '^', '%'])

function refuseForeign(token: Token, scope: Scope): void {
  if (token.kind === 'symbol' && forbiddenSymbols.has(token.text)) throw unsupported()
  if (token.kind === 'word' && forbiddenWords.has(token.key)) throw unsupported()
  const name = token.kind === 'quoted' ? token.text.slice(1, -1).toLowerCase() : token.key
  if (token.kind !== 'string' && /^(ns_|sqlite_|pragma_|df__|rowid$|_rowid_$|oid$)/.test(name))
    throw unsupported(unknownIdentifier(token.text, scope.aliases))
}

const setOperators: Record<string, string> = {
  union: 'UNION',
  intersect: 'INTERSECT',
  minus: 'EXCEPT',
  except: 'EXCEPT',
}

function renderQuery(tokens: Token[], scope: Scope): string {
  if (tokens[0]?.key === 'with') return renderWith(tokens, scope)
  const operators = topLevel(tokens, (token) => token.kind === 'word' && token.key in setOperators)
  return splitAt(tokens, operators)
    .map((part, number) => {
      const operator = number === 0 ? '' : setOperators[tokens[operators[number - 1]!]!.key]!
      const all = number > 0 && part[0]?.key === 'all'
      return `${operator}${all ? ' ALL' : ''} ${renderBlock(all ? part.slice(1) : part, scope)}`
    })
    .join(' ')
}

function renderWith(tokens: Token[], scope: Scope): string {
  const definitions: string[] = []
  let at = 1
  for (;;) {
    const name = tokens[at]
    if (name?.kind !== 'word' || tokens[at + 1]?.key !== 'as' || tokens[at + 2]?.text !== '(')
      throw unsupported()
    const end = closing(tokens, at + 2)
    definitions.push(`${renderToken(name)} AS (${renderQuery(tokens.slice(at + 3, end - 1), scope)})`)
    scope.tables.add(name.key)
    at = end
    if (tokens[at]?.text !== ',') break
    at++
  }
  return `WITH ${definitions.join(', ')} ${renderQuery(tokens.slice(at), scope)}`
}

const clauseWords = new Set(['from', 'where', 'group', 'having', 'order', 'offset', 'fetch'])

/** One SELECT without set operators. */
function renderBlock(tokens: Token[], scope: Scope): string {
  if (tokens[0]?.key !== 'select') throw unsupported()
  const starts = topLevel(tokens, (token, at) => {
    if (token.kind !== 'word' || !clauseWords.has(token.key)) return false
    return tokens[at - 1]?.key !== 'within' && tokens[at - 1]?.text !== '.'
  })
  const clauses = new Map<string, Token[]>()
  starts.forEach((start, number) => {
    const word = tokens[start]!.key
    if (clauses.has(word)) throw unsupported()
    clauses.set(word, tokens.slice(start + 1, starts[number + 1]))
  })

  let list = tokens.slice(1, starts[0])
  const distinct = list[0]?.key === 'distinct'
  if (distinct || list[0]?.key === 'all') list = list.slice(1)
  let limit: string | undefined
  if (list[0]?.key === 'top' && list[1]?.kind === 'number') {
    limit = list[1].text
    list = list.slice(2)
  }
  const from = clauses.get('from')
  if (from === undefined || list.length === 0) throw unsupported()
  const fromSql = renderFrom(from, scope)
  const where = takeRownum(clauses.get('where'))
  if (where.limit !== undefined) {
    const sorts =
      distinct || ['group', 'having', 'order'].some((word) => clauses.has(word)) || aggregates(list)
    if (sorts) throw unsupported()
    limit = where.limit
  }
  const fetch = clauses.get('fetch')
  if (fetch !== undefined) limit = readFetch(fetch)
  const offset = clauses.get('offset')
  const sql = [
    `SELECT ${distinct ? 'DISTINCT ' : ''}${renderExpression(list, scope, true)}`,
    `FROM ${fromSql}`,
    where.rest.length > 0 ? `WHERE ${renderExpression(where.rest, scope)}` : '',
    ...['group', 'having', 'order'].map((word) => {
      const clause = clauses.get(word)
      return clause === undefined ? '' : `${word.toUpperCase()} ${renderExpression(clause, scope)}`
    }),
    limit === undefined && offset === undefined ? '' : `LIMIT ${limit ?? '-1'}`,
    offset === undefined ? '' : `OFFSET ${readOffset(offset)}`,
  ]
  return sql.filter((part) => part !== '').join(' ')
}

const aggregateNames = new Set(['count', 'sum', 'min', 'max', 'avg', 'listagg'])
const aggregates = (list: Token[]) =>
  list.some((token, at) => aggregateNames.has(token.key) && list[at + 1]?.text === '(')

const joinWords = new Set([
  'join',
  'inner',
  'left',
  'right',
  'full',
  'outer',
  'cross',
  'on',
  'natural',
  'using',
])

/** Checks the tables of a FROM and learns their aliases. */
function renderFrom(tokens: Token[], scope: Scope): string {
  const starts = new Set([0])
  for (const at of topLevel(tokens, (token) => token.text === ',' || token.key === 'join')) starts.add(at + 1)
  for (const start of starts) {
    const table = tokens[start]
    if (table === undefined) throw unsupported()
    const inner = table.text === '('
    if (!inner && table.kind !== 'word') throw unsupported()
    const name = inner ? '(…)' : table.key
    if (!inner && !scope.catalogue.has(name) && !scope.tables.has(name))
      throw unsupported(`Invalid search type: ${table.text}.`)
    let next = inner ? closing(tokens, start) : start + 1
    if (tokens[next]?.key === 'as') next++
    const alias = tokens[next]
    if (alias?.kind === 'word' && !joinWords.has(alias.key)) scope.aliases.set(alias.key, name)
    else if (!inner) scope.aliases.set(name, name)
  }
  return renderExpression(tokens, scope)
}

const wordsBeforeParenthesis = new Set(
  `in and or not on exists where when then else case from join select distinct all any between like over by as
   having is partition using inner left right full outer cross`.split(/\s+/),
)
const clockWords = new Set(['sysdate', 'current_date', 'current_timestamp', 'systimestamp', 'localtimestamp'])

function renderExpression(tokens: Token[], scope: Scope, selectList = false): string {
  const out: string[] = []
  for (let at = 0; at < tokens.length;) {
    const token = tokens[at]!
    if (token.text === '(' && ['select', 'with'].includes(tokens[at + 1]?.key ?? '')) {
      const end = closing(tokens, at)
      out.push(`(${renderQuery(tokens.slice(at + 1, end - 1), scope)})`)
      at = end
    } else if (token.kind === 'word' && token.key === 'builtin') {
      const end = closing(tokens, at + 3)
      if (tokens[at + 1]?.text !== '.' || tokens[at + 2]?.key !== 'df') throw unsupported()
      out.push(displayValue(tokens.slice(at + 4, end - 1), scope))
      at = end
    } else if (token.kind === 'word' && clockWords.has(token.key)) {
      const [sign, days] = [tokens[at + 1]?.text, tokens[at + 2]]
      const shifted = sign === '+' || sign === '-'
      if (shifted && days?.kind !== 'number') throw unsupported()
      out.push(shifted ? `ns_add_days(ns_sysdate(), ${sign}${days!.text})` : 'ns_sysdate()')
      at += shifted ? 3 : 1
    } else if (token.kind === 'word' && token.key === 'rownum') {
      if (!selectList) throw unsupported()
      out.push('row_number() OVER ()')
      at++
    } else if (
      token.kind === 'word' &&
      tokens[at + 1]?.text === '(' &&
      !wordsBeforeParenthesis.has(token.key) &&
      tokens[at - 1]?.text !== '.'
    ) {
      const end = closing(tokens, at + 1)
      const call = renderCall(token, tokens.slice(at + 2, end - 1), tokens.slice(end), scope)
      out.push(call.sql)
      at = end + call.taken
    } else {
      out.push(renderToken(token))
      at++
    }
  }
  return out.join(' ')
}

const keywords = new Set(
  `select distinct all from where group by order having as on join inner left right full outer cross and or not in is
   null like escape between exists case when then else end asc desc nulls first last over partition rows range
   unbounded preceding following current row any`.split(/\s+/),
)

/** Names are quoted: SQLite has keywords that Oracle has not. */
function renderToken(token: Token): string {
  if (token.kind === 'string') return token.text === "''" ? 'NULL' : token.text
  if (token.text === '/') return '* 1.0 /'
  return token.kind === 'word' && !keywords.has(token.key) ? `"${token.text}"` : token.text
}

/** A function's call; `taken` counts the tokens behind it that belong to it (WITHIN GROUP …). */
function renderCall(
  name: Token,
  inside: Token[],
  after: Token[],
  scope: Scope,
): { sql: string; taken: number } {
  if (name.key === 'sys_extract_utc') {
    if (inside.length !== 1 || !clockWords.has(inside[0]!.key)) throw unsupported()
    return { sql: 'ns_utc()', taken: 0 }
  }
  if (name.key === 'decode') return { sql: renderDecode(inside, scope), taken: 0 }
  if (!allowedFunctions.has(name.key)) throw unsupported()
  const called = renamed[name.key] ?? name.key
  const values = renderExpression(inside, scope)
  if (
    name.key === 'listagg' &&
    after[0]?.key === 'within' &&
    after[1]?.key === 'group' &&
    after[2]?.text === '('
  ) {
    const end = closing(after, 2)
    return { sql: `${called}(${values} ${renderExpression(after.slice(3, end - 1), scope)})`, taken: end }
  }
  return { sql: `${called}(${values})`, taken: 0 }
}

function renderDecode(inside: Token[], scope: Scope): string {
  const commas = topLevel(inside, (token) => token.text === ',')
  const [value, ...rest] = splitAt(inside, commas).map((part) => renderExpression(part, scope))
  if (value === undefined || rest.length < 2) throw unsupported()
  const otherwise = rest.length % 2 === 1 ? rest.pop()! : 'NULL'
  const cases: string[] = []
  for (let at = 0; at < rest.length; at += 2) cases.push(`WHEN ${value} IS ${rest[at]} THEN ${rest[at + 1]}`)
  return `CASE ${cases.join(' ')} ELSE ${otherwise} END`
}

/** BUILTIN.DF(column): what a person sees instead of the id. */
function displayValue(inside: Token[], scope: Scope): string {
  const [first, dot, second, more] = inside
  if (first?.kind !== 'word' || more !== undefined || (dot !== undefined && (dot.text !== '.' || !second)))
    throw unsupported()
  const column = (second ?? first).key
  const prefix = second === undefined ? '' : `${renderToken(first)}.`
  const tables = second === undefined ? [...scope.aliases.values()] : [scope.aliases.get(first.key) ?? '']
  const shown = tables.some((table) => scope.catalogue.get(table)?.includes(`df__${column}`))
  return `coalesce(${prefix}${shown ? `df__${column}` : renderToken(second ?? first)}, NULL)`
}
