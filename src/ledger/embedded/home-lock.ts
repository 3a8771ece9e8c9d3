import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { ok } from '../../result.ts'
import { failure } from '../failure.ts'
import type { LedgerResult } from '../failure.ts'

export interface HomeLock {
  release(): void
}

const holder = z.object({ pid: z.number(), since: z.string() })
const BUSY = 5

/**
 * Makes this process the only Waybill on a home. The lock is the kernel's (an fcntl lock, held through an exclusive
 * SQLite transaction: https://sqlite.org/lockingv3.html): it ends with the process however that dies, and no process id
 * has to be believed.
 */
export function lockHome(dir: string, now: () => Date): LedgerResult<HomeLock> {
  const lock = new DatabaseSync(path.join(dir, 'lock'), { timeout: 500 })
  const holderFile = path.join(dir, 'holder.json')
  try {
    lock.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return inUse(holderFile)
    throw error
  }
  writeFileSync(holderFile, JSON.stringify({ pid: process.pid, since: now().toISOString() }), { mode: 0o600 })
  return ok({ release: () => lock.close() })
}

function inUse(holderFile: string) {
  return failure(
    'home_in_use',
    `Another Waybill is running on this home${who(holderFile)}.`,
    'Stop it, or give this one a home of its own with WAYBILL_HOME.',
  )
}

function who(holderFile: string): string {
  try {
    const { pid, since } = holder.parse(JSON.parse(readFileSync(holderFile, 'utf8')))
    return ` (process ${pid}, since ${since})`
  } catch {
    return ''
  }
}
