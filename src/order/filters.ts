import { type Filter, filterField, type FilterField } from './filter-fields.ts'
import { compare, parseDecimal } from './money.ts'
import type { Order } from './order.ts'

/** What the order has in a field: each text once, none that is blank. */
export function valuesAt(order: Order, { of }: Pick<FilterField, 'of'>): string[] {
  const found = of(order).flatMap((value) => value?.trim() || [])
  return [...new Set(found)]
}

/** The first filter that does not let the order through, with what it met; null where all do. */
export function filterThatHolds(
  order: Order,
  filters: readonly Filter[],
): { filter: Filter; found: string[] } | null {
  for (const filter of filters) {
    const field = filterField(filter.field)!
    const found = valuesAt(order, field)
    if (!letsThrough(filter, field, found)) return { filter, found }
  }
  return null
}

function letsThrough({ operator, values }: Filter, { kind }: FilterField, found: string[]): boolean {
  const wanted = values.map(plain)
  const some = (matches: (has: string, wanted: string) => boolean) =>
    found.map(plain).some((has) => wanted.some((one) => matches(has, one)))
  const isSame = kind === 'amount' ? isSameAmount : isSameText
  switch (operator) {
    case 'is':
    case 'includes':
      return some(isSame)
    case 'isNot':
    case 'doesNotInclude':
      return !some(isSame)
    case 'contains':
      return some(hasText)
    case 'doesNotContain':
      return !some(hasText)
    case 'atLeast':
      return some((has, least) => (compared(has, least) ?? -1) >= 0)
    case 'atMost':
      return some((has, most) => (compared(has, most) ?? 1) <= 0)
    case 'isEmpty':
      return found.length === 0
    case 'isNotEmpty':
      return found.length > 0
  }
}

const plain = (text: string): string => text.normalize().trim().toLowerCase()
const isSameText = (has: string, wanted: string): boolean => has === wanted
const hasText = (has: string, wanted: string): boolean => has.includes(wanted)
const isSameAmount = (has: string, wanted: string): boolean => compared(has, wanted) === 0

/** Null where one of them is no number. */
function compared(has: string, wanted: string): -1 | 0 | 1 | null {
  const [a, b] = [parseDecimal(has), parseDecimal(wanted)]
  return a === null || b === null ? null : compare(a, b)
}
