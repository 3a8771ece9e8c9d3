import { failure } from '../failure.ts'
import type { LedgerFailure } from '../failure.ts'

type Failed = { ok: false; error: LedgerFailure }

/** Turns what PostgreSQL's programs printed before they gave up into one line. */
export function explainOutput(output: string, dir: string, logFile: string): Failed {
  if (/No space left on device|Disk quota exceeded/.test(output)) return diskFull(dir)
  const lines = output.split('\n').filter((line) => /FATAL|PANIC|error:|could not/i.test(line))
  const last = (lines.at(-1) ?? output.trim().split('\n').at(-1) ?? '').replace(
    /^.*?(FATAL|PANIC|error):\s*/i,
    '',
  )
  return failure(
    'database_not_starting',
    `The embedded PostgreSQL does not start: ${last || 'it ended without a word'}.`,
    `Its log is ${logFile}; a backup can be restored into a new home.`,
  )
}

/** Explains an error of our own file access in the home; anything else is a bug and thrown again. */
export function explainError(error: unknown, dir: string): Failed {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(dir)
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG'].includes(code))
    return notWritable(dir, code)
  throw error
}

export const notWritable = (dir: string, what: string): Failed =>
  failure(
    'home_not_writable',
    `The home ${dir} cannot be written (${what}).`,
    'Give WAYBILL_HOME a folder that this user may write.',
  )

export const diskFull = (dir: string): Failed =>
  failure('disk_full', `The disk that holds ${dir} is full.`, 'Free some space there, then start again.')
