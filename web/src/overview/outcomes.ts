import type { Outcome } from '../api/types.ts'

/** From the foot of a bar to its top: what is stopped stands out on top of what is not. */
export const outcomes: readonly Outcome[] = ['posted', 'moving', 'cancelled', 'held', 'stopped']
