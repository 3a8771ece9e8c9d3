import { setTimeout as sleep } from 'node:timers/promises'
import type {
  DifferenceJson,
  ReconciliationJson,
  ReconciliationRequest,
  ReconciliationSummary,
} from '../../server/schemas.ts'
import type { Client } from '../client.ts'
import type { Output } from '../output.ts'
import { counted } from '../words.ts'

/**
 * `waybill reconcile CONNECTION [--since 7d]`: compares, waits, and prints each day with what differs. Exit code 1 when an
 * unexplained difference remains, or when there is no result.
 */
export async function reconcile(
  client: Client,
  output: Output,
  request: ReconciliationRequest,
  waitMs: number,
): Promise<number> {
  let run = await client.post<ReconciliationJson>('/reconciliations', request)
  const until = performance.now() + waitMs
  for (
    let pause = 100;
    run.state === 'running' && performance.now() < until;
    pause = Math.min(pause * 1.5, 2000)
  ) {
    const waits = run.waiting === null ? '' : ` (waits: ${run.waiting})`
    output.progress(`${run.step}, ${counted(run.compared, 'order')} so far${waits} …`)
    await sleep(pause)
    run = await client.get<ReconciliationJson>(`/reconciliations/${encodeURIComponent(run.id)}`)
  }
  output.document(run)
  if (run.state !== 'done') {
    output.remark(
      run.state === 'given_up'
        ? `There is no result: ${run.waiting}.`
        : `There is no result yet (${run.step.toLowerCase()}${run.waiting === null ? '' : `; ${run.waiting}`}); it goes on by itself.`,
    )
    return 1
  }
  printDays(output, run)
  for (const difference of run.differences) printDifference(output, difference)
  if (run.moreDifferences !== null)
    output.line('… and more: the page "Reconciliation" and GET /reconciliations/{id}/differences have all.')
  output.line(output.style(run.totals.unexplained === 0 ? 'green' : 'red', totalLine(run.totals)))
  return run.totals.unexplained === 0 ? 0 : 1
}

type Counts = ReconciliationSummary['totals']

const totalLine = ({ imported, explained, unexplained }: Counts): string =>
  `${imported} imported now, ${explained} explained, ${unexplained} unexplained`

function printDays(output: Output, run: ReconciliationJson): void {
  const row = (name: string, counts: Counts) => [
    name,
    String(counts.atChannel),
    String(counts.inWaybill),
    String(counts.inBackend),
    String(counts.imported),
    String(counts.explained),
    String(counts.unexplained),
  ]
  output.table(
    [
      `Day (${run.timeZone})`,
      'At the shop',
      'In Waybill',
      `In ${run.backendLabel}`,
      'Imported now',
      'Explained',
      'Unexplained',
    ],
    [...run.days.map((day) => row(day.day, day)), row('Total', run.totals)],
    0,
  )
}

function printDifference(
  output: Output,
  { day, verdict, order, channelOrderId, detail, fix }: DifferenceJson,
): void {
  const name = order?.number ?? channelOrderId
  const colour = verdict === 'unexplained' ? 'red' : verdict === 'imported' ? 'green' : 'gray'
  output.line(`${day}  ${name === null ? '' : `${name}: `}${output.style(colour, verdict)} – ${detail}`)
  if (fix) output.line(`  → ${fix.label}: ${fix.command}`)
}
