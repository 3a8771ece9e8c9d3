import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { command } from '../support/package.ts'

it('ends in peace when the reader of its pipe has seen enough', () => {
  const script = `set -o pipefail; node ${JSON.stringify(command)} --help 2>&1 | (exec <&-; sleep 0)`
  expect(() => execFileSync('bash', ['-c', script])).not.toThrow()
})
