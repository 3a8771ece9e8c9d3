import { orderExternalId } from '../ids.ts'
import type { Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import { enqueue } from '../ledger/jobs.ts'
import {
  changeStatus,
  insertOrders,
  lockOrderOfChannel,
  type NewOrder,
  type OrderChanges,
  type OrderRow,
  updateOrder,
} from '../ledger/orders.ts'
import { openProblems, replaceProblems } from '../ledger/problems.ts'
import { keepRaws, type NewRaw } from '../ledger/raw.ts'
import type { Status } from '../order/status.ts'
import type { Deps } from './deps.ts'
import { type ImportInput, judge, type Judgement, type Place } from './judge-order.ts'

export interface ImportResult {
  orderId: string
  status: Status
  outcome: 'new' | 'changed' | 'unchanged'
}

/**
 * Takes an order as the channel sent it into the ledger, in the caller's transaction: a new one gets its place, a known
 * one its newer version. Whatever it looks like, it is in the ledger afterwards, with a status that says what it waits
 * for: unreadable ones too.
 */
export async function importOrder(deps: Deps, tx: Tx, input: ImportInput): Promise<ImportResult> {
  const known = await lockOrderOfChannel(tx, input.connection.id, input.raw.id)
  if (!known) return (await importNewOrders(deps, tx, [input]))[0]!
  const rawId = (await keepRaws(tx, [rawOf(deps, input)])).get(input.raw.id)!
  const unchanged = { orderId: known.id, status: known.status, outcome: 'unchanged' } as const
  const isSame = known.raw_id === rawId
  if (isSame && known.status !== 'held') return unchanged
  // The route's rules may be others by now: what they hold is judged anew though the shop shows nothing new.
  const { place, facts } = judge(deps, input, known)
  if (isSame && place.status === 'held') {
    if (known.reason !== place.reason)
      await updateOrder(tx, known.id, deps.now(), { reason: place.reason, hold: JSON.stringify(place.hold) })
    return unchanged
  }
  return takeNewVersion(deps, tx, input, known, place, { ...facts, raw_id: rawId })
}

const rawOf = (deps: Deps, { connection, raw }: ImportInput): NewRaw => ({
  id: deps.newId(),
  connectionId: connection.id,
  channelOrderId: raw.id,
  body: raw.body,
  receivedAt: deps.now(),
})

/** Takes in orders that the ledger does not have, each channel order once: a page of them costs little more than one. */
export async function importNewOrders(deps: Deps, tx: Tx, inputs: ImportInput[]): Promise<ImportResult[]> {
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
      detail: { status: facts.channel_status, reason: place.reason, problem: place.problem?.detail },
    })),
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

const postJob = (orderId: string, { route }: ImportInput, at: Date) => ({
  kind: 'post' as const,
  key: orderId,
  connectionId: route.backend_id,
  orderId,
  runAt: at,
})

function newOrder(
  { id, input, place, facts }: Judgement & { id: string; input: ImportInput },
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

type Facts = Judgement['facts'] & { raw_id: string }

const beforePosting: Status[] = ['import_error', 'held', 'imported', 'scheduled', 'post_error']

async function takeNewVersion(
  deps: Deps,
  tx: Tx,
  input: ImportInput,
  known: OrderRow,
  place: Place,
  facts: Facts,
): Promise<ImportResult> {
  const at = deps.now()
  if (!beforePosting.includes(known.status) || known.record_id !== null)
    return noteLaterVersion(deps, tx, input, known, place, facts)
  await replaceProblems(tx, {
    orderId: known.id,
    connectionId: input.connection.id,
    problems: [],
    at,
    newId: deps.newId,
  })
  const set: OrderChanges = {
    ...facts,
    reason: place.reason,
    hold: place.hold === null ? null : JSON.stringify(place.hold),
    cancel_reason: place.status === 'cancelled' ? 'at_channel' : null,
    next_attempt_at: place.status === 'scheduled' ? at : null,
  }
  // A person decides about orders that wait for one: a change in the shop does not post them.
  const status =
    known.status === 'imported' && place.status === 'scheduled' && !input.anyway ? 'imported' : place.status
  const kind = known.status === 'held' && status !== 'held' ? 'released' : 'changed_at_channel'
  if (status === known.status) {
    await updateOrder(tx, known.id, at, set)
    await addEvents(tx, [
      {
        orderId: known.id,
        at,
        kind,
        actor: input.source,
        detail: { status: facts.channel_status, reason: place.reason },
      },
    ])
  } else {
    await changeStatus(tx, {
      orderId: known.id,
      to: status,
      from: [known.status],
      at,
      actor: input.source,
      kind: status === 'cancelled' ? 'cancelled' : kind,
      detail: { status: facts.channel_status, reason: place.reason, problem: place.problem?.detail },
      set,
    })
  }
  await openProblems(
    tx,
    place.problem
      ? [
          {
            id: deps.newId(),
            orderId: known.id,
            connectionId: input.connection.id,
            problem: place.problem,
            at,
          },
        ]
      : [],
  )
  if (status === 'scheduled') await enqueue(tx, [postJob(known.id, input, at)])
  return { orderId: known.id, status, outcome: 'changed' }
}

/** The order is on its way or in the backend (or cancelled here): the newer version is kept and shown beside it. */
async function noteLaterVersion(
  deps: Deps,
  tx: Tx,
  input: ImportInput,
  known: OrderRow,
  place: Place,
  facts: Facts,
): Promise<ImportResult> {
  const at = deps.now()
  const readable = place.status !== 'import_error'
  const amountsDiffer = readable && (known.total !== facts.total || known.currency !== facts.currency)
  await updateOrder(tx, known.id, at, {
    raw_id: facts.raw_id,
    channel_status: facts.channel_status,
    ...(facts.modified_at ? { modified_at: facts.modified_at } : {}),
    ...(amountsDiffer ? { changed_after_posting_at: at } : {}),
  })
  await addEvents(tx, [
    {
      orderId: known.id,
      at,
      kind: 'changed_at_channel',
      actor: input.source,
      detail: {
        status: facts.channel_status,
        before: known.channel_status,
        ...(amountsDiffer ? { total: facts.total, totalBefore: known.total } : {}),
        ...(place.problem ? { problem: place.problem.detail } : {}),
      },
    },
  ])
  return { orderId: known.id, status: known.status, outcome: 'changed' }
}
