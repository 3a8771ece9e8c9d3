import type { Deps } from '../flows/deps.ts'
import { type Db, inSnapshot } from '../ledger/database.ts'
import { listConnections } from '../ledger/connections.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { autoCancelOf } from '../ledger/ageing.ts'
import { type StatusCount, statusCounts } from '../ledger/status-counts.ts'
import {
  coverage,
  type CoverageRow,
  endings,
  firstHour,
  type HourRow,
  openGaps,
  type OpenGapRow,
  ordersByHour,
  ordersToDecide,
  stoppedOrders,
  timesToPost,
  type TimesRow,
} from '../ledger/views/overview.ts'
import { activeRoutes } from '../ledger/views/schedule.ts'
import type { RouteRow } from '../ledger/routes.ts'
import type { Status } from '../order/status.ts'
import type { Outcome, OverviewJson, OverviewThing, TimesToPost } from './schemas.ts'
import { moneyJson, timeJson, timeOrNull } from './values-json.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

const outcomeOf: Record<Status, Outcome> = {
  import_error: 'stopped',
  held: 'held',
  imported: 'held',
  scheduled: 'moving',
  posting: 'moving',
  verifying: 'moving',
  post_error: 'stopped',
  posted: 'posted',
  partially_shipped: 'posted',
  shipment_error: 'stopped',
  complete: 'posted',
  cancelled: 'cancelled',
}
const onTheWay: readonly Status[] = ['scheduled', 'posting', 'verifying']

/** Whether all is well, in figures: what is counted is bounded by what is open, or by the last days. */
export const overviewJson = (deps: Deps): Promise<OverviewJson> =>
  inSnapshot(deps.db, (snapshot) => allIn(deps, snapshot))

async function allIn(deps: Deps, db: Db): Promise<OverviewJson> {
  const now = deps.now()
  const inAWeek = new Date(now.getTime() + 7 * dayMs)
  const connections = await listConnections(db)
  const routes = await activeRoutes(db)
  const ending = routes.filter((route) => autoCancelOf(route) !== null).map(({ id }) => id)
  const counts = await statusCounts(db)
  const hours = await ordersByHour(db, now)
  const times = await timesToPost(db, now)
  const problems = await stoppedOrders(db)
  const decisions = await ordersToDecide(db)
  const ends = await endings(db, { routeIds: ending, before: inAWeek })
  const compared = await coverage(db)
  const gaps = await openGaps(db)
  const withStatus = (...of: Status[]) =>
    counts.filter(({ status }) => of.includes(status)).reduce((sum, { n }) => sum + n, 0)
  const waiting: OverviewJson['waiting'] = {
    problems: {
      groups: problems.groups,
      orders: problems.orders,
      totals: problems.totals.map(({ amount, currency }) => moneyJson(amount, currency)),
    },
    changed: decisions.changed,
    cancelled: decisions.cancelled,
    postingOff: withStatus('imported'),
    held: withStatus('held'),
    connections: connections.filter((row) => inTrouble(row, routes)).length,
    gaps: gaps.length,
  }
  const next =
    connections.length === 0
      ? 'connect'
      : routes.length === 0
        ? 'route'
        : counts.length === 0
          ? 'first_order'
          : null
  const needsPerson = [
    ...ordersInNeed(waiting, problems.of_reconciling),
    ...connectionsInNeed(connections, routes),
  ]
  needsPerson.push(...gapsOf(connections, gaps, true), ...unexplained(compared))
  const mending = [
    ...connections
      .filter((row) => inTrouble(row, routes) && healthOf(row) === 'failing')
      .map((row) => thing('failing', 1, { connection: row.name })),
    ...gapsOf(connections, gaps, false),
  ]
  return {
    at: timeJson(now),
    state:
      next === 'connect' || next === 'route'
        ? 'empty'
        : needsPerson.length > 0
          ? 'needs_person'
          : mending.length > 0
            ? 'mending'
            : 'well',
    next,
    needsPerson,
    mending,
    lastDay: {
      orders: hours.reduce((sum, row) => sum + row.of_day, 0),
      stopped: hours
        .filter(({ status }) => outcomeOf[status] === 'stopped')
        .reduce((sum, row) => sum + row.of_day, 0),
      hours: hoursJson(hours, now),
    },
    timesToPost: { day: timesJson(times.day, now, 1), week: timesJson(times.week, now, 7) },
    waiting,
    endings:
      ending.length === 0
        ? null
        : {
            before: timeJson(inAWeek),
            orders: ends.orders,
            first: timeOrNull(ends.first),
            totals: ends.totals.map(({ amount, currency }) => moneyJson(amount, currency)),
          },
    coverage: compared.map(coverageJson),
    connections: connections.map((row) => connectionState(deps, row, { counts, gaps })),
  }
}

