import type { Control } from '../src/sandbox/netsuite/index.ts'

/** Times are milliseconds since 1970, as every process of this machine has them. */
export interface Window {
  from: number
  to: number
}

export interface CallsDuring {
  /** Calls that NetSuite worked on at once, on average over the time. */
  inFlight: number
  mostInFlight: number
  calls: number
  /** Refused because more than the budget came at once, since the start. */
  refused: number
  /** When so many first ran at once. */
  fullAt: number | null
}

/** Notes how many calls NetSuite works on at every moment: from letting one in to sending its answer. */
export function watchCalls(control: Control) {
  const changes: { at: number; inFlight: number }[] = []
  let inFlight = 0
  control.watch((_, step) => {
    if (step === 'done') return
    inFlight += step === 'let in' ? 1 : -1
    changes.push({ at: performance.timeOrigin + performance.now(), inFlight })
  })
  return {
    during({ from, to }: Window): CallsDuring {
      const most = changes.reduce((max, change) => Math.max(max, change.inFlight), 0)
      let area = 0
      let calls = 0
      changes.forEach(({ at, inFlight }, n) => {
        const until = changes[n + 1]?.at ?? to
        area += inFlight * Math.max(0, Math.min(until, to) - Math.max(at, from))
        if (at >= from && at < to && inFlight > (changes[n - 1]?.inFlight ?? 0)) calls += 1
      })
      return {
        inFlight: area / (to - from),
        mostInFlight: most,
        calls,
        refused: control.requests().filter(({ status }) => status === 429).length,
        fullAt: changes.find((change) => change.inFlight === most)?.at ?? null,
      }
    },
  }
}
