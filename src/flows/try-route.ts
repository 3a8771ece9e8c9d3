import { readConfiguration } from '../config/read-configuration.ts'
import type { DesiredRoute } from '../config/desired.ts'
import type { FieldChange } from '../config/differences.ts'
import type { Mistake } from '../config/yaml-source.ts'
import { fail } from '../connectors/connection-errors.ts'
import { connectionById, type ConnectionRow } from '../ledger/health.ts'
import { type RecentOrder, recentOrders } from '../ledger/views/recent-orders.ts'
import { err, ok, type Result } from '../result.ts'
import type { ConfigurationDeps } from './apply-configuration.ts'
import { ask } from './ask-now.ts'
import { askOnce } from './ask-once.ts'
import { whatWouldAge } from './cancel-aged.ts'
import { type Comparison, compareSettings, type Settings, trialOutcomes } from './compare-settings.ts'
import { changesOf, routeOfRow } from './configuration-changes.ts'
import { backendFor, callOver, type Deps } from './deps.ts'
import { knownConfiguration } from './known-configuration.ts'
import { canonicalFrom, prepareDraft } from './prepare-draft.ts'

/** So many orders are tried, and so long at most: a person waits. */
const newest = 100
const atMostMs = 15_000

export interface TriedOrder extends Comparison {
  id: string
  number: string
  status: RecentOrder['order']['status']
  placedAt: Date | null
}

/** What other settings of a route would mean. */
export interface RouteTrial {
  at: Date
  /** How many orders were looked at. */
  orders: number
  counts: Record<Comparison['outcome'], number>
  /** Orders that could not be judged, by the reason. */
  notJudged: { why: string; orders: number }[]
  /** Those that would fare otherwise than today, the newest first. */
  differing: TriedOrder[]
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
export function trialSentence(name: string, { orders, counts, notJudged }: RouteTrial): string {
  const always = [
    `${counts.as_before} as before`,
    `${counts.would_post} would now post`,
    `${counts.would_stop} would stop`,
  ]
  const unjudged = notJudged.reduce((sum, group) => sum + group.orders, 0)
  const others: [number, string][] = [
    [counts.stops_otherwise, 'would stop for another reason'],
    [counts.would_be_held, 'would be held'],
    [counts.no_longer_held, 'would no longer be held'],
    [unjudged, `could not be judged (${notJudged.map(({ why }) => why).join('; ')})`],
  ]
  const told = others.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`)
  return `Route ${name}, over the last ${orders} orders: ${[...always, ...told].join(', ')}.`
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

interface Ends {
  channelId: string
  backendId: string
}

async function tryOrders(
  deps: Deps,
  { channelId, backendId }: Ends,
  settings: { before: Settings; after: Settings },
): Promise<Pick<RouteTrial, 'orders' | 'counts' | 'notJudged' | 'differing'>> {
  const [channel, backend] = await Promise.all([
    connectionById(deps.db, channelId),
    connectionById(deps.db, backendId),
  ])
  if (!channel || !backend) throw new Error('a route has lost a connection')
  const recent = await recentOrders(deps.db, channelId, newest)
  const judge = judging(deps, { channel, backend }, settings)
  const judged: (Result<Comparison, string> | undefined)[] = []
  // Half of the account's budget at most, for whatever is posted meanwhile.
  const { concurrency } = backendFor(deps, backend).limits(deps.configOf(backend))
  let at = 0
  const lane = async () => {
    for (let i; (i = at++) < recent.length;) judged[i] = await judge(recent[i]!)
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.floor(concurrency / 2)) }, lane))

  const counts = Object.fromEntries(trialOutcomes.map((outcome) => [outcome, 0])) as RouteTrial['counts']
  const differing: TriedOrder[] = []
  const reasons = new Map<string, number>()
  for (const [i, { order }] of recent.entries()) {
    const result = judged[i]!
    if (!result.ok) {
      reasons.set(result.error, (reasons.get(result.error) ?? 0) + 1)
      continue
    }
    counts[result.value.outcome]++
    if (result.value.outcome === 'as_before') continue
    const { id, number, status, placed_at: placedAt } = order
    differing.push({ id, number, status, placedAt, ...result.value })
  }
  const notJudged = [...reasons].map(([why, orders]) => ({ why, orders }))
  return { orders: recent.length, counts, notJudged, differing }
}

/**
 * Judges one order after the other: from what is remembered of the backend's account where that is enough, else by asking.
 * Once it cannot be asked it is not asked again.
 */
function judging(
  deps: Deps,
  { channel, backend: connection }: { channel: ConnectionRow; backend: ConnectionRow },
  settings: { before: Settings; after: Settings },
) {
  const backend = backendFor(deps, connection)
  const answers = askOnce()
  const until = performance.now() + atMostMs
  let stopped: string | null = null

  return async ({ order: row, body }: RecentOrder): Promise<Result<Comparison, string>> => {
    const { order } = canonicalFrom(deps, channel.kind, row, body)
    const compare = (ctx: ReturnType<typeof callOver>) =>
      compareSettings({ row, order }, settings, (mapping) =>
        prepareDraft(
          deps,
          { connection, backend, ctx },
          { order: order!, externalId: row.external_id, mapping, channel },
        ),
      )
    const remembered = await compare(quietCtx(deps, connection, answers))
    if (remembered.ok) return remembered
    if (stopped === null && performance.now() > until)
      stopped = 'there was not time enough; what was asked is remembered for a while, so try again'
    if (stopped !== null) return err(stopped)
    const told = await ask<Comparison>(deps, connection, async (ctx) => {
      const compared = await compare({ ...ctx, http: answers.over(ctx.http) })
      return compared.ok ? compared : err(compared.error.failure!)
    })
    if (told.asked) return ok(told.found)
    stopped = told.why
    return err(stopped)
  }
}

/** For calls that nothing is sent with: what was answered already is all there is. */
function quietCtx(deps: Deps, connection: ConnectionRow, answers: ReturnType<typeof askOnce>) {
  const nothing = async () =>
    err(fail('unavailable', 'connection_lost', connection.name, 'Nothing is asked now'))
  const real = callOver(deps, connection, 0)
  // A copy of the memory: nobody may wait for a token that is asked for in vain here.
  return { ...real, memory: new Map(real.memory), http: answers.known(nothing) }
}
