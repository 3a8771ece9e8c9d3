import type { OrderRow } from '../ledger/orders.ts'
import type { OrderView } from '../ledger/views/orders.ts'
import type { ProblemCode } from '../order/problems.ts'
import { personsHold } from '../order/rules.ts'
import { mayGo, type Status } from '../order/status.ts'

/** What a person can do with an order. */
export const orderActions = [
  'post',
  'post_anew',
  'let_be',
  'cancel',
  'uncancel',
  'hold',
  'release',
  'import_again',
  'import_anyway',
  'check_again',
  'accept_total',
  'resend_shipment',
  'ignore_changes',
  'update_record',
  'replace_record',
  'cancel_record',
  'keep_record',
  'delete',
] as const
export type OrderAction = (typeof orderActions)[number]

/** What decides which actions an order allows. */
export interface Situation {
  status: Status
  /** Whether it has a record in the backend. */
  linked: boolean
  /** Whether a person put it on hold. */
  heldByPerson: boolean
  /** Whether a person let it be that the record is not there any more. */
  letBe: boolean
  /** The codes of its open problems. */
  problems: ProblemCode[]
  /** Whether the shop changed it after it was posted, and nobody has decided about that. */
  changed: boolean
  /** Whether the shop cancelled it after it was posted, and nobody has decided about that. */
  cancelRequested: boolean
  /** Whether its record is being changed. */
  changing: boolean
  /** Whether it was sent to a backend without it being certain that nothing of it is there. */
  sent: boolean
}

export const situationOf = (order: OrderView): Situation => ({
  status: order.status,
  linked: order.record_id !== null,
  heldByPerson: isHeldByPerson(order),
  letBe: order.missing_accepted,
  problems: order.problems.map((problem) => problem.code as ProblemCode),
  changed: order.changed_after_posting_at !== null,
  cancelRequested: order.cancel_requested_at !== null,
  changing: order.changing,
  sent: order.sent,
})

export const isHeldByPerson = ({ status, hold }: Pick<OrderRow, 'status' | 'hold'>): boolean =>
  status === 'held' && personsHold(hold) !== null

/** Problems of what the channel sent: sending the same to the backend cannot help. */
const ofThePayload: ProblemCode[] = ['unreadable_order', 'totals_do_not_add_up']

/** Whether its record is not in the backend any more, as far as is known. */
const isMissing = ({ status, linked, letBe, problems }: Situation): boolean =>
  linked && status !== 'cancelled' && (letBe || problems.includes('record_missing'))

/** Why the action cannot be done now, in words; null when it can. */
const refusals: Record<OrderAction, (order: Situation) => string | null> = {
  post: ({ status, linked, problems, heldByPerson }) => {
    if (linked) return 'it is in the backend already'
    if (heldByPerson) return onHold
    if (status === 'held') return 'a rule holds it; use "import anyway"'
    if (status === 'cancelled') return 'it is cancelled; uncancel it first'
    if (status === 'posting' || status === 'verifying') return 'it is on its way already'
    if (problems.some((code) => ofThePayload.includes(code)))
      return 'what the shop sent cannot be posted; correct it there and read it again'
    if (status === 'import_error') return 'it cannot be read; read it again from the shop'
    return ['imported', 'scheduled', 'post_error'].includes(status) ? null : 'it has been posted already'
  },
  post_anew: (order) => {
    if (!isMissing(order)) return 'its record has not been found missing'
    return mayGo(order.status, 'scheduled')
      ? null
      : 'something of it has been shipped already; another record would be shipped once more'
  },
  let_be: ({ status, problems }) =>
    status !== 'cancelled' && problems.includes('record_missing')
      ? null
      : 'its record has not been found missing',
  cancel: ({ status, changing }) => {
    if (changing) return underWay
    if (status === 'cancelled') return 'it is cancelled already'
    if (status === 'posting' || status === 'verifying')
      return 'it is on its way to the backend; wait for the outcome'
    return mayGo(status, 'cancelled') ? null : 'it is complete'
  },
  uncancel: ({ status, changing }) =>
    changing ? underWay : status === 'cancelled' ? null : 'it is not cancelled',
  hold: ({ status, linked, heldByPerson }) => {
    if (linked) return 'it is in the backend already; stop it there, or cancel it here'
    if (heldByPerson) return 'a person has put it on hold already'
    if (status === 'posting' || status === 'verifying')
      return 'it is on its way to the backend; wait for the outcome'
    if (status === 'cancelled') return 'it is cancelled, and goes nowhere'
    return mayGo(status, 'held') ? null : 'it has been posted already'
  },
  release: ({ status, heldByPerson }) => {
    if (heldByPerson) return null
    return status === 'held' ? 'a rule holds it, not a person; use "import anyway"' : 'no person holds it'
  },
  import_again: ({ status, linked }) =>
    ['import_error', 'held', 'imported', 'post_error'].includes(status) && !linked
      ? null
      : 'it is past the point where a newer version from the shop is taken',
  import_anyway: ({ status, heldByPerson }) =>
    heldByPerson ? onHold : status === 'held' ? null : 'no rule holds it',
  check_again: (order) =>
    order.linked && (order.problems.includes('total_differs') || isMissing(order))
      ? null
      : 'its total does not differ',
  accept_total: ({ status, linked, problems }) =>
    status !== 'cancelled' && linked && problems.includes('total_differs')
      ? null
      : 'its total does not differ',
  resend_shipment: ({ status }) => (status === 'shipment_error' ? null : 'none of its shipments has failed'),
  ignore_changes: ({ changed, linked, changing }) =>
    !changed || !linked ? unchanged : changing ? underWay : null,
  update_record: (order) =>
    !order.changed ? unchanged : order.status === 'cancelled' ? 'it is cancelled' : whyNotTouch(order),
  replace_record: (order) => (order.changed ? whyNotTouch(order) : unchanged),
  cancel_record: (order) => (order.cancelRequested ? whyNotTouch(order) : notRequested),
  keep_record: ({ cancelRequested, linked, changing }) =>
    !cancelRequested || !linked ? notRequested : changing ? underWay : null,
  delete: ({ status, linked, sent }) => {
    if (linked) return 'it is in the backend'
    if (status === 'posting' || status === 'verifying')
      return 'it is on its way to the backend; wait for the outcome'
    return sent ? 'it was sent to the backend, and what became of it is not certain; cancel it instead' : null
  },
}

const onHold = 'a person has put it on hold; release it first'
const underWay = 'its record is being changed; wait for the outcome'
const unchanged = 'there is no change in the shop to decide about'
const notRequested = 'the shop has not cancelled it after it was posted'

/** What keeps its record from being changed or given up, as far as Waybill knows; the backend is asked as well. */
function whyNotTouch({ status, linked, changing }: Situation): string | null {
  if (!linked) return 'it has no record in the backend yet'
  if (changing) return underWay
  if (status === 'posted' || status === 'post_error' || status === 'cancelled') return null
  return 'something of it has been shipped'
}

export function whyNot(action: OrderAction, order: Situation): string | null {
  return refusals[action](order)
}

export function availableActions(order: Situation): OrderAction[] {
  return orderActions.filter((action) => whyNot(action, order) === null)
}

/** What one would most likely want next; null when there is nothing to do but wait. */
export function primaryAction(order: Situation): Exclude<OrderAction, 'delete'> | null {
  const wanted: Exclude<OrderAction, 'delete'>[] = [
    'uncancel',
    'release',
    'import_anyway',
    'resend_shipment',
    'check_again',
    'post',
    'import_again',
  ]
  return wanted.find((action) => whyNot(action, order) === null) ?? null
}
