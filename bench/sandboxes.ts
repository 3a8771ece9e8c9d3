// The shop and the NetSuite of a benchmark, in a process of their own: what they cost is not Waybill's.
import { z } from 'zod'
import { lognormalMs } from '../src/sandbox/latency.ts'
import { startSandboxNetSuite } from '../src/sandbox/netsuite/index.ts'
import { startSandboxShop } from '../src/sandbox/shop/index.ts'
import { numbersFrom } from '../test/support/chance.ts'
import { watchCalls } from './calls.ts'
import { type Flow, placeAndWatch } from './flow.ts'
import { seedOrders } from './seed-orders.ts'

const options = z
  .strictObject({
    /** In the shop from the start. */
    orders: z.number(),
    /** One order in so many is a new customer's; by default all are customers who come again. */
    newCustomerOneIn: z.number().optional(),
    /** Calls at once to NetSuite: more are refused. */
    budget: z.number().default(100),
    /** Of NetSuite's answers. */
    latency: z.strictObject({ medianMs: z.number(), sigma: z.number() }).optional(),
  })
  .parse(JSON.parse(process.argv[2] ?? '{}'))
const now = () => new Date()
const { latency } = options

const shop = await startSandboxShop({
  port: 0,
  now,
  random: numbersFrom(7),
  seed: 'empty',
  webhooksInOrder: false,
})
seedOrders(shop.control, options.orders, options.newCustomerOneIn)
const netsuite = await startSandboxNetSuite({
  port: 0,
  now,
  seed: 'demo',
  concurrency: options.budget,
  latencyMs: latency ? lognormalMs(numbersFrom(11), latency) : 0,
  timeZone: 'UTC',
})
const calls = watchCalls(netsuite.control)

process.send?.({
  shop: { url: shop.url, consumerKey: shop.consumerKey, consumerSecret: shop.consumerSecret },
  netsuite: { url: netsuite.url, account: netsuite.account, credentials: netsuite.credentials },
  // What the hand-written loop puts on every order: it has no logic to choose by.
  customer: netsuite.records.customers().find((one) => one.subsidiary === '1')?.id,
  item: netsuite.records.items().find((one) => one.type === 'InvtPart' && !one.inactive)?.id,
})

/** What a benchmark may ask, by name; the answer goes back as a message. */
const asked = {
  count: async () => ({ posted: netsuite.records.counts().orders }),
  inFlight: async (window: { from: number; to: number }) => calls.during(window),
  /** Answers when the shop delivers no webhook any more. */
  delivered: async () => {
    await shop.control.webhooksIdle()
    return {}
  },
  flow: async (flow: Flow) => placeAndWatch(shop.control, netsuite, flow),
}
export type Asked = typeof asked

process.on('message', (message: { ask: keyof Asked; about: never }) => {
  void asked[message.ask](message.about).then((answer) => process.send?.(answer))
})
process.on('disconnect', () => process.exit(0))
