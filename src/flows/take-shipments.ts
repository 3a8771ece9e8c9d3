import type { BackendShipment } from '../connectors/contract.ts'
import { shipmentId } from '../ids.ts'
import { mainAccount, type Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { enqueue } from '../ledger/jobs.ts'
import { lockInSequence } from '../ledger/many-orders.ts'
import { ordersWithRecords, type OrderRow } from '../ledger/orders.ts'
import { closeProblems } from '../ledger/problems.ts'
import { readShipment, type ShipmentRow, shipmentsById, toldOf, trackingOf } from '../ledger/shipments.ts'
import { isNews, isSameTracking, type Tracking } from '../order/tracking.ts'
import type { Deps } from './deps.ts'
import { followShipments } from './shipping-status.ts'

/**
 * Takes in shipped fulfilments as they were read: a new one is stored and told to the shop; of a known one only what has
 * changed counts, however often it is read.
 */
export async function takeShipments(
  deps: Deps,
  tx: Tx,
  connection: ConnectionRow,
  read: BackendShipment[],
): Promise<void> {
  const orders = await ordersWithRecords(
    tx,
    connection.id,
    read.map(({ recordId }) => recordId),
  )
  const ours = read.flatMap((shipment) => {
    const order = orders.get(shipment.recordId)
    return order ? [{ shipment, order, id: shipmentId(order.external_id, shipment.id) }] : []
  })
  const known = await shipmentsById(
    tx,
    ours.map(({ id }) => id),
  )
  const changed = ours.filter(({ shipment, id }) => hasNews(shipment, known.get(id)))
  await lockInSequence(
    tx,
    changed.map(({ order }) => order.id),
  )
  for (const { shipment, order, id } of changed) {
    if (!known.has(id)) {
      await storeShipment(deps, tx, order, id, shipment)
      continue
    }
    if (shipment.completesOrder && !(await isCompleted(tx, order.id)))
      await completeWith(deps, tx, order.id, id)
    await takeTracking(deps, tx, order, id, trackingRead(shipment))
  }
}

const trackingRead = ({ carrier, trackingNumbers: numbers }: BackendShipment): Tracking => ({
  carrier,
  numbers,
})

const hasNews = (shipment: BackendShipment, known: ShipmentRow | undefined): boolean =>
  known === undefined ||
  (shipment.completesOrder && !known.completes_order) ||
  !isSameTracking(trackingOf(known), trackingRead(shipment))

async function storeShipment(
  deps: Deps,
  tx: Tx,
  order: OrderRow,
  id: string,
  shipment: BackendShipment,
): Promise<void> {
  const at = deps.now()
  await tx
    .insertInto('shipments')
    .values({
      id,
      account_id: mainAccount,
      order_id: order.id,
      backend_shipment_id: shipment.id,
      status: 'pending',
      carrier: shipment.carrier,
      tracking_numbers: shipment.trackingNumbers,
      shipped_at: new Date(shipment.shippedAt),
      lines: JSON.stringify(linesForChannel(order, shipment)),
      completes_order: shipment.completesOrder,
      seen_at: at,
    })
    .execute()
  await addEvents(tx, [
    {
      orderId: order.id,
      at,
      kind: 'shipped_in_backend',
      actor: 'backend',
      detail: { carrier: shipment.carrier, tracking: shipment.trackingNumbers, shipment: id },
    },
  ])
  await enqueueShipment(tx, order, id, at)
}

/**
 * The fulfilment has another carrier or other tracking numbers than before. What the shop was not told yet goes along with
 * the shipment; what it was told it is told anew, once, where there is news. The order stays where it is meanwhile.
 */
async function takeTracking(deps: Deps, tx: Tx, order: OrderRow, id: string, read: Tracking): Promise<void> {
  const at = deps.now()
  const known = (await readShipment(tx, id))!
  if (isSameTracking(trackingOf(known), read)) return
  const told = toldOf(known)
  const goes = known.status !== 'sent' || told === null || isNews(told, read)
  // One under way stays so: nobody knows yet whether it has arrived.
  const status = goes && known.status !== 'sending' ? 'pending' : known.status
  await tx
    .updateTable('shipments')
    .set({ carrier: read.carrier, tracking_numbers: read.numbers, status })
    .where('id', '=', id)
    .execute()
  if (status !== known.status) await closeProblems(tx, order.id, at, id)
  await followShipments(tx, order.id, {
    at,
    actor: 'backend',
    kind: 'tracking_changed',
    detail: {
      shipment: id,
      before: trackingOf(known),
      now: read,
      kept: told !== null && !isNews(told, read),
    },
  })
  if (goes) await enqueueShipment(tx, order, id, at)
}

/** Whether a shipment of the order is known to be the last: another that is changed after it is not. */
async function isCompleted(tx: Tx, orderId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('shipments')
    .select('id')
    .where('order_id', '=', orderId)
    .where('completes_order', '=', true)
    .executeTakeFirst()
  return row !== undefined
}

const enqueueShipment = (tx: Tx, order: OrderRow, id: string, runAt: Date) =>
  enqueue(tx, [{ kind: 'ship', key: id, connectionId: order.channel_id, orderId: order.id, runAt }])

/** A shipment turned out to be the last: others that were made before it had left later, or lines were closed. */
async function completeWith(deps: Deps, tx: Tx, orderId: string, id: string): Promise<void> {
  await tx.updateTable('shipments').set({ completes_order: true }).where('id', '=', id).execute()
  await followShipments(tx, orderId, {
    at: deps.now(),
    actor: 'backend',
    kind: 'all_shipped_in_backend',
    detail: { shipment: id },
  })
}

/** The backend's lines as the channel's own, by the map kept when the order was posted. */
function linesForChannel(order: OrderRow, shipment: BackendShipment) {
  const map = (order.record_lines ?? []) as { backendLine: string; channelLineId: string }[]
  return shipment.lines.flatMap((line) => {
    const channelLineId = map.find((entry) => entry.backendLine === line.backendLine)?.channelLineId
    return channelLineId === undefined ? [] : [{ channelLineId, sku: line.sku, quantity: line.quantity }]
  })
}
