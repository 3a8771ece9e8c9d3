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

/** The whole number between these two that `pick` stands for. */
export const whole = (pick: number, from: number, to: number) => from + Math.floor(pick * (to - from + 1))
