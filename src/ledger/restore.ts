import { pipeline } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { createGunzip } from 'node:zlib'
import { DatabaseError } from 'pg'
import type { ClientBase, Pool } from 'pg'
import { ok } from '../result.ts'
import { exactText, FORMAT, header, line, quoted } from './backup-format.ts'
import type { Counts, Row, TableHead } from './backup-format.ts'
import { failure } from './failure.ts'
import type { LedgerFailure, LedgerResult } from './failure.ts'
import { makeSchema, migrationNames } from './migrate.ts'
import { noTrigrams } from './no-trigrams.ts'

const BATCH_ROWS = 1_000
const BATCH_SIZE = 1_000_000

/**
 * Fills an empty database (no tables at all: not migrated) from a backup, all or nothing, in one transaction. The
 * schema is the backup's; `migrate` brings it to this program's afterwards.
 */
export async function restore(
  pool: Pool,
  input: NodeJS.ReadableStream,
  migrations?: URL,
): Promise<LedgerResult<Counts>> {
  const client = await pool.connect()
  try {
    await client.query(`BEGIN; ${exactText}`)
    const counts = await fill(client, input, migrations)
    await client.query('COMMIT')
    return ok(counts)
  } catch (error) {
    await client.query('ROLLBACK')
    if (error instanceof Refused) return { ok: false, error: error.failure }
    if (isBadData(error)) return { ok: false, error: unreadable(error.message).failure }
    return (await noTrigrams(pool, error)) ?? Promise.reject(error as Error)
  } finally {
    client.release()
  }
}

/** Ends the transaction from within; `restore` turns it into a value. */
class Refused extends Error {
  failure: LedgerFailure

  constructor(refused: { error: LedgerFailure }) {
    super(refused.error.message)
    this.failure = refused.error
  }
}

const unreadable = (why: string) =>
  new Refused(
    failure(
      'unreadable_backup',
      `The backup cannot be read: ${why}.`,
      'Take another copy of the file; nothing was changed.',
    ),
  )

/** PostgreSQL's error classes for values of the wrong form and for broken constraints. */
const isBadData = (error: unknown): error is DatabaseError =>
  error instanceof DatabaseError && /^2[23]/.test(error.code ?? '')

async function fill(client: ClientBase, input: NodeJS.ReadableStream, migrations?: URL): Promise<Counts> {
  await refuseFilled(client)
  const lines = readLines(input)
  const upTo = await readHeader(lines, migrations)
  await makeSchema(client, upTo, migrations)
  const constraints = await loosen(client)
  const counts = await readTables(client, lines)
  for (const statement of constraints) await client.query(statement)
  return counts
}

