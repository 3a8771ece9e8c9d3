import type { ListedRecord } from '../connectors/contract.ts'
import { orderExternalIdPrefix } from '../ids.ts'
import type { Tx } from '../ledger/database.ts'
import { connectionById, connectionWorked } from '../ledger/health.ts'
import { enqueue } from '../ledger/jobs.ts'
import { openProblemCodes } from '../ledger/many-orders.ts'
import { lockOrder, type OrderRow } from '../ledger/orders.ts'
import {
  type ComparedRow,
  firstMissedAt,
  missedOrders,
  noteCompared,
  type Owner,
  ownersOf,
  type ReconciliationRow,
} from '../ledger/reconciliations.ts'
import { dayOf } from '../shop-time.ts'
import { sayThatItIsMissing } from './check-total.ts'
import { backendFor, type Deps } from './deps.ts'
import { findRecord, type FoundRecord } from './find-record.ts'
import { goOn, isPassedOver, type Reconciling, waits } from './reconcile-run.ts'

/** One page of the records under our external ids, each matched with its order. Those of others never come in here. */
export async function matchRecords(deps: Deps, at: Reconciling): Promise<void> {
  const { run, ctx, connection } = at
  const channel = await connectionById(deps.db, run.channel_id)
  // Nothing of a shop that was never reached can be in the backend.
  if (!channel?.identity)
    return deps.db.transaction().execute((tx) => goOn(deps, tx, at, { step: 'missing' }))
  const prefix = orderExternalIdPrefix(channel.kind, channel.identity)
  const wanted = { prefix, createdFrom: run.from_at.toISOString() }
  const page = (run.page as Record<string, unknown> | null) ?? undefined
  const read = await backendFor(deps, connection).records(ctx, wanted, page)
  if (!read.ok) return waits(deps, at, read.error)
  const { records, next } = read.value
  await deps.db.transaction().execute(async (tx) => {
    const owners = await ownersOf(tx, run, {
      externalIds: records.map((record) => record.externalId),
      channelOrderIds: records.flatMap((record) => channelIdsIn(prefix, record.externalId)),
    })
    const matched = records.map((record) => matchOf(run, prefix, record, owners))
    await noteCompared(
      tx,
      run.id,
      matched.flatMap(({ row }) => row ?? []),
    )
    await checkThoseThatAreBack(
      deps,
      tx,
      run,
      matched.flatMap(({ seen }) => seen ?? []),
    )
    await connectionWorked(tx, connection, deps.now())
    await goOn(deps, tx, at, next ? { step: 'backend', page: next } : { step: 'missing' })
  })
}

/** What the channel's id of the order may be in an external id: all behind the prefix, or that without `_n`. */
function channelIdsIn(prefix: string, externalId: string): string[] {
  const rest = externalId.slice(prefix.length)
  return [rest, rest.replace(/_\d+$/, '')]
}

type Row = Parameters<typeof noteCompared>[2][number]

function matchOf(
  run: ReconciliationRow,
  prefix: string,
  record: ListedRecord,
  owners: readonly Owner[],
): { row?: Row; seen?: Owner } {
  const made = dayOf(new Date(record.createdAt), run.time_zone)
  const named = { record_id: record.id, record_number: record.number }
  const owner = owners.find((order) => order.external_id === record.externalId)
  if (owner) {
    const isItsOwn = owner.record_id === record.id
    const inWindow = owner.placed_at !== null && owner.placed_at >= run.from_at && owner.placed_at < run.to_at
    // An order of before the window that was posted in it: not asked for, and nothing is wrong with it.
    if (isItsOwn && !inWindow) return { seen: owner }
    const day = inWindow ? dayOf(owner.placed_at!, run.time_zone) : made
    const row = { subject: owner.channel_order_id, day, order_id: owner.id, in_backend: true }
    if (isItsOwn) return { row, seen: owner }
    const finding = owner.record_id === null ? 'not_linked' : 'other_record'
    return { row: { ...row, ...named, backend_finding: finding } }
  }
  const ids = channelIdsIn(prefix, record.externalId)
  const other = owners.find((order) => ids.includes(order.channel_order_id))
  if (other) {
    const number = Number(/_(\d+)$/.exec(record.externalId)?.[1] ?? 0)
    const finding = number < other.replacements ? 'earlier_record' : 'other_record'
    const subject = `record:${record.id}`
    return { row: { subject, day: made, order_id: other.id, ...named, backend_finding: finding } }
  }
  return { row: { subject: ids[0]!, day: made, in_backend: true, ...named } }
}

