import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { ClientBase, Pool } from 'pg'
import { ok } from '../result.ts'
import { exactText, FORMAT, quoted } from './backup-format.ts'
import type { Counts } from './backup-format.ts'
import { failure } from './failure.ts'
import type { LedgerResult } from './failure.ts'
import { applied } from './migrate.ts'

/** About how many characters of rows are fetched at once. */
const FETCH_SIZE = 1_000_000

/**
 * Writes the whole database, as it is at one moment, as one gzipped stream. Everything in the schema public is
 * included, by what the catalogue says; memory stays small however much there is.
 */
export async function backup(
  pool: Pool,
  out: NodeJS.WritableStream,
  now: () => Date,
): Promise<LedgerResult<Counts>> {
  const client = await pool.connect()
  try {
    await client.query(
      `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${exactText}; SET LOCAL synchronize_seqscans = off`,
    )
    const migrations = await applied(client)
    if (migrations.length === 0) {
      return failure(
        'database_missing',
        'This database holds no Waybill.',
        'Check WAYBILL_HOME or DATABASE_URL.',
      )
    }
    const counts = { tables: 0, rows: 0 }
    const header = { waybill: 'backup', format: FORMAT, createdAt: now().toISOString(), migrations }
    await pipeline(Readable.from(lines(client, header, counts), { highWaterMark: 1 }), createGzip(), out)
    return ok(counts)
  } finally {
    await client.query('ROLLBACK').then(
      () => client.release(),
      (error: Error) => client.release(error),
    )
  }
}

async function* lines(client: ClientBase, header: object, counts: Counts): AsyncGenerator<string> {
  yield text(header)
  for (const table of await tableNames(client)) {
    const columns = await columnNames(client, table)
    yield text({ table, columns })
    counts.tables += 1
    for await (const rows of fetchRows(client, table, columns)) {
      counts.rows += rows.length
      yield rows.map(text).join('')
    }
  }
  for (const name of await sequenceNames(client)) {
    const { rows } = await client.query<{ last: string; called: boolean }>(
      `SELECT last_value::text AS last, is_called AS called FROM ${quoted(name)}`,
    )
    yield text({ sequence: name, ...rows[0] })
  }
  yield text({ rows: counts.rows })
}

const text = (value: unknown) => `${JSON.stringify(value)}\n`

async function* fetchRows(
  client: ClientBase,
  table: string,
  columns: string[],
): AsyncGenerator<(string | null)[][]> {
  const values = columns.map((column) => `${quoted(column)}::text`).join(', ')
  await client.query(`DECLARE backup NO SCROLL CURSOR FOR SELECT ${values} FROM ONLY ${quoted(table)}`)
  for (let count = 10; ;) {
    const fetch = { text: `FETCH ${count} FROM backup`, rowMode: 'array' as const }
    const { rows } = await client.query<(string | null)[]>(fetch)
    if (rows.length === 0) break
    yield rows
    const size = rows.reduce((sum, row) => sum + row.reduce((own, value) => own + (value?.length ?? 0), 1), 0)
    count = Math.min(5_000, Math.max(1, Math.floor((FETCH_SIZE * rows.length) / size)))
  }
  await client.query('CLOSE backup')
}

const tableNames = (client: ClientBase) => names(client, `SELECT relname FROM pg_class WHERE relkind = 'r'`)
const sequenceNames = (client: ClientBase) =>
  names(client, `SELECT relname FROM pg_class WHERE relkind = 'S'`)

/** A restored database works out its generated columns itself. */
async function columnNames(client: ClientBase, table: string): Promise<string[]> {
  const { rows } = await client.query<{ column_name: string }>(
    `SELECT column_name FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position`,
    [table],
  )
  return rows.map(({ column_name }) => column_name)
}

async function names(client: ClientBase, select: string): Promise<string[]> {
  const { rows } = await client.query<{ relname: string }>(
    `${select} AND relnamespace = 'public'::regnamespace ORDER BY relname COLLATE "C"`,
  )
  return rows.map(({ relname }) => relname)
}