/** Every hour that is shown, those without an order too. */
function hoursJson(rows: HourRow[], now: Date): OverviewJson['lastDay']['hours'] {
  const first = firstHour(now).getTime()
  const hours = Array.from({ length: 25 }, (_, n) => ({
    from: timeJson(new Date(first + n * hourMs)),
    posted: 0,
    moving: 0,
    stopped: 0,
    held: 0,
    cancelled: 0,
  }))
  for (const { hour, status, orders } of rows)
    hours[Math.round((hour.getTime() - first) / hourMs)]![outcomeOf[status]] += orders
  return hours
}

const timesJson = (row: TimesRow, now: Date, days: number): TimesToPost => ({
  from: timeJson(new Date(now.getTime() - days * dayMs)),
  orders: row.orders,
  p50Ms: row.p50_ms === null ? null : Math.round(row.p50_ms),
  p95Ms: row.p95_ms === null ? null : Math.round(row.p95_ms),
  placedInOutage: row.in_outage,
  placedBeforeRoute: row.before_route,
  postedAnew: row.posted_anew,
})

const thing = (
  kind: OverviewThing['kind'],
  count: number,
  about: Partial<OverviewThing> = {},
): OverviewThing => ({ kind, count, orders: null, connection: null, reconciliation: null, ...about })

/** What rules hold is left out: they were made for that. */
function ordersInNeed(
  { problems, changed, cancelled, postingOff }: OverviewJson['waiting'],
  ofReconciling: number,
): OverviewThing[] {
  return [
    thing('problems', problems.groups - ofReconciling, { orders: problems.orders }),
    thing('changed', changed),
    thing('cancelled', cancelled),
    thing('posting_off', postingOff),
  ].filter(({ count }) => count > 0)
}

type Health = OverviewJson['connections'][number]['health']
const healthOf = (row: ConnectionRow): Health => (row.paused_at === null ? row.health : 'paused')

/** One that no route uses stops nothing. */
function inTrouble(row: ConnectionRow, routes: RouteRow[]): boolean {
  const isUsed = routes.some((route) => [route.channel_id, route.backend_id].includes(row.id))
  return isUsed && !['new', 'healthy'].includes(healthOf(row))
}

function connectionsInNeed(connections: ConnectionRow[], routes: RouteRow[]): OverviewThing[] {
  return connections
    .filter((row) => inTrouble(row, routes))
    .flatMap((row) => {
      const health = healthOf(row)
      return health === 'down' || health === 'needs_reauthorisation' || health === 'paused'
        ? [thing(health, 1, { connection: row.name })]
        : []
    })
}

/** Gaps of which a part is out of reach, or those that are being read. One that still goes on is its connection's trouble. */
function gapsOf(connections: ConnectionRow[], gaps: OpenGapRow[], outOfReach: boolean): OverviewThing[] {
  const named = Map.groupBy(
    gaps.filter((gap) => gap.to_at !== null && (gap.out_of_reach !== null) === outOfReach),
    (gap) => gap.connection_id,
  )
  return connections.flatMap(({ id, name }) => {
    const count = named.get(id)?.length ?? 0
    return count === 0 ? [] : [thing(outOfReach ? 'gap_out_of_reach' : 'gap', count, { connection: name })]
  })
}

const unexplained = (rows: CoverageRow[]): OverviewThing[] =>
  rows
    .filter((row) => row.unexplained > 0)
    .map(({ unexplained: n, connection, id }) => thing('unexplained', n, { connection, reconciliation: id }))

const coverageJson = (row: CoverageRow): OverviewJson['coverage'][number] => ({
  connection: row.connection,
  newest:
    row.id === null
      ? null
      : {
          id: row.id,
          finishedAt: timeJson(row.finished_at!),
          days: row.days,
          orders: row.orders,
          unexplained: row.unexplained,
        },
  running: row.running,
  givenUp: row.given_up,
})

function connectionState(
  deps: Deps,
  row: ConnectionRow,
  { counts, gaps }: { counts: StatusCount[]; gaps: OpenGapRow[] },
): OverviewJson['connections'][number] {
  return {
    name: row.name,
    role: row.role,
    label: (deps.channelOf(row.kind) ?? deps.backendOf(row.kind))?.label ?? row.kind,
    health: healthOf(row),
    since: timeJson(row.paused_at ?? row.health_since),
    lastSuccessAt: timeOrNull(row.last_success_at),
    waitingOrders: counts
      .filter(({ backendId, status }) => backendId === row.id && onTheWay.includes(status))
      .reduce((sum, { n }) => sum + n, 0),
    gaps: gaps.filter((gap) => gap.connection_id === row.id).length,
  }
}
