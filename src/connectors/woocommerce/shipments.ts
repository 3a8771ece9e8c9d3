import { z } from 'zod'
import { err, ok } from '../../result.ts'
import type { Failure, Outcome, SentShipment, Shipment } from '../contract.ts'
import { call, type Call, type ShopCtx } from './client.ts'

/** The key under which a fulfilment carries our shipment's id. */
const shipmentKey = '_waybill_shipment_id'

const id = z.union([z.string(), z.number()]).transform(String)
const metaData = z.array(z.object({ key: z.string(), value: z.unknown() })).catch([])

const fulfillments = z.array(z.object({ id, meta_data: metaData }))

const notes = z.array(z.object({ id, note: z.string().catch('') }))

const orderState = z.object({
  status: z.string(),
  meta_data: metaData,
  line_items: z.array(z.object({ id, quantity: z.coerce.number() })).catch([]),
})

type Found = { id: string; shipmentId: string }[]

/** Where this shop keeps shipments, and those of ours that it has for the order. */
interface Records {
  kind: 'fulfillments' | 'notes'
  found: Found
}

/**
 * The shipments of ours that the shop has for an order: in its fulfilments where that feature is on, else in the order's
 * notes, which carry their id. recordings/woocommerce-11.0.1 fulfillments.json "off: list", "list"; order.json "order
 * notes list".
 */
export async function findShipments(ctx: ShopCtx, orderId: string): Promise<Outcome<Found>> {
  const records = await recordsOf(ctx, orderId)
  return records.ok ? ok(records.value.found) : records
}

/**
 * Tells the shop of a shipment, once: reads before it writes, and the record that carries our id comes last, so that
 * whoever finds it knows that all else is done. First the order's meta data, then, when everything has left, its status
 * (`completed`, if it still is `processing`), then the fulfilment, or the note that WooCommerce mails to the customer.
 */
export async function sendShipment(ctx: ShopCtx, shipment: Shipment): Promise<Outcome<SentShipment>> {
  const records = await recordsOf(ctx, shipment.channelOrderId)
  if (!records.ok) return asShipment(records.error)
  const already = records.value.found.find((one) => one.shipmentId === shipment.id)
  if (already) return ok({ id: already.id })

  const state = await ask(ctx, { method: 'GET', path: `/orders/${shipment.channelOrderId}` }, orderState)
  if (!state.ok) return asShipment(state.error)
  const prepared = await prepareOrder(ctx, shipment, state.value, records.value.kind)
  if (!prepared.ok) return asShipment(prepared.error)
  const items = itemsOf(shipment, state.value)
  const sent =
    records.value.kind === 'fulfillments' && items.length > 0
      ? await postFulfillment(ctx, shipment, items)
      : await postNote(ctx, shipment)
  return sent.ok ? sent : asShipment(sent.error)
}

async function recordsOf(ctx: ShopCtx, orderId: string): Promise<Outcome<Records>> {
  const listed = await ask(ctx, { method: 'GET', path: `/orders/${orderId}/fulfillments` }, fulfillments)
  // Without the feature there is no such route; with WooCommerce gone, the notes say so too.
  const off = !listed.ok && listed.error.problems[0].code === 'api_not_found'
  if (!listed.ok && !off) return listed
  const inFulfillments = listed.ok ? listed.value.flatMap((one) => carried(one.id, one.meta_data)) : []
  const written = await ask(ctx, { method: 'GET', path: `/orders/${orderId}/notes` }, notes)
  if (!written.ok) return written
  const inNotes = written.value.flatMap(({ id, note }) =>
    [...note.matchAll(/\[waybill ([^\]\s]+)\]/g)].map(([, shipmentId = '']) => ({ id, shipmentId })),
  )
  return ok({ kind: listed.ok ? 'fulfillments' : 'notes', found: [...inFulfillments, ...inNotes] })
}

