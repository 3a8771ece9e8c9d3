import { afterEach, describe, expect, it } from 'vitest'
import type { Shipment } from '../../src/connectors/contract.ts'
import { findShipment, sendShipment, updateShipment } from '../../src/connectors/woocommerce/shipments.ts'
import { sandboxShop, scriptedShop, valueOf } from './woocommerce-support.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

async function shopWithOrder(
  options: Parameters<typeof sandboxShop>[0],
  settings: Parameters<typeof sandboxShop>[1] = {},
) {
  const made = await sandboxShop(options, settings)
  closing.push(made.close)
  const { id } = made.shop.control.newOrder()
  const order = () =>
    made.shop.control.order(id)!.body as {
      status: string
      meta_data: { key: string; value: unknown }[]
      line_items: { id: number; quantity: number }[]
    }
  const shipment = (part: Partial<Shipment> = {}): Shipment => ({
    id: 'wb_woocommerce_1a2b3c4d_30_f7',
    channelOrderId: String(id),
    carrier: 'UPS',
    trackingNumbers: ['1Z999AA10123456784'],
    told: null,
    trackingUrl: 'https://www.ups.com/track?tracknum=1Z999AA10123456784',
    shippedAt: '2026-11-23T09:00:00.000Z',
    lines: order().line_items.map((line) => ({
      channelLineId: String(line.id),
      sku: null,
      quantity: String(line.quantity),
    })),
    completesOrder: true,
    ...part,
  })
  const listOf = async (what: 'notes' | 'fulfillments') => {
    const login = Buffer.from(`${made.shop.consumerKey}:${made.shop.consumerSecret}`).toString('base64')
    const answer = await fetch(`${made.shop.url}/wp-json/wc/v3/orders/${id}/${what}`, {
      headers: { authorization: `Basic ${login}` },
    })
    return (await answer.json()) as {
      id: number
      note: string
      customer_note: boolean
      meta_data: { key: string; value: unknown }[]
    }[]
  }
  return { ...made, id, order, shipment, listOf }
}

describe('a shop with fulfilments', () => {
  it('gets one that carries our id, the tracking and the pieces', async () => {
    const { ctx, order, shipment, listOf } = await shopWithOrder({ fulfillments: true })
    const [line] = order().line_items
    valueOf(
      await sendShipment(
        ctx,
        shipment({
          completesOrder: false,
          lines: [{ channelLineId: String(line!.id), sku: null, quantity: '1' }],
        }),
      ),
    )
    const [fulfilment] = await listOf('fulfillments')
    expect(Object.fromEntries(fulfilment!.meta_data.map(({ key, value }) => [key, value]))).toMatchObject({
      _waybill_shipment_id: 'wb_woocommerce_1a2b3c4d_30_f7',
      _tracking_number: '1Z999AA10123456784',
      _tracking_url: 'https://www.ups.com/track?tracknum=1Z999AA10123456784',
      _shipment_provider: 'ups',
      _items: [{ item_id: line!.id, qty: 1 }],
    })
    expect(order().status).toBe('processing')
  })

  it('has its order completed when everything has left, unless that is switched off', async () => {
    const [on, off] = [
      await shopWithOrder({ fulfillments: true }),
      await shopWithOrder({ fulfillments: true }, { completeOrders: false }),
    ]
    valueOf(await sendShipment(on.ctx, on.shipment()))
    valueOf(await sendShipment(off.ctx, off.shipment()))
    expect([on.order().status, off.order().status]).toEqual(['completed', 'processing'])
  })

  it('gets all the lines of the order where the shipment names none and completes it', async () => {
    const { ctx, order, shipment, listOf } = await shopWithOrder({ fulfillments: true })
    valueOf(await sendShipment(ctx, shipment({ lines: [] })))
    const items = (await listOf('fulfillments'))[0]!.meta_data.find(({ key }) => key === '_items')!.value
    expect(items).toEqual(order().line_items.map((line) => ({ item_id: line.id, qty: line.quantity })))
  })

  it('is told of further fulfilments of others without minding them', async () => {
    const { ctx, shipment } = await shopWithOrder({ fulfillments: true })
    valueOf(await sendShipment(ctx, shipment({ id: 'wb_a', completesOrder: false })))
    valueOf(await sendShipment(ctx, shipment({ id: 'wb_b', completesOrder: false })))
    const [a, b] = [
      valueOf(await findShipment(ctx, shipment({ id: 'wb_a' }))),
      valueOf(await findShipment(ctx, shipment({ id: 'wb_b' }))),
    ]
    expect([a, b]).toEqual([
      { id: expect.any(String), upToDate: true },
      { id: expect.any(String), upToDate: true },
    ])
    expect(a!.id).not.toBe(b!.id)
  })
})

