import type { Token } from './tokens.ts'

/** Thrown inside the translation and caught at its door: a query can be wrong at any depth. */
export class Unsupported extends Error {}
export const unsupported = (reason = 'Search error occurred: Invalid or unsupported search.') =>
  new Unsupported(reason)

/** The index behind the parenthesis that opens at `open`. */
export function closing(tokens: Token[], open: number): number {
  let depth = 0
  for (let at = open; at < tokens.length; at++) {
    if (tokens[at]!.text === '(') depth++
    if (tokens[at]!.text === ')' && --depth === 0) return at + 1
  }
  throw unsupported()
}

/** Indexes of the tokens outside all parentheses and CASE … END for which `wanted` holds. */
export function topLevel(tokens: Token[], wanted: (token: Token, at: number) => boolean): number[] {
  const found: number[] = []
  let depth = 0
  tokens.forEach((token, at) => {
    if (token.text === ')' || token.key === 'end') depth--
    if (depth === 0 && wanted(token, at)) found.push(at)
    if (token.text === '(' || token.key === 'case') depth++
  })
  return found
}

export function splitAt(tokens: Token[], indexes: number[]): Token[][] {
  const ends = [...indexes, tokens.length]
  return ends.map((end, part) => tokens.slice(part === 0 ? 0 : ends[part - 1]! + 1, end))
}

/** FETCH FIRST n ROWS ONLY. */
export function readFetch(clause: Token[]): string {
  const [first, count, rows, only, more] = clause
  const fits =
    ['first', 'next'].includes(first?.key ?? '') &&
    count?.kind === 'number' &&
    ['row', 'rows'].includes(rows?.key ?? '') &&
    only?.key === 'only' &&
    more === undefined
  if (!fits) throw unsupported()
  return count!.text
}

export function readOffset(clause: Token[]): string {
  const [count, rows, more] = clause
  if (count?.kind !== 'number' || !['row', 'rows'].includes(rows?.key ?? '') || more !== undefined)
    throw unsupported()
  return count.text
}

/** Takes `ROWNUM <= n` out of the conditions: SQLite cuts with LIMIT instead. */
export function takeRownum(where: Token[] | undefined): { rest: Token[]; limit?: string } {
  if (where === undefined || !where.some((token) => token.key === 'rownum')) return { rest: where ?? [] }
  let between = false
  const ands = topLevel(where, (token) => {
    if (token.key === 'between') between = true
    if (token.key !== 'and') return false
    if (!between) return true
    between = false
    return false
  })
  const rest: Token[] = []
  let limit: string | undefined
  for (const part of splitAt(where, ands)) {
    const [name, operator, count] = part
    if (part.length === 3 && name?.key === 'rownum' && count?.kind === 'number') {
      const number = Number(count.text)
      if (operator?.text === '<=' || (operator?.text === '=' && number === 1)) limit = String(number)
      else if (operator?.text === '<') limit = String(Math.max(0, Math.ceil(number) - 1))
      else throw unsupported()
    } else {
      if (rest.length > 0) rest.push({ kind: 'word', text: 'AND', key: 'and' })
      rest.push(...part)
    }
  }
  if (rest.some((token) => token.key === 'rownum')) throw unsupported()
  return limit === undefined ? { rest } : { rest, limit }
}
