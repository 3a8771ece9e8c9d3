import { differences } from '../config/differences.ts'
import type { Choice, ChoiceList, Failure, MappingFix } from '../connectors/contract.ts'
import { connectionById } from '../ledger/health.ts'
import { changeMapping, lockRoute } from '../ledger/mappings.ts'
import { ordersWithProblem } from '../ledger/views/problems.ts'
import { activeRoutes } from '../ledger/views/schedule.ts'
import { err, ok, type Result } from '../result.ts'
import { actOnOrders } from './actions.ts'
import { backendFor, callOver, type Deps } from './deps.ts'
import { withSlot } from './with-slot.ts'

export interface FixInput {
  fingerprint: string
  action: MappingFix['action'] | 'refresh_items' | 'post'
  /** The chosen record, for the actions that map. */
  value?: string | undefined
  /** Default: what the problem is about. */
  subject?: string | undefined
  /** Default: every route that has orders with the problem, where they go to one backend: its ids mean nothing elsewhere. */
  route?: string | undefined
  actor: string
}

export type FixFailure = { code: 'no_such_problem' | 'no_such_route' | 'several_backends' }

/** Mends one cause and sends all orders that it stopped to the backend again. */
export async function fixProblem(
  deps: Deps,
  input: FixInput,
): Promise<Result<{ routes: string[]; scheduled: number }, FixFailure>> {
  const stopped = await ordersWithProblem(deps.db, input.fingerprint)
  if (stopped.length === 0) return err({ code: 'no_such_problem' })
  const named =
    input.route === undefined
      ? null
      : (await activeRoutes(deps.db)).find((route) => route.name === input.route)
  if (named === undefined) return err({ code: 'no_such_route' })
  const orders = named === null ? stopped : stopped.filter((order) => order.routeId === named.id)
  const backends = new Set(orders.map((order) => order.backendId))
  if (input.value !== undefined && backends.size > 1) return err({ code: 'several_backends' })
  const routes: string[] = []
  for (const routeId of new Set(orders.map((order) => order.routeId)))
    routes.push(await mendRoute(deps, routeId, { ...input, subject: input.subject ?? orders[0]!.subject }))
  const acted = await actOnOrders(deps, {
    action: 'post',
    orderIds: orders.map((order) => order.id),
    actor: input.actor,
  })
  const mapped = input.action !== 'post' && input.action !== 'refresh_items'
  return ok({ routes: mapped ? routes : [], scheduled: acted.done.length })
}

/** Puts the fix into the route's mapping and lets the backend forget what it had looked up. Returns the route's name. */
async function mendRoute(
  deps: Deps,
  routeId: string,
  { action, value, subject, actor }: FixInput & { subject: string },
): Promise<string> {
  return deps.db.transaction().execute(async (tx) => {
    const route = await lockRoute(tx, routeId)
    const connection = await connectionById(tx, route.backend_id)
    if (!connection) throw new Error(`route ${route.name} has no backend`)
    const backend = backendFor(deps, connection)
    backend.forget(deps.memoryOf(connection.id))
    if (action === 'post' || action === 'refresh_items' || value === undefined) return route.name
    const fix: MappingFix = { action, subject, value }
    const before = backend.mapping.parse(route.mapping)
    const mapping = backend.applyFix(before, fix)
    const fields = differences({ mapping: before }, { mapping })
    await changeMapping(tx, { route, mapping, at: deps.now(), actor, detail: { ...fix, fields } })
    return route.name
  })
}

export type ChoicesFailure = { code: 'busy' } | { code: 'backend'; failure: Failure }

const waitMs = 10_000

/** What a person may choose for a mapping, asked of the route's backend within its account's budget. */
export async function choicesFor(
  deps: Deps,
  { backendId, list, search }: { backendId: string; list: ChoiceList; search: string },
): Promise<Result<Choice[], ChoicesFailure>> {
  const connection = await connectionById(deps.db, backendId)
  if (!connection) throw new Error(`connection ${backendId} is gone`)
  const backend = backendFor(deps, connection)
  const asked = await withSlot(deps, connection.id, waitMs, async () => {
    const { timeoutMs } = backend.timing(deps.configOf(connection))
    return backend.choices(callOver(deps, connection, timeoutMs), list, search)
  })
  if (asked === null) return err({ code: 'busy' })
  return asked.ok ? ok(asked.value) : err({ code: 'backend', failure: asked.error })
}