describe('a shop without fulfilments', () => {
  it('gets the shipment as meta data of the order, and one note to the customer that carries its id', async () => {
    const { ctx, order, shipment, listOf } = await shopWithOrder({ fulfillments: false })
    const sent = valueOf(await sendShipment(ctx, shipment()))
    valueOf(await sendShipment(ctx, shipment()))
    const notes = (await listOf('notes')).filter((note) => note.customer_note)
    expect(notes).toEqual([expect.objectContaining({ id: Number(sent.id) })])
    expect(notes[0]!.note).toBe(
      'Your order has been shipped with UPS. Tracking number: 1Z999AA10123456784. https://www.ups.com/track?tracknum=1Z999AA10123456784 [waybill wb_woocommerce_1a2b3c4d_30_f7 500b9fa7]',
    )
    const meta = order().meta_data.find(
      ({ key }) => key === '_waybill_shipment_wb_woocommerce_1a2b3c4d_30_f7',
    )
    expect(meta?.value).toMatchObject({ carrier: 'UPS', tracking_numbers: ['1Z999AA10123456784'] })
    expect(order().status).toBe('completed')
  })

  it.each([
    ['the order', '_fields=id'],
    ['the note', '/notes'],
  ])('gets nothing twice when the answer to %s is lost', async (_name, path) => {
    const { ctx, shop, order, shipment, listOf } = await shopWithOrder({ fulfillments: false })
    shop.control.fault({ kind: 'lose_answer', times: 1, path })
    expect(await sendShipment(ctx, shipment())).toMatchObject({
      ok: false,
      error: { kind: 'unknown_outcome' },
    })
    valueOf(await sendShipment(ctx, shipment()))
    expect((await listOf('notes')).filter((note) => note.customer_note).length).toBe(1)
    expect(order().meta_data.filter(({ key }) => key.startsWith('_waybill_shipment')).length).toBe(1)
    expect(valueOf(await findShipment(ctx, shipment()))).toMatchObject({ upToDate: true })
  })
})

