import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Order, Shop } from '../../src/sandbox/shop/state.ts'
import {
  members,
  recordings,
  recordingsAbsent,
  replay,
  sides,
  stage,
  type Recording,
  type Stage,
} from './shop-replay.ts'

const recorded = (recordingsAbsent ? [] : recordings('listing')).filter(
  (one) => one.response!.headers['date'],
)
const second = (time: string): number => Date.parse(`2026-11-23T${time}Z`) / 1000

let shop: Shop

const addOrder = (id: number, at: string, more: Partial<Order> & { body?: Order['body'] } = {}): void => {
  const body = { id, number: String(id), customer_id: 0, meta_data: [], ...more.body }
  shop.orders.set(id, {
    id,
    status: 'processing',
    createdAt: second(at),
    modifiedAt: second(at),
    ...more,
    body,
  })
  shop.revision += 1
}

const line = (productId: number, name: string) => ({
  line_items: [{ product_id: productId, variation_id: 0, name }],
})

/** The recorded shop as far as its list tells: 12 older orders, then six batches of twenty. */
function recordedShop(empty: Shop): void {
  shop = empty
  shop.fulfillmentsOn = false
  for (let id = 30; id < 42; id += 1)
    addOrder(id, '06:10:00', { body: id < 32 ? line(35, 'Tasse') : id < 38 ? line(5, 'Tasse') : {} })
  for (let at = 0; at < 120; at += 1) {
    const [batch, place] = [Math.floor(at / 20), at % 20]
    const billing = { last_name: `Buyer${batch}${place}`, email: `buyer${batch}-${place}@example.com` }
    addOrder(42 + at, at < 100 ? '07:58:23' : at < 113 ? '07:58:38' : '07:58:39', {
      body: { billing, ...line(35, 'Tasse „Grüße" ☕') },
    })
  }
}

const setModified = (id: number, time: string): void => {
  shop.orders.get(id)!.modifiedAt = second(time)
  shop.revision += 1
}

/** What happened in the recorded shop between its requests. */
const meanwhile: Record<string, () => void> = {
  'zone New York: dates': () => {
    shop.zone = { name: 'America/New_York' }
  },
  'plus sign not encoded': () => {
    shop.zone = { offsetHours: 0 }
  },
  'status default': () => {
    shop.customStatuses.set('packed', 'Packed')
    const statuses = { 162: 'packed', 163: 'pending', 164: 'trash', 166: 'auto-draft', 167: 'checkout-draft' }
    for (const [id, status] of Object.entries(statuses)) addOrder(Number(id), '07:58:46', { status })
  },
  'status any after the plugin is gone': () => shop.customStatuses.delete('packed'),
  'race page 1 asc': () =>
    [47, 48, 50, 51, 52, 53].forEach((at, place) => setModified(52 + place, `07:58:${at}`)),
  'zone Berlin: utc time, dates_are_gmt true, 1 s before': () => {
    shop.zone = { name: 'Europe/Berlin' }
    setModified(62, '08:00:18')
  },
}

describe.skipIf(recordingsAbsent)('the order list as recorded (skipped without ../shared)', () => {
  let on: Stage
  beforeAll(async () => {
    on = await stage(recordedShop)
  })
  afterAll(() => on.shop.close())

  it.each(recorded.map((one) => [one.name, one] as const))('%s', async (name, one) => {
    meanwhile[name]?.()
    const login = { key: on.shop.consumerKey, secret: on.shop.consumerSecret }
    const answer = await replay(on, one, login)
    const { ours, theirs } = sides(on, one, answer, { reduce: (body) => compared(one, body) })
    expect(ours).toEqual(theirs)
  })
})

/** Most bodies are equal in every member; a few were kept in part only, and are compared in that part. */
function compared(one: Recording, body: unknown): unknown {
  if (one.request!.method === 'OPTIONS') return members('namespace', 'methods')(body)
  if (one.name === 'touch six in one batch')
    return (body as { update: Record<string, unknown>[] }).update.map(({ id, date_modified_gmt }) => [
      id,
      date_modified_gmt,
    ])
  if (one.name === 'default list') return (body as { id: number }[]).length
  if (one.name === '_fields empty') return Array.isArray(body)
  return body
}
