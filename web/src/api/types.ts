import type { OrderAction, ProblemDetails } from '../../../src/server/schemas.ts'

export type {
  AttemptJson as Attempt,
  BulkRequest,
  BulkResult,
  Candidate,
  Change,
  CheckResultJson as CheckResult,
  ChoiceListName,
  Choices,
  ConfigurationChange,
  ConfigurationHistory,
  ConnectionActivityJson as Activity,
  ConnectionJson as Connection,
  DifferenceJson as Difference,
  DescribedProblem as Problem,
  ExchangeJson as Exchange,
  FixRequest,
  FixResult,
  GapJson as Gap,
  HeldGroup,
  ImportJson as Import,
  ImportRequest,
  ImportStatusResult,
  MailsTried,
  MoneyJson as Money,
  NoticeJson as Notice,
  NoticePage,
  OrderAction,
  OrderCounts,
  OrderDetail,
  OrderEvent,
  OrderJson as Order,
  OrderPage,
  OrderPreviewJson as OrderPreview,
  OrderVersions,
  Outcome,
  OverviewJson as Overview,
  OverviewThing,
  ProblemDetails,
  ProblemGroup,
  ReceiversTried,
  ReconciliationJson as Reconciliation,
  ReconciliationRequest,
  ReconciliationSummary,
  RouteJson as Route,
  RouteTrialJson as RouteTrial,
  SeenByRouteJson as SeenByRoute,
  SeenSourceJson as SeenSource,
  SeenValueJson as SeenValue,
  ShipmentJson as Shipment,
  StoredSettings,
  TimesToPost,
  TombstoneJson as Tombstone,
  TriedOrderJson as TriedOrder,
  TryResultJson as TryResult,
  ViewJson as View,
  ViewRequest,
  ValuesSeenJson as ValuesSeen,
  Why,
} from '../../../src/server/schemas.ts'
/** What is wrong at one field of what was sent. */
export type Mistake = NonNullable<ProblemDetails['errors']>[number]
/** What is done with an order that stays; deleting asks first. */
export type DoableAction = Exclude<OrderAction, 'delete'>
export type { Filter } from '../../../src/order/filter-fields.ts'
export type { Status } from '../../../src/order/status.ts'

/** What one question to a list gives back. */
export interface List<T> {
  items: T[]
  nextCursor: string | null
}
export type { OrderColumn } from '../../../src/server/order-columns.ts'
