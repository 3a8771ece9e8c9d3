import { setTimeout as sleep } from 'node:timers/promises'
import { freeSlot, takeSlot } from '../ledger/slots.ts'
import type { Deps } from './deps.ts'

/**
 * Makes calls outside the queue within the account's budget: waits for a free slot of the connection, at most `waitMs`.
 * Null: all were in use until then, and nothing was called.
 */
export async function withSlot<T>(
  deps: Deps,
  connectionId: string,
  waitMs: number,
  calls: () => Promise<T>,
): Promise<T | null> {
  const until = performance.now() + waitMs
  let slot = await takeSlot(deps.db, connectionId, deps.workerId, deps.now())
  while (slot === null && performance.now() < until) {
    await sleep(50)
    slot = await takeSlot(deps.db, connectionId, deps.workerId, deps.now())
  }
  if (slot === null) return null
  try {
    return await calls()
  } finally {
    await freeSlot(deps.db, connectionId, slot, deps.workerId)
  }
}
