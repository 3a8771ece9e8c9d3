import type { ToExplain } from '../ledger/reconciliations.ts'
import { quoted } from '../quoted.ts'
import { deletedWords } from './delete-order.ts'
import { lowerFirst } from './explanation.ts'
import { mayGo, type Status, statusLabel } from '../order/status.ts'

/** Why an order is not the same at the channel, in Waybill and in the backend. */
export const differenceKinds = [
  'imported_now',
  'newer_version',
  'held',
  'on_its_way',
  'automatic_posting_off',
  'error_posting',
  'error_importing',
  'cancelled',
  'other_backend',
  'deleted_by_person',
  'record_of_deleted',
  'deleted_at_channel',
  'not_listed',
  'older_at_channel',
  'missing_in_backend',
  'missing_and_let_be',
  'external_id_changed',
  'earlier_record',
  'record_not_linked',
  'other_record',
  'record_without_order',
  'hidden_at_channel',
  'not_told',
  'unknown',
] as const
export type DifferenceKind = (typeof differenceKinds)[number]

export interface Explained {
  verdict: 'same' | 'imported' | 'explained' | 'unexplained'
  kind: DifferenceKind | ''
  detail: string
}

const same: Explained = { verdict: 'same', kind: '', detail: '' }
const of = (verdict: 'imported' | 'explained' | 'unexplained', kind: DifferenceKind, detail: string) => ({
  verdict,
  kind,
  detail,
})

interface Backend {
  id: string
  /** Its own name: "NetSuite". */
  label: string
}

/** What a compared order comes to, in plain words: what needs a person before what explains itself. */
export function explainDifference(row: ToExplain, backend: Backend, zone: string | null): Explained {
  return (
    deletedHere(row, backend, zone) ??
    recordTrouble(row, backend) ??
    channelTrouble(row) ??
    missing(row, backend) ??
    broughtNow(row, backend) ??
    gone(row, backend) ??
    (row.order && row.at_channel && row.in_backend ? inAllThree(row, backend) : byStatus(row, backend))
  )
}

/** A person has deleted it: that explains why it is not in Waybill, but not what the backend has of it. */
function deletedHere(row: ToExplain, { label }: Backend, zone: string | null): Explained | null {
  if (row.tombstone === null) return null
  const words = deletedWords(row.tombstone, zone)
  const name = `Order ${row.tombstone.number}`
  return row.in_backend
    ? of(
        'unexplained',
        'record_of_deleted',
        `${label} has ${nameOf(row)}, and ${lowerFirst(name)} was ${words}: close it there, or import the order anyway, and the record is linked`,
      )
    : of('explained', 'deleted_by_person', `${name} was ${words}`)
}

const waysIntoBackend = ['scheduled', 'posting', 'verifying']
const nameOf = (row: ToExplain) => row.record_number ?? `record ${row.record_id}`

function recordTrouble(row: ToExplain, { label }: Backend): Explained | null {
  const { order, backend_finding: finding } = row
  const record = nameOf(row)
  if (finding === 'not_told')
    return of('unexplained', 'not_told', `${label} could not be asked for its record: ${row.note}`)
  if (finding === 'other_record')
    return of(
      'unexplained',
      'other_record',
      `${label} has ${record} with an external id of this order, and Waybill has linked ${order?.record_number ?? order?.record_id ?? 'no record'}: look which of them is to stay`,
    )
  if (finding === 'earlier_record')
    return of(
      'explained',
      'earlier_record',
      `${record} is an earlier record of this order, which a person has had posted again`,
    )
  if (finding !== 'not_linked') return null
  if (!order)
    return of(
      'unexplained',
      'record_without_order',
      row.channel_finding === 'not_told'
        ? `${label} has ${record} of an order that Waybill does not know, and the shop could not be asked for it: ${row.note}`
        : `${label} has ${record} of an order that neither the shop nor Waybill has any more`,
    )
  if (order.record_id !== null) return null
  if (waysIntoBackend.includes(order.status))
    return row.imported === 'new'
      ? null
      : of(
          'explained',
          'on_its_way',
          `${label} has it as ${record} already; Waybill is about to find and link it`,
        )
  return of(
    'unexplained',
    'record_not_linked',
    `${label} has ${record} for this order, and Waybill has not linked it: ${lowerFirst(statusLabel(order.status, label))}`,
  )
}

function channelTrouble(row: ToExplain): Explained | null {
  if (row.channel_finding === 'hidden')
    return of(
      'unexplained',
      'hidden_at_channel',
      'The shop fails on an order placed at about this time, and does not tell which one: a plug-in is often at fault',
    )
  if (row.channel_finding === 'not_told')
    return of('unexplained', 'not_told', `The shop could not be asked for it: ${row.note}`)
  return null
}

function missing({ order, backend_finding: finding }: ToExplain, { label }: Backend): Explained | null {
  if (finding !== 'missing' || !order || order.status === 'cancelled') return null
  const name = order.record_number ?? `record ${order.record_id}`
  return order.missing_accepted
    ? of('explained', 'missing_and_let_be', `${name} is not in ${label} any more, and a person let it be`)
    : of('explained', 'missing_in_backend', `It was posted as ${name}, which is not in ${label} any more`)
}

