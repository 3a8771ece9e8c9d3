import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  parseSearchWith,
  redirect,
  stringifySearchWith,
} from '@tanstack/react-router'
import { NotFound } from './components/NotFound.tsx'
import { PageError } from './components/PageError.tsx'
import { Shell } from './components/Shell.tsx'
import { ownColumns, readColumns, writeColumns } from './orders/chosen-columns.ts'
import type { Kind } from './setup/guides.ts'

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined

/** What the address bar of every page may carry: the question in the Why box. */
export interface WhySearch {
  why?: string | undefined
}

/** The orders table's filters and columns, all in the address bar. */
export interface OrdersSearch extends WhySearch {
  search?: string | undefined
  /** One or more statuses, separated by commas. */
  status?: string | undefined
  connection?: string | undefined
  /** The fingerprint of a problem. */
  problem?: string | undefined
  /** Orders about which a person has to decide. */
  decision?: 'changed' | 'cancelled' | 'any' | undefined
  /** Days (UTC), or times. */
  placedFrom?: string | undefined
  placedTo?: string | undefined
  amountFrom?: string | undefined
  amountTo?: string | undefined
  currency?: string | undefined
  /** Held by this rule; and the status that they have in the shop. */
  heldBy?: string | undefined
  channelStatus?: string | undefined
  /** Held by the filter with this key. */
  heldByFilter?: string | undefined
  /** The columns shown, in their sequence, separated by commas; absent: the usual ones. */
  columns?: string | undefined
  /** The saved view that these filters and columns came from. */
  view?: string | undefined
}

const decisions = ['changed', 'cancelled', 'any'] as const

const columnsOf = (value: unknown): string | undefined => {
  const columns = readColumns(value)
  return columns && writeColumns(columns)
}

const definedOnly = <T extends Record<string, unknown>>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  validateSearch: (search): WhySearch => definedOnly({ why: text(search.why) }),
})

const orders = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: (search): OrdersSearch =>
    definedOnly({
      search: text(search.search),
      status: text(search.status),
      connection: text(search.connection),
      problem: text(search.problem),
      decision: decisions.find((decision) => decision === search.decision),
      placedFrom: text(search.placedFrom),
      placedTo: text(search.placedTo),
      amountFrom: text(search.amountFrom),
      amountTo: text(search.amountTo),
      currency: text(search.currency),
      heldBy: text(search.heldBy),
      channelStatus: text(search.channelStatus),
      heldByFilter: text(search.heldByFilter),
      columns: columnsOf(search.columns) ?? ownColumns(),
      view: text(search.view),
    }),
  component: lazyRouteComponent(() => import('./pages/OrdersPage.tsx'), 'OrdersPage'),
})

const overview = createRoute({
  getParentRoute: () => root,
  path: '/overview',
  component: lazyRouteComponent(() => import('./pages/OverviewPage.tsx'), 'OverviewPage'),
})

const ordersByName = createRoute({
  getParentRoute: () => root,
  path: '/orders',
  beforeLoad: ({ search }) => {
    throw redirect({ to: '/', search, replace: true })
  },
})

const order = createRoute({
  getParentRoute: () => root,
  path: '/orders/$id',
  component: lazyRouteComponent(() => import('./pages/OrderPage.tsx'), 'OrderPage'),
})

const problems = createRoute({
  getParentRoute: () => root,
  path: '/problems',
  component: lazyRouteComponent(() => import('./pages/ProblemsPage.tsx'), 'ProblemsPage'),
})

const notices = createRoute({
  getParentRoute: () => root,
  path: '/notices',
  component: lazyRouteComponent(() => import('./pages/NoticesPage.tsx'), 'NoticesPage'),
})

const connections = createRoute({
  getParentRoute: () => root,
  path: '/connections',
  component: lazyRouteComponent(() => import('./pages/ConnectionsPage.tsx'), 'ConnectionsPage'),
})

/** Which kind of connection is added; absent: it is chosen first. */
export interface NewConnectionSearch extends WhySearch {
  kind?: Kind | undefined
}

const connectionKinds: readonly Kind[] = ['woocommerce', 'netsuite']

const newConnection = createRoute({
  getParentRoute: () => root,
  path: '/connections/new',
  validateSearch: (search): NewConnectionSearch =>
    definedOnly({ kind: connectionKinds.find((kind) => kind === search.kind) }),
  component: lazyRouteComponent(() => import('./pages/NewConnectionPage.tsx'), 'NewConnectionPage'),
})

/** Whether a person came to give new keys. */
export interface EditConnectionSearch extends WhySearch {
  give?: 'keys' | undefined
}

const editConnection = createRoute({
  getParentRoute: () => root,
  path: '/connections/$name/edit',
  validateSearch: (search): EditConnectionSearch =>
    definedOnly({ give: search.give === 'keys' ? ('keys' as const) : undefined }),
  component: lazyRouteComponent(() => import('./pages/EditConnectionPage.tsx'), 'EditConnectionPage'),
})

const route = createRoute({
  getParentRoute: () => root,
  path: '/routes/$name',
  component: lazyRouteComponent(() => import('./pages/RoutePage.tsx'), 'RoutePage'),
})

const imports = createRoute({
  getParentRoute: () => root,
  path: '/imports/$id',
  component: lazyRouteComponent(() => import('./pages/ImportPage.tsx'), 'ImportPage'),
})

/** Which comparison is shown: the newest, of one shop, or a certain one. */
export interface ReconciliationSearch extends WhySearch {
  shop?: string | undefined
  run?: string | undefined
}

const reconciliation = createRoute({
  getParentRoute: () => root,
  path: '/reconciliation',
  validateSearch: (search): ReconciliationSearch =>
    definedOnly({ shop: text(search.shop), run: text(search.run) }),
  component: lazyRouteComponent(() => import('./pages/ReconciliationPage.tsx'), 'ReconciliationPage'),
})

const routeTree = root.addChildren([
  overview,
  orders,
  ordersByName,
  order,
  problems,
  notices,
  connections,
  newConnection,
  editConnection,
  route,
  reconciliation,
  imports,
])

export const router = createRouter({
  routeTree,
  // Order numbers stay as they are typed: no JSON in the address bar.
  parseSearch: parseSearchWith((value) => value),
  stringifySearch: stringifySearchWith(String),
  defaultPreload: 'intent',
  defaultErrorComponent: PageError,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
