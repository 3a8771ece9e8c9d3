import type { RecordField } from '../connectors/contract.ts'
import type { AnyChannel, Deps } from '../flows/deps.ts'
import { versionOf } from '../flows/versions.ts'
import type { RecordChangeRow } from '../ledger/record-changes.ts'
import type { OrderView } from '../ledger/views/orders.ts'
import { differencesBetween, edits, needingReplacement } from '../order/difference.ts'
import type { Order } from '../order/order.ts'
import type { OrderDifferenceJson, RecordChangeJson } from './schemas.ts'

/** What the channel has changed since the order was posted; null where that is nothing, or one version cannot be read. */
export async function differenceJson(
  deps: Deps,
  order: OrderView,
  channel: AnyChannel,
  newest: Order,
): Promise<OrderDifferenceJson | null> {
  const { record_id: recordId, posted_raw_id: postedId, raw_id: rawId } = order
  if (recordId === null || postedId === null || postedId === rawId) return null
  const posted = await versionOf(deps.db, channel, order, postedId)
  const fields = posted ? differencesBetween(posted, newest) : []
  if (fields.length === 0) return null
  const isEdit = edits(fields).length > 0
  return {
    fields,
    isEdit,
    ignored: isEdit && order.ignored_raw_id !== null && order.changed_after_posting_at === null,
    needsReplacement: needingReplacement(fields).length > 0,
  }
}

interface Detail {
  why?: string
  waits?: string
  gone?: boolean
  written?: RecordField[]
  conflicts?: RecordField[]
}

export function recordChangeJson(row: RecordChangeRow): RecordChangeJson {
  const { why, waits, gone, written, conflicts } = row.detail as Detail
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    actor: row.actor,
    askedAt: row.asked_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    record: { id: row.record_id, number: row.record_number },
    why: why ?? null,
    waits: row.ended_at === null ? (waits ?? null) : null,
    gone: gone ?? false,
    written: written ?? [],
    conflicts: conflicts ?? [],
  }
}
