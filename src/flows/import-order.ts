import { isDeepStrictEqual } from 'node:util'
import { orderExternalId } from '../ids.ts'
import type { Tx } from '../ledger/database.ts'
import { addEvents, type NewEvent } from '../ledger/events.ts'
import { enqueue, priorities, raisePriority } from '../ledger/jobs.ts'
import {
  insertOrders,
  lockOrderOfChannel,
  type NewOrder,
  type OrderRow,
  updateOrder,
} from '../ledger/orders.ts'
import { openProblems, replaceProblems } from '../ledger/problems.ts'
import { keepRaws, type NewRaw } from '../ledger/raw.ts'
import { removeTombstone, type Tombstone, tombstonesOf } from '../ledger/tombstones.ts'
import { personsHold } from '../order/rules.ts'
import type { Deps } from './deps.ts'
import { type ImportInput, judge, type Judgement } from './judge-order.ts'
import { type ImportResult, postJob, takeNewVersion } from './newer-version.ts'

/**
 * Takes an order as the channel sent it into the ledger, in the caller's transaction: a new one gets its place, a known
 * one its newer version. Whatever it looks like, it is in the ledger afterwards, with a status that says what it waits
 * for: unreadable ones too.
 */
export async function importOrder(deps: Deps, tx: Tx, input: ImportInput): Promise<ImportResult> {
  const known = await lockOrderOfChannel(tx, input.connection.id, input.raw.id)
  if (!known) return (await importNewOrders(deps, tx, [input]))[0]!
  // News of an order that was found while catching up: it is one of today again.
  if (!input.background && known.status === 'scheduled')
    await raisePriority(tx, { kind: 'post', key: known.id, priority: priorities.daily })
  const rawId = (await keepRaws(tx, [rawOf(deps, input)])).get(input.raw.id)!
  const unchanged = { orderId: known.id, status: known.status, outcome: 'unchanged' } as const
  const isSame = known.raw_id === rawId
  const stage = (known.status === 'held' && personsHold(known.hold)?.before) || known.status
  const mayPass =
    known.record_id === null &&
    (['held', 'import_error'].includes(stage) || known.cancel_reason === 'at_channel')
  if (isSame && !mayPass) return unchanged
  if (isOlder(input, known)) {
    await fetchAfresh(deps, tx, input, known)
    return unchanged
  }
  // The route's rules may be others by now, the program a newer one, or the order back from the shop's trash: what was
  // stopped for that is judged anew though the shop shows nothing new.
  const judged = judge(deps, input, known)
  if (isSame && judged.place.status === known.status) {
    await noteJudgement(deps, tx, input, known, judged)
    return unchanged
  }
  return takeNewVersion(deps, tx, input, known, { judged, rawId })
}

/**
 * The order stays where it is, for what may be another reason by now; and a person's hold keeps where the order goes when
 * it is released.
 */
async function noteJudgement(
  deps: Deps,
  tx: Tx,
  { connection }: ImportInput,
  known: OrderRow,
  { place: { reason, hold, problem }, facts }: Judgement,
): Promise<void> {
  const isNoted =
    reason === known.reason &&
    facts.import_anyway === known.import_anyway &&
    isDeepStrictEqual(hold, known.hold)
  if (isNoted) return
  const at = deps.now()
  await updateOrder(tx, known.id, at, { ...facts, reason, hold: hold && JSON.stringify(hold) })
  await replaceProblems(tx, {
    orderId: known.id,
    connectionId: connection.id,
    problems: problem ? [problem] : [],
    at,
    newId: deps.newId,
  })
}

/**
 * A page that was on its way while a webhook brought a newer version, by the channel's own times. What a person asks for
 * is taken as it is.
 */
function isOlder({ raw, source, over }: ImportInput, known: OrderRow): boolean {
  if (!['poll', 'gap', 'webhook'].includes(source) || raw.modifiedAt === null || known.modified_at === null)
    return false
  return new Date(raw.modifiedAt) < known.modified_at && over !== known.raw_id
}

/**
 * What looks older may be newer all the same: the channel's clock was set back since. What is fetched from now on was
 * there after the version that is known, whatever time it bears; it replaces that one and no other.
 */
export async function fetchAfresh(
  deps: Deps,
  tx: Tx,
  { connection, raw, source }: Pick<ImportInput, 'connection' | 'raw' | 'source'>,
  known: OrderRow,
): Promise<void> {
  await enqueue(tx, [
    {
      kind: 'import',
      key: `${connection.id}:${raw.id}`,
      connectionId: connection.id,
      payload: { query: raw.id, source, over: known.raw_id },
      runAt: deps.now(),
    },
  ])
}

