import { isZero } from '../../order/money.ts'
import type { Order, OrderLine } from '../../order/order.ts'
import type { Problem } from '../../order/problems.ts'
import { chargedTaxes, taxCountry, taxKeys, taxSubject } from '../../order/tax-keys.ts'
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
  const taxes = chargedTaxes(line.taxes)
  const keys = taxKeys(taxes, taxCountry(order))
  const id = keys.map((key) => mapped(mapping.tax.codes, key)).find((code) => code !== undefined)
  const subject = taxSubject(keys)
  if (id !== undefined) return { id, key: subject }
  if (taxes.every((tax) => isZero(tax.amount))) return none
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
