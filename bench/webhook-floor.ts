// The least that could be called taking webhooks: verify, commit, 200, POST to NetSuite, commit. No logic at all.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import pg from 'pg'
import { Agent, request } from 'undici'
import { type FloorEnds, postByHand, signIn } from './floor.ts'

const { ends, database, secret } = JSON.parse(process.argv[2]!) as {
  ends: FloorEnds
  database: pg.PoolConfig
  secret: string
}
const pool = new pg.Pool(database)
await pool.query('CREATE TABLE IF NOT EXISTS floor_webhooks (id bigint PRIMARY KEY, body bytea, record text)')
const agent = new Agent({ connections: 20 })
const token = await signIn(ends.netsuite, agent)

const server = createServer((asked, answer) => {
  void readBody(asked).then(async (body) => {
    const given = Buffer.from(String(asked.headers['x-wc-webhook-signature'] ?? ''), 'base64')
    const expected = createHmac('sha256', secret).update(body).digest()
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      answer.writeHead(401).end()
      return
    }
    const order = JSON.parse(body.toString()) as Parameters<typeof postByHand>[3]
    await pool.query('INSERT INTO floor_webhooks (id, body) VALUES ($1, $2)', [order.id, body])
    answer.writeHead(200).end()
    const record = await postByHand(ends, agent, token, order)
    await pool.query('UPDATE floor_webhooks SET record = $2 WHERE id = $1', [order.id, record])
  })
})

async function readBody(asked: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of asked) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number }
  void subscribe(`http://127.0.0.1:${port}/`).then(() => process.send?.({ pid: process.pid }))
})

async function subscribe(url: string): Promise<void> {
  const { shop } = ends
  const auth = `Basic ${Buffer.from(`${shop.consumerKey}:${shop.consumerSecret}`).toString('base64')}`
  const answer = await request(`${shop.url}/wp-json/wc/v3/webhooks`, {
    method: 'POST',
    dispatcher: agent,
    headers: { authorization: auth, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'floor', topic: 'order.created', delivery_url: url, secret }),
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 201) throw new Error(`${answer.statusCode} ${text}`)
}
process.on('disconnect', () => process.exit(0))
