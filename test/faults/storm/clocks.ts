import { type ClockServer, serveClock } from '../../support/clock-server.ts'

/** One time for all, and how far ours and the shop's clock are off it. */
export interface Clocks {
  /** The true time; NetSuite's as well. */
  now(): Date
  shop(): Date
  /** What the processes of Waybill go by. */
  ours: ClockServer
  pass(ms: number): void
  /** Whether the clock of this one is off just now. */
  isOff(whose: 'ours' | 'shop'): boolean
  /** When ours was set ahead of where it stood, in true time. */
  leaps: Date[]
  /** Sets the clock of one of them so far ahead of the true time (behind it, when negative). */
  skew(whose: 'ours' | 'shop', ms: number): void
  /** Resolves when so much true time has passed. */
  wait(ms: number, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

interface Waiter {
  until: number
  resolve: () => void
}

export async function startClocks(start: Date): Promise<Clocks> {
  let time = start.getTime()
  const skews = { ours: 0, shop: 0 }
  const leaps: Date[] = []
  const ours = await serveClock(start)
  let waiters: Waiter[] = []

  function pass(ms: number): void {
    time += ms
    ours.moveTo(new Date(time + skews.ours))
    const due = waiters.filter(({ until }) => until <= time)
    waiters = waiters.filter(({ until }) => until > time)
    for (const { resolve } of due) resolve()
  }
  return {
    now: () => new Date(time),
    shop: () => new Date(time + skews.shop),
    ours,
    pass,
    isOff: (whose) => skews[whose] !== 0,
    leaps,
    skew: (whose, ms) => {
      if (whose === 'ours' && ms > skews.ours) leaps.push(new Date(time))
      skews[whose] = ms
      pass(0)
    },
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        waiters.push({ until: time + ms, resolve })
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      }),
    close: () => ours.close(),
  }
}
