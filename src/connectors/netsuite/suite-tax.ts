import { currencyDigits, round } from '../../order/money.ts'
import type { NetSuiteMapping } from './mapping.ts'
import type { Fitted } from './totals.ts'

/**
 * The taxes as the shop charged them, in place of those that SuiteTax would compute: one tax detail for each line and
 * one for shipping. https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_1548673608.html
 */
export function taxDetails(
  fitted: Fitted,
  mapping: NetSuiteMapping,
  currency: string,
): Record<string, unknown> {
  const digits = currencyDigits(currency)
  const shipping = fitted.shipping ? [{ ...fitted.shipping, reference: 'SHIPPING' }] : []
  const lines = fitted.lines.map((line, index) => ({ ...line, reference: `line_${index + 1}` }))
  const items = [...lines, ...shipping].flatMap(({ reference, taxCode, taxes, amount }) =>
    taxes.map((tax) => ({
      taxDetailsReference: reference,
      ...(mapping.tax.type !== undefined && { taxType: { id: mapping.tax.type } }),
      ...(taxCode.id !== null && { taxCode: { id: taxCode.id } }),
      taxBasis: Number(amount),
      ...(tax.rate !== null && { taxRate: Number(tax.rate) }),
      taxAmount: Number(round(tax.amount, digits)),
    })),
  )
  return { taxDetailsOverride: true, taxDetails: { items } }
}
