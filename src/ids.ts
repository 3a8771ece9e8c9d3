import { createHash, randomFillSync } from 'node:crypto'

/** Asking the system for random bytes costs more than making the id: what is asked for serves many. */
const pool = Buffer.alloc(4000)
let used = pool.length

function randomTen(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += 10
  return pool.subarray(used - 10, used)
}

/** A new id that sorts by time (UUID version 7): rows made one after another lie side by side in an index. */
export function timeOrderedId(now: Date, random: Buffer = randomTen()): string {
  const bytes = Buffer.alloc(16)
  bytes.writeUIntBE(now.getTime(), 0, 6)
  random.copy(bytes, 6, 0, 10)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Whether the text is spelt as ids are; PostgreSQL refuses to compare others with one. */
export const isId = (text: string): boolean => id.test(text)

/** The least id that `timeOrderedId` could have made at that time. */
export const firstIdAt = (time: Date): string => timeOrderedId(time, Buffer.alloc(10))

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)
const safe = (text: string): string =>
  /^[A-Za-z0-9_-]{1,40}$/.test(text)
    ? text
    : `x${createHash('sha256').update(text).digest('hex').slice(0, 16)}`

/** How the external ids of a shop's orders begin. */
export const orderExternalIdPrefix = (kind: string, shopIdentity: string): string =>
  `wb_${kind}_${shortHash(shopIdentity)}_`

/**
 * The external id of an order at the backend. Made of what never changes, so that a rebuilt home derives the same; the
 * `replacement` is above 0 only when a person asked for another record.
 */
export function orderExternalId(
  kind: string,
  shopIdentity: string,
  channelOrderId: string,
  replacement = 0,
): string {
  const again = replacement > 0 ? `_${replacement}` : ''
  return `${orderExternalIdPrefix(kind, shopIdentity)}${safe(channelOrderId)}${again}`
}

/** The external id of a customer at the backend: by the channel's customer id, or by e-mail or name for a guest. */
export function customerExternalId(
  kind: string,
  shopIdentity: string,
  customer: { id: string | null; email: string | null; name: string },
): string {
  const who =
    customer.id ??
    `g${createHash('sha256')
      .update((customer.email ?? customer.name).trim().toLowerCase())
      .digest('hex')
      .slice(0, 16)}`
  return `wb_c_${kind}_${shortHash(shopIdentity)}_${safe(who)}`
}

/** Our permanent id of a shipment: written into the channel and looked for before writing. */
export function shipmentId(orderExternalId: string, backendShipmentId: string): string {
  return `${orderExternalId.replace(/^wb_/, 'wb_s_')}_${safe(backendShipmentId)}`
}
