import { createHash, createHmac } from 'node:crypto'
import { isIP } from 'node:net'
import { Agent, request as httpRequest } from 'undici'
import { phpJson } from './php.ts'
import { orderJson } from './render.ts'
import type { Order, OrderTopic, Shop, Webhook } from './state.ts'
import { toSeconds } from './time.ts'

const timeoutMs = 60_000
/** The failure after this many disables the webhook: recordings webhooks.json, "failure 7". */
const toleratedFailures = 6

export interface Webhooks {
  /** Resolves when nothing is being delivered any more. */
  idle: () => Promise<void>
  /** Gives up what is being delivered. */
  close: () => Promise<void>
}

/**
 * Delivers what happens to orders to the webhooks of the shop: in order for each of them, or all at once as a busy shop
 * does, whose PHP processes know nothing of each other.
 */
export function startWebhooks(shop: Shop, { inOrder }: { inOrder: boolean }): Webhooks {
  const agent = new Agent({ connections: 16 })
  const queues = new Map<number, Promise<unknown>>()
  const enqueue = (webhook: Webhook, work: () => Promise<void>): void => {
    const before = queues.get(webhook.id) ?? Promise.resolve()
    queues.set(webhook.id, inOrder ? before.then(work) : Promise.all([before, work()]))
  }
  shop.emit = (topic, order) => {
    for (const webhook of shop.webhooks.values()) {
      if (webhook.status !== 'active' || webhook.topic !== `order.${topic}`) continue
      const body = bodyOf(shop, topic, order)
      for (let copies = copiesToSend(shop); copies > 0; copies -= 1)
        enqueue(webhook, async () => deliver(shop, agent, webhook, topic, body))
    }
  }
  // Without topic or signature, and form-encoded: recordings webhooks.json, "ping on create".
  shop.ping = (webhook) =>
    enqueue(webhook, async () => {
      const type = { 'content-type': 'application/x-www-form-urlencoded' }
      await send(shop, agent, webhook, Buffer.from(`webhook_id=${webhook.id}`), type)
    })
  return {
    idle: async () => {
      await Promise.all(queues.values())
    },
    close: async () => {
      await agent.destroy()
      await Promise.all(queues.values())
    },
  }
}

function copiesToSend(shop: Shop): number {
  const faults = shop.faults.webhooks
  if (faults.drop > 0) {
    faults.drop -= 1
    return 0
  }
  if (faults.duplicate === 0) return 1
  faults.duplicate -= 1
  return 2
}

function bodyOf(shop: Shop, topic: OrderTopic, order: Order): Buffer {
  if (topic === 'deleted') return Buffer.from(phpJson({ id: order.id }))
  return Buffer.from(order.raw ?? phpJson(orderJson(shop, shop.faults.movedTo?.home ?? shop.home, order)))
}

async function deliver(
  shop: Shop,
  agent: Agent,
  webhook: Webhook,
  topic: OrderTopic,
  body: Buffer,
): Promise<void> {
  if (webhook.status !== 'active' || !shop.webhooks.has(webhook.id)) return
  const at = toSeconds(shop.now())
  const status = await send(shop, agent, webhook, body, {
    'content-type': 'application/json',
    'x-wc-webhook-source': `${shop.faults.movedTo?.home ?? shop.home}/`,
    'x-wc-webhook-topic': webhook.topic,
    'x-wc-webhook-resource': 'order',
    'x-wc-webhook-event': topic,
    'x-wc-webhook-signature': createHmac('sha256', webhook.secret).update(body).digest('base64'),
    'x-wc-webhook-id': String(webhook.id),
    // Made of webhook and second alone, so equal for different orders of one second.
    'x-wc-webhook-delivery-id': createHash('md5').update(`${shop.storeId}${webhook.id}${at}`).digest('hex'),
  })
  // 204 and redirects count as success, 410 as failure: recordings webhooks.json, "receiver answers …".
  if (status >= 200 && status <= 302) {
    webhook.failures = 0
    return
  }
  if (webhook.failures < toleratedFailures) webhook.failures += 1
  else {
    webhook.status = 'disabled'
    shop.log(`webhook ${webhook.id} disabled after ${toleratedFailures + 1} failures`)
  }
  webhook.modifiedAt = toSeconds(shop.now())
}

/** Sends and gives the status answered; 0 when nothing was delivered. */
async function send(
  shop: Shop,
  agent: Agent,
  webhook: Webhook,
  body: Buffer,
  headers: Record<string, string>,
): Promise<number> {
  if (!isLoopback(webhook.deliveryUrl)) {
    shop.log(
      `webhook ${webhook.id}: ${webhook.deliveryUrl} is refused, the sandbox delivers to loopback only`,
    )
    return 0
  }
  try {
    const response = await httpRequest(webhook.deliveryUrl, {
      dispatcher: agent,
      method: 'POST',
      body,
      headers: {
        'user-agent': 'WooCommerce/11.0.1 Hookshot (WordPress/7.1)',
        accept: '*/*',
        'accept-encoding': 'deflate, gzip, br, zstd',
        ...headers,
      },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    })
    await response.body.dump()
    return response.statusCode
  } catch (error) {
    shop.log(`webhook ${webhook.id}: ${error instanceof Error ? error.message : String(error)}`)
    return 0
  }
}

/**
 * A real shop refuses private addresses and unusual ports; the sandbox delivers to this machine alone,
 * and every other address fails as a private one does (recordings webhooks.json: private address).
 */
function isLoopback(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
