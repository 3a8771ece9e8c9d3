import { Agent, request } from 'undici'
import type { JsonObject } from '../../../src/sandbox/shop/http.ts'
import type { Scene } from './scene.ts'

/** A shop that goes down and comes back leaves connections behind that are none: each request gets one of its own. */
const dispatcher = new Agent({ pipelining: 0 })

/** Asks the shop where it is now, beside Waybill; with a body, writes to it. Empty where it answers with an error. */
export async function askShop({ shop, shopUrl }: Scene, path: string, body?: object): Promise<JsonObject[]> {
  const key = Buffer.from(`${shop.consumerKey}:${shop.consumerSecret}`).toString('base64')
  const answer = await request(`${shopUrl()}/wp-json/wc/v3${path}`, {
    dispatcher,
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Basic ${key}`, 'content-type': 'application/json' },
    body: body ? JSON.stringify(body) : null,
  })
  const text = await answer.body.text()
  return answer.statusCode < 300 ? ([JSON.parse(text)].flat() as JsonObject[]) : []
}
