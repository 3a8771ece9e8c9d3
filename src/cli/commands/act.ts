import { setTimeout as sleep } from 'node:timers/promises'
import type { OrderDetail, OrderJson, TombstoneJson } from '../../server/schemas.ts'
import { quoted } from '../../quoted.ts'
import { ApiRefusal, type Client } from '../client.ts'
import type { Output } from '../output.ts'
import { counted } from '../words.ts'

export interface ActResult {
  query: string
  outcome: 'done' | 'failed' | 'waiting'
  detail: string
  order: OrderJson | null
  /** What stays of it where it was deleted. */
  tombstone?: TombstoneJson
}

const underWay = ['scheduled', 'posting', 'verifying']

/** `waybill cancel ID…`, `uncancel ID…`, `hold ID… [--why TEXT]`, `release ID…` and `let-be ID…` */
export async function actOn(
  client: Client,
  output: Output,
  action: 'cancel' | 'uncancel' | 'hold' | 'release' | 'let-be',
  names: string[],
  body?: { why?: string },
): Promise<number> {
  const results: ActResult[] = []
  for (const name of names) {
    results.push(
      await attempt(name, async () => {
        const order = await client.post<OrderDetail>(`/orders/${encodeURIComponent(name)}/${action}`, body)
        const detail = action === 'hold' ? (order.reason ?? order.label) : order.label
        return { query: name, outcome: 'done', detail, order }
      }),
    )
    told(output, results.at(-1)!)
  }
  return finish(output, results)
}

/** `waybill delete ID… [--why TEXT]`: for good; what is deleted already counts as done. */
export async function deleteOrders(
  client: Client,
  output: Output,
  names: string[],
  why: string | undefined,
): Promise<number> {
  const results: ActResult[] = []
  for (const name of names) {
    results.push(
      await attempt(name, async () => {
        const path = `/orders/${encodeURIComponent(name)}/delete`
        const stays = await client.post<TombstoneJson>(path, why === undefined ? {} : { why })
        const back = `waybill import ${quoted(stays.connection)} ${quoted(stays.channelOrderId)} --anyway`
        const detail = `Deleted; it comes back only by: ${back}`
        return { query: name, outcome: 'done', detail, order: null, tombstone: stays }
      }),
    )
    told(output, results.at(-1)!)
  }
  return finish(output, results)
}

/** `waybill post ID… [--again]`: posts, waits, and says the record or the problem. */
export async function postOrders(
  client: Client,
  output: Output,
  names: string[],
  { waitMs, again }: { waitMs: number; again: boolean },
): Promise<number> {
  const results: ActResult[] = []
  const path = again ? 'post-anew' : 'post'
  for (const name of names) {
    const result = await attempt(name, async () => {
      const asked = await client.post<OrderDetail>(`/orders/${encodeURIComponent(name)}/${path}`)
      const order = await settled(client, output, asked.id, waitMs)
      const label = order.record
        ? `${order.label}: ${[order.record.number ?? order.record.id, order.record.url].filter(Boolean).join(', ')}`
        : order.label
      if (order.problem)
        return {
          query: name,
          outcome: 'failed',
          detail: `${order.problem.title}. ${order.problem.fix}`,
          order,
        }
      if (underWay.includes(order.status))
        return {
          query: name,
          outcome: 'waiting',
          detail: `${order.label} – it goes by itself, see: waybill why ${quoted(order.number)}`,
          order,
        }
      return { query: name, outcome: 'done', detail: label, order }
    })
    results.push(result)
    told(output, result)
  }
  return finish(output, results)
}

async function settled(client: Client, output: Output, id: string, waitMs: number): Promise<OrderDetail> {
  const until = performance.now() + waitMs
  for (let pause = 100; ; pause = Math.min(pause * 1.5, 2000)) {
    const order = await client.get<OrderDetail>(`/orders/${encodeURIComponent(id)}`)
    if (!underWay.includes(order.status) || performance.now() > until) return order
    output.progress(`Order ${order.number}: ${order.label} …`)
    await sleep(pause)
  }
}

export async function attempt(name: string, act: () => Promise<ActResult>): Promise<ActResult> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error
    return {
      query: name,
      outcome: 'failed',
      detail: [error.message, error.fix].filter(Boolean).join('. '),
      order: null,
    }
  }
}

export function told(output: Output, result: ActResult): void {
  const text = `${result.query}: ${result.detail}`
  if (result.outcome === 'failed') output.remark(text)
  else output.line(text)
}

export function finish(output: Output, results: ActResult[]): number {
  output.document({ items: results, nextCursor: null })
  const failed = results.filter((result) => result.outcome !== 'done').length
  if (failed > 0 && results.length > 1)
    output.remark(`${counted(failed, 'order')} of ${results.length} not done.`)
  return failed > 0 ? 1 : 0
}
