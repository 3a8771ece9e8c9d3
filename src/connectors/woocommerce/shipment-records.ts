import { createHash } from 'node:crypto'
import { z } from 'zod'
import { isNews, type Tracking } from '../../order/tracking.ts'
import type { Shipment } from '../contract.ts'

/** The key under which a fulfilment carries our shipment's id. */
const shipmentKey = '_waybill_shipment_id'
/** And which of its tracking numbers we wrote: after a lost answer or a restored backup, the ledger knows less than the shop. */
const writtenKey = '_waybill_tracking_numbers'

export const id = z.union([z.string(), z.number()]).transform(String)

const entry = z.object({ id: z.unknown(), key: z.string(), value: z.unknown() })
export const metaData = z.array(entry).catch([])
export type Meta = Omit<z.infer<typeof entry>, 'id'> & { id?: unknown }

export const fulfillments = z.array(z.object({ id, meta_data: metaData }))
export type Fulfillment = z.infer<typeof fulfillments>[number]

export const notes = z.array(z.object({ id, note: z.string().catch('') }))
export type Note = z.infer<typeof notes>[number]

export interface Item {
  item_id: number
  qty: number
}

/** Whether a fulfilment carries this shipment of ours. */
export const isOurs = ({ meta_data: meta }: Fulfillment, shipment: Shipment): boolean =>
  valueOf(meta, shipmentKey) === shipment.id

/** Whether a fulfilment shows carrier and numbers as they are now, and none of ours in whose place another has come. */
export function showsTracking({ meta_data: meta }: Fulfillment, shipment: Shipment): boolean {
  const { carrier, trackingNumbers } = shipment
  const shown = numbersIn(meta, numberKey)
  const ours = numbersOfOurs(meta, shipment)
  const isReplaced = trackingNumbers.some((number) => !ours.includes(number))
  const untrue = ours.filter((number) => !trackingNumbers.includes(number))
  return (
    trackingNumbers.every((number) => shown.includes(number)) &&
    !(isReplaced && untrue.some((number) => shown.includes(number))) &&
    (carrier === null || valueOf(meta, providerKey) === providerOf(carrier))
  )
}

/** The numbers that we wrote there, or know that we told. */
const numbersOfOurs = (meta: Meta[], { told }: Shipment): string[] => [
  ...numbersIn(meta, writtenKey),
  ...(told?.numbers ?? []),
]

/** The meta data of a new fulfilment: recordings fulfillments.json "create with tracking". */
export const newMeta = (shipment: Shipment, items: Item[]): Meta[] => [
  { key: shipmentKey, value: shipment.id },
  { key: '_items', value: items },
  ...trackingMeta(shipment, shipment.trackingNumbers),
]

/**
 * All meta data of a fulfilment with the tracking as it is now; what is left out of an update goes (recordings
 * fulfillments.json "update"). Numbers that people entered in the shop stay beside ours, a link to a number that is not
 * true any more does not.
 */
export function changedMeta({ meta_data: meta }: Fulfillment, shipment: Shipment): Meta[] {
  const { trackingNumbers } = shipment
  const ours = numbersOfOurs(meta, shipment)
  const untrue = ours.filter((number) => !trackingNumbers.includes(number))
  const foreign = numbersIn(meta, numberKey).filter(
    (number) => ![...ours, ...trackingNumbers].includes(number),
  )
  const fresh = trackingMeta(shipment, [...foreign, ...trackingNumbers])
  const isStale = ({ key, value }: Meta) =>
    [numberKey, writtenKey].includes(key) ||
    (key === urlKey && untrue.some((number) => String(value).includes(number)))
  const kept = meta.filter((one) => !isStale(one) && !fresh.some(({ key }) => key === one.key))
  const idOf = new Map(meta.map((one) => [one.key, one.id]))
  return [...kept, ...fresh.map((one) => (idOf.has(one.key) ? { ...one, id: idOf.get(one.key) } : one))]
}

const numberKey = '_tracking_number'
const urlKey = '_tracking_url'
const providerKey = '_shipment_provider'

