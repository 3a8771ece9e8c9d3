import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { err, ok } from '../../result.ts'
import type { Failure, FoundShipment, Outcome, SentShipment, Shipment } from '../contract.ts'
import { call, type Call, type ShopCtx } from './client.ts'
import {
  changedMeta,
  changedNote,
  type Fulfillment,
  fulfillments,
  id,
  isOurs,
  type Item,
  lastNote,
  type Meta,
  metaData,
  newMeta,
  newNote,
  type Note,
  notes,
  saysTracking,
  showsTracking,
} from './shipment-records.ts'

const orderState = z.object({
  status: z.string(),
  meta_data: metaData,
  line_items: z.array(z.object({ id, quantity: z.coerce.number() })).catch([]),
})

/** What the shop has of a shipment of ours, and whether it keeps shipments as fulfilments. */
interface Records {
  fulfillmentsOn: boolean
  fulfillment: Fulfillment | null
  note: Note | null
}

/**
 * What the shop has of a shipment of ours: in its fulfilments where that feature is on, else in the order's notes, which
 * carry its id. recordings/woocommerce-11.0.1 fulfillments.json "off: list", "list"; order.json "order notes list".
 */
export async function findShipment(ctx: ShopCtx, shipment: Shipment): Promise<Outcome<FoundShipment | null>> {
  const records = await recordsOf(ctx, shipment)
  return records.ok ? ok(foundIn(records.value, shipment)) : records
}

/**
 * Tells the shop of a shipment, once: reads before it writes, and the record that carries our id comes last, so that
 * whoever finds it knows that all else is done. First the order's meta data, then, when everything has left, its status
 * (`completed`, if it still is `processing`), then the fulfilment, or the note that WooCommerce mails to the customer.
 */
export async function sendShipment(ctx: ShopCtx, shipment: Shipment): Promise<Outcome<SentShipment>> {
  const records = await recordsOf(ctx, shipment)
  if (!records.ok) return asShipment(records.error)
  const already = foundIn(records.value, shipment)
  if (already) return ok({ id: already.id })

  const state = await readOrder(ctx, shipment)
  if (!state.ok) return asShipment(state.error)
  const { fulfillmentsOn } = records.value
  const completes =
    ctx.config.completeOrders && shipment.completesOrder && state.value.status === 'processing'
  const prepared = await changeOrder(ctx, shipment, {
    ...(fulfillmentsOn ? {} : orderMeta(shipment, state.value)),
    ...(completes ? { status: 'completed' } : {}),
  })
  if (!prepared.ok) return asShipment(prepared.error)
  const items = itemsOf(shipment, state.value)
  const sent =
    fulfillmentsOn && items.length > 0
      ? await writeFulfillment(ctx, shipment, newMeta(shipment, items))
      : await postNote(ctx, shipment, newNote(shipment))
  return sent.ok ? sent : asShipment(sent.error)
}

/**
 * Tells the tracking of a shipment that the shop has, as it is now: in its fulfilment, which WooCommerce mails to the
 * customer as updated (https://developer.woocommerce.com/docs/features/fulfillments/hooks/), or by one more note. What
 * the shop says already is not said again, whoever entered it there.
 */
export async function updateShipment(ctx: ShopCtx, shipment: Shipment): Promise<Outcome<SentShipment>> {
  const records = await recordsOf(ctx, shipment)
  if (!records.ok) return asShipment(records.error)
  const found = foundIn(records.value, shipment)
  if (found?.upToDate) return ok({ id: found.id })
  const { fulfillment } = records.value
  if (fulfillment) {
    const changed = await writeFulfillment(ctx, shipment, changedMeta(fulfillment, shipment), fulfillment.id)
    return changed.ok ? changed : asShipment(changed.error)
  }
  const state = await readOrder(ctx, shipment)
  if (!state.ok) return asShipment(state.error)
  const prepared = await changeOrder(ctx, shipment, orderMeta(shipment, state.value))
  if (!prepared.ok) return asShipment(prepared.error)
  const sent = await postNote(ctx, shipment, changedNote(shipment))
  return sent.ok ? sent : asShipment(sent.error)
}

function foundIn({ fulfillment, note }: Records, shipment: Shipment): FoundShipment | null {
  if (fulfillment) return { id: fulfillment.id, upToDate: showsTracking(fulfillment, shipment) }
  return note && { id: note.id, upToDate: saysTracking(note, shipment) }
}

