import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { ok } from '../../result.ts'
import { failure } from '../failure.ts'
import type { LedgerResult } from '../failure.ts'
import { diskFull, notWritable } from './explain.ts'

export interface HomeLock {
  release(): void
}

const holder = z.object({ pid: z.number(), since: z.string() })
// https://sqlite.org/rescode.html
const BUSY = 5
const FULL = 13
const UNWRITABLE = [3, 8, 10, 14]

/**
 * Makes this process the only Waybill on a home. The lock is the kernel's (an fcntl lock, held through an exclusive
 * SQLite transaction: https://sqlite.org/lockingv3.html): it ends with the process however that dies, and no process id
 * has to be believed.
 */
export function lockHome(dir: string, now: () => Date): LedgerResult<HomeLock> {
  const holderFile = path.join(dir, 'holder.json')
  const lock = new DatabaseSync(path.join(dir, 'lock'), { open: false, timeout: 500 })
  try {
    lock.open()
    lock.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE')
    writeFileSync(holderFile, JSON.stringify({ pid: process.pid, since: now().toISOString() }), {
      mode: 0o600,
    })
  } catch (error) {
    if (lock.isOpen) lock.close()
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : null
    if (code === BUSY) return inUse(holderFile)
    if (code === FULL) return diskFull(dir)
    if (code !== null && UNWRITABLE.includes(code)) return notWritable(dir, 'its lock file')
    throw error
  }
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