function broughtNow({ order, imported }: ToExplain, { label }: Backend): Explained | null {
  if (!order || imported === null) return null
  const status = `now: ${lowerFirst(statusLabel(order.status, label))}${because(order)}`
  return imported === 'new'
    ? of('imported', 'imported_now', `It was in the shop and not in Waybill; ${status}`)
    : of(
        'imported',
        'newer_version',
        `The shop had another version than Waybill, which has taken it; ${status}`,
      )
}

function gone({ order, channel_finding: finding, in_backend: there }: ToExplain, { label }: Backend) {
  if (finding === 'deleted' && order)
    return of(
      'explained',
      'deleted_at_channel',
      there
        ? `It was deleted in the shop, and is in ${label} still`
        : `It was deleted in the shop${order.status === 'cancelled' ? '' : `; in Waybill: ${lowerFirst(statusLabel(order.status, label))}`}`,
    )
  if (finding === 'older')
    return of(
      'explained',
      'older_at_channel',
      'The shop dated it earlier than the version that Waybill had: its clock was set back, or it was restored from a backup. It has been read again',
    )
  return null
}

function inAllThree(
  { channel_finding: atChannel, backend_finding: inBackend }: ToExplain,
  { label }: Backend,
) {
  if (inBackend === 'external_id_changed')
    return of(
      'explained',
      'external_id_changed',
      `Its record is in ${label}; its external id was changed there`,
    )
  if (atChannel === 'not_listed')
    return of('explained', 'not_listed', 'The shop does not list it, and has it when asked by its id')
  return same
}

function byStatus(row: ToExplain, { id, label }: Backend): Explained {
  const { order } = row
  if (!order) return of('unexplained', 'unknown', 'It could not be found out where this order is')
  if (order.backend_id !== id && order.record_id !== null)
    return of(
      'explained',
      'other_backend',
      `It went to another backend by an earlier route, as ${order.record_number ?? order.record_id}`,
    )
  switch (order.status) {
    case 'held':
      return of('explained', 'held', order.reason ?? 'A rule holds it')
    case 'imported':
      return of('explained', 'automatic_posting_off', 'It waits for a person to post it')
    case 'scheduled':
    case 'posting':
    case 'verifying':
      return of('explained', 'on_its_way', statusLabel(order.status, label))
    case 'cancelled':
      return of('explained', 'cancelled', order.reason ?? 'It is cancelled in Waybill')
    case 'import_error':
      return of('explained', 'error_importing', order.problem ?? 'It cannot be read')
    case 'post_error':
      return of('explained', 'error_posting', order.problem ?? 'It stopped')
    default:
      return of(
        'unexplained',
        'unknown',
        `Waybill has it as "${statusLabel(order.status, label)}", and it was not seen ${row.at_channel ? `in ${label}` : 'in the shop'}`,
      )
  }
}

const because = ({ reason, problem }: NonNullable<ToExplain['order']>): string => {
  const why = reason ?? problem
  return why === null ? '' : ` (${why})`
}

/** What mends a difference, with its command; null where nothing is to be done, or not by Waybill. */
export function fixOfDifference(
  kind: DifferenceKind,
  order: { number: string; channelOrderId: string; status: Status; heldByPerson: boolean } | null,
  { shop, channelOrderId }: { shop: string; channelOrderId: string | null },
): { label: string; command: string } | null {
  if (kind === 'not_told') return { label: 'Compare again', command: `waybill reconcile ${quoted(shop)}` }
  if (channelOrderId !== null && (kind === 'deleted_by_person' || kind === 'record_of_deleted'))
    return {
      label: 'Import it again',
      command: `waybill import ${quoted(shop)} ${quoted(channelOrderId)} --anyway`,
    }
  if (!order) return null
  const number = quoted(order.number)
  const bring = `waybill import ${quoted(shop)} ${quoted(order.channelOrderId)}`
  if (order.heldByPerson && (kind === 'held' || kind === 'record_not_linked'))
    return { label: 'Let it go on', command: `waybill release ${number}` }
  switch (kind) {
    case 'held':
      return { label: 'Import it anyway', command: `${bring} --anyway` }
    case 'automatic_posting_off':
      return { label: 'Post it', command: `waybill post ${number}` }
    case 'error_posting':
    case 'error_importing':
      return { label: 'See why, and what to do', command: `waybill why ${number}` }
    case 'cancelled':
      return { label: 'Take it up again', command: `waybill uncancel ${number}` }
    case 'missing_in_backend':
      return mayGo(order.status, 'scheduled')
        ? { label: 'Post it again', command: `waybill post ${number} --again` }
        : { label: 'Let it be: something of it has been shipped', command: `waybill let-be ${number}` }
    case 'record_not_linked':
      if (order.status === 'held')
        return { label: 'Import it anyway: the record is found', command: `${bring} --anyway` }
      if (order.status === 'cancelled')
        return {
          label: 'Take it up again, then post: the record is found',
          command: `waybill uncancel ${number}`,
        }
      return {
        label: 'Post it: the record is found, no second one is made',
        command: `waybill post ${number}`,
      }
    default:
      return null
  }
}
