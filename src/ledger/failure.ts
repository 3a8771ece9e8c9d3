import type { Result } from '../result.ts'

/** Why the ledger cannot be opened: one line for a person, and what to do. */
export interface LedgerFailure {
  code: LedgerFailureCode
  message: string
  fix: string
}

export type LedgerFailureCode =
  | 'home_in_use'
  | 'home_not_writable'
  | 'home_other_owner'
  | 'disk_full'
  | 'other_major_version'
  | 'database_newer'
  | 'database_missing'
  | 'database_busy'
  | 'database_not_starting'
  | 'no_binaries'
  | 'no_glibc'
  | 'no_other_user'
  | 'no_socket_path'
  | 'not_empty'
  | 'unreadable_backup'
  | 'no_session'
  | 'no_trigrams'

export type LedgerResult<T> = Result<T, LedgerFailure>

export const failure = (
  code: LedgerFailureCode,
  message: string,
  fix: string,
): { ok: false; error: LedgerFailure } => ({
  ok: false,
  error: { code, message, fix },
})
