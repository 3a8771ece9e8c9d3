import type { OrderPreviewJson } from '../../server/schemas.ts'
import type { Client } from '../client.ts'
import type { Output } from '../output.ts'
import { moneyText } from '../words.ts'
import { problemLines } from './orders.ts'

/** `waybill order ID --preview`: what would be sent to the backend now; exit 1 when the backend could not be asked. */
export async function showPreview(client: Client, output: Output, name: string): Promise<number> {
  const preview = await client.get<OrderPreviewJson>(`/orders/${encodeURIComponent(name)}/preview`)
  output.document(preview)
  const { line, style } = output
  const { outcome, backend, externalId, remark, totals } = preview
  if (outcome === 'cannot_ask') {
    output.remark(
      `${backend} could not be asked: ${preview.reason}. ${preview.problems[0]?.fix ?? ''}`.trim(),
    )
    return 1
  }
  const lead =
    outcome === 'ready' ? `This would be sent to ${backend} now` : `Posting it to ${backend} would stop`
  line(style('bold', `${lead}, as ${externalId}`))
  if (remark !== null) line(`${remark}.`)
  for (const { label, body } of preview.records) {
    line()
    line(style('bold', label))
    line(JSON.stringify(body, null, 2))
  }
  if (totals !== null) {
    line()
    line(`  Total foreseen  ${moneyText(totals.total)}`)
    line(
      `  In the shop     ${moneyText(preview.orderTotal)}${preview.agrees === true ? ', the same' : ', NOT the same'}`,
    )
  }
  for (const problem of preview.problems) for (const text of problemLines(output, problem)) line(text)
  return 0
}