describe('a tracking number that comes later', () => {
  const late = { trackingUrl: null, trackingNumbers: [] as string[] }

  it('goes into the fulfilment, beside what others keep there, and the order stays as it is', async () => {
    const { ctx, shop, id, order, shipment, listOf } = await shopWithOrder({ fulfillments: true })
    valueOf(await sendShipment(ctx, shipment(late)))
    shop.control.edit(id, { status: 'on-hold' })
    const before = (await listOf('fulfillments'))[0]!.meta_data
    valueOf(await updateShipment(ctx, shipment({ ...late, carrier: 'DHL', trackingNumbers: ['JJD1'] })))
    const [fulfilment, ...more] = await listOf('fulfillments')
    expect(more).toEqual([])
    const meta = Object.fromEntries(fulfilment!.meta_data.map(({ key, value }) => [key, value]))
    expect(meta).toEqual({
      ...Object.fromEntries(before.map(({ key, value }) => [key, value])),
      _tracking_number: 'JJD1',
      _waybill_tracking_numbers: 'JJD1',
      _shipment_provider: 'dhl',
    })
    expect(order().status).toBe('on-hold')
  })

  it('leaves the numbers that people entered in the shop, and takes back its own and the link to it', async () => {
    const { ctx, shop, id, shipment, listOf } = await shopWithOrder({ fulfillments: true })
    const sent = valueOf(await sendShipment(ctx, shipment({ ...late, trackingNumbers: ['OLD'] })))
    const [{ meta_data: meta }] = (await listOf('fulfillments')) as unknown as [
      { meta_data: { key: string }[] },
    ]
    const login = Buffer.from(`${shop.consumerKey}:${shop.consumerSecret}`).toString('base64')
    await fetch(`${shop.url}/wp-json/wc/v3/orders/${id}/fulfillments/${sent.id}`, {
      method: 'PUT',
      headers: { authorization: `Basic ${login}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        meta_data: [
          ...meta.filter(({ key }) => key !== '_tracking_number'),
          { key: '_tracking_number', value: 'OLD, BY-HAND' },
          { key: '_tracking_url', value: 'https://track.example/OLD' },
        ],
      }),
    })
    const changed = shipment({
      ...late,
      trackingNumbers: ['NEW'],
      told: { carrier: 'UPS', numbers: ['OLD'] },
    })
    expect(valueOf(await findShipment(ctx, changed))).toMatchObject({ upToDate: false })
    valueOf(await updateShipment(ctx, changed))
    const shown = (await listOf('fulfillments'))[0]!.meta_data
    expect(shown.find(({ key }) => key === '_tracking_number')?.value).toBe('BY-HAND, NEW')
    expect(shown.some(({ key }) => key === '_tracking_url')).toBe(false)
    expect(valueOf(await findShipment(ctx, changed))).toMatchObject({ upToDate: true })
  })

  it('is not said again where somebody has entered it in the shop already', async () => {
    const { ctx, shop, shipment } = await shopWithOrder({ fulfillments: true })
    valueOf(await sendShipment(ctx, shipment({ ...late, trackingNumbers: ['A', 'B'] })))
    const writes = () =>
      shop.control.requests().entries.filter(({ method, path }) => method === 'POST' && path.includes('fulf'))
    expect(writes()).toHaveLength(1)
    valueOf(await updateShipment(ctx, shipment({ ...late, trackingNumbers: ['B'] })))
    expect(writes()).toHaveLength(1)
  })

  it('is one more note to the customer where there are no fulfilments, once also when its answer is lost', async () => {
    const { ctx, shop, order, shipment, listOf } = await shopWithOrder({ fulfillments: false })
    valueOf(await sendShipment(ctx, shipment(late)))
    const now = shipment({ ...late, trackingNumbers: ['1Z1'] })
    expect(valueOf(await findShipment(ctx, now))).toMatchObject({ upToDate: false })
    shop.control.fault({ kind: 'lose_answer', times: 1, path: '/notes' })
    expect(await updateShipment(ctx, now)).toMatchObject({ ok: false, error: { kind: 'unknown_outcome' } })
    valueOf(await updateShipment(ctx, now))
    const told = (await listOf('notes')).filter((note) => note.customer_note).map(({ note }) => note)
    expect(told.toSorted()).toEqual([
      expect.stringMatching(/^Your order has been shipped with UPS\. \[waybill /),
      expect.stringMatching(
        /^Your shipment can be followed now: it travels with UPS\. Tracking number: 1Z1\. \[waybill /,
      ),
    ])
    const meta = order().meta_data.filter(({ key }) => key.startsWith('_waybill_shipment'))
    expect(meta).toEqual([
      expect.objectContaining({ value: expect.objectContaining({ tracking_numbers: ['1Z1'] }) }),
    ])
  })

  it('is known also to notes that were written before notes had a mark', async () => {
    const { shipment } = await shopWithOrder({})
    const { ctx } = scriptedShop((url) => ({
      ...(url.pathname.includes('fulfillments') && { status: 404 }),
      body: url.pathname.includes('fulfillments')
        ? '{"code":"rest_no_route","message":"No route was found matching the URL and request method.","data":{"status":404}}'
        : JSON.stringify([
            {
              id: 7,
              note: 'Your order has been shipped with UPS. Tracking number: 1Z9. [waybill wb_woocommerce_1a2b3c4d_30_f7]',
            },
          ]),
    }))
    const found = async (trackingNumbers: string[]) =>
      valueOf(await findShipment(ctx, shipment({ trackingNumbers })))
    expect(await found(['1Z9'])).toEqual({ id: '7', upToDate: true })
    expect(await found(['1Z'])).toEqual({ id: '7', upToDate: false })
  })
})

describe('a shop that refuses', () => {
  it('is quoted, and the refusal is the shipment’s own', async () => {
    const { shipment } = await shopWithOrder({})
    const { ctx } = scriptedShop((url, { method }) => {
      if (method === 'POST')
        return {
          status: 400,
          body: '{"code":0,"message":"The fulfillment should contain at least one item.","data":{"status":400}}',
        }
      return {
        body: /fulfillments|notes/.test(url.pathname) ? '[]' : '{"status":"processing","line_items":[]}',
      }
    })
    expect(await sendShipment(ctx, shipment({ completesOrder: false }))).toMatchObject({
      ok: false,
      error: {
        kind: 'rejected',
        problems: [
          { code: 'shipment_rejected', vendorMessage: 'The fulfillment should contain at least one item.' },
        ],
      },
    })
  })

  it('leaves the outcome unknown when its good answer has another form', async () => {
    const { shipment } = await shopWithOrder({})
    const { ctx } = scriptedShop((url, { method }) => {
      if (method === 'POST') return { body: '{"done":true}' }
      return {
        body: /fulfillments|notes/.test(url.pathname) ? '[]' : '{"status":"processing","line_items":[]}',
      }
    })
    expect(await sendShipment(ctx, shipment({ completesOrder: false }))).toMatchObject({
      ok: false,
      error: { kind: 'unknown_outcome' },
    })
  })
})