function carried(fulfillment: string, meta: z.infer<typeof metaData>): Found {
  const value = meta.find(({ key }) => key === shipmentKey)?.value
  return typeof value === 'string' ? [{ id: fulfillment, shipmentId: value }] : []
}

/** What stands on the order itself; each step is left out when it is done already. */
async function prepareOrder(
  ctx: ShopCtx,
  shipment: Shipment,
  state: z.infer<typeof orderState>,
  kind: Records['kind'],
): Promise<Outcome<unknown>> {
  const key = `_waybill_shipment_${shipment.id}`
  const change: Record<string, unknown> = {}
  if (kind === 'notes' && !state.meta_data.some((entry) => entry.key === key))
    change['meta_data'] = [
      {
        key,
        value: {
          carrier: shipment.carrier,
          tracking_numbers: shipment.trackingNumbers,
          tracking_url: shipment.trackingUrl,
          shipped_at: shipment.shippedAt,
          items: shipment.lines.map((line) => ({ item_id: line.channelLineId, qty: line.quantity })),
        },
      },
    ]
  if (ctx.config.completeOrders && shipment.completesOrder && state.status === 'processing')
    change['status'] = 'completed'
  if (Object.keys(change).length === 0) return ok(null)
  return call(ctx, {
    method: 'POST',
    path: `/orders/${shipment.channelOrderId}`,
    query: { _fields: 'id' },
    body: change,
  })
}

interface Item {
  item_id: number
  qty: number
}

/** A shipment that completes the order and names no lines has them all. WooCommerce takes ids and quantities as numbers. */
function itemsOf(shipment: Shipment, state: z.infer<typeof orderState>): Item[] {
  if (shipment.lines.length > 0)
    return shipment.lines.map((line) => ({ item_id: Number(line.channelLineId), qty: Number(line.quantity) }))
  if (!shipment.completesOrder) return []
  return state.line_items.map((line) => ({ item_id: Number(line.id), qty: line.quantity }))
}

/** recordings fulfillments.json "create with tracking". */
async function postFulfillment(
  ctx: ShopCtx,
  shipment: Shipment,
  items: Item[],
): Promise<Outcome<SentShipment>> {
  const meta: { key: string; value: unknown }[] = [
    { key: shipmentKey, value: shipment.id },
    { key: '_items', value: items },
  ]
  if (shipment.trackingNumbers.length > 0)
    meta.push({ key: '_tracking_number', value: shipment.trackingNumbers.join(', ') })
  if (shipment.trackingUrl) meta.push({ key: '_tracking_url', value: shipment.trackingUrl })
  if (shipment.carrier) meta.push({ key: '_shipment_provider', value: providerOf(shipment.carrier) })
  return ask(
    ctx,
    {
      method: 'POST',
      path: `/orders/${shipment.channelOrderId}/fulfillments`,
      body: { status: 'fulfilled', is_fulfilled: true, notify_customer: true, meta_data: meta },
    },
    z.object({ id }),
  )
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

async function postNote(ctx: ShopCtx, shipment: Shipment): Promise<Outcome<SentShipment>> {
  return ask(
    ctx,
    {
      method: 'POST',
      path: `/orders/${shipment.channelOrderId}/notes`,
      body: { note: noteFor(shipment), customer_note: true },
    },
    z.object({ id }),
  )
}

function noteFor(shipment: Shipment): string {
  const { carrier, trackingNumbers, trackingUrl, completesOrder } = shipment
  const what = completesOrder ? 'Your order has been shipped' : 'A part of your order has been shipped'
  const tracking =
    trackingNumbers.length === 0
      ? ''
      : ` Tracking number${trackingNumbers.length > 1 ? 's' : ''}: ${trackingNumbers.join(', ')}.`
  const link = trackingUrl ? ` ${trackingUrl}` : ''
  return `${what}${carrier ? ` with ${carrier}` : ''}.${tracking}${link} [waybill ${shipment.id}]`
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
