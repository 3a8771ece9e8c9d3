import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')

/** Waiting for a process or a socket, sparing the log of a flood and keeping a row for a moment are done in real time, whatever the clock of the business says. */
const waitsInRealTime =
  /^src\/(ledger\/(embedded\/|kept-connections\.ts$)|flows\/(with-slot|refused-webhooks)\.ts$)/

const files = ['src/ledger', 'src/flows'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|sql)$/.test(name))
    .map((name) => path.join(folder, name)),
)

/** What asks PostgreSQL for its own time. */
const databaseTime =
  /\bnow\s*\(|\b(current_(time|date|timestamp)|local(time|timestamp))\b|\b(clock|statement|transaction)_timestamp\s*\(|\btimeofday\s*\(|'(now|today|tomorrow|yesterday)'\s*::/i
const systemTime = /\bDate\.now\b|\bnew Date\(\s*\)|\bDateTime\.(now|utc|local)\(\s*\)/
const realTime = /\bperformance\.now\b|\bset(Timeout|Interval)\(|timers\/promises/

/** The texts in backticks, without what is put into them; and SQL files whole, without their comments. */
function sqlOf(file: string, text: string): string {
  if (file.endsWith('.sql')) return text.replaceAll(/--.*$/gm, '')
  return [...text.matchAll(/`((?:[^`\\]|\\.)*)`/g)]
    .map(([, inside = '']) => inside.replaceAll(/\$\{[^}]*\}/g, '?'))
    .join('\n')
}

const lines = (text: string, forbidden: RegExp) => text.split('\n').filter((line) => forbidden.test(line))

describe('time comes from deps', () => {
  test.each(files)('%s', (file) => {
    const text = readFileSync(path.join(root, file), 'utf8')
    expect(lines(sqlOf(file, text), databaseTime)).toEqual([])
    expect(lines(text, systemTime)).toEqual([])
    expect(waitsInRealTime.test(file) ? [] : lines(text, realTime)).toEqual([])
  })

  test.each([
    ['a.ts', 'await sql`UPDATE jobs SET run_at = now()`.execute(tx)'],
    ['a.ts', 'sql`SELECT CURRENT_TIMESTAMP`'],
    ['a.sql', "created_at timestamptz DEFAULT 'now'::timestamptz"],
    ['a.sql', 'DEFAULT clock_timestamp()'],
  ])('this test sees it: %s %s', (file, text) => {
    expect(lines(sqlOf(file, text), databaseTime)).toHaveLength(1)
  })
})
