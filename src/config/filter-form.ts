import { type Filter, type FilterOperator, isComparison, needsNoValue } from '../order/filter-fields.ts'

/** A filter as the file writes it. */
export const filterInFile = ({ field: name, operator, values: listed }: Filter): Record<string, unknown> => ({
  field: name,
  [operator]: valueInFile(operator, listed),
})

const valueInFile = (operator: FilterOperator, listed: string[]): string | string[] | true =>
  needsNoValue(operator) ? true : isComparison(operator) ? (listed[0] ?? '') : listed

/** Filters by what they look at and how, for showing what changes: `{ 'shipping.country is': ['DE', 'AT'] }`. */
export function filtersAsShown(filters: readonly Filter[]): Record<string, unknown> {
  const shown: Record<string, unknown> = {}
  for (const { field: name, operator, values: listed } of filters) {
    const key = `${name} ${operator}`
    const before = Object.keys(shown).filter((one) => one === key || one.startsWith(`${key} (`)).length
    shown[before === 0 ? key : `${key} (${before + 1})`] = valueInFile(operator, listed)
  }
  return shown
}
