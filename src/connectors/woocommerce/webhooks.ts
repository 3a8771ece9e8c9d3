import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { err, ok } from '../../result.ts'
import type { Outcome, SubscriptionHealth, WebhookVerdict } from '../contract.ts'
import { call, type ShopCtx } from './client.ts'
import { findJson } from './raw-json.ts'

const topics = ['order.created', 'order.updated', 'order.deleted', 'order.restored'] as const

/**
 * Judges a delivery by the HMAC-SHA256 over its raw body. The ping on creation is form-encoded and unsigned and says
 * nothing but the webhook's id. A signed body without an order's id is accepted and means "poll now": WooCommerce at
 * times signs and sends its own REST error in the order's stead.
 * recordings/woocommerce-11.0.1 webhooks.json "ping on create", "DELIVERY …".
 */
export function verify(
  request: { headers: Record<string, string>; body: Buffer },
  secret: string,
): WebhookVerdict {
  const { headers, body } = request
  const given = headers['x-wc-webhook-signature']
  if (given === undefined)
    return /^webhook_id=\d+$/.test(body.toString('latin1').trim())
      ? { kind: 'ping' }
      : { kind: 'refused', reason: 'It has no signature' }
  const expected = createHmac('sha256', secret).update(body).digest()
  const signature = Buffer.from(given, 'base64')
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected))
    return {
      kind: 'refused',
      reason: 'Its signature was made with another secret, or its body was changed on the way',
    }
  const topic = headers['x-wc-webhook-topic'] ?? ''
  const about = topic.startsWith('order.') ? announced(body.toString('utf8')) : { orderIds: [] }
  return {
    kind: 'accepted',
    subscription: headers['x-wc-webhook-id'] ?? '',
    delivery: headers['x-wc-webhook-delivery-id'] ?? '',
    topic,
    ...about,
  }
}

const named = z.object({
  id: z.union([z.number().int().positive(), z.string().regex(/^[1-9]\d*$/)]).transform(String),
})

/** WordPress' error body: recordings/woocommerce-11.0.1 webhooks.json, the deliveries of `rest_no_route`. */
const wpError = z.object({ code: z.string(), message: z.string() })

function announced(body: string): { orderIds: string[]; instead?: string } {
  const json = findJson(body)?.value
  const order = named.safeParse(json)
  if (order.success) return { orderIds: [order.data.id] }
  const error = wpError.safeParse(json)
  return {
    orderIds: [],
    instead: error.success ? `${error.data.code}: ${error.data.message}` : body.slice(0, 200),
  }
}

const webhook = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  name: z.string().catch(''),
  status: z.string(),
  topic: z.string(),
  delivery_url: z.string(),
})
type Webhook = z.infer<typeof webhook>

/**
 * Sees to it that the shop has one active webhook for each topic of orders: missing ones are made, disabled ones (the
 * shop disables after repeated failures, silently) are switched on again, and one made with another secret gets ours.
 * The secret is never shown, so a mark of it stands in the webhook's name.
 */
export async function ensure(
  ctx: ShopCtx,
  hook: { url: string; secret: string },
): Promise<Outcome<SubscriptionHealth>> {
  const listed = await ownWebhooks(ctx, hook.url)
  if (!listed.ok) return listed
  const mended: string[] = []
  let wasOff = false
  for (const topic of topics) {
    const name = `Waybill ${topic} ${markOf(hook.secret)}`
    const own = listed.value.filter((one) => one.topic === topic)
    const [existing, ...others] = own.toSorted(
      (a, b) => Number(b.status === 'active') - Number(a.status === 'active'),
    )
    // A create whose answer was lost may have been done after we looked: two would announce everything twice.
    for (const { id } of others.filter((one) => one.name.startsWith('Waybill '))) {
      const removed = await call(ctx, { method: 'DELETE', path: `/webhooks/${id}`, query: { force: 'true' } })
      if (!removed.ok && removed.error.kind !== 'not_found') return removed
    }
    if (existing?.status === 'active' && existing.name === name) continue
    const done = await call(ctx, {
      method: 'POST',
      path: existing ? `/webhooks/${existing.id}` : '/webhooks',
      body: {
        name,
        secret: hook.secret,
        status: 'active',
        ...(existing ? {} : { topic, delivery_url: hook.url }),
      },
    })
    if (!done.ok) return done
    mended.push(sayWhat(topic, existing))
    if (existing?.status !== 'active') wasOff = true
  }
  const doubt = unreachable(hook.url)
  return ok({
    active: doubt === null,
    mended: wasOff,
    detail: [`${topics.length} webhooks are active`, ...mended, ...(doubt === null ? [] : [doubt])].join(
      '; ',
    ),
  })
}

function sayWhat(topic: string, existing: Webhook | undefined): string {
  if (!existing) return `${topic} was made`
  if (existing.status === 'active') return `${topic} was given the present secret`
  return `${topic} was ${existing.status} and is on again (what changed meanwhile is found by polling)`
}

/** All of the shop's webhooks that deliver to this address. */
async function ownWebhooks(ctx: ShopCtx, url: string): Promise<Outcome<Webhook[]>> {
  const own: Webhook[] = []
  for (let page = 1; ; page++) {
    const answer = await call(ctx, {
      method: 'GET',
      path: '/webhooks',
      query: { per_page: 100, page, orderby: 'id', order: 'asc' },
    })
    if (!answer.ok) return answer
    const read = z.array(webhook).safeParse(answer.value.value)
    if (!read.success)
      return err({
        kind: 'invalid_response',
        problems: [
          {
            code: 'unreadable_answer',
            subject: new URL(ctx.config.url).host,
            detail: 'The list of webhooks has another form than that of WooCommerce',
            vendorMessage: null,
          },
        ],
      })
    own.push(...read.data.filter((one) => one.delivery_url === url))
    if (read.data.length < 100) return ok(own)
  }
}

const markOf = (secret: string) =>
  `#${createHash('sha256').update(`waybill:${secret}`).digest('hex').slice(0, 8)}`

/**
 * WordPress takes such a webhook and never delivers it (recordings webhooks.json "create towards a private address").
 */
function unreachable(url: string): string | null {
  const { hostname, port } = new URL(url)
  if (port !== '' && !['80', '443', '8080'].includes(port) && !isLoopback(hostname))
    return `WordPress delivers to the ports 80, 443 and 8080 only, never to ${port}: polling carries everything`
  return null
}

const isLoopback = (hostname: string) => hostname === 'localhost' || hostname.startsWith('127.')
