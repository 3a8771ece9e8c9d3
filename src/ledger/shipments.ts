import { type Selectable, sql } from 'kysely'
import type { Tracking } from '../order/tracking.ts'
import type { Database, Db } from './database.ts'

export type ShipmentRow = Selectable<Database['shipments']>

/** A shipment, by our id of it. */
export const readShipment = (db: Db, id: string): Promise<ShipmentRow | undefined> =>
  db.selectFrom('shipments').selectAll().where('id', '=', id).executeTakeFirst()

/** Shipments by our ids of them. */
export async function shipmentsById(db: Db, ids: readonly string[]): Promise<Map<string, ShipmentRow>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('shipments')
    .selectAll()
    .where('id', '=', sql<string>`ANY(${ids})`)
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}

/** Carrier and numbers as the backend has them. */
export const trackingOf = (row: Pick<ShipmentRow, 'carrier' | 'tracking_numbers'>): Tracking => ({
  carrier: row.carrier,
  numbers: row.tracking_numbers,
})

/** Carrier and numbers as the channel was told them last. Null: it was not told yet. */
export const toldOf = (row: Pick<ShipmentRow, 'told'>): Tracking | null => row.told as Tracking | null
