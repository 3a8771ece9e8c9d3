import type { Log } from '../connectors/contract.ts'
import type { Db } from '../ledger/database.ts'
import { changesAfter, lastChange } from '../ledger/views/changes.ts'
import type { Change } from './schemas.ts'

export interface Live {
  /** Calls back with what changed, at most once per interval. Returns how to leave. */
  follow(listener: (change: Change) => void): () => void
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
  let timer: NodeJS.Timeout | null = null

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

  function again(): void {
    timer = setTimeout(async () => {
      try {
        await read()
      } catch (error) {
        log.warn({ err: error }, 'changes cannot be read at the moment')
      }
      if (listeners.size > 0) again()
      else stop()
    }, everyMs)
  }

  function stop(): void {
    if (timer) clearTimeout(timer)
    timer = null
    last = null
  }

  return {
    follow(listener) {
      listeners.add(listener)
      if (timer === null) {
        timer = setTimeout(() => undefined, 0)
        void read()
          .catch((error: unknown) => log.warn({ err: error }, 'changes cannot be read at the moment'))
          .finally(again)
      }
      return () => void listeners.delete(listener)
    },
    close() {
      listeners.clear()
      stop()
    },
  }
}