async function refuseFilled(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
     ORDER BY relname LIMIT 1`,
  )
  if (!rows[0]) return
  throw new Refused(
    failure(
      'not_empty',
      `A backup is restored into an empty database, and this one has tables (${rows[0].name}, …).`,
      'Give WAYBILL_HOME a new folder, or DATABASE_URL a new database, and restore there.',
    ),
  )
}

/** Checks that this program can read the backup, and answers with the migration that made its schema. */
async function readHeader(lines: AsyncGenerator<string>, migrations?: URL): Promise<string> {
  const first = await lines.next()
  const head = header.safeParse(first.done ? null : parse(first.value))
  if (!head.success) throw unreadable('it does not begin like one')
  const known = await migrationNames(migrations)
  const newer = head.data.migrations.find((name) => !known.includes(name)) ?? null
  if (head.data.format <= FORMAT && newer === null) return head.data.migrations.at(-1)!
  throw new Refused(
    failure(
      'database_newer',
      `The backup is newer than this Waybill${newer === null ? '' : `: it has the migration ${newer}`}.`,
      'Restore it with the version of Waybill that made it, or a later one.',
    ),
  )
}

/**
 * Empties the new tables and takes away what would stand in the way of rows in any order.
 * @returns the statements that put it back, checking all rows then
 */
async function loosen(client: ClientBase): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
  )
  const { rows: keys } = await client.query<{ tab: string; name: string; definition: string }>(
    `SELECT relname AS tab, conname AS name, pg_get_constraintdef(c.oid) AS definition
     FROM pg_constraint c JOIN pg_class t ON t.oid = conrelid WHERE contype = 'f' AND connamespace = 'public'::regnamespace`,
  )
  for (const { tab, name } of keys)
    await client.query(`ALTER TABLE ${quoted(tab)} DROP CONSTRAINT ${quoted(name)}`)
  await client.query(`TRUNCATE ${tables.map(({ name }) => quoted(name)).join(', ')}`)
  for (const { name } of tables) await client.query(`ALTER TABLE ${quoted(name)} DISABLE TRIGGER USER`)
  return [
    ...tables.map(({ name }) => `ALTER TABLE ${quoted(name)} ENABLE TRIGGER USER`),
    ...keys.map(
      ({ tab, name, definition }) =>
        `ALTER TABLE ${quoted(tab)} ADD CONSTRAINT ${quoted(name)} ${definition}`,
    ),
  ]
}

async function readTables(client: ClientBase, lines: AsyncGenerator<string>): Promise<Counts> {
  const counts = { tables: 0, rows: 0 }
  let insert: ((rows: Row[]) => Promise<void>) | null = null
  let batch: Row[] = []
  let size = 0
  const flush = async () => {
    if (batch.length > 0 && insert) await insert(batch)
    batch = []
    size = 0
  }
  for await (const written of lines) {
    const read = line.safeParse(parse(written))
    if (!read.success) throw unreadable(`a line of it makes no sense (${written.slice(0, 40)})`)
    const value = read.data
    if (Array.isArray(value)) {
      if (!insert) throw unreadable('it has rows before the first table')
      batch.push(value)
      counts.rows += 1
      size += written.length
      if (batch.length >= BATCH_ROWS || size >= BATCH_SIZE) await flush()
      continue
    }
    await flush()
    if ('table' in value) {
      insert = await inserter(client, value)
      counts.tables += 1
    } else if ('sequence' in value) {
      await client.query('SELECT setval($1::regclass, $2, $3)', [
        quoted(value.sequence),
        value.last,
        value.called,
      ])
    } else if (value.rows === counts.rows) {
      return counts
    } else {
      throw unreadable(`it has ${counts.rows} rows of ${value.rows}`)
    }
  }
  throw unreadable('its end is missing')
}

async function inserter(
  client: ClientBase,
  { table, columns }: TableHead,
): Promise<(rows: Row[]) => Promise<void>> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`,
    [quoted(table)],
  )
  const types = new Map(rows.map(({ name, type }) => [name, type]))
  const strange = columns.find((column) => !types.has(column))
  if (strange !== undefined || columns.length === 0)
    throw unreadable(`it has an unknown table or column (${table})`)

  const into = columns.map(quoted).join(', ')
  const values = columns.map((column) => `${quoted(column)}::${types.get(column)}`).join(', ')
  const arrays = columns.map((_, index) => `$${index + 1}::text[]`).join(', ')
  const sql = `INSERT INTO ${quoted(table)} (${into}) OVERRIDING SYSTEM VALUE SELECT ${values} FROM unnest(${arrays}) AS given(${into})`
  return async (batch) => {
    if (batch.some((row) => row.length !== columns.length))
      throw unreadable(`a row of ${table} has other columns`)
    await client.query(
      sql,
      columns.map((_, index) => batch.map((row) => row[index])),
    )
  }
}

async function* readLines(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  const unzipped = pipeline(input, createGunzip(), () => {})
  const decoder = new StringDecoder('utf8')
  let rest = ''
  try {
    for await (const chunk of unzipped) {
      const [first = '', ...others] = decoder.write(chunk as Buffer).split('\n')
      rest += first
      for (const next of others) {
        yield rest
        rest = next
      }
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))
      throw unreadable(error.message)
    throw error
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unreadable('a line of it is not JSON')
  }
}
