import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../connectors/contract.ts'
import type { Db } from '../ledger/database.ts'
import { changesAfter, lastChange } from '../ledger/views/changes.ts'
import type { Change } from './schemas.ts'

export interface Live {
  /** Calls back with what changes from its resolution on, at most once per interval. Resolves to how to leave. */
  follow(listener: (change: Change) => void): Promise<() => void>
  close(): void
}

/** Events become visible when their transaction commits, not in the order of their ids: so far it looks back. */
const lookBack = 500
const mostNamed = 100
const mostRead = 2000

/**
 * Follows the ledger for everybody who watches: one small query per interval while anybody does, none otherwise. Read
 * and not announced: a NOTIFY in every transaction would make all commits wait for each other.
 */
export function createLive({ db, log, everyMs = 250 }: { db: Db; log: Log; everyMs?: number }): Live {
  const listeners = new Set<(change: Change) => void>()
  let seen = new Set<number>()
  let last: number | null = null
  let begun: Promise<void> | null = null

  async function read(): Promise<void> {
    if (last === null) {
      last = await lastChange(db)
      seen = new Set((await changesAfter(db, last - lookBack, mostRead)).map((row) => row.id))
      return
    }
    const rows = await changesAfter(db, last - lookBack, mostRead)
    const fresh = rows.filter((row) => !seen.has(row.id))
    if (fresh.length === 0) return
    last = Math.max(last, fresh.at(-1)!.id)
    seen = new Set(rows.map((row) => row.id).filter((id) => id > last! - lookBack))
    const orders = [...new Set(fresh.flatMap((row) => row.orderId ?? []))]
    const change: Change = {
      orders: orders.length > mostNamed ? null : orders,
      connections: fresh.some((row) => row.connectionId !== null),
    }
    for (const listener of listeners) listener(change)
  }

  const tryToRead = () =>
    read().catch((error: unknown) => log.warn({ err: error }, 'changes cannot be read at the moment'))

  async function begin(): Promise<void> {
    await tryToRead()
    void goOn()
  }

  async function goOn(): Promise<void> {
    while (listeners.size > 0) {
      await sleep(everyMs, undefined, { ref: false })
      if (listeners.size > 0) await tryToRead()
    }
    begun = null
    last = null
  }

  return {
    async follow(listener) {
      listeners.add(listener)
      begun ??= begin()
      await begun
      return () => void listeners.delete(listener)
    },
    close: () => listeners.clear(),
  }
}
