import { type Fault, type SandboxNetSuite, startSandboxNetSuite } from '../../src/sandbox/netsuite/index.ts'
import { type SandboxShop, startSandboxShop, type Trouble } from '../../src/sandbox/shop/index.ts'
import { numbersFrom } from '../support/chance.ts'
import { demoConfiguration } from '../support/demo-configuration.ts'
import { type Home, writeConfiguration } from './program.ts'

/** What became of an order that was placed in the shop, as the business knows it. */
export interface Placed {
  id: string
  number: string
  trouble: Trouble | null
  email: string
  total: string
}

/** A shop with customers in it and a NetSuite behind, both 300 ms away; they live in the test, and outlive the program. */
export interface Business {
  shop: SandboxShop
  netsuite: SandboxNetSuite
  placed: Placed[]
  /** E-mail addresses of customers in NetSuite before anything happened, as often as they occur. */
  emailsBefore: string[]
  place(count: number): void
  /** Orders flow: customers place them as long as not too many wait to be posted. The answer ends that. */
  flow(): () => void
  /** Tells the program of this home about both, and the route between them. */
  connect(home: Home): Promise<void>
  close(): Promise<void>
}

const latencyMs = 300
const guests = 40
/** One order in so many is of the kind that stops. */
const troubledOneIn = 8
/** For one order in so many, a request for an order is so slow that its caller gives up and it comes to pass later. */
const slowOneIn = 12
const slow: Fault = { kind: 'slow', ms: 3300, method: 'POST', path: '/record/v1/salesOrder', times: 1 }
const troubles: Trouble[] = [
  'unknown_sku',
  'inactive_item',
  'unmapped_payment',
  'held_status',
  'total_differs',
]

export async function openBusiness(seed: number): Promise<Business> {
  const now = () => new Date()
  const random = numbersFrom(seed)
  const openedAt = now()
  const shop = await startSandboxShop({ port: 0, now, random, seed: 'empty', latencyMs })
  const netsuite = await startSandboxNetSuite({
    port: 0,
    now,
    seed: 'demo',
    latencyMs,
    requestLimitMs: 2000,
    timeZone: 'UTC',
  })
  const placed: Placed[] = []

  function placeOne(): void {
    if (random() * slowOneIn < 1) netsuite.control.fault(slow)
    const trouble = random() * troubledOneIn < 1 ? troubles[Math.floor(random() * troubles.length)]! : null
    // Few new customers who order again and again: orders of one customer are under way at the same time.
    const guest = Math.floor(random() * guests)
    const order = shop.control.draftOrder(trouble === null ? { country: 'DE', guest } : { trouble })
    const { id, number, total } = shop.control.placeOrder(order)
    placed.push({ id: String(id), number, trouble, email: order.billing.email ?? '', total })
  }
  const place = (count: number) => {
    for (let n = 0; n < count; n++) placeOne()
  }

  return {
    shop,
    netsuite,
    placed,
    emailsBefore: netsuite.records.customers().flatMap(({ email }) => (email === null ? [] : [email])),
    place,
    flow: () => {
      const timer = setInterval(() => {
        const good = placed.filter(({ trouble }) => trouble === null).length
        if (good - netsuite.records.counts().orders < 25) place(1 + Math.floor(random() * 3))
      }, 250)
      return () => clearInterval(timer)
    },
    connect: async (home) => {
      const { yaml, values } = demoConfiguration(
        { shop, netsuite },
        {
          since: new Date(openedAt.getTime() - 60_000).toISOString(),
          every: '1s',
          shop: { timeout: '2s', requestLimit: '2s' },
          netsuite: { timeout: '1s', requestLimit: '2s', concurrency: 5 },
        },
      )
      await writeConfiguration(home, yaml, values)
    },
    close: async () => {
      await Promise.all([shop.close(), netsuite.close()])
    },
  }
}