async function recordsOf(ctx: ShopCtx, shipment: Shipment): Promise<Outcome<Records>> {
  const path = `/orders/${shipment.channelOrderId}`
  const listed = await ask(ctx, { method: 'GET', path: `${path}/fulfillments` }, fulfillments)
  // Without the feature there is no such route; with WooCommerce gone, the notes say so too.
  const off = !listed.ok && listed.error.problems[0].code === 'api_not_found'
  if (!listed.ok && !off) return listed
  const written = await ask(ctx, { method: 'GET', path: `${path}/notes` }, notes)
  if (!written.ok) return written
  return ok({
    fulfillmentsOn: listed.ok,
    fulfillment: (listed.ok && listed.value.find((one) => isOurs(one, shipment))) || null,
    note: lastNote(written.value, shipment),
  })
}

const readOrder = (ctx: ShopCtx, { channelOrderId }: Shipment) =>
  ask(ctx, { method: 'GET', path: `/orders/${channelOrderId}` }, orderState)

/** The shipment in the order's meta data, where that does not say so yet. */
function orderMeta(shipment: Shipment, { meta_data: meta }: z.infer<typeof orderState>): object {
  const key = `_waybill_shipment_${shipment.id}`
  const value = {
    carrier: shipment.carrier,
    tracking_numbers: shipment.trackingNumbers,
    tracking_url: shipment.trackingUrl,
    shipped_at: shipment.shippedAt,
    items: shipment.lines.map((line) => ({ item_id: line.channelLineId, qty: line.quantity })),
  }
  const before = meta.find((one) => one.key === key)
  if (before && isDeepStrictEqual(before.value, value)) return {}
  return { meta_data: [{ ...(before && { id: before.id }), key, value }] }
}

async function changeOrder(ctx: ShopCtx, shipment: Shipment, change: object): Promise<Outcome<unknown>> {
  if (Object.keys(change).length === 0) return ok(null)
  return call(ctx, {
    method: 'POST',
    path: `/orders/${shipment.channelOrderId}`,
    query: { _fields: 'id' },
    body: change,
  })
}

/** A shipment that completes the order and names no lines has them all. WooCommerce takes ids and quantities as numbers. */
function itemsOf(shipment: Shipment, state: z.infer<typeof orderState>): Item[] {
  if (shipment.lines.length > 0)
    return shipment.lines.map((line) => ({ item_id: Number(line.channelLineId), qty: Number(line.quantity) }))
  if (!shipment.completesOrder) return []
  return state.line_items.map((line) => ({ item_id: Number(line.id), qty: line.quantity }))
}

/** Makes a fulfilment, or changes the one of that id. */
const writeFulfillment = (
  ctx: ShopCtx,
  { channelOrderId }: Shipment,
  meta: Meta[],
  fulfillmentId?: string,
): Promise<Outcome<SentShipment>> =>
  ask(
    ctx,
    {
      method: 'POST',
      path: `/orders/${channelOrderId}/fulfillments${fulfillmentId === undefined ? '' : `/${fulfillmentId}`}`,
      body: { status: 'fulfilled', is_fulfilled: true, notify_customer: true, meta_data: meta },
    },
    z.object({ id }),
  )

async function postNote(ctx: ShopCtx, shipment: Shipment, note: string): Promise<Outcome<SentShipment>> {
  return ask(
    ctx,
    {
      method: 'POST',
      path: `/orders/${shipment.channelOrderId}/notes`,
      body: { note, customer_note: true },
    },
    z.object({ id }),
  )
}

/** A call whose answer must have a form; one of another form leaves a write's outcome unknown. */
async function ask<T>(ctx: ShopCtx, what: Call, form: z.ZodType<T>): Promise<Outcome<T>> {
  const answer = await call(ctx, what)
  if (!answer.ok) return answer
  const read = form.safeParse(answer.value.value)
  if (read.success) return ok(read.data)
  return err({
    kind: what.method === 'GET' ? 'invalid_response' : 'unknown_outcome',
    problems: [
      {
        code: 'unreadable_answer',
        subject: new URL(ctx.config.url).host,
        detail: `The answer to ${what.method} ${what.path} has another form than WooCommerce's: ${answer.value.text.slice(0, 80)}`,
        vendorMessage: null,
      },
    ],
  })
}

/** What the shop refuses here concerns this shipment. */
function asShipment(failure: Failure): { ok: false; error: Failure } {
  if (failure.kind !== 'rejected') return err(failure)
  const [problem] = failure.problems
  return err({ ...failure, problems: [{ ...problem, code: 'shipment_rejected', subject: '' }] })
}
