/**
 * Every status an order can have and the statuses it may go to from there. One table: types, labels and guards are
 * derived from it.
 */
export const transitions = {
  import_error: ['import_error', 'held', 'imported', 'scheduled', 'post_error', 'cancelled'],
  held: ['held', 'imported', 'scheduled', 'import_error', 'post_error', 'cancelled'],
  imported: ['scheduled', 'held', 'import_error', 'post_error', 'cancelled'],
  // To verifying only when the ledger was restored: what happened since its backup is not known.
  scheduled: [
    'posting',
    'verifying',
    'scheduled',
    'held',
    'imported',
    'import_error',
    'post_error',
    'cancelled',
  ],
  posting: ['posted', 'verifying', 'post_error', 'scheduled', 'complete'],
  verifying: ['posted', 'verifying', 'post_error', 'scheduled', 'complete'],
  post_error: ['scheduled', 'posted', 'verifying', 'held', 'imported', 'import_error', 'cancelled'],
  posted: ['partially_shipped', 'complete', 'shipment_error', 'cancelled', 'post_error', 'scheduled'],
  partially_shipped: ['complete', 'shipment_error', 'partially_shipped', 'cancelled'],
  shipment_error: ['posted', 'partially_shipped', 'complete', 'shipment_error', 'cancelled'],
  complete: ['partially_shipped', 'shipment_error'],
  cancelled: [
    'import_error',
    'held',
    'imported',
    'scheduled',
    'post_error',
    'posted',
    'partially_shipped',
    'shipment_error',
    'complete',
  ],
} as const satisfies Record<string, readonly string[]>

export type Status = keyof typeof transitions
export const statuses = Object.keys(transitions) as Status[]

/** The statuses from which an order may go to `to`: the guard of the change. */
export function statusesBefore(to: Status): Status[] {
  return statuses.filter((from) => (transitions[from] as readonly string[]).includes(to))
}

export function mayGo(from: Status, to: Status): boolean {
  return (transitions[from] as readonly string[]).includes(to)
}

/** What people read, with the backend's own name where the status speaks of it. */
export function statusLabel(status: Status, backend = 'NetSuite'): string {
  const labels: Record<Status, string> = {
    import_error: 'Error importing',
    held: 'Held',
    imported: 'In Waybill, automatic posting off',
    scheduled: `Scheduled to post to ${backend}`,
    posting: `Posting to ${backend}`,
    verifying: `Checking ${backend}`,
    post_error: `Error posting to ${backend}`,
    posted: 'Order posted, waiting for shipment',
    partially_shipped: 'Partially shipped',
    shipment_error: 'Error posting shipment',
    complete: 'Complete',
    cancelled: 'Cancelled',
  }
  return labels[status]
}

/** The statuses of an order that is in the backend and whose total agrees: its shipments alone move it on. */
export const shippingStatuses = ['posted', 'partially_shipped', 'shipment_error', 'complete'] as const
export type ShippingStatus = (typeof shippingStatuses)[number]

/**
 * Where an order in the backend stands by its shipments: one failed, none told to the shop yet, some, or all. One that was
 * told counts also while another tracking number of it is on its way to the shop.
 */
export function statusOfShipments(
  shipments: readonly { status: string; completes_order: boolean; told: unknown }[],
): ShippingStatus {
  if (shipments.some((one) => one.status === 'error')) return 'shipment_error'
  const sent = shipments.filter((one) => one.told !== null)
  if (sent.length === 0) return 'posted'
  const all = sent.length === shipments.length && sent.some((one) => one.completes_order)
  return all ? 'complete' : 'partially_shipped'
}

/** Why a cancelled order is cancelled. */
export const cancelReasons = ['by_person', 'aged_out', 'at_channel'] as const
export type CancelReason = (typeof cancelReasons)[number]
