import { nameOf } from '../flows/explanation.ts'
import type { EventRow } from '../ledger/views/order-detail.ts'
import { type Status, statusLabel } from '../order/status.ts'
import type { Tracking } from '../order/tracking.ts'
import type { OrderEvent } from './schemas.ts'

type Detail = Record<string, unknown>

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? `${value}` : ''
const after = (lead: string, value: unknown): string => (text(value) === '' ? '' : `${lead}${text(value)}`)
const problems = (detail: Detail): string =>
  Array.isArray(detail['problems'])
    ? detail['problems'].map((problem: Detail) => text(problem['detail'])).join('; ')
    : text(detail['problem'])
const tracking = (detail: Detail): string => {
  const numbers = Array.isArray(detail['tracking']) ? detail['tracking'].map(text).join(', ') : ''
  return [text(detail['carrier']), numbers].filter((part) => part !== '').join(' ')
}

/** What has become of carrier and tracking numbers of a fulfilment that had left. */
function trackingChange(detail: Detail, backend: string): string {
  const [before, now] = [detail['before'], detail['now']] as [Tracking, Tracking]
  const added = now.numbers.filter((number) => !before.numbers.includes(number))
  const gone = before.numbers.filter((number) => !now.numbers.includes(number))
  const numbers = (list: string[]) => `tracking number${list.length > 1 ? 's' : ''} ${list.join(', ')}`
  const otherCarrier = now.carrier !== before.carrier
  const carrier = otherCarrier
    ? `the carrier is ${now.carrier ?? 'not named any more'}${before.carrier ? `, it was ${before.carrier}` : ''}`
    : ''
  const changes = [
    added.length > 0
      ? `${numbers(added)} came later${gone.length > 0 ? `, instead of ${gone.join(', ')}` : ''}`
      : '',
    added.length === 0 && gone.length > 0 ? `${numbers(gone)} taken away` : '',
    carrier,
  ].filter((part) => part !== '')
  const kept = detail['kept'] === true ? '. The shop keeps what it was told' : ''
  return `Changed in ${backend} after it was shipped: ${changes.join('; ')}${kept}`
}

const by = (event: EventRow): string => (event.actor === 'rule' ? ", by the route's rule" : '')
const ended = (detail: Detail): string => (detail['gone'] === true ? 'does not exist any more' : 'is closed')
const labels = (fields: unknown): string =>
  Array.isArray(fields) ? fields.map((field: Detail) => text(field['label'])).join(', ') : ''

const sources: Record<string, string> = {
  poll: 'found in the shop',
  gap: 'found when the time in which the shop could not be read was read afterwards',
  webhook: 'announced by the shop',
  person: 'fetched because a person asked',
  reconciliation: 'found by comparing with the shop',
  configuration: "read again because the route's rules changed",
}

