import type { Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import type { OrderRow } from '../ledger/orders.ts'
import { addRecordChanges, type RecordChangeRow, withOpenChange } from '../ledger/record-changes.ts'
import type { Deps } from './deps.ts'
import { enqueueChanges } from './enqueue-for-orders.ts'

export interface WantedChange {
  kind: RecordChangeRow['kind']
  orders: OrderRow[]
  /** Who wants it: 'person', or 'rule'. */
  actor: string
}

/**
 * Notes that records are to be changed, and queues it, in the caller's transaction. An order whose record is being changed
 * already is left out: one change at a time, so that no late request of one can undo another.
 */
export async function askForChanges(
  deps: Deps,
  tx: Tx,
  { kind, orders, actor }: WantedChange,
): Promise<void> {
  const at = deps.now()
  const busy = await withOpenChange(
    tx,
    orders.map((order) => order.id),
  )
  const free = orders.filter((order) => !busy.has(order.id))
  await addRecordChanges(
    tx,
    free.map((order) => ({
      id: deps.newId(),
      order_id: order.id,
      kind,
      raw_id: order.raw_id,
      record_id: order.record_id!,
      record_number: order.record_number,
      actor,
      asked_at: at,
    })),
  )
  await addEvents(
    tx,
    free.map((order) => ({ orderId: order.id, at, kind: `${kind}_record_requested`, actor })),
  )
  await enqueueChanges(tx, free, at)
}
