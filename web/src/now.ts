import { useSyncExternalStore } from 'react'

/** The present, renewed every `everyMs` for as long as somebody listens. All who listen share one timer. */
function createClock(everyMs: number) {
  const listeners = new Set<() => void>()
  let timer = 0
  let now = new Date()

  const renew = () => {
    now = new Date()
    for (const listener of listeners) listener()
  }
  return {
    get: () => now,
    subscribe(listener: () => void) {
      if (listeners.size === 0) {
        // It may have stood still for long.
        now = new Date()
        timer = window.setInterval(renew, everyMs)
      }
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) window.clearInterval(timer)
      }
    },
  }
}

const clocks = { second: createClock(1_000), minute: createClock(60_000) }

/** The present time, renewed every second or minute. */
export function useNow(every: 'second' | 'minute'): Date {
  const clock = clocks[every]
  return useSyncExternalStore(clock.subscribe, clock.get)
}
