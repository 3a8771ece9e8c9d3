import { setTimeout as sleep } from 'node:timers/promises'
import type { OrderDetail, RecordChangeJson } from '../../server/schemas.ts'
import { quoted } from '../../quoted.ts'
import type { Client } from '../client.ts'
import type { Output } from '../output.ts'
import { type ActResult, attempt, finish, told } from './act.ts'

/** What can be decided about an order that the shop changed or cancelled after it was posted. */
export const decisions = {
  ignore: 'ignore_changes',
  update: 'update_record',
  replace: 'replace_record',
  close: 'cancel_record',
  keep: 'keep_record',
} as const
export type Decision = keyof typeof decisions

const underWay = ['scheduled', 'posting', 'verifying']

/** `waybill decide WHAT ID…`: does it, waits, and says what came of it. */
export async function decide(
  client: Client,
  output: Output,
  what: Decision,
  names: string[],
  waitMs: number,
): Promise<number> {
  const results: ActResult[] = []
  for (const name of names) {
    const result = await attempt(name, async () => {
      const path = `/orders/${encodeURIComponent(name)}/${decisions[what].replaceAll('_', '-')}`
      const asked = await client.post<OrderDetail>(path)
      const order = await settled(client, output, asked, waitMs)
      return resultOf(name, what, order)
    })
    results.push(result)
    told(output, result)
  }
  return finish(output, results)
}

async function settled(
  client: Client,
  output: Output,
  asked: OrderDetail,
  waitMs: number,
): Promise<OrderDetail> {
  const until = performance.now() + waitMs
  let order = asked
  for (let pause = 100; isUnderWay(order) && performance.now() < until; pause = Math.min(pause * 1.5, 2000)) {
    output.progress(
      `Order ${order.number}: ${order.changing ? 'its record is being changed' : order.label} …`,
    )
    await sleep(pause)
    order = await client.get<OrderDetail>(`/orders/${encodeURIComponent(order.id)}`)
  }
  return order
}

const isUnderWay = (order: OrderDetail): boolean => order.changing || underWay.includes(order.status)

function resultOf(query: string, what: Decision, order: OrderDetail): ActResult {
  const change = what === 'ignore' || what === 'keep' ? undefined : order.recordChanges.at(-1)
  const see = `see: waybill order ${quoted(order.number)}`
  if (isUnderWay(order))
    return {
      query,
      outcome: 'waiting',
      detail: `${change?.waits ?? order.label} – it goes by itself, ${see}`,
      order,
    }
  if (change?.state === 'refused')
    return { query, outcome: 'failed', detail: `${change.why}. Nothing was changed, ${see}`, order }
  if (order.problem)
    return { query, outcome: 'failed', detail: `${order.problem.title}. ${order.problem.fix}`, order }
  const record = order.record === null ? '' : `: ${order.record.number ?? order.record.id}`
  return { query, outcome: 'done', detail: `${order.label}${record}`, order }
}

/** What the shop changed after posting, and what was done about it, as lines for `waybill order`. */
export function editLines(order: OrderDetail): string[] {
  const { difference, cancelRequestedAt, changedAfterPostingAt } = order
  const number = quoted(order.number)
  const lines: string[] = []
  if (cancelRequestedAt !== null)
    lines.push(
      'The shop cancelled it after it was posted.',
      `  To decide: waybill decide close ${number} (closes the record), or: waybill decide keep ${number}`,
    )
  if (difference?.isEdit)
    lines.push(
      difference.ignored
        ? 'Changed in the shop after it was posted, left as it is:'
        : 'Changed in the shop after it was posted:',
      ...difference.fields.map(
        ({ label, before, after }) => `  ${label}: ${before ?? 'none'} → ${after ?? 'none'}`,
      ),
    )
  if (changedAfterPostingAt !== null)
    lines.push(
      `  To decide: waybill decide ${difference?.needsReplacement === false ? 'update' : 'replace'} ${number}, or: waybill decide ignore ${number}`,
    )
  const last = order.recordChanges.at(-1)
  return last ? [...lines, ...changeLines(last)] : lines
}

const kinds: Record<RecordChangeJson['kind'], string> = {
  update: 'Bringing the change into the record',
  replace: 'Replacing the record',
  cancel: 'Closing the record',
}

function changeLines({ kind, state, why, waits, conflicts }: RecordChangeJson): string[] {
  if (state === 'done') return []
  if (state !== 'refused') return [`${kinds[kind]}: ${waits ?? 'under way'}`]
  return [
    `${kinds[kind]} was refused: ${why}`,
    ...conflicts.map(
      ({ label, sent, found, wanted }) =>
        `  ${label}: Waybill sent ${sent ?? 'nothing'}, there is ${found ?? 'nothing'}, the shop wants ${wanted ?? 'nothing'}`,
    ),
  ]
}
