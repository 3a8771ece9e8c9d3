import { isDeepStrictEqual } from 'node:util'
import type { Failure, Outcome, RawOrder } from '../connectors/contract.ts'
import type { Tx } from '../ledger/database.ts'
import { connectionWorked } from '../ledger/health.ts'
import { lockOrdersOfChannel } from '../ledger/many-orders.ts'
import { lockOrderOfChannel, type OrderRow } from '../ledger/orders.ts'
import { hashOf, readRaw, versionsOf } from '../ledger/raw.ts'
import {
  type ComparedRow,
  noteCompared,
  orderIdsOf,
  unknownSubjects,
  unlistedOrders,
} from '../ledger/reconciliations.ts'
import { ok } from '../result.ts'
import { dayOf } from '../shop-time.ts'
import { type AnyChannel, channelFor, type Deps } from './deps.ts'
import { importAlone } from './import-alone.ts'
import { fetchAfresh } from './import-order.ts'
import { type ImportResult, takeDeletion } from './newer-version.ts'
import { goOn, isPassedOver, type Reconciling, waits } from './reconcile-run.ts'
import { rulesNow } from './route.ts'

const source = 'reconciliation'
/** So many orders are asked for one by one before what was found out is written down. */
const askedAtOnce = 10

type Taken = Pick<ComparedRow, 'imported' | 'channel_finding'>

/** One page of what was placed in the window: what is not in the ledger, or is another version there, is taken in. */
export async function compareListed(deps: Deps, at: Reconciling): Promise<void> {
  const { run, ctx, connection } = at
  const channel = channelFor(deps, connection)
  const askedAt = deps.now()
  const window = { from: run.from_at.toISOString(), to: run.to_at.toISOString() }
  const read = await channel.placed(ctx, window, (run.page as Record<string, unknown> | null) ?? undefined)
  if (!read.ok) return waits(deps, at, read.error)
  const refs = [...new Map(read.value.refs.map((ref) => [ref.id ?? ref, ref])).values()]
  const raws = new Map<string, RawOrder>()
  for (const { id, raw } of refs) {
    const whole = raw ? ok(raw) : id === null ? ok(null) : await fetchExactly(channel, ctx, id)
    if (!whole.ok) return waits(deps, at, whole.error)
    if (whole.value) raws.set(whole.value.id, whole.value)
  }
  const { next } = read.value
  await deps.db.transaction().execute(async (tx) => {
    const route = await rulesNow(tx, at.route)
    const taken = await takeListed(deps, tx, { ...at, route }, [...raws.values()], askedAt)
    const ids = await orderIdsOf(tx, connection.id, [...raws.keys()])
    await noteCompared(
      tx,
      run.id,
      refs.map((ref) => ({
        subject: ref.id ?? `hidden:${ref.placedAt}`,
        day: dayOf(new Date(ref.placedAt), run.time_zone),
        order_id: ref.id === null ? null : (ids.get(ref.id) ?? null),
        at_channel: true,
        ...(ref.id === null ? { channel_finding: 'hidden' } : taken.get(ref.id)),
      })),
    )
    await connectionWorked(tx, connection, deps.now())
    await goOn(deps, tx, at, next ? { step: 'channel', page: next } : { step: 'unlisted' })
  })
}

async function takeListed(
  deps: Deps,
  tx: Tx,
  at: Reconciling,
  raws: RawOrder[],
  askedAt: Date,
): Promise<Map<string, Taken>> {
  const channelId = at.connection.id
  const ids = raws.map((raw) => raw.id)
  const versions = await versionsOf(tx, channelId, ids)
  const other = raws.filter((raw) => !versions.get(raw.id)?.equals(hashOf(raw.body)))
  await lockOrdersOfChannel(
    tx,
    channelId,
    other.map((raw) => raw.id),
  )
  const taken = new Map<string, Taken>()
  for (const raw of other) taken.set(raw.id, await takeIn(deps, tx, at, raw, askedAt))
  return taken
}

const findingOf = ({ outcome }: ImportResult) => (outcome === 'deleted' ? 'not_wanted' : null)

const nothing: Taken = { imported: null, channel_finding: null }
/** A person has deleted it here. */
const notWanted: Taken = { imported: null, channel_finding: 'not_wanted' }

/** Takes in an order that the ledger does not have as it is; the rules of the route hold it where they must. */
async function takeIn(
  deps: Deps,
  tx: Tx,
  { connection, route }: Reconciling,
  raw: RawOrder,
  askedAt: Date,
): Promise<Taken> {
  const known = await lockOrderOfChannel(tx, connection.id, raw.id)
  if (known && isOlder(raw, known)) {
    // Where the ledger learnt of the newer version after the channel was asked, nothing is said.
    if (known.updated_at > askedAt) return nothing
    await fetchAfresh(deps, tx, { connection, raw, source }, known)
    return { imported: null, channel_finding: 'older' }
  }
  if (known && saysTheSame(channelFor(deps, connection), raw, await readRaw(tx, known.raw_id))) return nothing
  const { outcome } = await importAlone(deps, tx, { connection, route, raw, source })
  if (outcome === 'deleted') return notWanted
  return { imported: outcome === 'unchanged' ? null : outcome, channel_finding: null }
}

