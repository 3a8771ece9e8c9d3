import type { RecordField } from '../connectors/contract.ts'
import type { RecordChangeRow } from '../ledger/record-changes.ts'
import type { OrderView } from '../ledger/views/orders.ts'
import { differencesBetween, edits, needingReplacement } from '../order/difference.ts'
import type { OrderDifferenceJson, RecordChangeJson } from './schemas.ts'
import type { Versions } from './versions-json.ts'

/** What the channel has changed since the order was posted; null where that is nothing, or one version cannot be read. */
export function differenceJson(order: OrderView, { newest, posted }: Versions): OrderDifferenceJson | null {
  const fields = posted && newest ? differencesBetween(posted, newest) : []
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
