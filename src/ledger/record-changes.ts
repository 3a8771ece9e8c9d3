import { type Selectable, sql } from 'kysely'
import { type Database, type Db, mainAccount, type Tx } from './database.ts'

export type RecordChangeRow = Selectable<Database['record_changes']>

/** Notes changes that are wanted of records, in the caller's transaction; there is one at a time for an order. */
export async function addRecordChanges(
  tx: Tx,
  changes: Pick<
    RecordChangeRow,
    'id' | 'order_id' | 'kind' | 'raw_id' | 'record_id' | 'record_number' | 'actor' | 'asked_at'
  >[],
): Promise<void> {
  if (changes.length === 0) return
  await tx
    .insertInto('record_changes')
    .values(changes.map((change) => ({ ...change, account_id: mainAccount, state: 'waiting' as const })))
    .execute()
}

/** The change of the order's record that is not over yet. */
export async function openRecordChange(db: Db, orderId: string): Promise<RecordChangeRow | null> {
  const row = await db
    .selectFrom('record_changes')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return row ?? null
}

/** Which of the orders have a change of their record under way. */
export async function withOpenChange(db: Db, orderIds: readonly string[]): Promise<Set<string>> {
  if (orderIds.length === 0) return new Set()
  const rows = await db
    .selectFrom('record_changes')
    .select('order_id')
    .where('order_id', '=', sql<string>`ANY(${orderIds}::uuid[])`)
    .where('ended_at', 'is', null)
    .execute()
  return new Set(rows.map((row) => row.order_id))
}

/** All changes of the order's records, oldest first. */
export async function recordChangesOf(db: Db, orderId: string): Promise<RecordChangeRow[]> {
  return db
    .selectFrom('record_changes')
    .selectAll()
    .where('order_id', '=', orderId)
    .orderBy('asked_at')
    .orderBy('id')
    .execute()
}

/** Moves an open change on. Throws when it is over already: somebody else has ended it. */
export async function moveRecordChange(
  tx: Tx,
  id: string,
  set: Partial<Pick<RecordChangeRow, 'state' | 'unknown_until' | 'ended_at'>> & { detail?: object },
): Promise<void> {
  const { detail, ...others } = set
  const moved = await tx
    .updateTable('record_changes')
    .set({ ...others, ...(detail === undefined ? {} : { detail: JSON.stringify(detail) }) })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  if (!moved) throw new Error(`the change ${id} of a record is over already`)
}

/** After a restore nobody knows whether changes that were open have been sent since. */
export async function openChangesMayHaveBeenSent(tx: Tx, backendId: string, until: Date): Promise<void> {
  await tx
    .updateTable('record_changes')
    .set({ state: 'sending', unknown_until: until })
    .where('ended_at', 'is', null)
    .where('order_id', 'in', tx.selectFrom('orders').select('id').where('backend_id', '=', backendId))
    .execute()
}
