import { useMutation, useQueryClient } from '@tanstack/react-query'
import { get, post, put, remove } from './client.ts'
import { orderQuery, routeQuery, unseenQuery, viewsQuery } from './queries.ts'
import type {
  BulkRequest,
  BulkResult,
  CheckResult,
  Connection,
  FixRequest,
  FixResult,
  Import,
  ImportRequest,
  ImportStatusResult,
  MailsTried,
  ReceiversTried,
  Order,
  DoableAction,
  OrderDetail,
  Reconciliation,
  Tombstone,
  ReconciliationRequest,
  TryResult,
  Route,
  RouteTrial,
  View,
  ViewRequest,
} from './types.ts'

interface ActRequest {
  order: Pick<Order, 'id' | 'number'>
  action: DoableAction
  /** Why it is put on hold. */
  why?: string | undefined
}

/** Does something with one order; the lists that show it are read anew. */
export function useOrderAction() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ order, action, why }: ActRequest) =>
      post<OrderDetail>(
        `/orders/${encodeURIComponent(order.id)}/${action.replaceAll('_', '-')}`,
        action === 'hold' ? { why } : undefined,
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ['orders'] }),
  })
}

/** Deletes an order for good; what is shown of it elsewhere is read anew. */
export function useDeleteOrder() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ order, why }: { order: Pick<Order, 'id'>; why: string }) =>
      post<Tombstone>(`/orders/${encodeURIComponent(order.id)}/delete`, { why }),
    onSettled: () => Promise.all(listsOfOrders.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  })
}

/** Not the order's own page: it is left. */
const listsOfOrders = [['orders', 'list'], ['orders', 'counts'], ['orders', 'held'], ['problems']]

/** Adds a note to an order's waybill; the order comes back with it. */
export function useAddNote(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (text: string) => post<OrderDetail>(`/orders/${encodeURIComponent(id)}/notes`, { text }),
    onSuccess: (order) => queries.setQueryData(orderQuery(id).queryKey, order),
  })
}

export function useBulkAction() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (request: BulkRequest) => post<BulkResult>('/orders/actions', request),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['orders'] }),
        queries.invalidateQueries({ queryKey: ['problems'] }),
      ]),
  })
}

/** A route imports one more status of its shop, and what was held for it. */
export function useImportStatus() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ route, status }: { route: string; status: string }) =>
      post<ImportStatusResult>(`/routes/${encodeURIComponent(route)}/import-status`, { status }),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['orders'] }),
        queries.invalidateQueries({ queryKey: ['connections'] }),
      ]),
  })
}

/** Applies a fix to a cause and sends all of its orders again. */
export function useFix() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (request: FixRequest) => post<FixResult>('/problems/fix', request),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['orders'] }),
        queries.invalidateQueries({ queryKey: ['problems'] }),
      ]),
  })
}

export function useCheckConnection() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => post<CheckResult>(`/connections/${encodeURIComponent(name)}/check`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['connections'] }),
  })
}

/** Tests settings that are not saved. */
export function useTryConnection() {
  return useMutation({ mutationFn: (settings: object) => post<TryResult>('/connections/try', settings) })
}

/** Saves a connection. It is checked then, which sets one that was stopped going; the card tells. */
export function useSaveConnection() {
  const queries = useQueryClient()
  const anew = () => queries.invalidateQueries({ queryKey: ['connections'] })
  return useMutation({
    mutationFn: ({ name, isNew, body }: { name: string; isNew: boolean; body: object }) =>
      isNew
        ? post<Connection>('/connections', { name, ...body })
        : put<Connection>(`/connections/${encodeURIComponent(name)}`, body),
    onSuccess: ({ name }) => {
      void post(`/connections/${encodeURIComponent(name)}/check`).then(anew, anew)
      return anew()
    },
  })
}

/** The address to which a shop has moved becomes the connection's own. */
export function useConfirmAddress() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ name, address }: { name: string; address: string }) =>
      post<Connection>(`/connections/${encodeURIComponent(name)}/confirm-address`, { address }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['connections'] }),
  })
}

/** A gap of which a part cannot be read: a person has looked after it. */
export function useCloseGap() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ name, gap }: { name: string; gap: string }) =>
      post<Connection>(`/connections/${encodeURIComponent(name)}/gaps/${gap}/close`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['connections'] }),
  })
}

/** Stops all work over a connection, or goes on with it. */
export function usePause() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ name, pause }: { name: string; pause: boolean }) =>
      post<Connection>(`/connections/${encodeURIComponent(name)}/${pause ? 'pause' : 'resume'}`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['connections'] }),
  })
}

export const startImport = (request: ImportRequest) => post<Import>('/imports', request)

/** Compares a shop, Waybill and the backend now. */
export function useReconcile() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (request: ReconciliationRequest) => post<Reconciliation>('/reconciliations', request),
    onSettled: () => queries.invalidateQueries({ queryKey: ['reconciliations'] }),
  })
}

/** Says what other settings of a route would mean for the last orders. */
export function useTryRoute(name: string) {
  return useMutation({
    mutationFn: async (settings: object) => ({
      settings,
      trial: await post<RouteTrial>(`/routes/${encodeURIComponent(name)}/dry-run`, settings),
    }),
  })
}

/** Gives a route other settings, unless somebody else has done so since it was read. */
export function useSaveRoute(name: string) {
  const queries = useQueryClient()
  const at = `/routes/${encodeURIComponent(name)}`
  return useMutation({
    mutationFn: async ({ settings, read }: { settings: object; read: Route }) => {
      const now = await get<Route>(at)
      if (now.updatedAt !== read.updatedAt) throw new ChangedMeanwhile()
      return put<Route>(at, settings)
    },
    onSuccess: (route) => {
      queries.setQueryData(routeQuery(name).queryKey, route)
      return Promise.all(
        [['routes'], ['orders'], ['connections'], ['problems']].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      )
    },
  })
}

/** Saving would take back what somebody else has changed. */
export class ChangedMeanwhile extends Error {}

export function useTestMail() {
  return useMutation({ mutationFn: () => post<MailsTried>('/notices/test-mail') })
}

/** Sends a test to everyone who is told besides by mail; what waited for them may go at once then. */
export function useTestReceivers() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => post<ReceiversTried>('/notices/test-receivers'),
    onSettled: () => queries.invalidateQueries({ queryKey: ['notices'] }),
  })
}

/** A person has these notices before their eyes. */
export function useSeen() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (ids: string[]) => post<{ unseen: number }>('/notices/seen', { ids }),
    onSuccess: ({ unseen }) => queries.setQueryData(unseenQuery.queryKey, unseen),
  })
}

/** Makes a view of the list of orders, changes one, or renames it. */
export function useSaveView() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ name, onlyNew = false, ifUpdatedAt, ...request }: SaveView) =>
      put<View>(
        `/views/${encodeURIComponent(name)}`,
        { query: request.query, name: request.newName },
        { ifNew: onlyNew, ifUpdatedAt },
      ),
    onSettled: () => queries.invalidateQueries(viewsQuery),
  })
}

interface SaveView extends Pick<ViewRequest, 'query'> {
  name: string
  newName?: string
  onlyNew?: boolean
  /** When it was changed last, as it was opened. */
  ifUpdatedAt?: string | undefined
}

export function useDeleteView() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (name: string) => remove(`/views/${encodeURIComponent(name)}`),
    onSettled: () => queries.invalidateQueries(viewsQuery),
  })
}
