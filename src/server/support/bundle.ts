import { exportConfiguration } from '../../flows/export-configuration.ts'
import type { ConfigurationDeps } from '../../flows/apply-configuration.ts'
import type { Deps } from '../../flows/deps.ts'
import { explain } from '../../flows/explain.ts'
import { inSnapshot } from '../../ledger/database.ts'
import { listRoutes } from '../../ledger/routes.ts'
import { type ConnectionView, connectionViews } from '../../ledger/views/connections.ts'
import { type OrderView, orderViews } from '../../ledger/views/orders.ts'
import {
  databaseVersion,
  eventsOfConnection,
  examplesOfProblems,
  jobsOfOrder,
  slotsOf,
  statusesOf,
  waitingWork,
} from '../../ledger/views/support.ts'
import { connectionJson, routeJson } from '../connection-json.ts'
import { orderDetailJson, problemJson } from '../order-json.ts'
import { withoutOrderKeys, withoutPersonalData } from './personal-data.ts'

export interface BundleOptions {
  deps: Deps
  configuration: ConfigurationDeps
  publicUrl: URL | null
  version: string
}

/** The order with its whole waybill, why it is where it is, and the connections and the configuration that it goes by. */
export const orderBundle = (options: BundleOptions, order: OrderView, personal: boolean): Promise<object> =>
  bundle(options, personal, async (deps) => {
    const views = await connectionViews(deps.db)
    const ends = views.filter(({ id }) => id === order.channel_id || id === order.backend_id)
    const explanation = await explain(deps, { query: order.id, live: false })
    return {
      about: { order: order.number, id: order.id },
      why: explanation.ok ? { ...explanation.value, orders: undefined } : null,
      order: await orderDetailJson(deps, order),
      waitingWork: await jobsOfOrder(deps.db, order.id),
      connections: await oneByOne(ends, (view) => describedConnection(options, deps, view)),
    }
  })

const examples = 5

/** A connection with its state, what waits for it and what happened to it; and an order for each problem there. */
export const connectionBundle = (
  options: BundleOptions,
  view: ConnectionView,
  personal: boolean,
): Promise<object> =>
  bundle(options, personal, async (deps) => {
    const orders = await orderViews(deps.db, await examplesOfProblems(deps.db, view.id, examples))
    return {
      about: { connection: view.name },
      connections: [await describedConnection(options, deps, view)],
      ordersByStatus: await statusesOf(deps.db, view.id),
      examplesOfProblems: await oneByOne(orders, (order) => orderDetailJson(deps, order)),
    }
  })

/** What every such file has; all of it is of one moment. */
async function bundle(
  { deps, configuration, publicUrl, version }: BundleOptions,
  personal: boolean,
  read: (deps: Deps) => Promise<object>,
): Promise<object> {
  const document = await inSnapshot(deps.db, async (db) => ({
    ...(await read({ ...deps, db })),
    routes: (await listRoutes(db)).map(routeJson),
    configuration: await exportConfiguration({ ...configuration, db }),
    program: {
      waybill: version,
      node: process.versions.node,
      system: `${process.platform} ${process.arch}`,
      postgresql: await databaseVersion(db),
      publicUrl: publicUrl?.origin ?? null,
    },
  }))
  return {
    what: 'A Waybill file for support: credentials and card numbers are never in it',
    madeAt: deps.now().toISOString(),
    personalData: personal
      ? 'included'
      : 'replaced by words such as <name 1>, the same word for the same text',
    ...(personal ? withoutOrderKeys(document) : withoutPersonalData(document)),
  }
}

/** A transaction has one connection to the database, which answers one question at a time. */
async function oneByOne<T, R>(all: T[], read: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const one of all) results.push(await read(one))
  return results
}

async function describedConnection({ publicUrl }: BundleOptions, deps: Deps, view: ConnectionView) {
  return {
    ...connectionJson(deps, view, publicUrl),
    settings: view.config,
    problems: view.problems.map((row) => ({ ...problemJson(row), openedAt: row.opened_at.toISOString() })),
    slots: await slotsOf(deps.db, view.id),
    waitingWork: await waitingWork(deps.db, view.id),
    events: await eventsOfConnection(deps.db, view.id, 200),
  }
}
