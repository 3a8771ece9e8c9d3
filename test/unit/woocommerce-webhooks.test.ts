import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ensure, verify } from '../../src/connectors/woocommerce/webhooks.ts'
import { payload, payloadsAbsent } from './woocommerce-recordings.ts'
import { scriptedShop, valueOf } from './woocommerce-support.ts'

const secret = 'our own secret'
const sign = (body: Buffer, by = secret) => createHmac('sha256', by).update(body).digest('base64')

function delivery(body: string, headers: Record<string, string> = {}) {
  const bytes = Buffer.from(body)
  return {
    body: bytes,
    headers: {
      'content-type': 'application/json',
      'x-wc-webhook-topic': 'order.updated',
      'x-wc-webhook-id': '6',
      'x-wc-webhook-delivery-id': '25dd176bd48b4b42f4b8d01020e55da3',
      'x-wc-webhook-signature': sign(bytes),
      ...headers,
    },
  }
}

describe('a delivery', () => {
  it('names subscription, delivery, topic and the order', () => {
    expect(verify(delivery('{"id":30,"status":"processing"}'), secret)).toEqual({
      kind: 'accepted',
      subscription: '6',
      delivery: '25dd176bd48b4b42f4b8d01020e55da3',
      topic: 'order.updated',
      orderIds: ['30'],
    })
  })

  it.each([
    ['{"id":194}', ['194']],
    ['{"id":"194"}', ['194']],
    ['{"code":"rest_no_route","message":"No route was found","data":{"status":404}}', []],
    ['{"id":0}', []],
    ['{"id":"1;drop"}', []],
    ['[]', []],
    ['not JSON', []],
    ['', []],
  ])('with the body %s is about %j', (body, orderIds) => {
    expect(verify(delivery(body), secret)).toMatchObject({ kind: 'accepted', orderIds })
  })

  it('about something else than orders means: look', () => {
    const verdict = verify(delivery('{"id":5}', { 'x-wc-webhook-topic': 'product.updated' }), secret)
    expect(verdict).toMatchObject({ kind: 'accepted', orderIds: [] })
  })

  it('is refused when one bit of it is another, or its signature is missing, cut or foreign', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat(), (bytes, at) => {
        const body = Buffer.from(bytes)
        const headers = { 'x-wc-webhook-signature': sign(body) }
        expect(verify({ body, headers }, secret).kind).toBe('accepted')
        const changed = Buffer.from(body)
        changed[at % body.length]! ^= 1 << (at % 8)
        expect(verify({ body: changed, headers }, secret).kind).toBe('refused')
      }),
    )
    const body = Buffer.from('{"id":1}')
    for (const signature of ['', 'AAAA', sign(body, 'another'), sign(body).slice(0, 40)])
      expect(verify({ body, headers: { 'x-wc-webhook-signature': signature } }, secret).kind).toBe('refused')
    expect(verify({ body, headers: {} }, secret).kind).toBe('refused')
  })

  it('is a ping when it is nothing but the form-encoded id of a webhook', () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(verify({ body: Buffer.from('webhook_id=5'), headers }, secret)).toEqual({ kind: 'ping' })
    expect(verify({ body: Buffer.from('webhook_id=5&id=7'), headers }, secret).kind).toBe('refused')
  })
})

describe.skipIf(payloadsAbsent)(
  'deliveries of a real shop (../shared/payloads/woocommerce/live-wc11-webhooks.json)',
  () => {
    const recorded = payloadsAbsent
      ? []
      : (JSON.parse(payload('live-wc11-webhooks.json')) as {
          headers: Record<string, string>
          body: unknown
        }[])

    it('are read: pings, orders, and the two that are the shop’s own error', () => {
      const verdicts = recorded.map(({ headers, body }) => {
        const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
        // They were signed with a secret that is not known here.
        const resigned = headers['x-wc-webhook-signature'] ? { 'x-wc-webhook-signature': sign(bytes) } : {}
        const verdict = verify({ headers: { ...headers, ...resigned }, body: bytes }, secret)
        if (verdict.kind !== 'accepted') return verdict.kind
        return `${verdict.topic} ${verdict.orderIds.join()}${verdict.instead ?? ''}`
      })
      expect(verdicts).toEqual([
        'ping',
        'ping',
        'order.created 30',
        'order.updated 30',
        'order.updated rest_no_route: No route was found matching the URL and request method.',
        'order.created rest_no_route: No route was found matching the URL and request method.',
        'order.updated 30',
        'order.updated 30',
        'order.updated 30',
        'order.created 33',
        'order.updated 33',
      ])
    })
  },
)

