import { z } from 'zod'

/**
 * A backup is gzipped text, a JSON value a line: the header; for each table its head and then its rows, each an array
 * of the columns' values as PostgreSQL writes them as text; the sequences; the end with the number of rows.
 */
export const FORMAT = 1

export const header = z.strictObject({
  waybill: z.literal('backup'),
  format: z.number(),
  createdAt: z.string(),
  /** The migrations the database had had; the last one names its schema. */
  migrations: z.array(z.string()).min(1),
})

export const tableHead = z.strictObject({ table: z.string(), columns: z.array(z.string()) })
export const row = z.array(z.string().nullable())
export const sequence = z.strictObject({ sequence: z.string(), last: z.string(), called: z.boolean() })
export const end = z.strictObject({ rows: z.number() })

export const line = z.union([row, tableHead, sequence, end])
export type Row = z.infer<typeof row>
export type TableHead = z.infer<typeof tableHead>

export interface Counts {
  tables: number
  rows: number
}

/** Quotes a name for SQL. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Text forms that are exact and the same on every server. */
export const exactText = `
  SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL timezone = 'UTC';
  SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL row_security = off;
  SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
  SET LOCAL search_path = public, pg_catalog`
