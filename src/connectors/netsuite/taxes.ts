import { isZero, sum, type Decimal } from '../../order/money.ts'
import type { Order, OrderLine } from '../../order/order.ts'
import type { Problem } from '../../order/problems.ts'
import { mapped, type NetSuiteMapping } from './mapping.ts'

export interface LineTaxCode {
  /** Internal id of the tax code; null: none is sent. */
  id: string | null
  /** What a person maps to choose another code, such as "DE:19"; null for lines without tax. */
  key: string | null
}

/**
 * The tax code of a line, by what it was taxed with in the shop: rate ids, else country and percent, else percent.
 * A tax nobody mapped is a problem; a line without tax gets the code for none.
 */
export function taxCodeOf(
  given: { order: Order; mapping: NetSuiteMapping; problems: Problem[] },
  line: OrderLine,
): LineTaxCode {
  const { order, mapping, problems } = given
  const none: LineTaxCode = { id: mapping.tax.none ?? null, key: null }
  if (mapping.tax.mode === 'taxItemLine' || line.taxes.length === 0) return none
  const charged = line.taxes.filter((tax) => !isZero(tax.amount))
  const taxes = charged.length > 0 ? charged : line.taxes
  const keys = keysOf(taxes, countryOf(order))
  const id = keys.map((key) => mapped(mapping.tax.codes, key)).find((code) => code !== undefined)
  const subject = keys.find((key) => key.includes(':')) ?? keys[0] ?? ''
  if (id !== undefined) return { id, key: subject }
  if (charged.length === 0) return none
  if (mapping.tax.otherwise !== 'stop') return { id: mapping.tax.otherwise, key: subject }
  if (!problems.some((problem) => problem.code === 'unmapped_tax' && problem.subject === subject))
    problems.push({
      code: 'unmapped_tax',
      subject,
      detail: `The shop charged ${taxes.map((tax) => tax.label || tax.id).join(' and ')} on "${line.name}".`,
      vendorMessage: null,
    })
  return { id: null, key: subject }
}

/** Where the goods go decides the tax. */
const countryOf = (order: Order): string => (order.shipping ?? order.billing)?.country ?? ''

function keysOf(taxes: OrderLine['taxes'], country: string): string[] {
  const ids = taxes
    .map((tax) => tax.id)
    .filter((id) => id !== '')
    .toSorted()
    .join('+')
  const rates = taxes.map((tax) => tax.rate)
  const percent: Decimal | null = rates.every((rate) => rate !== null) ? sum(rates as Decimal[]) : null
  const byRate = percent === null ? [] : [...(country ? [`${country}:${percent}`] : []), percent]
  return [...(ids ? [ids] : []), ...byRate]
}
