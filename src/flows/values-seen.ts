import { connectionById } from '../ledger/health.ts'
import { listRoutes, type RouteRow } from '../ledger/routes.ts'
import { type RecentOrder, recentOrders } from '../ledger/views/recent-orders.ts'
import { type FilterField, filterField } from '../order/filter-fields.ts'
import { valuesAt } from '../order/filters.ts'
import type { Order } from '../order/order.ts'
import { err, ok, type Result } from '../result.ts'
import type { Deps } from './deps.ts'
import { canonicalFrom } from './prepare-draft.ts'

const newest = 100
const mostValues = 100

export interface ReadRecent extends RecentOrder {
  /** Null: it cannot be read. */
  canonical: Order | null
}

/** The newest orders of a channel, as they are read. */
export async function readRecent(
  deps: Deps,
  { id, kind }: { id: string; kind: string },
): Promise<ReadRecent[]> {
  return (await recentOrders(deps.db, id, newest)).map((recent) => ({
    ...recent,
    canonical: canonicalFrom(deps, kind, recent.order, recent.body).order,
  }))
}

/** The route of this name with its channel, where there is one that is not stopped. */
export async function routeNamed(deps: Deps, name: string) {
  const route = (await listRoutes(deps.db)).find((row) => row.name === name && row.removed_at === null)
  const channel = route && (await connectionById(deps.db, route.channel_id))
  return route && channel ? { route: route as RouteRow, channel } : null
}

export interface ValuesSeen {
  /** How many orders were looked at. */
  orders: number
  values: { value: string; orders: number }[]
}

/** What the newest orders of a route's shop have in a field, what most have first: for whoever writes a filter. */
export async function valuesSeen(
  deps: Deps,
  { name, field }: { name: string; field: string },
): Promise<Result<ValuesSeen, 'no_such_route' | 'no_such_field'>> {
  const found = await routeNamed(deps, name)
  if (!found) return err('no_such_route')
  const known = filterField(field)
  if (!known) return err('no_such_field')
  const read = await readRecent(deps, found.channel)
  return ok({ orders: read.length, values: counted(read, known).slice(0, mostValues) })
}

function counted(read: ReadRecent[], field: FilterField): ValuesSeen['values'] {
  const counts = new Map<string, number>()
  for (const { canonical } of read)
    for (const value of canonical ? valuesAt(canonical, field) : [])
      counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts]
    .map(([value, orders]) => ({ value, orders }))
    .toSorted((a, b) => b.orders - a.orders || (a.value < b.value ? -1 : 1))
}

/** The names of the further fields that the newest orders have, what most have first. */
export function furtherFieldsOf(orders: Order[]): { name: string; orders: number }[] {
  const counts = new Map<string, number>()
  for (const { fields } of orders)
    for (const name of Object.keys(fields)) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .map(([name, n]) => ({ name, orders: n }))
    .toSorted((a, b) => b.orders - a.orders || (a.name < b.name ? -1 : 1))
}
