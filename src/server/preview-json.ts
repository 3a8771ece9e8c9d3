import { redactText } from '../connectors/redact.ts'
import type { Preview } from '../flows/preview-order.ts'
import type { OrderView } from '../ledger/views/orders.ts'
import { type Decimal, equals } from '../order/money.ts'
import { describeProblem } from '../order/problems.ts'
import type { OrderPreviewJson } from './schemas.ts'
import { moneyJson, timeJson } from './values-json.ts'

/** What would be sent for an order, as JSON; card data is taken out as from what was sent. */
export function previewJson(order: OrderView, preview: Preview): OrderPreviewJson {
  const { at, externalId, remark, outcome } = preview
  const facts = { outcome, at: timeJson(at), backend: order.backend_name, externalId, remark }
  const nothing = { records: [], totals: null, orderTotal: null, agrees: null, problems: [], reason: null }
  if (outcome === 'stopped')
    return { ...facts, ...nothing, problems: preview.problems.map((problem) => describeProblem(problem)) }
  if (outcome === 'cannot_ask') {
    const problems = preview.problem === null ? [] : [describeProblem(preview.problem)]
    return { ...facts, ...nothing, problems, reason: preview.why }
  }
  const { records, totals } = preview.shown
  const { currency, total } = preview.order
  const money = (amount: Decimal) => moneyJson(amount, currency)
  return {
    ...facts,
    ...nothing,
    records: records.map(({ label, body }) => ({ label, body: redacted(body) })),
    totals: {
      lines: money(totals.lines),
      shipping: money(totals.shipping),
      tax: money(totals.tax),
      total: money(totals.total),
    },
    orderTotal: money(total),
    agrees: equals(money(totals.total).amount, money(total).amount),
  }
}

const redacted = (body: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(redactText(JSON.stringify(body))) as Record<string, unknown>
