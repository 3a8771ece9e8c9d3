import { Agent, request } from 'undici'
import { importPKCS8, SignJWT } from 'jose'
import type pg from 'pg'
import type { Ends } from '../test/support/connect.ts'

interface Line {
  id: number
  quantity: number
  total: string
}

interface HandWritten {
  id: number
  line_items: Line[]
}

export type FloorEnds = Pick<Ends, 'shop' | 'netsuite'> & { customer: string; item: string }

/** The least that could be called a connection: read pages, POST each order, one commit for each. No logic at all. */
export async function floor(ends: FloorEnds, pool: pg.Pool, count: number): Promise<void> {
  await pool.query('CREATE TABLE IF NOT EXISTS floor_orders (id text PRIMARY KEY, body text, record text)')
  const agent = new Agent({ connections: 20 })
  const token = await signIn(ends.netsuite, agent)
  const { shop } = ends
  const auth = `Basic ${Buffer.from(`${shop.consumerKey}:${shop.consumerSecret}`).toString('base64')}`
  const orders: HandWritten[] = []
  for (let page = 1; orders.length < count; page += 1) {
    const url = `${shop.url}/wp-json/wc/v3/orders?per_page=100&page=${page}&orderby=id&order=asc`
    const answer = await request(url, { dispatcher: agent, headers: { authorization: auth } })
    const found = (await answer.body.json()) as typeof orders
    if (found.length === 0) throw new Error(`only ${orders.length} orders in the shop`)
    orders.push(...found)
  }
  const post = async (order: HandWritten) => {
    const record = await postByHand(ends, agent, token, order)
    await pool.query('INSERT INTO floor_orders VALUES ($1, $2, $3)', [
      String(order.id),
      JSON.stringify(order),
      record,
    ])
  }
  const queue = orders.slice()
  const lane = async () => {
    for (let order = queue.shift(); order; order = queue.shift()) await post(order)
  }
  await Promise.all(Array.from({ length: 20 }, lane))
  await agent.close()
}

/** Makes the record of an order; returns its address. */
export async function postByHand(
  { netsuite, customer, item }: FloorEnds,
  dispatcher: Agent,
  token: string,
  order: HandWritten,
): Promise<string> {
  const body = {
    externalId: `floor_${order.id}`,
    entity: { id: customer },
    item: {
      items: order.line_items.map((line) => ({
        item: { id: item },
        quantity: line.quantity,
        amount: Number(line.total),
      })),
    },
    custbody_delivery_phone: '1',
  }
  const answer = await request(`${netsuite.url}/services/rest/record/v1/salesOrder`, {
    method: 'POST',
    dispatcher,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 204) throw new Error(`${answer.statusCode} ${text}`)
  return String(answer.headers['location'])
}

export async function signIn(netsuite: Ends['netsuite'], dispatcher: Agent): Promise<string> {
  const { clientId, certificateId, privateKey } = netsuite.credentials.oauth2
  const url = `${netsuite.url}/services/rest/auth/oauth2/v1/token`
  const assertion = await new SignJWT({ scope: ['rest_webservices'] })
    .setProtectedHeader({ alg: 'PS256', typ: 'JWT', kid: certificateId })
    .setIssuer(clientId)
    .setAudience(url)
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(await importPKCS8(privateKey, 'PS256'))
  const answer = await request(url, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }).toString(),
  })
  return ((await answer.body.json()) as { access_token: string }).access_token
}
