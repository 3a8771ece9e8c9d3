import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { fileAt, get, withQuery } from './client.ts'
import type {
  Activity,
  Choices,
  ConfigurationHistory,
  Connection,
  Difference,
  HeldGroup,
  Import,
  List,
  NoticePage,
  OrderCounts,
  OrderDetail,
  OrderPage,
  OrderPreview,
  OrderVersions,
  Overview,
  ProblemGroup,
  Reconciliation,
  ReconciliationSummary,
  Route,
  SeenByRoute,
  StoredSettings,
  ValuesSeen,
  View,
  Why,
} from './types.ts'

export interface OrdersFilter {
  search?: string | undefined
  status?: string | undefined
  connection?: string | undefined
  problem?: string | undefined
  decision?: 'changed' | 'cancelled' | 'any' | undefined
  placedFrom?: string | undefined
  placedTo?: string | undefined
  amountFrom?: string | undefined
  amountTo?: string | undefined
  currency?: string | undefined
  heldBy?: string | undefined
  channelStatus?: string | undefined
  heldByFilter?: string | undefined
}

const pageSize = 50

export const ordersQuery = (filter: OrdersFilter) =>
  infiniteQueryOptions({
    queryKey: ['orders', 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      get<OrderPage>(withQuery('/orders', { ...filter, limit: pageSize, cursor: pageParam }), signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
  })

export const ordersFile = (filter: OrdersFilter): string => fileAt(withQuery('/orders.csv', { ...filter }))

export function countsQuery(all: OrdersFilter) {
  const filter = { ...all, status: undefined }
  return queryOptions({
    queryKey: ['orders', 'counts', filter],
    queryFn: ({ signal }) => get<OrderCounts>(withQuery('/orders/counts', filter), signal),
  })
}

export const viewsQuery = queryOptions({
  queryKey: ['views'],
  queryFn: ({ signal }) => get<List<View>>('/views', signal),
})

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', 'one', id],
    queryFn: ({ signal }) => get<OrderDetail>(`/orders/${encodeURIComponent(id)}`, signal),
  })

/** Read anew with the orders. */
export const heldQuery = queryOptions({
  queryKey: ['orders', 'held'],
  queryFn: ({ signal }) => get<List<HeldGroup>>('/held', signal),
})
/** Read anew with the order. */
export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', 'one', id, 'versions'],
    queryFn: ({ signal }) => get<OrderVersions>(`/orders/${encodeURIComponent(id)}/versions`, signal),
  })

export const versionFile = (id: string, version: 'newest' | 'posted'): string =>
  fileAt(`/orders/${encodeURIComponent(id)}/versions/${version}`)

export const orderSupportFile = (id: string): string => fileAt(`/orders/${encodeURIComponent(id)}/support`)

export const connectionSupportFile = (name: string): string =>
  fileAt(`/connections/${encodeURIComponent(name)}/support`)

/** Costs calls to the backend: asked when it is opened, and when a person asks again. */
export const previewQuery = (id: string) =>
  queryOptions({
    queryKey: ['preview', id],
    queryFn: ({ signal }) => get<OrderPreview>(`/orders/${encodeURIComponent(id)}/preview`, signal),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })

/** Read anew with every change, and as time goes: it tells of the last hours and days. */
export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => get<Overview>('/overview', signal),
  refetchInterval: 60_000,
})

export const problemsQuery = queryOptions({
  queryKey: ['problems'],
  queryFn: ({ signal }) => get<List<ProblemGroup>>('/problems', signal),
})

export const noticesQuery = infiniteQueryOptions({
  queryKey: ['notices', 'list'],
  queryFn: ({ pageParam, signal }) =>
    get<NoticePage>(withQuery('/notices', { limit: pageSize, cursor: pageParam }), signal),
  initialPageParam: '',
  getNextPageParam: (page) => page.nextCursor,
  refetchInterval: 30_000,
})

export const unseenQuery = queryOptions({
  queryKey: ['notices', 'unseen'],
  queryFn: async ({ signal }) => (await get<NoticePage>('/notices?limit=1', signal)).unseen,
  refetchInterval: 30_000,
})