/** @param shown our numbers, and those of others beside them */
function trackingMeta({ carrier, trackingUrl, trackingNumbers }: Shipment, shown: string[]): Meta[] {
  const meta: Meta[] = []
  if (shown.length > 0) meta.push({ key: numberKey, value: shown.join(', ') })
  if (trackingNumbers.length > 0) meta.push({ key: writtenKey, value: trackingNumbers.join(', ') })
  if (trackingUrl) meta.push({ key: urlKey, value: trackingUrl })
  if (carrier) meta.push({ key: providerKey, value: providerOf(carrier) })
  return meta
}

const valueOf = (meta: Meta[], key: string): unknown => meta.find((one) => one.key === key)?.value

function numbersIn(meta: Meta[], key: string): string[] {
  const text = valueOf(meta, key)
  return typeof text === 'string'
    ? text
        .split(',')
        .map((number) => number.trim())
        .filter((number) => number !== '')
    : []
}

/** WooCommerce knows these by their short names and makes links for them; any other carrier is called as it is. */
const knownProviders = [
  'ups',
  'usps',
  'fedex',
  'dhl',
  'dpd',
  'gls',
  'royal-mail',
  'canada-post',
  'australia-post',
]

function providerOf(carrier: string): string {
  const slug = carrier
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-')
  return knownProviders.includes(slug) ? slug : carrier.trim()
}

/** The last note of a shipment of ours. */
export function lastNote(all: Note[], shipment: Shipment): Note | null {
  const own = all.filter(({ note }) => markIn(note, shipment) !== null)
  return own.toSorted((a, b) => Number(a.id) - Number(b.id)).at(-1) ?? null
}

/**
 * Whether a note says carrier and numbers as they are now, or as they were told where some were only taken away since: by
 * its mark, or by its words where it is older than marks.
 */
export function saysTracking({ note }: Note, shipment: Shipment): boolean {
  const { told } = shipment
  const now = trackingOf(shipment)
  const mark = markIn(note, shipment)
  const says = (tracking: Tracking) =>
    mark === '' ? note.includes(trackingWords(tracking)) : mark === markOf(tracking)
  return says(now) || (told !== null && !isNews(told, now) && says(told))
}

/** The first note of a shipment, to the customer. */
export const newNote = (shipment: Shipment): string =>
  signed(
    shipment,
    `${shipment.completesOrder ? 'Your order has been shipped' : 'A part of your order has been shipped'}${trackingWords(trackingOf(shipment))}`,
  )

/** A later note of a shipment, to the customer, with the tracking as it is now. */
export function changedNote(shipment: Shipment): string {
  const isFirst = !shipment.told?.numbers.length && shipment.trackingNumbers.length > 0
  return signed(
    shipment,
    `${isFirst ? 'Your shipment can be followed now: it travels' : 'Your shipment is to be followed otherwise than you were told: it travels'}${trackingWords(trackingOf(shipment))}`,
  )
}

const trackingOf = ({ carrier, trackingNumbers: numbers }: Shipment): Tracking => ({ carrier, numbers })

function trackingWords({ carrier, numbers }: Tracking): string {
  const sentence =
    numbers.length === 0 ? '' : ` Tracking number${numbers.length > 1 ? 's' : ''}: ${numbers.join(', ')}.`
  return `${carrier ? ` with ${carrier}` : ''}.${sentence}`
}

const signed = (shipment: Shipment, words: string): string =>
  `${words}${shipment.trackingUrl ? ` ${shipment.trackingUrl}` : ''} [waybill ${shipment.id} ${markOf(trackingOf(shipment))}]`

/** Tells one tracking from another in few letters. */
const markOf = ({ carrier, numbers }: Tracking): string =>
  createHash('sha256')
    .update(JSON.stringify([carrier, ...numbers.toSorted()]))
    .digest('hex')
    .slice(0, 8)

/** The mark behind a shipment's id in a note, '' where there is the id alone; null in a note of something else. */
function markIn(note: string, shipment: Shipment): string | null {
  for (const [, shipmentId, mark = ''] of note.matchAll(/\[waybill ([^\]\s]+)(?: ([0-9a-f]{8}))?\]/g))
    if (shipmentId === shipment.id) return mark
  return null
}
