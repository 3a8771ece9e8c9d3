import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Limits } from './contract.ts'

/**
 * Keeps this process within an account's limits: at most `concurrency` calls at once, and their starts at least
 * 1 / `requestsPerSecond` apart. `enter` waits for its turn and gives back what ends the call.
 */
export function createGate(limits: Limits): { enter(signal?: AbortSignal): Promise<() => void> } {
  const interval = limits.requestsPerSecond ? 1000 / limits.requestsPerSecond : 0
  const waiting: (() => void)[] = []
  let inside = 0
  let nextStart = 0

  const leave = () => {
    inside--
    waiting.shift()?.()
  }

  async function enter(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted()
    while (inside >= limits.concurrency) {
      const turn = Promise.withResolvers<void>()
      waiting.push(turn.resolve)
      await turn.promise
    }
    inside++
    const now = performance.now()
    const start = Math.max(now, nextStart)
    nextStart = start + interval
    try {
      if (start > now) await sleep(start - now, undefined, signal ? { signal } : {})
      signal?.throwIfAborted()
    } catch (error) {
      leave()
      throw error
    }
    let left = false
    return () => {
      if (left) return
      left = true
      leave()
    }
  }

  return { enter }
}