/** One sentence for each kind of event; `backend` is the backend's own name. */
const sentences: Record<string, (event: EventRow, detail: Detail, backend: string) => string> = {
  seen: (event, detail) =>
    `First seen: ${sources[event.actor] ?? event.actor}${after(', with the status ', detail['status'])}${after('. ', detail['reason'])}${after('. ', detail['problem'])}`,
  changed_at_channel: (_, detail) =>
    `Changed in the shop${after(': status ', detail['status'])}${after(', total now ', detail['total'])}${after('. ', detail['reason'])}${after('. ', detail['problem'])}`,
  cancel_requested: (_, __, backend) =>
    `Cancelled in the shop after it was posted: what happens with its record in ${backend} has to be decided`,
  cancel_withdrawn: () => 'The shop wants it again: the cancellation is withdrawn',
  changes_ignored: (_, __, backend) =>
    `What the shop changed was left out: the record in ${backend} stays as it is`,
  record_kept: (event, _, backend) =>
    `Its record in ${backend} stays, although the shop cancelled it${by(event)}`,
  update_record_requested: (_, __, backend) => `Bringing the change into ${backend} was asked for`,
  replace_record_requested: () => 'Closing its record and posting the newer version was asked for',
  cancel_record_requested: (event, _, backend) =>
    `Closing its record in ${backend} was asked for${by(event)}`,
  record_updated: (_, detail, backend) =>
    `${text(detail['number']) || text(detail['record'])} in ${backend} follows the shop${after(': ', labels(detail['written']))}`,
  record_replaced: (_, detail, backend) =>
    `${text(detail['number']) || text(detail['record'])} ${ended(detail)} in ${backend}: the newer version is posted in its place`,
  record_cancelled: (_, detail, backend) =>
    `${text(detail['number']) || text(detail['record'])} ${ended(detail)} in ${backend}, as the shop cancelled it`,
  record_change_refused: (_, detail) => `Not done: ${text(detail['why'])}`,
  deleted_at_channel: () => 'Deleted in the shop after it was posted',
  released: (_, detail) => `No rule holds it any more${after(': status ', detail['status'])}`,
  posting: (_, __, backend) => `Sent to ${backend}`,
  posted: (_, detail, backend) =>
    `Posted to ${backend} as ${text(detail['number']) || text(detail['record'])}${after('. ', detail['problem'])}`,
  found_in_backend: (_, detail, backend) =>
    `Found in ${backend} as ${text(detail['number']) || text(detail['record'])}: it was not sent again${after('. ', detail['problem'])}`,
  not_in_backend: (_, __, backend) => `${backend} has no such record: it is sent again`,
  outcome_unknown: (_, detail) =>
    `The answer was lost${after(': ', detail['problem'])}. Looking before sending again`,
  stopped: (_, detail) => `Stopped: ${problems(detail)}`,
  put_back: (_, detail) => `Not sent${after(': ', detail['problem'])}. It waits for the connection`,
  attempt_failed: (_, detail) => `An attempt failed${after(': ', detail['problem'])}`,
  restored: (_, __, backend) =>
    `Restored from a backup while it was on its way: ${backend} is asked before anything is sent`,
  total_checked: (_, detail, backend) =>
    detail['problem'] ? text(detail['problem']) : `${backend} has the same total as the shop`,
  record_missing: (_, detail, backend) => `Not in ${backend} any more${after(': ', detail['problem'])}`,
  total_accepted: () => 'The difference of the totals was accepted',
  shipped_in_backend: (_, detail, backend) => `Shipped in ${backend}${after(': ', tracking(detail))}`,
  all_shipped_in_backend: (_, __, backend) => `Everything has left, says ${backend}`,
  shipments_counted: () => 'What was shipped meanwhile counts now',
  shipment_reported: (_, detail) => `The shop was told of the shipment${after(': ', tracking(detail))}`,
  tracking_changed: (_, detail, backend) => trackingChange(detail, backend),
  tracking_reported: (_, detail) => `The shop has the newer tracking${after(': ', tracking(detail))}`,
  tracking_kept: (_, detail) =>
    `The shop keeps what it was told of the shipment${after(': ', tracking(detail))}`,
  shipment_stopped: (_, detail) => `The shop did not take the shipment: ${problems(detail)}`,
  post_requested: () => 'Posting was asked for',
  post_anew_requested: (_, detail) =>
    `Posting it again was asked for${after(', because it is gone: ', detail['record'])}`,
  let_be: (_, __, backend) => `It is not in ${backend} any more, and a person let it be`,
  reconciled: (_, detail) =>
    `Compared: ${text(detail['imported'])} imported, ${text(detail['explained'])} explained, ${text(detail['unexplained'])} unexplained`,
  cancelled: (event, detail) =>
    event.actor === 'person' ? 'Cancelled by a person' : `Cancelled${after('. ', detail['reason'])}`,
  aged_out: (_, detail) => `Cancelled by Waybill: its problem was not solved within ${text(detail['after'])}`,
  cancel_announced: (_, detail) =>
    `Waybill gives it up on ${text(detail['cancelsAt']).slice(0, 10)} unless its problem is solved; people were told`,
  uncancelled: () => 'Taken up again',
  put_on_hold: ({ actor }, detail) =>
    `Put on hold by ${nameOf(actor)}${detail['why'] ? `: “${text(detail['why'])}”` : ''}`,
  let_go_on: ({ actor }, detail) =>
    `Let go on by ${nameOf(actor)}${after('. ', detail['reason'])}${after('. ', detail['problem'])}`,
  note: (_, detail) => text(detail['text']),
  brought_back: (_, detail) =>
    `Brought back: it had been deleted by ${detail['deletedBy'] === 'person' ? 'a person' : text(detail['deletedBy'])} on ${text(detail['deletedAt']).slice(0, 10)}${after(': ', detail['why'])}`,
  order_deleted: (_, detail) => `Order ${text(detail['number'])} was deleted`,
  import_requested: () => 'Reading it from the shop again was asked for',
  import_anyway_requested: () => 'Importing it in spite of the rule was asked for',
  check_requested: () => 'Checking the total again was asked for',
  resend_requested: () => 'Sending the shipment again was asked for',
}

export function eventJson(event: EventRow, backend: string): OrderEvent {
  const detail = (event.detail ?? {}) as Detail
  const sentence = sentences[event.kind]
  return {
    id: event.id,
    at: event.at.toISOString(),
    kind: event.kind,
    actor: event.actor,
    from: event.status_from as Status | null,
    to: event.status_to as Status | null,
    text: sentence
      ? sentence(event, detail, backend)
      : event.status_to
        ? statusLabel(event.status_to as Status, backend)
        : event.kind.replaceAll('_', ' '),
    detail,
  }
}
