import { expect, test } from 'vitest'
import { CliFailure, oneLine } from '../../src/cli/failure.ts'
import { readEnvironment } from '../../src/cli/environment.ts'
import { columns, tableLines } from '../../src/cli/output.ts'

test('a table fits the width: the named column gives way', () => {
  const rows = [
    ['1001', 'Ada', 'a rather long reason that goes on and on'],
    ['1002', '山田太郎', 'short'],
  ]
  const lines = tableLines(['Order', 'Customer', 'Reason'], rows, 2, 40)
  for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(40)
  expect(lines[1]).toMatch(/^1001 {3}Ada {7}a rather .*…$/)
  expect(columns(lines[2]!.split('short')[0]!)).toBe(columns(lines[0]!.split('Reason')[0]!))
})

test('in a pipe a table is whole', () => {
  const [, row] = tableLines(['A'], [['x'.repeat(500)]], 0, null)
  expect(row).toBe('x'.repeat(500))
})

test('cells are one line, whatever they hold', () => {
  expect(tableLines(['A', 'B'], [['one\ntwo\tthree', 'x']], 0, null)[1]).toBe('one two three  x')
})

test('a failure is one line', () => {
  expect(oneLine('It\nfailed', 'Mend\n it.')).toBe('It failed. Mend it.')
  expect(oneLine('Ends well.', 'Go on.')).toBe('Ends well. Go on.')
})

test.each([
  ['WAYBILL_ALLOW_HOSTS', '127.0.0.1,not a host', /not a host/],
  ['WAYBILL_PUBLIC_URL', 'waybill.example.com', /WAYBILL_PUBLIC_URL/],
  ['DATABASE_URL', 'mysql://x', /DATABASE_URL/],
])('%s of the wrong form is wrong usage', (name, value, message) => {
  const read = () => readEnvironment({ [name]: value })
  expect(read).toThrow(CliFailure)
  expect(read).toThrow(message)
})

test('the environment has defaults for everything', () => {
  expect(readEnvironment({ WAYBILL_HOME: '' })).toMatchObject({
    home: `${process.cwd()}/.waybill`,
    listen: '127.0.0.1',
    databaseUrl: null,
    publicUrl: null,
    allowHosts: [],
  })
})
