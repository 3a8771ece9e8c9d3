import type { WooCommerceConfig } from '../../../src/connectors/woocommerce/config.ts'
import { woocommerce } from '../../../src/connectors/woocommerce/index.ts'
import { startSandboxShop } from '../../../src/sandbox/shop/index.ts'
import { numbersFrom } from '../../support/chance.ts'
import type { ChannelSandbox, ChannelUnderTest, PlacedOrder } from './sandbox.ts'

const pageSize = 5

async function start({ now }: { now: () => Date }): Promise<ChannelSandbox<WooCommerceConfig>> {
  const shop = await startSandboxShop({ port: 0, now, random: numbersFrom(7), seed: 'empty' })
  const settings = (consumerKey: string, consumerSecret: string) =>
    woocommerce.config.parse({
      url: shop.url,
      credentials: { consumerKey, consumerSecret },
      perPage: pageSize,
      timeout: '5s',
    })
  const named = ({ id, number }: { id: number; number: string }): PlacedOrder => ({ id: String(id), number })
  let unreadable = 900_000
  const shipmentsOf = async (id: string) => {
    const login = Buffer.from(`${shop.consumerKey}:${shop.consumerSecret}`).toString('base64')
    const answer = await fetch(`${shop.url}/wp-json/wc/v3/orders/${id}/fulfillments`, {
      headers: { authorization: `Basic ${login}` },
    })
    return (await answer.json()) as unknown[]
  }
  return {
    config: settings(shop.consumerKey, shop.consumerSecret),
    withUnknownCredentials: settings('ck_nobody_knows_this_one', 'cs_nobody_knows_this_one'),
    setReadOnly: (on) => shop.control.setKey({ permissions: on ? 'read' : 'read_write' }),
    place: () => named(shop.control.newOrder()),
    edit: (id) => shop.control.edit(Number(id), { customer_note: 'Please ring twice' }),
    remove: (id) => shop.control.remove(Number(id)),
    setAside: (id) => shop.control.trash(Number(id)),
    placeUnreadable: () => {
      const id = ++unreadable
      const at = now().toISOString().slice(0, 19)
      shop.control.load(
        `{"id":${id},"number":"${id}","status":"processing","currency":"EUR","total":"twelve","date_created_gmt":"${at}","date_modified_gmt":"${at}","line_items":[]}`,
      )
      return { id: String(id), number: String(id) }
    },
    throttle: (times, retryAfter) => shop.control.fault({ kind: 'throttle', times, retryAfter }),
    loseNextAnswer: () => shop.control.fault({ kind: 'lose_answer', times: 1 }),
    cutAnswers: (times) => shop.control.fault({ kind: 'cut', times }),
    answerWithPage: (times) => shop.control.fault({ kind: 'html', times }),
    slow: (ms) => shop.control.fault({ kind: 'slow', ms }),
    down: (mode) => shop.control.down(mode),
    up: () => shop.control.reset(),
    shippableLines: (id) => {
      const lines = shop.control.order(Number(id))?.body?.['line_items']
      return (lines as { id: number; quantity: number }[]).map((line) => ({
        id: String(line.id),
        quantity: String(line.quantity),
      }))
    },
    shipmentRecords: async (id) => (await shipmentsOf(id)).length,
    shipmentTexts: async (id) => JSON.stringify(await shipmentsOf(id)),
    shipmentWrites: (id) =>
      shop.control
        .requests()
        .entries.filter((one) => one.method === 'POST' && one.path.includes(`/orders/${id}/fulfillments`))
        .length,
    webhooksIdle: () => shop.control.webhooksIdle(),
    requests: () => shop.control.requests().count,
    close: () => shop.close(),
  }
}

export const wooCommerceUnderTest: ChannelUnderTest<WooCommerceConfig> = {
  channel: woocommerce,
  pageSize,
  start,
}
