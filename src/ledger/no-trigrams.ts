import type { Pool } from 'pg'
import { failure, type LedgerFailure } from './failure.ts'

/** Where the search's extension is what is missing: who can make it, and how. Null for every other error. */
export async function noTrigrams(
  pool: Pool,
  error: unknown,
): Promise<{ ok: false; error: LedgerFailure } | null> {
  if (!(error instanceof Error) || !/extension "pg_trgm"/.test(error.message)) return null
  const { rows } = await pool.query<{ database: string; role: string }>(
    'SELECT current_database() AS database, current_user AS role',
  )
  const { database, role } = rows[0]!
  const isAllowed = (error as { code?: string }).code !== '42501'
  return failure(
    'no_trigrams',
    isAllowed
      ? `The search needs the PostgreSQL extension pg_trgm, and this server does not have it (${error.message}).`
      : `The search needs the PostgreSQL extension pg_trgm, and the role "${role}" may not create it in the database "${database}".`,
    isAllowed
      ? 'Install PostgreSQL\'s contrib package on the server (on Debian it is part of "postgresql"), then start again.'
      : `As the owner of the database or a superuser, run CREATE EXTENSION pg_trgm; in "${database}", then start again.`,
  )
}
