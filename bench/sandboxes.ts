// The shop and the NetSuite of a benchmark, in a process of their own: what they cost is not Waybill's.
import { seedOrders } from './seed-orders.ts'
import { startSandboxNetSuite } from '../src/sandbox/netsuite/index.ts'
import { startSandboxShop } from '../src/sandbox/shop/index.ts'
import { numbersFrom } from '../test/support/chance.ts'

const orders = Number(process.argv[2])
const latencyMs = Number(process.argv[3] ?? 0)
const now = () => new Date()

const shop = await startSandboxShop({ port: 0, now, random: numbersFrom(7), seed: 'empty' })
seedOrders(shop.control, orders)
const netsuite = await startSandboxNetSuite({
  port: 0,
  now,
  seed: 'demo',
  concurrency: 100,
  latencyMs,
  timeZone: 'UTC',
})

process.send?.({
  shop: { url: shop.url, consumerKey: shop.consumerKey, consumerSecret: shop.consumerSecret },
  netsuite: { url: netsuite.url, account: netsuite.account, credentials: netsuite.credentials },
  // What the hand-written loop puts on every order: it has no logic to choose by.
  customer: netsuite.records.customers().find((one) => one.subsidiary === '1')?.id,
  item: netsuite.records.items().find((one) => one.type === 'InvtPart' && !one.inactive)?.id,
})
process.on('message', (message) => {
  if (message === 'count') process.send?.({ posted: netsuite.records.counts().orders })
})
process.on('disconnect', () => process.exit(0))
