import type { SandboxNetSuite } from '../src/sandbox/netsuite/index.ts'
import type { ShopControl } from '../src/sandbox/shop/index.ts'

export interface Flow {
  perSecond: number
  seconds: number
  /** How long the last orders may take to arrive. */
  patienceSeconds: number
}

export interface Flowed {
  placed: number
  /** Orders with at least one record in NetSuite when the patience ended. */
  arrived: number
  /** Records beyond the first of an order. */
  twice: number
  /** From the end of placing until the last record, in seconds. */
  afterEnd: number
  /** From sending the webhook to the record's existence, in milliseconds, ascending. */
  ms: number[]
}

/** Places orders in the shop at a steady rate, which sends a webhook for each, and notes when NetSuite has made its record. */
export async function placeAndWatch(
  shop: ShopControl,
  netsuite: SandboxNetSuite,
  flow: Flow,
): Promise<Flowed> {
  const sentAt = new Map<string, number>()
  const madeAt = new Map<string, number>()
  let twice = 0
  const unwatch = netsuite.control.watch((call, step) => {
    if (step !== 'done' || call.method !== 'POST' || !call.path.endsWith('/salesOrder')) return
    const { externalId } = JSON.parse(call.body) as { externalId: string }
    if (!netsuite.records.order(externalId)) return
    const id = externalId.split('_').at(-1)!
    if (!sentAt.has(id)) return
    if (madeAt.has(id)) twice += 1
    else madeAt.set(id, performance.now())
  })
  const count = Math.round(flow.perSecond * flow.seconds)
  const began = performance.now()
  for (let n = 0; n < count; n += 1) {
    const due = began + (n * 1000) / flow.perSecond
    if (due > performance.now()) await pause(due - performance.now())
    // The webhook leaves while the order is being placed.
    const at = performance.now()
    sentAt.set(String(shop.newOrder().id), at)
  }
  const ended = performance.now()
  const until = ended + flow.patienceSeconds * 1000
  while (madeAt.size < count && performance.now() < until) await pause(20)
  unwatch()
  const ms = [...madeAt].map(([id, at]) => at - sentAt.get(id)!).toSorted((a, b) => a - b)
  const last = Math.max(...madeAt.values())
  return { placed: count, arrived: madeAt.size, twice, afterEnd: (last - ended) / 1000, ms }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
