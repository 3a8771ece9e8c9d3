import { differences } from '../config/differences.ts'
import { addEvents } from '../ledger/events.ts'
import { heldThatMayPass, listRoutes, storeRoute } from '../ledger/routes.ts'
import { lockConfiguration } from '../ledger/settings.ts'
import { err, ok, type Result } from '../result.ts'
import { reconsiderHeld } from './apply-configuration.ts'
import { routeOfRow } from './configuration-changes.ts'
import type { Deps } from './deps.ts'

export type ImportStatusFailure = { code: 'no_such_route' } | { code: 'nothing_held' }

/**
 * Lets a route import one more of its channel's statuses from now on, and with it the orders that were held for it. Gives
 * how many of those are on their way; 0 where the route imports the status already.
 */
export async function importStatus(
  deps: Deps,
  { route: name, status, actor }: { route: string; status: string; actor: string },
): Promise<Result<{ statuses: string[]; orders: number }, ImportStatusFailure>> {
  return deps.db.transaction().execute(async (tx) => {
    await lockConfiguration(tx)
    const row = (await listRoutes(tx)).find((one) => one.name === name && one.removed_at === null)
    if (!row) return err({ code: 'no_such_route' })
    const before = routeOfRow(row)
    if (before.statuses.includes(status)) return ok({ statuses: before.statuses, orders: 0 })
    const held = await heldThatMayPass(tx, row.id, { ...before, statuses: [status] })
    if (held.length === 0) return err({ code: 'nothing_held' })
    const route = { ...before, statuses: [...before.statuses, status] }
    const at = deps.now()
    const { id, channel_id: channelId, backend_id: backendId } = row
    await storeRoute(tx, { ...route, id, channelId, backendId }, at)
    const orders = await reconsiderHeld(tx, { id, channelId, route, at })
    const rules = ({ statuses }: { statuses: string[] }) => ({ import: { statuses } })
    const fields = differences(rules(before), rules(route))
    await addEvents(tx, [
      { orderId: null, connectionId: null, at, kind: 'route_changed', actor, detail: { name, fields } },
    ])
    return ok({ statuses: route.statuses, orders })
  })
}
