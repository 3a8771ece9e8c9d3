import type { Deps } from '../flows/deps.ts'
import { ensureWebhooks } from '../flows/ensure-webhooks.ts'
import { followMove } from '../flows/follow-move.ts'
import { importById } from '../flows/import-by-id.ts'
import { importRange } from '../flows/import-range.ts'
import { cancelAged } from '../flows/cancel-aged.ts'
import { poll } from '../flows/poll.ts'
import { changeRecord } from '../flows/change-record.ts'
import { checkTotal } from '../flows/check-total.ts'
import { postOrder } from '../flows/post-order.ts'
import { readGap } from '../flows/read-gap.ts'
import { readShipments } from '../flows/read-shipments.ts'
import { reconcile } from '../flows/reconcile.ts'
import { reconcileDaily } from '../flows/reconcile-daily.ts'
import { sendShipment } from '../flows/send-shipment.ts'
import type { Job, JobKind } from '../ledger/jobs.ts'

/**
 * Which flow runs for which job. Each ends its job itself, in the transaction that writes what it found out; it may hand
 * on a job that it has taken for the same worker.
 */
export const flows: Record<JobKind, (deps: Deps, job: Job) => Promise<Job | void>> = {
  poll,
  import: importById,
  'import-range': importRange,
  'read-gap': readGap,
  'follow-move': followMove,
  post: postOrder,
  'check-total': checkTotal,
  'change-record': changeRecord,
  'read-shipments': readShipments,
  ship: sendShipment,
  webhooks: ensureWebhooks,
  reconcile,
  'reconcile-daily': reconcileDaily,
  'cancel-aged': cancelAged,
}
