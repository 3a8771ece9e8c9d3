import type { BackendShipment, Failure } from '../connectors/contract.ts'
import { shipmentId } from '../ids.ts'
import { moveCursor, readCursor } from '../ledger/cursors.ts'
import { mainAccount, type Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import { type ConnectionRow, connectionWorked } from '../ledger/health.ts'
import { enqueue, finish, type Job } from '../ledger/jobs.ts'
import type { OrderRow } from '../ledger/orders.ts'
import { advance } from './advance-cursor.ts'
import { backendFor, callOver, type Deps } from './deps.ts'
import { sayThatItFails, sayThatItWorks } from './failing-work.ts'
import { ensureIdentity } from './identify.ts'
import { followShipments } from './shipping-status.ts'
import { isMissingPermission, isSystemic, stopConnection } from './trouble.ts'

const everyMs = 60_000
const overlapMs = 120_000

/**
 * Reads which of our records have left the warehouse. What is new is stored, queued for the shop, and the cursor moves,
 * in one transaction.
 */
export async function readShipments(deps: Deps, job: Job): Promise<void> {
  const connection = job.connection
  if (!connection || !(await hasRoute(deps, connection.id))) {
    await deps.db.transaction().execute((tx) => finish(tx, job, deps.workerId))
    return
  }
  const backend = backendFor(deps, connection)
  const ctx = callOver(deps, connection, backend.timing(deps.configOf(connection)).timeoutMs)
  const identified = await ensureIdentity(deps, connection, ctx)
  if (!identified.ok) return failed(deps, job, connection, identified.error)
  const state = (await readCursor(deps.db, connection.id, 'shipments')) ?? {
    modifiedAt: connection.created_at,
    page: null,
    readAt: null,
    touchedAt: null,
  }
  const from = new Date(state.modifiedAt.getTime() - overlapMs).toISOString()
  const read = await backend.shipments(ctx, { from }, state.page ?? undefined)
  if (!read.ok) return failed(deps, job, connection, read.error)
  const at = deps.now()
  await deps.db.transaction().execute(async (tx) => {
    const { shipments, next, backendTime } = read.value
    for (const shipment of shipments) await takeShipment(deps, tx, connection, shipment)
    const modifiedAt = advance(state, shipments, { shownAt: backendTime, lagMs: 0, overlapMs, now: at })
    await moveCursor(
      tx,
      connection.id,
      'shipments',
      {
        modifiedAt,
        page: next ?? null,
        readAt: next ? state.readAt : at,
        touchedAt: at,
      },
      state,
    )
    await connectionWorked(tx, connection, at)
    await sayThatItWorks(deps, tx, job)
    const runAt = next ? at : new Date(at.getTime() + everyMs)
    await finish(tx, job, deps.workerId, { runAt, countAttempt: false, anew: true })
  })
}

async function failed(deps: Deps, job: Job, connection: ConnectionRow, failure: Failure): Promise<void> {
  deps.log.warn({ connection: connection.name, problem: failure.problems[0] }, 'shipments could not be read')
  // Posting goes on where only the fulfilments may not be read.
  const systemic = isSystemic(failure) && !isMissingPermission(failure)
  await deps.db.transaction().execute(async (tx) => {
    const runAt = systemic
      ? await stopConnection(deps, tx, connection, failure)
      : new Date(deps.now().getTime() + everyMs)
    if (!systemic) await sayThatItFails(deps, tx, job, failure.problems[0])
    await finish(tx, job, deps.workerId, { runAt, countAttempt: !systemic })
  })
}

async function hasRoute(deps: Deps, backendId: string): Promise<boolean> {
  const route = await deps.db
    .selectFrom('routes')
    .select('id')
    .where('backend_id', '=', backendId)
    .where('removed_at', 'is', null)
    .executeTakeFirst()
  return route !== undefined
}

async function takeShipment(
  deps: Deps,
  tx: Tx,
  connection: ConnectionRow,
  shipment: BackendShipment,
): Promise<void> {
  const order = await tx
    .selectFrom('orders')
    .selectAll()
    .where('backend_id', '=', connection.id)
    .where('record_id', '=', shipment.recordId)
    .executeTakeFirst()
  if (!order) return
  const id = shipmentId(order.external_id, shipment.id)
  const known = await tx
    .selectFrom('shipments')
    .select(['completes_order'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!known) return storeShipment(deps, tx, order as OrderRow, id, shipment)
  if (shipment.completesOrder && !known.completes_order) await completeWith(deps, tx, order.id, id)
}

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
  await enqueue(tx, [{ kind: 'ship', key: id, connectionId: order.channel_id, orderId: order.id, runAt: at }])
}

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
