import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSandboxShop, type SandboxShop } from '../../src/sandbox/shop/index.ts'
import { numbersFrom } from '../support/chance.ts'
import {
  basic,
  recordings,
  recordingsAbsent,
  replay,
  sides,
  stage,
  type Recording,
  type Stage,
} from './shop-replay.ts'

interface Delivery {
  method: string
  url: string
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

/** A receiver on this machine that answers with the status it is told. */
class Receiver {
  deliveries: Delivery[] = []
  status = 200
  url = ''
  private server: Server | null = null

  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { method = '', url = '', headers } = request
        this.deliveries.push({ method, url, headers, body: Buffer.concat(chunks) })
        response.writeHead(this.status, { location: 'http://127.0.0.1/' }).end('ok')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    this.server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.server?.close(resolve))
  }
}

const receiver = new Receiver()
let shop: SandboxShop

async function api(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(`${shop.url}/wp-json/wc/v3${path}`, {
    method,
    headers: {
      authorization: basic({ key: shop.consumerKey, secret: shop.consumerSecret }),
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, json: (await response.json()) as Record<string, unknown> }
}

async function webhook(topic: string, url = receiver.url): Promise<number> {
  const { json } = await api('POST', '/webhooks', { topic, delivery_url: url, secret: 'shh', name: topic })
  await shop.control.webhooksIdle()
  return Number(json['id'])
}

const topics = (): unknown[] => receiver.deliveries.map(({ headers }) => headers['x-wc-webhook-topic'])

describe('webhooks of the sandbox shop', () => {
  beforeAll(() => receiver.listen())
  afterAll(() => receiver.close())

  beforeEach(async () => {
    receiver.deliveries = []
    receiver.status = 200
    shop = await startSandboxShop({
      port: 0,
      now: () => new Date('2026-03-02T10:00:00Z'),
      random: numbersFrom(3),
      seed: 'empty',
    })
    return () => shop.close()
  })

  it('sends an unsigned, form-encoded ping when it is made', async () => {
    const id = await webhook('order.created')
    expect(receiver.deliveries).toHaveLength(1)
    const [{ headers, body }] = receiver.deliveries as [Delivery]
    expect(body.toString()).toBe(`webhook_id=${id}`)
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(headers['x-wc-webhook-signature']).toBeUndefined()
  })

  it('signs the raw body of what it delivers', async () => {
    const id = await webhook('order.created')
    receiver.deliveries = []
    const order = shop.control.newOrder()
    await shop.control.webhooksIdle()
    const [{ headers, body }] = receiver.deliveries as [Delivery]
    expect(headers['x-wc-webhook-signature']).toBe(createHmac('sha256', 'shh').update(body).digest('base64'))
    expect(headers['x-wc-webhook-id']).toBe(String(id))
    expect(headers['x-wc-webhook-source']).toBe(`${shop.url}/`)
    expect(headers['user-agent']).toBe('WooCommerce/11.0.1 Hookshot (WordPress/7.1)')
    expect((JSON.parse(body.toString()) as { id: number }).id).toBe(order.id)
  })

  it('gives two orders of one second the same delivery id', async () => {
    await webhook('order.created')
    receiver.deliveries = []
    shop.control.newOrder()
    shop.control.newOrder()
    await shop.control.webhooksIdle()
    const ids = receiver.deliveries.map(({ headers }) => headers['x-wc-webhook-delivery-id'])
    expect(ids).toHaveLength(2)
    expect(ids[0]).toBe(ids[1])
  })

  it('tells of what the recorded shop tells, and of nothing else', async () => {
    for (const topic of ['order.created', 'order.updated', 'order.deleted', 'order.restored'])
      await webhook(topic)
    const told = async (act: () => unknown): Promise<unknown[]> => {
      receiver.deliveries = []
      await act()
      await shop.control.webhooksIdle()
      return topics().sort()
    }
    const { id } = shop.control.newOrder()
    await shop.control.webhooksIdle()
    expect(await told(() => shop.control.newOrder())).toEqual(['order.created', 'order.updated'])
    expect(await told(() => api('PUT', `/orders/${id}`, { status: 'on-hold' }))).toEqual(['order.updated'])
    expect(await told(() => api('POST', `/orders/${id}/notes`, { note: 'x' }))).toEqual([])
    expect(
      await told(() => api('POST', `/orders/${id}/refunds`, { amount: '1.00', api_refund: false })),
    ).toEqual(['order.updated'])
    expect(await told(() => api('DELETE', `/orders/${id}`))).toEqual(['order.deleted'])
    expect(receiver.deliveries[0]!.body.toString()).toBe(`{"id":${id}}`)
    expect(await told(() => shop.control.restore(id))).toEqual(['order.restored'])
    await api('DELETE', `/orders/${id}`)
    await shop.control.webhooksIdle()
    expect(await told(() => api('PUT', `/orders/${id}`, { status: 'processing' }))).toEqual([])
    expect(await told(() => api('PUT', `/orders/${id}`, {}))).toEqual(['order.updated'])
    expect(await told(() => api('DELETE', `/orders/${id}?force=true`))).toEqual([])
  })

  it.each([
    [204, 0],
    [301, 0],
    [410, 1],
    [500, 1],
  ])('counts an answer of %i as %i failures', async (status, failures) => {
    await webhook('order.created')
    receiver.status = status
    shop.control.newOrder()
    await shop.control.webhooksIdle()
    const state = (await (await fetch(`${new URL(shop.url).origin}/_control/state`)).json()) as {
      webhooks: { failures: number }[]
    }
    expect(state.webhooks[0]!.failures).toBe(failures)
  })

  it('disables a webhook at the seventh failure in a row, and loses what happens then', async () => {
    const id = await webhook('order.created')
    receiver.status = 500
    const statuses: unknown[] = []
    for (let failure = 1; failure <= 7; failure += 1) {
      shop.control.newOrder()
      await shop.control.webhooksIdle()
      statuses.push((await api('GET', `/webhooks/${id}`)).json['status'])
    }
    expect(statuses).toEqual([...Array<string>(6).fill('active'), 'disabled'])
    receiver.status = 200
    receiver.deliveries = []
    shop.control.newOrder()
    await api('PUT', `/webhooks/${id}`, { status: 'active' })
    await shop.control.webhooksIdle()
    expect(topics()).toEqual([])
  })

  it('takes a private address and never reaches it', async () => {
    const id = await webhook('order.created', 'http://10.1.2.3/hook')
    for (let failure = 1; failure <= 7; failure += 1) shop.control.newOrder()
    await shop.control.webhooksIdle()
    expect((await api('GET', `/webhooks/${id}`)).json['status']).toBe('disabled')
  })

  it('drops and repeats deliveries on demand', async () => {
    await webhook('order.created')
    receiver.deliveries = []
    shop.control.webhookFaults({ drop: 1, duplicate: 1 })
    const ids = [shop.control.newOrder(), shop.control.newOrder(), shop.control.newOrder()].map(
      ({ id }) => id,
    )
    await shop.control.webhooksIdle()
    const delivered = receiver.deliveries.map(
      ({ body }) => (JSON.parse(body.toString()) as { id: number }).id,
    )
    expect(delivered).toEqual([ids[1], ids[1], ids[2]])
  })
})

/** Requests to the shop's own API, in their recorded order, up to the first whose state the sandbox has not. */
const administered = (recordingsAbsent ? [] : recordings('webhooks')).filter(
  (one): one is Recording => one.request?.path.startsWith('/wp-json') === true && one.response !== null,
)

describe.skipIf(recordingsAbsent)('administering webhooks as recorded (skipped without ../shared)', () => {
  let on: Stage
  beforeAll(async () => {
    on = await stage((empty) => {
      empty.ids.webhook = 9
    })
  })
  afterAll(() => on.shop.close())

  /** Seen from the API, hub.example is an address like any other; that nothing arrives there is its failures' affair. */
  const disable = async (): Promise<void> => {
    for (let failure = 1; failure <= 7; failure += 1) on.shop.control.newOrder({ trouble: 'held_status' })
    await on.shop.control.webhooksIdle()
  }
  const leftOut = /^hooks behind|in the end$/

  it.each(administered.filter((one) => !leftOut.test(one.name)).map((one) => [one.name, one] as const))(
    '%s',
    async (name, one) => {
      if (name === 'disabled webhook') {
        for (const id of [9, 11, 12, 13, 14]) await remove(on, id)
        on.setNow('2026-11-23T08:03:47Z')
        await disable()
      }
      const answer = await replay(on, one, { key: on.shop.consumerKey, secret: on.shop.consumerSecret })
      const { ours, theirs } = sides(on, one, answer)
      expect(ours).toEqual(theirs)
    },
  )
})

async function remove(on: Stage, id: number): Promise<void> {
  await fetch(`${on.shop.url}/wp-json/wc/v3/webhooks/${id}?force=true`, {
    method: 'DELETE',
    headers: {
      authorization: basic({ key: on.shop.consumerKey, secret: on.shop.consumerSecret }),
      'x-forwarded-proto': 'https',
    },
  })
}
