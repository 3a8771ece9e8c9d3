import { filterField, type FilterKind, type FilterOperator } from '../../src/order/filter-fields.ts'
import { whatDoesNot } from '../../src/order/filter-words.ts'
import type { RouteTrial } from './api/types.ts'

const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const operators: Record<FilterOperator, string> = {
  is: 'is one of',
  isNot: 'is none of',
  contains: 'contains one of',
  doesNotContain: 'contains none of',
  includes: 'one of them is',
  doesNotInclude: 'none of them is',
  atLeast: 'is at least',
  atMost: 'is at most',
  isEmpty: 'is empty',
  isNotEmpty: 'is not empty',
}
const ofLists: Partial<Record<FilterOperator, string>> = {
  contains: 'one of them contains',
  doesNotContain: 'none of them contains',
  isEmpty: 'there are none',
  isNotEmpty: 'there are some',
}
const operator = (one: FilterOperator, kind: FilterKind): string =>
  (kind === 'list' ? ofLists[one] : undefined) ?? operators[one]

/** Every text about the filters of a route. */
export const filterTexts = {
  title: 'Import only orders that pass these filters',
  hint: 'All of them have to let an order through. What one does not let through is held: it is listed with the filter, and can be imported anyway.',
  none: 'No filter: every order with a status from above is imported.',
  add: 'Add a filter',
  nth: (n: number) => `Filter ${n}`,
  remove: (n: number) => `Remove filter ${n}`,
  field: 'Field of the order',
  chooseField: 'Choose a field',
  searchField: 'Choose or search',
  noField: 'No such field. Others are under “Another field of the order”.',
  groups: {
    order: 'The order',
    customer: 'Customer',
    shipping: 'Delivery address',
    billing: 'Billing address',
    ways: 'Payment and shipping',
    others: 'Anything else',
  },
  another: 'Another field of the order',
  anotherName: 'Its name',
  anotherHint: 'As the shop calls it, such as meta._billing_vat',
  fieldName: (field: string) => upperFirst(filterField(field)?.label ?? field),
  operator: 'Condition',
  operators: operator,
  values: 'Values',
  valuesHint: 'Add a value',
  amount: 'Amount',
  seen: (n: number) => `${n.toLocaleString('en')} ${n === 1 ? 'order' : 'orders'}`,
  /** "Filter: delivery country is one of", for what the history calls "import.filters.shipping.country is". */
  setting(field: string): string | null {
    const [, name, one] = /^import\.filters\.(.+) ([A-Za-z]+)(?: \(\d+\))?$/s.exec(field) ?? []
    const known = name === undefined ? null : filterField(name)
    if (known && one !== undefined && one in operators)
      return `Filter: ${known.label} ${operator(one as FilterOperator, known.kind)}`
    const [, index] = /^import\.filters\[(\d+)\]/.exec(field) ?? []
    return index === undefined ? null : filterTexts.nth(Number(index) + 1)
  },
  heldBy: ({ rule, filter, orders }: RouteTrial['heldBy'][number]) =>
    `${orders.toLocaleString('en')}: ${
      filter
        ? whatDoesNot(filter)
        : rule === 'status'
          ? 'their status is not imported'
          : 'they were placed before the route begins'
    }`,
}
