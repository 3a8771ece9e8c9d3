import type { OrderRef, RawOrder } from '../connectors/contract.ts'
import type { Tx } from '../ledger/database.ts'
import type { ConnectionRow } from '../ledger/health.ts'
import { enqueue } from '../ledger/jobs.ts'
import { lockOrdersOfChannel } from '../ledger/many-orders.ts'
import { hashOf, versionsOf } from '../ledger/raw.ts'
import type { RouteRow } from '../ledger/routes.ts'
import { tombstonesOf } from '../ledger/tombstones.ts'
import type { Deps } from './deps.ts'
import { importAlone, isOfTheContent } from './import-alone.ts'
import { importNewOrders, importOrder } from './import-order.ts'

export interface PageToStore {
  connection: ConnectionRow
  route: RouteRow
  refs: readonly OrderRef[]
  /** What brings it: 'poll' or 'gap'. */
  source: string
  /** Its orders are posted when nothing else waits. */
  background: boolean
  oneByOne: boolean
}

/**
 * Takes in a page of a channel's list but what people have deleted, in the caller's transaction. Returns how many of its
 * orders the ledger did not have.
 */
export async function importPage(deps: Deps, tx: Tx, page: PageToStore): Promise<number> {
  const { connection, route, source, background } = page
  const listedOnce = [...new Map(page.refs.map((ref) => [ref.id, ref])).values()]
  const tombstones = await tombstonesOf(
    tx,
    connection.id,
    listedOnce.map((ref) => ref.id),
  )
  const refs = listedOnce.filter((ref) => !tombstones.has(ref.id))
  const versions = await versionsOf(
    tx,
    connection.id,
    refs.map((ref) => ref.id),
  )
  const input = (raw: RawOrder) => ({ connection, route, raw, source, background })
  const listed = refs.flatMap((ref) => ref.raw ?? [])
  const changed = listed.filter((raw) => !versions.get(raw.id)?.equals(hashOf(raw.body)))
  const known = changed.filter((raw) => versions.has(raw.id))
  const unknown = changed.filter((raw) => !versions.has(raw.id))
  await lockOrdersOfChannel(
    tx,
    connection.id,
    known.map((raw) => raw.id),
  )
  if (page.oneByOne) for (const raw of changed) await importAlone(deps, tx, input(raw))
  else {
    await importNewOrders(deps, tx, unknown.map(input), tombstones)
    for (const raw of known) await importOrder(deps, tx, input(raw))
  }
  await enqueue(
    tx,
    refs
      .filter((ref) => !ref.raw)
      .map((ref) => ({
        kind: 'import' as const,
        key: `${connection.id}:${ref.id}`,
        connectionId: connection.id,
        payload: { query: ref.id, source },
        runAt: deps.now(),
      })),
  )
  return refs.filter((ref) => !versions.has(ref.id)).length
}

/**
 * Stores a page in one transaction. One order that cannot be taken in must not keep the page out: then it is stored once
 * more, each order with a savepoint of its own.
 */
export async function storePage(
  deps: Deps,
  connection: ConnectionRow,
  store: (tx: Tx, oneByOne: boolean) => Promise<void>,
): Promise<void> {
  try {
    await deps.db.transaction().execute((tx) => store(tx, false))
  } catch (error) {
    if (!isOfTheContent(error)) throw error
    deps.log.error(
      { err: error, connection: connection.name },
      'a page could not be stored whole; storing its orders one by one',
    )
    await deps.db.transaction().execute((tx) => store(tx, true))
  }
}
