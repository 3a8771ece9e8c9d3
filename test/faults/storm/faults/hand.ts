import { minute, type Step } from '../plan.ts'
import type { Scene } from '../scene.ts'

/** What a fault has to do with. */
export interface Hand {
  scene: Scene
  step: Step
  /** This fault has come to pass. */
  met(): void
  /** Does something when so much time has passed. */
  after(ms: number, work: () => void | Promise<void>): void
}

export type Fault = (hand: Hand) => void | Promise<void>

/** Tries again every few minutes until there is something to hit. */
export const untilMet =
  (attempt: (hand: Hand) => boolean | Promise<boolean>): Fault =>
  async (hand) => {
    const again = async (): Promise<void> => {
      if (await attempt(hand)) hand.met()
      else hand.after(3 * minute, again)
    }
    await again()
  }

/** Counts what hits several calls as one. */
export function once(work: () => void): () => void {
  let done = false
  return () => {
    if (!done) work()
    done = true
  }
}

/** Where a moment does not come in spite of so many tries, something else is in its way. */
const mostTries = 8

/** Waits for a moment that comes by itself, and does what can bring it about now and again until it has come. */
export function provoke(
  { met, after }: Hand,
  wait: (come: () => void) => void,
  work: () => unknown,
  everyMs: number,
): void {
  let hasCome = false
  const come = once(met)
  wait(() => {
    hasCome = true
    come()
  })
  for (let n = 0; n < mostTries; n += 1)
    after(n * everyMs, async () => {
      if (!hasCome) await work()
    })
}

/** The whole number between these two that `pick` stands for. */
export const whole = (pick: number, from: number, to: number) => from + Math.floor(pick * (to - from + 1))