interface Hook {
  id: number
  name: string
  status: string
  topic: string
  delivery_url: string
  secret?: string
}

/** A shop with these webhooks, as far as `ensure` meets it. */
function shopWithHooks(hooks: Hook[]) {
  return scriptedShop((url, { method, body }) => {
    const id = Number(url.pathname.split('/').at(-1))
    if (method === 'GET') {
      const page = Number(url.searchParams.get('page'))
      return {
        body: JSON.stringify(
          hooks.slice((page - 1) * 100, page * 100).map((one) => ({ ...one, secret: undefined })),
        ),
      }
    }
    const change = JSON.parse(body ?? '{}') as Partial<Hook>
    const existing = hooks.find((hook) => hook.id === id)
    if (existing) Object.assign(existing, change)
    else
      hooks.push({
        id: hooks.length + 100,
        name: '',
        topic: '',
        delivery_url: '',
        ...change,
        status: 'active',
      })
    return { status: existing ? 200 : 201, body: JSON.stringify(existing ?? hooks.at(-1)) }
  })
}

const hook = { url: 'https://waybill.example/hooks/1', secret }
const topics = ['order.created', 'order.deleted', 'order.restored', 'order.updated']

describe('subscribing', () => {
  it('makes what is missing, once', async () => {
    const hooks: Hook[] = []
    const { ctx } = shopWithHooks(hooks)
    valueOf(await ensure(ctx, hook))
    expect(valueOf(await ensure(ctx, hook))).toEqual({
      active: true,
      mended: false,
      detail: '4 webhooks are active',
    })
    expect(hooks.map((one) => one.topic).toSorted()).toEqual(topics)
    expect(hooks.every((one) => one.secret === secret && one.delivery_url === hook.url)).toBe(true)
    expect(JSON.stringify(hooks.map((one) => one.name))).not.toContain(secret)
  })

  it('leaves webhooks of others alone', async () => {
    const others = Array.from({ length: 130 }, (_, i) => ({
      id: i + 1,
      name: 'theirs',
      status: 'disabled',
      topic: 'order.updated',
      delivery_url: 'https://other.example/hook',
    }))
    const hooks: Hook[] = structuredClone(others)
    valueOf(await ensure(shopWithHooks(hooks).ctx, hook))
    expect(hooks.slice(0, 130)).toEqual(others)
    expect(hooks.length).toBe(134)
  })

  it('switches on what the shop has disabled, and says so', async () => {
    const hooks: Hook[] = []
    const { ctx } = shopWithHooks(hooks)
    valueOf(await ensure(ctx, hook))
    hooks.find((one) => one.topic === 'order.updated')!.status = 'disabled'
    const health = valueOf(await ensure(ctx, hook))
    expect(health.detail).toMatch(/order\.updated was disabled and is on again/)
    expect(hooks.map((one) => one.status)).toEqual(Array(4).fill('active'))
    expect(hooks.length).toBe(4)
  })

  it('brings a new secret to webhooks made with another', async () => {
    const hooks: Hook[] = []
    const { ctx } = shopWithHooks(hooks)
    valueOf(await ensure(ctx, { ...hook, secret: 'the old one' }))
    valueOf(await ensure(ctx, hook))
    expect(hooks.map((one) => one.secret)).toEqual(Array(4).fill(secret))
  })

  it('says of an address WordPress never delivers to that polling carries everything', async () => {
    const health = valueOf(
      await ensure(shopWithHooks([]).ctx, { url: 'https://waybill.example:3000/hook', secret }),
    )
    expect(health).toMatchObject({ active: false, detail: expect.stringMatching(/3000.*polling/) })
  })
})
