import type { JsonObject, WpError } from './http.ts'
import { missingParam, wpError } from './http.ts'
import { textIn } from './order-input.ts'
import { textOf } from './php.ts'
import { itemAllow, restUrl } from './render.ts'
import { demand, itemReply, listReply, paged, type Call, type Reply, type Route } from './rest.ts'
import type { Webhook } from './state.ts'
import { gmtText, localText, toSeconds } from './time.ts'

export const webhookRoutes: Route[] = [
  { name: '/wc/v3/webhooks', methods: { GET: list, POST: create } },
  {
    name: '/wc/v3/webhooks/(?P<id>[\\d]+)',
    methods: { GET: read, POST: update, PUT: update, PATCH: update, DELETE: remove },
  },
]

/** The PHP actions behind each topic: recordings webhooks.json, "hooks behind …". */
const hooks: Record<string, string[]> = {
  'order.created': ['woocommerce_new_order'],
  'order.updated': ['woocommerce_update_order', 'woocommerce_order_refunded'],
  'order.deleted': ['wp_trash_post', 'woocommerce_trash_order'],
  'order.restored': ['untrashed_post', 'woocommerce_untrash_order'],
}
const otherResources = ['coupon', 'customer', 'product']
const events = ['created', 'updated', 'deleted', 'restored']

function isTopic(topic: string): boolean {
  const [resource = '', event = ''] = topic.split('.')
  if (resource === 'action') return event !== ''
  return topic in hooks || (otherResources.includes(resource) && events.includes(event))
}

/** recordings webhooks.json: the secret is never shown, nor is the count of failures. */
function webhookJson(call: Call, webhook: Webhook): JsonObject {
  const [resource = '', ...event] = webhook.topic.split('.')
  const collection = restUrl(call.shop, call.request, '/wc/v3/webhooks')
  const { zone } = call.shop
  const modified = webhook.modifiedAt
  return {
    id: webhook.id,
    name: webhook.name,
    status: webhook.status,
    topic: webhook.topic,
    resource,
    event: event.join('.'),
    hooks: hooks[webhook.topic] ?? [event.join('.')],
    delivery_url: webhook.deliveryUrl,
    date_created: localText(zone, webhook.createdAt),
    date_created_gmt: gmtText(webhook.createdAt),
    date_modified: modified === null ? null : localText(zone, modified),
    date_modified_gmt: modified === null ? null : gmtText(modified),
    _links: {
      self: [{ href: `${collection}/${webhook.id}`, targetHints: { allow: itemAllow } }],
      collection: [{ href: collection }],
    },
  }
}

function list(call: Call): Reply | WpError {
  const refusal = demand(call, 'list')
  if (refusal) return refusal
  const status = textOf(call.request.query, 'status') ?? 'all'
  const ascending = textOf(call.request.query, 'order') === 'asc'
  const found = [...call.shop.webhooks.values()]
    .filter((webhook) => status === 'all' || webhook.status === status)
    .sort((a, b) => (ascending ? a.id - b.id : b.id - a.id))
  const { items, headers } = paged(call, found)
  return listReply(
    call,
    items.map((webhook) => webhookJson(call, webhook)),
    headers,
  )
}

const unknown = (): WpError => wpError(404, 'woocommerce_rest_shop_webhook_invalid_id', 'ID is invalid.')

const webhookOf = (call: Call): Webhook | undefined => call.shop.webhooks.get(Number(call.params[0]))

function read(call: Call): Reply | WpError {
  const webhook = webhookOf(call)
  if (!webhook) return demand(call, 'view') ?? unknown()
  return demand(call, 'view') ?? itemReply(call, webhookJson(call, webhook))
}

const badTopic = (): WpError =>
  wpError(400, 'woocommerce_rest_shop_webhook_invalid_topic', 'Webhook topic is required and must be valid.')

const badUrl = (): WpError =>
  wpError(
    400,
    'woocommerce_rest_shop_webhook_invalid_delivery_url',
    'Webhook delivery URL must be a valid URL starting with http:// or https://.',
  )

const isUrl = (text: string): boolean => /^https?:\/\//.test(text) && URL.canParse(text)

/** Made active whatever `status` says, at any address; the ping goes out at once (README facts 21, 22). */
function create(call: Call): Reply | WpError {
  const { shop, input } = call
  const topic = textIn(input, 'topic')
  const deliveryUrl = textIn(input, 'delivery_url')
  if (input['topic'] === undefined) return missingParam('topic')
  if (input['delivery_url'] === undefined) return missingParam('delivery_url')
  const refusal = demand(call, 'create')
  if (refusal) return refusal
  if (!isTopic(topic)) return badTopic()
  if (!isUrl(deliveryUrl)) return badUrl()
  const at = toSeconds(shop.now())
  const webhook: Webhook = {
    id: shop.ids.webhook++,
    name: textIn(input, 'name') || `Webhook created on ${dayText(at)}`,
    status: 'active',
    topic,
    deliveryUrl,
    secret: textIn(input, 'secret') || call.caller?.consumerSecret || '',
    createdAt: at,
    modifiedAt: null,
    failures: 0,
  }
  shop.webhooks.set(webhook.id, webhook)
  shop.ping(webhook)
  const location = restUrl(shop, call.request, `/wc/v3/webhooks/${webhook.id}`)
  const reply = itemReply(call, webhookJson(call, webhook), 201, { location })
  webhook.modifiedAt = at
  return reply
}

function dayText(at: number): string {
  const format = new Intl.DateTimeFormat('en-US', {
    month: 'short',
    day: 'numeric',
    year: 'numeric',
    timeZone: 'UTC',
  })
  const clock = new Intl.DateTimeFormat('en-US', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' })
  const date = new Date(at * 1000)
  return `${format.format(date)} @ ${clock.format(date)}`
}

function update(call: Call): Reply | WpError {
  const webhook = webhookOf(call)
  const refusal = demand(call, 'edit')
  if (refusal) return refusal
  if (!webhook) return wpError(400, 'woocommerce_rest_shop_webhook_invalid_id', 'ID is invalid.')
  const { input } = call
  const topic = textIn(input, 'topic')
  if (input['topic'] !== undefined && !isTopic(topic)) return badTopic()
  const url = textIn(input, 'delivery_url')
  if (input['delivery_url'] !== undefined && !isUrl(url)) return badUrl()
  const status = textIn(input, 'status')
  if (topic) webhook.topic = topic
  if (url) webhook.deliveryUrl = url
  if (input['name'] !== undefined) webhook.name = textIn(input, 'name')
  if (input['secret'] !== undefined) webhook.secret = textIn(input, 'secret')
  if (status === 'active' || status === 'paused' || status === 'disabled') webhook.status = status
  webhook.modifiedAt = toSeconds(call.shop.now())
  return itemReply(call, webhookJson(call, webhook))
}

function remove(call: Call): Reply | WpError {
  const webhook = webhookOf(call)
  const refusal = demand(call, 'delete')
  if (refusal) return refusal
  if (textOf(call.request.query, 'force') !== 'true')
    return wpError(501, 'woocommerce_rest_trash_not_supported', 'Webhooks do not support trashing.')
  if (!webhook) return unknown()
  call.shop.webhooks.delete(webhook.id)
  return itemReply(call, webhookJson(call, webhook))
}