/** A record that was said to be gone is there: its order is looked at again, which ends the problem. */
async function checkThoseThatAreBack(
  deps: Deps,
  tx: Tx,
  run: ReconciliationRow,
  seen: readonly Pick<Owner, 'id' | 'missing_accepted'>[],
): Promise<void> {
  const codes = await openProblemCodes(
    tx,
    seen.map((order) => order.id),
  )
  const back = seen.filter(
    (order) => order.missing_accepted || codes.get(order.id)?.includes('record_missing'),
  )
  await enqueue(
    tx,
    back.map(({ id }) => ({
      kind: 'check-total' as const,
      key: id,
      connectionId: run.backend_id,
      orderId: id,
      runAt: deps.now(),
    })),
  )
}

const lookedAtOnce = 10
const minute = 60_000

/**
 * The record itself of each order that has one and was not listed: a search proves nothing. "Not there" is believed when
 * it is said twice, a while apart.
 */
export async function lookForMissing(deps: Deps, at: Reconciling): Promise<void> {
  const { run, connection } = at
  const now = deps.now()
  const { requestLimitMs } = backendFor(deps, connection).timing(deps.configOf(connection))
  const apartMs = Math.min(minute, requestLimitMs)
  const lookedBefore = new Date(now.getTime() - apartMs)
  const orders = await missedOrders(deps.db, run, { limit: lookedAtOnce, lookedBefore })
  if (orders.length === 0) {
    const first = await firstMissedAt(deps.db, run)
    return deps.db
      .transaction()
      .execute((tx) =>
        first === null
          ? goOn(deps, tx, at, { step: 'unknown' })
          : goOn(deps, tx, at, { step: 'missing', runAt: new Date(first.getTime() + apartMs) }),
      )
  }
  const looked: { order: (typeof orders)[number]; found: Found }[] = []
  for (const order of orders) {
    const found = await findRecord(backendFor(deps, connection), at.ctx, order)
    if (found.ok) looked.push({ order, found: found.value })
    else if (looked.length > 0) break
    else if (!isPassedOver(at.job, found.error)) return waits(deps, at, found.error)
    else looked.push({ order, found: { is: 'not_told', note: found.error.problems[0].detail } })
  }
  await deps.db.transaction().execute(async (tx) => {
    for (const { order, found } of looked) {
      const row = { subject: order.channel_order_id, day: order.day }
      await noteCompared(tx, run.id, [{ ...row, ...(await believed(deps, tx, at, order, found)) }])
    }
    await connectionWorked(tx, connection, deps.now())
    await goOn(deps, tx, at, { step: 'missing' })
  })
}

type Found = FoundRecord | { is: 'not_told'; note: string }

async function believed(
  deps: Deps,
  tx: Tx,
  { run }: Reconciling,
  { id, record_id: recordId, missed_at: missedAt }: OrderRow & { missed_at: Date | null },
  found: Found,
): Promise<Partial<ComparedRow>> {
  const order = await lockOrder(tx, id)
  // It got another record, or none, while the backend was asked: the next look is at that one.
  if (order?.record_id !== recordId) return {}
  switch (found.is) {
    case 'there':
    case 'external_id_changed':
      await checkThoseThatAreBack(deps, tx, run, [order])
      return { in_backend: true, ...(found.is === 'there' ? {} : { backend_finding: found.is }) }
    case 'other_record':
      return { in_backend: true, backend_finding: found.is, record_id: found.id, record_number: found.number }
    case 'not_told':
      return { backend_finding: found.is, note: found.note }
    case 'gone':
      if (missedAt === null || (order.posted_at !== null && missedAt < order.posted_at))
        return { missed_at: deps.now() }
      await sayThatItIsMissing(deps, tx, run.backend_id, order)
      return { backend_finding: 'missing' }
  }
}