export const connectionsQuery = queryOptions({
  queryKey: ['connections'],
  queryFn: ({ signal }) => get<List<Connection>>('/connections', signal),
  staleTime: 60_000,
})

/** Counted all the time: it is read anew by the clock, and not with each change. */
export const activityQuery = (name: string) =>
  queryOptions({
    queryKey: ['activity', name],
    queryFn: ({ signal }) => get<Activity>(`/connections/${encodeURIComponent(name)}/activity`, signal),
    refetchInterval: 60_000,
  })

/** Asked when a connection is edited: what is typed there must not begin with what stood there once. */
export const connectionSettingsQuery = (name: string) =>
  queryOptions({
    queryKey: ['connections', name, 'settings'],
    queryFn: ({ signal }) => get<StoredSettings>(`/connections/${encodeURIComponent(name)}/settings`, signal),
    staleTime: 0,
    gcTime: 0,
  })

export const routesQuery = queryOptions({
  queryKey: ['routes'],
  queryFn: ({ signal }) => get<List<Route>>('/routes', signal),
  staleTime: 60_000,
})

export const routeQuery = (name: string) =>
  queryOptions({
    queryKey: ['routes', name],
    queryFn: ({ signal }) => get<Route>(`/routes/${encodeURIComponent(name)}`, signal),
    retry: false,
  })

/** What the newest orders of the route's shop say. */
export const seenQuery = (name: string) =>
  queryOptions({
    queryKey: ['routes', name, 'seen'],
    queryFn: ({ signal }) => get<SeenByRoute>(`/routes/${encodeURIComponent(name)}/seen`, signal),
    staleTime: 60_000,
  })

/** What the newest orders of the route's shop have in a field. */
export const valuesQuery = (name: string, field: string) =>
  queryOptions({
    queryKey: ['routes', name, 'values', field],
    queryFn: ({ signal }) =>
      get<ValuesSeen>(withQuery(`/routes/${encodeURIComponent(name)}/values`, { field }), signal),
    staleTime: 60_000,
  })

export const historyQuery = (route: string) =>
  infiniteQueryOptions({
    queryKey: ['routes', route, 'history'],
    queryFn: ({ pageParam, signal }) =>
      get<ConfigurationHistory>(
        withQuery('/configuration/history', { route, limit: 10, cursor: pageParam }),
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
  })

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ['imports', id],
    queryFn: ({ signal }) => get<Import>(`/imports/${encodeURIComponent(id)}`, signal),
    refetchInterval: ({ state }) => (state.data?.finishedAt ? false : 1_000),
  })

/** The newest reconciliations, of every shop or of one. */
export const reconciliationsQuery = (connection?: string) =>
  queryOptions({
    queryKey: ['reconciliations', 'list', connection],
    queryFn: ({ signal }) =>
      get<List<ReconciliationSummary>>(withQuery('/reconciliations', { connection, limit: 20 }), signal),
    refetchInterval: ({ state }) =>
      state.data?.items.some((run) => run.state === 'running') ? 2_000 : false,
  })

export const reconciliationQuery = (id: string) =>
  queryOptions({
    queryKey: ['reconciliations', 'one', id],
    queryFn: ({ signal }) => get<Reconciliation>(`/reconciliations/${encodeURIComponent(id)}`, signal),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? 1_000 : false),
  })

export const differencesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['reconciliations', 'differences', id],
    queryFn: ({ pageParam, signal }) =>
      get<List<Difference>>(
        withQuery(`/reconciliations/${encodeURIComponent(id)}/differences`, {
          limit: pageSize,
          cursor: pageParam,
        }),
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
  })

export const choicesQuery = (route: string, list: string, search: string) =>
  queryOptions({
    queryKey: ['choices', route, list, search],
    queryFn: ({ signal }) =>
      get<Choices>(withQuery(`/routes/${encodeURIComponent(route)}/choices`, { list, search }), signal),
    staleTime: 60_000,
  })

/** With `live`, shop and backend are asked as well, which may take seconds. */
export const whyQuery = (q: string, live: boolean) =>
  queryOptions({
    queryKey: ['why', q, live],
    queryFn: ({ signal }) => get<Why>(withQuery('/why', { q, live }), signal),
    staleTime: 0,
    retry: false,
  })
