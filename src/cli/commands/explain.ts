import type { OrderCounts, ProblemGroup, Why } from '../../server/schemas.ts'
import { quoted } from '../../quoted.ts'
import type { Client } from '../client.ts'
import type { Output } from '../output.ts'
import { counted, moneyText, timeText } from '../words.ts'

/** `waybill why ID`: why is this order not in the backend? */
export async function why(client: Client, output: Output, query: string): Promise<number> {
  const answer = await client.get<Why>('/why', { q: query })
  output.document(answer)
  output.line(output.style('bold', answer.headline))
  printChecks(output, answer.checks)
  for (const fix of answer.fixes)
    output.line(`→ ${fix.label}${fix.command === null ? '' : `: ${fix.command}`}`)
  return 0
}

/** A list of checks with a mark for each. */
export function printChecks(
  output: Output,
  checks: { name: string; outcome: 'ok' | 'fail' | 'skipped'; detail: string }[],
): void {
  const marks = {
    ok: output.style('green', '✓'),
    fail: output.style('red', '✗'),
    skipped: output.style('gray', '–'),
  }
  for (const check of checks) output.line(`  ${marks[check.outcome]} ${check.name}: ${check.detail}`)
}

/** `waybill problems`: grouped by cause, with how many orders each stops. */
export async function problems(client: Client, output: Output): Promise<number> {
  const list = await client.get<{ items: ProblemGroup[]; nextCursor: null }>('/problems')
  const { decisions } = await client.get<OrderCounts>('/orders/counts')
  output.document(list)
  if (list.items.length === 0) output.line('No problems.')
  for (const problem of list.items) {
    const worth = problem.totals.map((total) => moneyText(total)).join(', ')
    output.line(
      `${output.style('red', problem.title)} – ${counted(problem.orders, 'order')}${worth ? ` (${worth})` : ''}, since ${timeText(problem.oldest)}`,
    )
    output.line(`  ${problem.detail}`)
    if (problem.cancelsAt)
      output.line(`  The first is cancelled by itself, unless fixed: ${timeText(problem.cancelsAt)}`)
    if (problem.vendorMessage) output.line(`  Said: ${problem.vendorMessage}`)
    output.line(`  What to do: ${problem.fix}`)
    output.line(
      problem.scope === 'connection'
        ? `  waybill check ${problem.connection}`
        : `  waybill orders --problem ${quoted(problem.fingerprint)}`,
    )
  }
  const { changed, cancelled } = decisions
  if (changed > 0)
    output.line(
      `${counted(changed, 'order')} changed in the shop after posting: waybill orders --decision changed`,
    )
  if (cancelled > 0)
    output.line(
      `${counted(cancelled, 'order')} cancelled in the shop after posting: waybill orders --decision cancelled`,
    )
  return 0
}