const isOlder = (raw: RawOrder, known: OrderRow): boolean =>
  raw.modifiedAt !== null && known.modified_at !== null && new Date(raw.modifiedAt) < known.modified_at

/** Bytes that differ need not be an edit: links follow the shop's address, and plug-ins write what they like. */
function saysTheSame(channel: AnyChannel, raw: RawOrder, before: string): boolean {
  const [now, then] = [channel.toOrder(raw), channel.toOrder({ ...raw, body: before })]
  return now.ok && then.ok && isDeepStrictEqual(now.value, then.value)
}

/** By its id alone: an order whose number happens to be that id is another one. */
async function fetchExactly(
  channel: AnyChannel,
  ctx: Reconciling['ctx'],
  id: string,
): Promise<Outcome<RawOrder | null>> {
  const fetched = await channel.fetch(ctx, id)
  if (!fetched.ok) return fetched.error.kind === 'not_found' ? ok(null) : fetched
  return ok(fetched.value?.id === id ? fetched.value : null)
}

interface Asked<T> {
  subject: T
  /** Null: the channel has no such order. */
  raw: RawOrder | null
  /** Why the channel could not be asked for this one. */
  refused: Failure | null
}

/** Asks for orders one by one, until one cannot be asked for; null when that is the first. */
async function askForEach<T>(
  deps: Deps,
  at: Reconciling,
  subjects: readonly T[],
  idOf: (subject: T) => string,
): Promise<Asked<T>[] | null> {
  const channel = channelFor(deps, at.connection)
  const asked: Asked<T>[] = []
  for (const subject of subjects) {
    const fetched = await fetchExactly(channel, at.ctx, idOf(subject))
    if (fetched.ok) asked.push({ subject, raw: fetched.value, refused: null })
    else if (asked.length > 0) break
    else if (isPassedOver(at.job, fetched.error)) asked.push({ subject, raw: null, refused: fetched.error })
    else {
      await waits(deps, at, fetched.error)
      return null
    }
  }
  return asked
}

/** Orders of the ledger that were not listed: gone at the channel, or there all the same. */
export async function askForUnlisted(deps: Deps, at: Reconciling): Promise<void> {
  const { run, connection } = at
  const orders = await unlistedOrders(deps.db, run, askedAtOnce)
  if (orders.length === 0)
    return deps.db.transaction().execute((tx) => goOn(deps, tx, at, { step: 'backend' }))
  const askedAt = deps.now()
  const asked = await askForEach(deps, at, orders, (order) => order.channel_order_id)
  if (!asked) return
  await deps.db.transaction().execute(async (tx) => {
    const route = await rulesNow(tx, at.route)
    for (const { subject: order, raw, refused } of asked) {
      const channelOrderId = order.channel_order_id
      if (!raw && !refused) await takeDeletion(deps, tx, { channelId: connection.id, channelOrderId, source })
      const taken = raw
        ? (await takeListed(deps, tx, { ...at, route }, [raw], askedAt)).get(raw.id)
        : undefined
      await noteCompared(tx, run.id, [
        {
          subject: channelOrderId,
          day: dayOf(order.placed_at!, run.time_zone),
          order_id: order.id,
          at_channel: raw !== null,
          imported: taken?.imported ?? null,
          channel_finding: refused ? 'not_told' : raw ? (taken?.channel_finding ?? 'not_listed') : 'deleted',
          note: refused?.problems[0].detail ?? null,
        },
      ])
    }
    await connectionWorked(tx, connection, deps.now())
    await goOn(deps, tx, at, { step: 'unlisted' })
  })
}

/** Records under our external ids whose order the ledger does not know. */
export async function askForUnknown(deps: Deps, at: Reconciling): Promise<void> {
  const { run, connection } = at
  const subjects = await unknownSubjects(deps.db, run, askedAtOnce)
  if (subjects.length === 0)
    return deps.db.transaction().execute((tx) => goOn(deps, tx, at, { step: 'explain' }))
  const asked = await askForEach(deps, at, subjects, ({ subject }) => subject)
  if (!asked) return
  const channel = channelFor(deps, connection)
  await deps.db.transaction().execute(async (tx) => {
    const route = await rulesNow(tx, at.route)
    for (const { subject: row, raw, refused } of asked) {
      const found = raw && (await importAlone(deps, tx, { connection, route, raw, source }))
      const placedAt = raw && channel.glance(raw).placedAt
      await noteCompared(tx, run.id, [
        {
          subject: row.subject,
          day: placedAt ? dayOf(new Date(placedAt), run.time_zone) : row.day,
          order_id: found && found.outcome !== 'deleted' ? found.orderId : null,
          at_channel: raw !== null,
          imported: found?.outcome === 'new' ? 'new' : null,
          channel_finding: refused ? 'not_told' : found === null ? 'deleted' : findingOf(found),
          backend_finding: 'not_linked',
          note: refused?.problems[0].detail ?? null,
        },
      ])
    }
    await connectionWorked(tx, connection, deps.now())
    await goOn(deps, tx, at, { step: 'unknown' })
  })
}
