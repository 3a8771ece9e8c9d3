import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { DateTime } from 'luxon'
import { dateMark } from '../account.ts'

type Value = SQLInputValue

/** Oracle's format model, the parts that queries use, as luxon's tokens. */
const formats: [RegExp, string][] = [
  [/^YYYY/i, 'yyyy'],
  [/^YY/i, 'yy'],
  [/^MONTH/i, 'MMMM'],
  [/^MON/i, 'MMM'],
  [/^MM/i, 'MM'],
  [/^MI/i, 'mm'],
  [/^DD/i, 'dd'],
  [/^DY/i, 'ccc'],
  [/^HH24/i, 'HH'],
  [/^HH12/i, 'hh'],
  [/^HH/i, 'hh'],
  [/^SS/i, 'ss'],
  [/^(AM|PM)/i, 'a'],
]

function luxonFormat(model: string): string {
  let format = ''
  for (let rest = model; rest !== '';) {
    const known = formats.find(([start]) => start.test(rest))
    const literal = /^"([^"]*)"/.exec(rest)
    const taken = known ? known[0].exec(rest)![0] : literal ? literal[0] : rest[0]!
    format += known ? known[1] : `'${(literal ? literal[1]! : taken).replaceAll("'", "''")}'`
    rest = rest.slice(taken.length)
  }
  return format
}

const isDate = (value: Value): value is string => typeof value === 'string' && value.startsWith(dateMark)
const readDate = (value: string) => DateTime.fromSQL(value.slice(1), { zone: 'utc' })
const writeDate = (time: DateTime) => dateMark + time.toFormat('yyyy-MM-dd HH:mm:ss')

export const plainNumber = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(15)))

/** A date without TO_CHAR leaves in the account's format, precise to the day. */
export const accountDate = (value: string): string => readDate(value).toFormat('M/d/yyyy')

function toChar(value: Value, model?: Value): Value {
  if (value === null) return null
  if (!isDate(value)) return typeof value === 'number' ? plainNumber(value) : String(value)
  return typeof model === 'string' ? readDate(value).toFormat(luxonFormat(model)) : accountDate(value)
}

function toDate(value: Value, model?: Value): Value {
  if (value === null || isDate(value)) return value
  const time = DateTime.fromFormat(
    String(value),
    luxonFormat(typeof model === 'string' ? model : 'MM/DD/YYYY'),
    {
      zone: 'utc',
    },
  )
  if (!time.isValid) throw new Error('literal does not match format string')
  return writeDate(time)
}

function truncate(value: Value, digits?: Value): Value {
  if (value === null) return null
  if (isDate(value)) return writeDate(readDate(value).startOf('day'))
  const factor = 10 ** Number(digits ?? 0)
  return Math.trunc(Number(value) * factor) / factor
}

const text = (value: Value) => (value === null ? '' : String(value))

/** SQLite's own functions that Oracle has under the same name, and those made here. */
const native = ['abs', 'coalesce', 'count', 'sum', 'min', 'max', 'avg', 'lower', 'upper', 'length', 'substr']
const nativeToo = ['replace', 'round', 'trim', 'ltrim', 'rtrim', 'nullif', 'instr', 'row_number', 'rank']
export const renamed: Record<string, string> = {
  nvl: 'coalesce',
  nvl2: 'ns_nvl2',
  greatest: 'max',
  least: 'min',
  listagg: 'group_concat',
}
const made: Record<string, (...values: Value[]) => Value> = {
  to_char: toChar,
  to_date: toDate,
  to_timestamp: toDate,
  to_number: (value = null) => (value === null ? null : Number(value)),
  trunc: truncate,
  concat: (a = null, b = null) => text(a) + text(b) || null,
  mod: (a = null, b = null) => (a === null || b === null ? null : Number(a) % Number(b)),
  ceil: (value = null) => (value === null ? null : Math.ceil(Number(value))),
  floor: (value = null) => (value === null ? null : Math.floor(Number(value))),
  lpad: (value = null, size = 0, fill = ' ') =>
    text(value).padStart(Number(size), text(fill)).slice(0, Number(size)),
  rpad: (value = null, size = 0, fill = ' ') =>
    text(value).padEnd(Number(size), text(fill)).slice(0, Number(size)),
  ns_nvl2: (value = null, some = null, none = null) => (value === null ? none : some),
  ns_add_days: (value = null, days = null) =>
    isDate(value) ? writeDate(readDate(value).plus({ days: Number(days) })) : null,
}

export const allowedFunctions = new Set([
  ...native,
  ...nativeToo,
  'dense_rank',
  ...Object.keys(renamed),
  ...Object.keys(made).filter((name) => !name.startsWith('ns_')),
])

/** Oracle's functions for SQLite. `now` gives SYSDATE in the account's zone. */
export function registerFunctions(db: DatabaseSync, now: () => string, utc: () => string): void {
  for (const [name, work] of Object.entries(made))
    db.function(name, { varargs: true, deterministic: true }, work)
  db.function('ns_sysdate', () => now())
  db.function('ns_utc', () => utc())
}
