import type { RawOrder } from '../contract.ts'

export interface Glance {
  id: string | null
  number: string | null
  channelStatus: string | null
  placedAt: string | null
  modifiedAt: string | null
}

/** What can be seen of an order without reading it whole, even when it is not valid JSON. Never throws. */
export function glance(raw: RawOrder): Glance {
  const see = fieldsOf(raw.body)
  return {
    id: see('id'),
    number: see('number') ?? see('id'),
    channelStatus: see('status'),
    placedAt: utc(see('date_created_gmt')) ?? utc(see('date_created')),
    modifiedAt: utc(see('date_modified_gmt')) ?? utc(see('date_modified')),
  }
}

/** What places an order in a list: a page has many, of which nothing else is asked. */
export function placeOf(body: string): Pick<Glance, 'id' | 'modifiedAt'> {
  const see = fieldsOf(body)
  return { id: see('id'), modifiedAt: utc(see('date_modified_gmt')) ?? utc(see('date_modified')) }
}

function fieldsOf(body: string): (name: string) => string | null {
  try {
    const order: unknown = JSON.parse(body)
    if (typeof order !== 'object' || order === null) return () => null
    return (name) => word((order as Record<string, unknown>)[name])
  } catch {
    return (name) =>
      word(new RegExp(`"${name}"\\s*:\\s*(?:"([^"\\\\]*)"|(\\d+))`).exec(body)?.slice(1).find(Boolean))
  }
}

function word(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : null
}

/** WooCommerce writes UTC without a suffix in its `_gmt` fields. ISO with milliseconds, or null. */
export function utc(text: string | null): string | null {
  const bare = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/.exec(
    text?.trim() ?? '',
  )
  if (!bare) return null
  const time = Date.parse(`${bare[1]}T${bare[2]}${bare[3] ?? 'Z'}`)
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}
