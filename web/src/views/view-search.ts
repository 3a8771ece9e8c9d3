import type { OrderColumn, View, ViewRequest } from '../api/types.ts'
import { ownColumns, readColumns, writeColumns } from '../orders/chosen-columns.ts'
import type { OrdersSearch } from '../router.tsx'

const filters = [
  'search',
  'status',
  'connection',
  'problem',
  'decision',
  'placedFrom',
  'placedTo',
  'amountFrom',
  'amountTo',
  'currency',
  'heldBy',
  'channelStatus',
  'heldByFilter',
] as const satisfies (keyof OrdersSearch)[]

/** The address of a view: filters and columns themselves, so that it shows the same to whoever has no such view. */
export const searchOf = ({ name, query: { status, columns, ...query } }: View): OrdersSearch => ({
  ...query,
  status: status?.join(','),
  columns: columns && writeColumns(columns),
  view: name,
})

/** What is saved of an address: its filters, and the columns that are shown. */
export function queryOf(search: OrdersSearch, shown: readonly OrderColumn[]): ViewRequest['query'] {
  const { status, ...others } = Object.fromEntries(filters.map((name) => [name, search[name]]))
  // Anything may stand in an address: the server says what is wrong with it.
  return { ...others, status: status?.split(','), columns: [...shown] } as ViewRequest['query']
}

export const isFiltered = (search: OrdersSearch): boolean =>
  filters.some((name) => search[name] !== undefined)

/** Whether an address shows something else than the view it came from. */
export function differs(
  view: View,
  search: OrdersSearch,
  shown: readonly OrderColumn[],
  usual: readonly OrderColumn[],
): boolean {
  const saved = searchOf(view)
  const columns = readColumns(saved.columns ?? ownColumns()) ?? usual
  return filters.some((name) => search[name] !== saved[name]) || writeColumns(shown) !== writeColumns(columns)
}

const keyOf = (name: string): string => name.normalize('NFKC').toLowerCase()

export const viewNamed = (views: readonly View[], name: string | undefined): View | undefined =>
  name === undefined ? undefined : views.find((view) => keyOf(view.name) === keyOf(name))
