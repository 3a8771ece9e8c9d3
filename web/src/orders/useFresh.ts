import { useMemo, useState } from 'react'
import type { Order } from '../api/types.ts'

/**
 * The orders that came into Waybill while this list was shown.
 * @param settled whether `orders` is the answer to `filter`, not the one before it
 */
export function useFresh(orders: Order[], filter: string, settled: boolean): ReadonlySet<string> {
  const [start, setStart] = useState<{ filter: string; newest: string } | null>(null)
  if (settled && start?.filter !== filter) setStart({ filter, newest: newestOf(orders) })

  return useMemo(
    () =>
      new Set(
        start?.filter === filter
          ? orders.filter((order) => order.firstSeenAt > start.newest).map(({ id }) => id)
          : [],
      ),
    [orders, filter, start],
  )
}

const newestOf = (orders: Order[]): string =>
  orders.reduce((at, { firstSeenAt }) => (firstSeenAt > at ? firstSeenAt : at), '')
