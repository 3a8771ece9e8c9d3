import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { DateTime } from 'luxon'

/** The account that the sandbox plays: its tables, its clock and its settings. */
export interface Account {
  /** As it stands in the OAuth realm, such as `1234567_SB1`. */
  id: string
  db: DatabaseSync
  /** A prepared statement, kept for the next time. */
  sql: (text: string) => StatementSync
  now: () => Date
  /** IANA zone of the company: SuiteQL's dates are in it. */
  timeZone: string
  /** `legacy`: lines carry tax codes. `suiteTax`: lines carry none, tax details may be overridden. */
  taxEngine: 'legacy' | 'suiteTax'
  /** Base of the links in answers and of the Location header. */
  baseUrl: () => string
}

/** Runs `work` in one transaction; what throws inside leaves nothing behind. */
export function transact<T>(account: Account, work: () => T): T {
  account.db.exec('BEGIN IMMEDIATE')
  try {
    const value = work()
    account.db.exec('COMMIT')
    return value
  } catch (error) {
    account.db.exec('ROLLBACK')
    throw error
  }
}

/** Keeps prepared statements by their text. */
export function statementCache(db: DatabaseSync): (text: string) => StatementSync {
  const kept = new Map<string, StatementSync>()
  return (text) => {
    const known = kept.get(text)
    if (known !== undefined) return known
    const statement = db.prepare(text)
    kept.set(text, statement)
    return statement
  }
}

/**
 * Dates in the SuiteQL tables are texts of the account's zone behind this mark, so that they compare as they should
 * and yet are known as dates when they come out: unformatted dates leave in the account's format, without a time.
 */
export const dateMark = '\u0001'

export const localTime = (account: Account, at: Date): string =>
  dateMark + DateTime.fromJSDate(at, { zone: account.timeZone }).toFormat('yyyy-MM-dd HH:mm:ss')

export const localDay = (day: string): string => `${dateMark}${day} 00:00:00`

/** Today in the account's zone, `YYYY-MM-DD`. */
export const today = (account: Account): string =>
  DateTime.fromJSDate(account.now(), { zone: account.timeZone }).toISODate() ?? ''

/** A moment as the record API writes it: UTC, whole seconds. */
export const isoSeconds = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`

export interface Link {
  rel: 'self'
  href: string
}

export const selfLink = (account: Account, path: string): { links: Link[] } => ({
  links: [{ rel: 'self', href: `${account.baseUrl()}/services/rest/record/v1/${path}` }],
})

/** A reference to another record in an answer, or nothing where there is none. */
export function reference(
  account: Account,
  record: string,
  id: string | number | null | undefined,
  name: string | null | undefined,
): object | undefined {
  if (id === null || id === undefined) return undefined
  return { ...selfLink(account, `${record}/${id}`), id: String(id), refName: name ?? String(id) }
}
