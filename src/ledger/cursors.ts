import { type Db, mainAccount, type Tx } from './database.ts'

export type Stream = 'orders' | 'shipments'

export interface ReadingState {
  /** The time of the last row read, as the other side showed it. */
  modifiedAt: Date
  /** Where an unfinished scan goes on. */
  page: Record<string, unknown> | null
  /** When the other side was last read to the end, by our clock. */
  readAt: Date | null
  /** When a page was read last, to the end or not, by our clock. */
  touchedAt: Date | null
}

export async function readCursor(db: Db, connectionId: string, stream: Stream): Promise<ReadingState | null> {
  const row = await db
    .selectFrom('cursors')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('stream', '=', stream)
    .executeTakeFirst()
  if (!row) return null
  return {
    modifiedAt: row.modified_at,
    page: row.page as Record<string, unknown> | null,
    readAt: row.read_at,
    touchedAt: row.touched_at,
  }
}

/**
 * Moves the cursor from where the reading began, in the transaction that stored what was read. When somebody has set it
 * elsewhere meanwhile (a route's start date went back), it stays there: what was read is read again. Returns whether it
 * moved.
 */
export async function moveCursor(
  tx: Tx,
  connectionId: string,
  stream: Stream,
  state: ReadingState,
  from: ReadingState,
): Promise<boolean> {
  const values = {
    modified_at: state.modifiedAt,
    page: state.page === null ? null : JSON.stringify(state.page),
    read_at: state.readAt,
    touched_at: state.touchedAt,
  }
  const moved = await tx
    .insertInto('cursors')
    .values({ connection_id: connectionId, account_id: mainAccount, stream, row_id: null, ...values })
    .onConflict((conflict) =>
      conflict
        .columns(['connection_id', 'stream'])
        .doUpdateSet(values)
        .where('cursors.modified_at', '=', from.modifiedAt),
    )
    .returning('stream')
    .executeTakeFirst()
  return moved !== undefined
}

/**
 * A stream is to be read again from `from` on, where it has been read from a later time on. `begin` is where reading
 * begins when it has not begun yet.
 */
export async function goBack(
  tx: Tx,
  connectionId: string,
  stream: Stream,
  { from, begin }: { from: Date; begin: Date },
): Promise<void> {
  if (from >= begin && (await readCursor(tx, connectionId, stream)) === null) return
  await tx
    .insertInto('cursors')
    .values({ connection_id: connectionId, account_id: mainAccount, stream, modified_at: from })
    .onConflict((conflict) =>
      conflict
        .columns(['connection_id', 'stream'])
        .doUpdateSet({ modified_at: from, page: null })
        .where('cursors.modified_at', '>', from),
    )
    .execute()
}
