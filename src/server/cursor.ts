import type { z } from 'zod'
import { Refusal } from './refusal.ts'

/** A cursor as the caller holds it: opaque, safe in a URL. */
export const writeCursor = (position: object | null): string | null =>
  position === null ? null : Buffer.from(JSON.stringify(position)).toString('base64url')

export function readCursor<T>(schema: z.ZodType<T>, cursor: string | undefined): T | null {
  if (cursor === undefined) return null
  const position = schema.safeParse(parse(Buffer.from(cursor, 'base64url').toString()))
  if (position.success) return position.data
  const message = 'is not a cursor of this list'
  throw new Refusal({
    status: 400,
    code: 'invalid_request',
    title: 'This cannot be right',
    detail: `"cursor": ${message}`,
    fix: 'Give the "nextCursor" of the page before, unchanged, or none for the first page.',
    errors: [{ field: 'cursor', message }],
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