/** What the event says with which an order begins. */
export const seenDetail = ({ place, facts }: Pick<Judgement, 'place' | 'facts'>) => ({
  status: facts.channel_status,
  reason: place.reason,
  problem: place.problem?.detail,
})

export const rawOf = (deps: Deps, { connection, raw }: ImportInput): NewRaw => ({
  id: deps.newId(),
  connectionId: connection.id,
  channelOrderId: raw.id,
  body: raw.body,
  receivedAt: deps.now(),
})

/**
 * Takes in orders of one channel that the ledger does not have, each channel order once: a page of them costs little more
 * than one. Those that a person has deleted stay away, unless a person wants them back.
 *
 * @param known the tombstones among them, where they have been read
 */
export async function importNewOrders(
  deps: Deps,
  tx: Tx,
  inputs: ImportInput[],
  known?: Map<string, Tombstone>,
): Promise<ImportResult[]> {
  if (inputs.length === 0) return []
  const ids = inputs.map((input) => input.raw.id)
  const tombstones = known ?? (await tombstonesOf(tx, inputs[0]!.connection.id, ids))
  const isAway = ({ raw, bringBack }: ImportInput) => {
    const tombstone = tombstones.get(raw.id)
    return tombstone !== undefined && !(bringBack && bringBack >= tombstone.deleted_at)
  }
  const wanted = inputs.filter((input) => !isAway(input))
  for (const { raw } of wanted) if (tombstones.has(raw.id)) await removeTombstone(tx, tombstones.get(raw.id)!)
  const results = await takeInNew(deps, tx, wanted, tombstones)
  return inputs.map((input) =>
    isAway(input) ? { outcome: 'deleted', tombstone: tombstones.get(input.raw.id)! } : results.shift()!,
  )
}

async function takeInNew(
  deps: Deps,
  tx: Tx,
  inputs: ImportInput[],
  tombstones: Map<string, Tombstone>,
): Promise<ImportResult[]> {
  if (inputs.length === 0) return []
  const at = deps.now()
  const rawIds = await keepRaws(
    tx,
    inputs.map((input) => rawOf(deps, input)),
  )
  const judged = inputs.map((input) => ({ input, id: deps.newId(), ...judge(deps, input, null) }))
  const inserted = await insertOrders(
    tx,
    judged.map((one) => newOrder(one, rawIds.get(one.input.raw.id)!, at)),
  )
  const fresh = judged.filter((one) => inserted.has(one.id))
  await addEvents(
    tx,
    fresh.map(({ id, input, place, facts }) => ({
      orderId: id,
      at,
      kind: 'seen',
      actor: input.source,
      to: place.status,
      detail: seenDetail({ place, facts }),
    })),
  )
  await addEvents(
    tx,
    fresh.flatMap(({ id, input }) => broughtBack(id, input, tombstones, at) ?? []),
  )
  await openProblems(
    tx,
    fresh.flatMap(({ id, input, place }) =>
      place.problem === null
        ? []
        : [{ id: deps.newId(), orderId: id, connectionId: input.connection.id, problem: place.problem, at }],
    ),
  )
  await enqueue(
    tx,
    fresh.filter(({ place }) => place.status === 'scheduled').map(({ id, input }) => postJob(id, input, at)),
  )
  const results: ImportResult[] = []
  for (const one of judged)
    results.push(
      inserted.has(one.id)
        ? { orderId: one.id, status: one.place.status, outcome: 'new' }
        : await importOrder(deps, tx, one.input),
    )
  return results
}

function broughtBack(
  orderId: string,
  { raw, source }: ImportInput,
  tombstones: Map<string, Tombstone>,
  at: Date,
): NewEvent | null {
  const tombstone = tombstones.get(raw.id)
  if (!tombstone) return null
  const { deleted_at: deletedAt, deleted_by: deletedBy, why } = tombstone
  const detail = { deletedAt: deletedAt.toISOString(), deletedBy, why }
  return { orderId, at, kind: 'brought_back', actor: source, detail }
}

export function newOrder(
  { id, input, place, facts }: Pick<Judgement, 'place' | 'facts'> & { id: string; input: ImportInput },
  rawId: string,
  at: Date,
): NewOrder {
  const { connection, route, raw } = input
  if (connection.identity === null) throw new Error(`the identity of ${connection.name} is not known yet`)
  return {
    id,
    route_id: route.id,
    channel_id: connection.id,
    backend_id: route.backend_id,
    channel_order_id: raw.id,
    status: place.status,
    reason: place.reason,
    hold: place.hold === null ? null : JSON.stringify(place.hold),
    first_seen_at: at,
    updated_at: at,
    external_id: orderExternalId(connection.kind, connection.identity, raw.id),
    next_attempt_at: place.status === 'scheduled' ? at : null,
    raw_id: rawId,
    ...facts,
  }
}
