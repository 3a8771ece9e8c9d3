import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const bin = join(import.meta.dirname, '../../bin/waybill.js')

it('ends in peace when the reader of its pipe has seen enough', () => {
  const script = `set -o pipefail; node ${JSON.stringify(bin)} --help 2>&1 | (exec <&-; sleep 0)`
  expect(() => execFileSync('bash', ['-c', script])).not.toThrow()
})
