import type { Selectable } from 'kysely'
import type { Tracking } from '../order/tracking.ts'
import type { Database, Db } from './database.ts'

export type ShipmentRow = Selectable<Database['shipments']>

/** A shipment, by our id of it. */
export const readShipment = (db: Db, id: string): Promise<ShipmentRow | undefined> =>
  db.selectFrom('shipments').selectAll().where('id', '=', id).executeTakeFirst()

/** Carrier and numbers as the backend has them. */
export const trackingOf = (row: Pick<ShipmentRow, 'carrier' | 'tracking_numbers'>): Tracking => ({
  carrier: row.carrier,
  numbers: row.tracking_numbers,
})

/** Carrier and numbers as the channel was told them last. Null: it was not told yet. */
export const toldOf = (row: Pick<ShipmentRow, 'told'>): Tracking | null => row.told as Tracking | null
