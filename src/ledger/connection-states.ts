/**
 * How a connection is. What its calls show decides, whatever it was before; a pause by a person lies over it, and what it
 * was is there again when the pause ends. One table: how many calls a state allows at once, and whether a channel in it
 * cannot be read, so that a gap is open.
 */
export const connectionStates = {
  new: { calls: 'all', opensGap: false },
  healthy: { calls: 'all', opensGap: false },
  /** The last calls failed, or the other side asks for fewer. It is probed after moments. */
  failing: { calls: 'one', opensGap: false },
  /** It has failed three times in a row. It is probed every minute. */
  down: { calls: 'one', opensGap: true },
  /** A lone call was refused: a person has to act. It is probed every few minutes all the same. */
  needs_reauthorisation: { calls: 'one', opensGap: true },
  paused: { calls: 'none', opensGap: true },
} as const satisfies Record<string, { calls: 'all' | 'one' | 'none'; opensGap: boolean }>

export type ConnectionState = keyof typeof connectionStates
export type Health = Exclude<ConnectionState, 'paused'>

/** What a call has shown. */
export type Signal =
  | 'worked'
  /** A limit of requests, or a login refused beside other calls: it passes by itself. */
  | 'held_up'
  | 'failed'
  /** A third failure in a row, or a later one. */
  | 'failed_again'
  /** A login refused while nothing else ran. */
  | 'refused'

export const healthAfter: Record<Signal, Health> = {
  worked: 'healthy',
  held_up: 'failing',
  failed: 'failing',
  failed_again: 'down',
  refused: 'needs_reauthorisation',
}
