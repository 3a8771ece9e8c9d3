import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { kinds } from '../faults/storm/plan.ts'

const root = path.resolve(import.meta.dirname, '../..')
const rows = readFileSync(path.join(root, 'docs/failure-modes.md'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, number, shown] = /^\|\s*(\d+)\s*\|[^|]*\|\s*(.*?)\s*\|$/.exec(line) ?? []
    return number === undefined ? [] : [{ number: Number(number), shown: shown! }]
  })

/** The tests that a line names: files in backticks, titles and kinds of storms in quotation marks. */
const testsIn = (shown: string) =>
  [...shown.matchAll(/`(test\/[^`]+)` “([^”]+)”/g)].map(([, file, title]) => ({
    file: file!,
    title: title!.replaceAll('\\"', '"'),
  }))
const stormsIn = (shown: string) => [...shown.matchAll(/storm “([^”]+)”/g)].map(([, kind]) => kind!)

/** Whether a test or group of tests is called so in this file. */
function isTitle(file: string, title: string): boolean {
  const text = readFileSync(path.join(root, file), 'utf8')
  // A title may go on behind what is quoted: with the seed of the run, say.
  return ["'", '"', '`'].some((quote) => text.includes(`${quote}${title}`))
}

describe('docs/failure-modes.md', () => {
  test('numbers its lines without a gap', () => {
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_, n) => n + 1))
  })

  test.each(rows)('line $number names what shows it, or why it cannot happen', ({ shown }) => {
    const tests = testsIn(shown)
    const missing = [
      ...tests.filter(({ file, title }) => !existsSync(path.join(root, file)) || !isTitle(file, title)),
      ...stormsIn(shown).filter((kind) => !(kind in kinds)),
    ]
    expect(missing).toEqual([])
    expect(tests.length > 0 || shown.startsWith('Cannot happen here')).toBe(true)
  })

  const reference = path.join(root, '../shared/reference/failure-modes.md')
  test.runIf(existsSync(reference))('has a line for each known way to fail', () => {
    const known = [...readFileSync(reference, 'utf8').matchAll(/^(\d+)\. /gm)].map(([, n]) => Number(n))
    expect(known.length).toBeGreaterThan(0)
    expect(rows.map(({ number }) => number)).toEqual(known)
  })
})
