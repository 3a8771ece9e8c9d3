import { fail } from '../connectors/connection-errors.ts'
import type { Http } from '../connectors/contract.ts'
import { customerExternalId } from '../ids.ts'
import { connectionById, type ConnectionRow } from '../ledger/health.ts'
import type { OrderRow } from '../ledger/orders.ts'
import type { HoldingRule } from '../order/rules.ts'
import { err, ok, type Result } from '../result.ts'
import { ask } from './ask-now.ts'
import { askOnce } from './ask-once.ts'
import { type Comparison, compareSettings, type Settings, trialOutcomes } from './compare-settings.ts'
import { backendFor, callOver, type Deps } from './deps.ts'
import { prepareDraft } from './prepare-draft.ts'
import { type ReadRecent, readRecent } from './values-seen.ts'

/** The backend is asked for so long: a person waits. */
const askedForMs = 15_000
const outOfTime = 'there was not time enough; what was asked is remembered for a while, so try again'

export interface TriedOrder extends Comparison {
  id: string
  number: string
  status: OrderRow['status']
  placedAt: Date | null
}

export interface TriedOrders {
  /** How many orders were looked at. */
  orders: number
  counts: Record<Comparison['outcome'], number>
  /** Orders that could not be judged, by the reason. */
  notJudged: { why: string; orders: number }[]
  /** Which rules would hold those that would be held, what holds most first. */
  heldBy: HeldBy[]
  /** Those that would fare otherwise than today, the newest first. */
  differing: TriedOrder[]
}

export interface HeldBy extends Pick<HoldingRule, 'rule' | 'wanted' | 'filter'> {
  orders: number
}

interface Both {
  before: Settings
  after: Settings
}

/** How a channel's newest orders fare by other settings than today's. Nothing is stored and nothing is sent. */
export async function tryOrders(
  deps: Deps,
  { channelId, backendId }: { channelId: string; backendId: string },
  settings: Both,
): Promise<TriedOrders> {
  const [channel, connection] = await Promise.all([
    connectionById(deps.db, channelId),
    connectionById(deps.db, backendId),
  ])
  if (!channel || !connection) throw new Error('a route has lost a connection')
  const read = await readRecent(deps, channel)
  const judge = judging(deps, { channel, connection }, settings)
  const judged = new Map<ReadRecent, Result<Comparison, string>>()
  for (const order of read) {
    const remembered = await judge.fromMemory(order)
    if (remembered.ok) judged.set(order, remembered)
  }
  const open = read.filter((order) => !judged.has(order))
  if (open.length > 1) await judge.lookUpTogether(open)
  // Half of the account's budget at most: whatever is posted meanwhile needs the other.
  const { concurrency } = backendFor(deps, connection).limits(deps.configOf(connection))
  const waiting = open.values()
  const lane = async () => {
    for (const order of waiting) judged.set(order, await judge.byAsking(order))
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.floor(concurrency / 2)) }, lane))
  return summed(read, judged)
}

function summed(read: ReadRecent[], judged: Map<ReadRecent, Result<Comparison, string>>): TriedOrders {
  const counts = Object.fromEntries(trialOutcomes.map((outcome) => [outcome, 0])) as TriedOrders['counts']
  const differing: TriedOrder[] = []
  const reasons = new Map<string, number>()
  for (const each of read) {
    const result = judged.get(each)!
    if (!result.ok) {
      reasons.set(result.error, (reasons.get(result.error) ?? 0) + 1)
      continue
    }
    counts[result.value.outcome]++
    if (result.value.outcome === 'as_before') continue
    const { id, number, status, placed_at: placedAt } = each.order
    differing.push({ id, number, status, placedAt, ...result.value })
  }
  const notJudged = [...reasons].map(([why, orders]) => ({ why, orders }))
  return { orders: read.length, counts, notJudged, heldBy: byRule(differing), differing }
}

function byRule(differing: TriedOrder[]): HeldBy[] {
  const groups = new Map<string, HeldBy>()
  for (const { rule: holding } of differing) {
    if (holding === null) continue
    const { rule, wanted, filter } = holding
    const key = JSON.stringify([rule, filter])
    const group = groups.get(key) ?? { rule, wanted, ...(filter && { filter }), orders: 0 }
    groups.set(key, { ...group, orders: group.orders + 1 })
  }
  return [...groups.values()].toSorted((a, b) => b.orders - a.orders)
}

/** Judges orders by what is remembered of the backend's account, or by asking: until it cannot be asked any more. */
function judging(
  deps: Deps,
  { channel, connection }: { channel: ConnectionRow; connection: ConnectionRow },
  settings: Both,
) {
  const backend = backendFor(deps, connection)
  const answers = askOnce()
  const until = deps.now().getTime() + askedForMs
  const isOver = () => deps.now().getTime() > until
  const nothing = async () =>
    err(fail('unavailable', 'connection_lost', connection.name, 'Nothing is asked now'))
  let stopped: string | null = null

  const compare = ({ order: row, canonical: order }: ReadRecent, ctx: ReturnType<typeof callOver>) =>
    compareSettings({ row, order }, settings, (mapping) =>
      prepareDraft(
        deps,
        { connection, backend, ctx },
        { order: order!, externalId: row.external_id, mapping, channel },
      ),
    )
  const inTime = (http: Http): Http => {
    const over = answers.over(http)
    return (request) => (isOver() ? nothing() : over(request))
  }

  return {
    /** Nothing is sent: what was asked before is all there is. */
    fromMemory(order: ReadRecent) {
      const real = callOver(deps, connection, 0)
      // A copy of the memory: nobody may wait for a token that is asked for in vain here.
      return compare(order, { ...real, memory: new Map(real.memory), http: answers.known(nothing) })
    },

    /** What all of them need that can be asked for at once is remembered then. */
    async lookUpTogether(orders: ReadRecent[]): Promise<void> {
      const lines = orders.flatMap(({ canonical }) => canonical?.lines ?? [])
      const first = orders.find(({ canonical }) => canonical !== null)?.canonical
      if (!first || channel.identity === null) return
      const customer = customerExternalId(channel.kind, channel.identity, first.customer)
      const told = await ask(deps, connection, async (ctx) => {
        const asked = { ...ctx, http: inTime(ctx.http) }
        const { before, after } = settings
        for (const mapping of [after.mapping, before.mapping]) {
          const known = backend.mapping.parse(mapping)
          const found = await backend.lookups(asked, { ...first, lines }, known, customer)
          // What is wrong with a mapping is told of each order.
          if (!found.ok && found.error.kind !== 'rejected') return found
        }
        return ok(null)
      })
      if (!told.asked) stopped = isOver() ? outOfTime : told.why
    },

    async byAsking(order: ReadRecent): Promise<Result<Comparison, string>> {
      const remembered = await this.fromMemory(order)
      if (remembered.ok) return remembered
      if (stopped === null && isOver()) stopped = outOfTime
      if (stopped !== null) return err(stopped)
      const told = await ask<Comparison>(deps, connection, async (ctx) => {
        const compared = await compare(order, { ...ctx, http: inTime(ctx.http) })
        return compared.ok ? compared : err(compared.error.failure!)
      })
      if (told.asked) return ok(told.found)
      stopped ??= isOver() ? outOfTime : told.why
      return err(stopped)
    },
  }
}
