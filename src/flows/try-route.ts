import { readConfiguration } from '../config/read-configuration.ts'
import type { DesiredRoute } from '../config/desired.ts'
import type { FieldChange } from '../config/differences.ts'
import type { Mistake } from '../config/yaml-source.ts'
import { whatDoesNot } from '../order/filter-words.ts'
import { ok, type Result } from '../result.ts'
import type { ConfigurationDeps } from './apply-configuration.ts'
import { whatWouldAge } from './cancel-aged.ts'
import { changesOf, routeOfRow } from './configuration-changes.ts'
import type { Deps } from './deps.ts'
import { knownConfiguration } from './known-configuration.ts'
import { type HeldBy, type TriedOrders, tryOrders } from './try-orders.ts'

/** What other settings of a route would mean. */
export interface RouteTrial extends TriedOrders {
  at: Date
  changes: FieldChange[]
  /** What else it means, a sentence each: for automatic posting, for what is cancelled by itself. */
  notes: string[]
}

/**
 * Holds other settings of a route against its shop's newest orders. Nothing is stored and nothing is sent: as for a
 * preview, the backend is asked within its account's budget for what preparing has to look up, and for nothing twice. Null:
 * the file names no route of this name that is there already.
 */
export async function tryRoute(
  deps: Deps,
  configuration: ConfigurationDeps,
  { name, yaml, values }: { name: string; yaml: string; values: Record<string, string> },
): Promise<Result<RouteTrial | null, Mistake[]>> {
  const { connectors, allow, vault } = configuration
  const known = await knownConfiguration(deps.db, vault)
  const read = readConfiguration({ yaml, values, connectors, known, allow })
  if (!read.ok) return read
  const wanted = read.value.routes.find((route) => route.name === name)
  const row = known.routeRows.find((route) => route.name === name && route.removed_at === null)
  if (!wanted || !row) return ok(null)
  const before = routeOfRow(row)
  const changes = changesOf({ ...read.value, routes: [wanted] }, known, connectors, false)
  const ends = { channelId: row.channel_id, backendId: row.backend_id }
  const tried = await tryOrders(deps, ends, { before, after: wanted })
  return ok({
    ...tried,
    at: deps.now(),
    changes: changes.find(({ what }) => what === 'route')?.fields ?? [],
    notes: [
      ...notesOn(before, wanted),
      ...(await whatWouldAge(deps.db, [wanted], known.routeRows, deps.now())),
    ],
  })
}

/** The trial in one line, for who reads it in a terminal. */
export function trialSentence(name: string, { orders, counts, notJudged, heldBy }: RouteTrial): string {
  const always = [
    `${counts.as_before} as before`,
    `${counts.would_post} would now post`,
    `${counts.would_stop} would stop`,
  ]
  const unjudged = notJudged.reduce((sum, group) => sum + group.orders, 0)
  const others: [number, string][] = [
    [counts.stops_otherwise, 'would stop for another reason'],
    [counts.would_be_held, `would be held (${heldBy.map(holderWords).join('; ')})`],
    [counts.no_longer_held, 'would no longer be held'],
    [unjudged, `could not be judged (${notJudged.map(({ why }) => why).join('; ')})`],
  ]
  const told = others.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`)
  return `Route ${name}, over the last ${orders} orders: ${[...always, ...told].join(', ')}.`
}

function holderWords({ rule, filter, orders }: HeldBy): string {
  const why = filter
    ? whatDoesNot(filter)
    : rule === 'status'
      ? 'their status is not imported'
      : 'they were placed before the route begins'
  return `${orders}: ${why}`
}

function notesOn(before: DesiredRoute, after: DesiredRoute): string[] {
  const say = (sentence: string) => `Route ${after.name}: ${sentence}`
  return [
    ...(before.postAutomatic === after.postAutomatic
      ? []
      : [
          say(
            after.postAutomatic
              ? 'orders are posted by themselves from now on; those that wait for a person go on waiting.'
              : 'new orders wait for a person to post them.',
          ),
        ]),
    ...(after.since < before.since
      ? [
          say(
            `the shop is read again from ${after.since.slice(0, 10)} on; what Waybill has not seen yet is not among these orders.`,
          ),
        ]
      : []),
  ]
}
