import { sql } from 'kysely'
import type { ConnectionRow } from '../ledger/health.ts'
import type { Deps } from './deps.ts'

/** Whoever floods us with forgeries causes one write and one line of the log in this time, and no more. */
const quietMs = 10_000

export interface RefusedWebhooks {
  note(connection: Pick<ConnectionRow, 'id' | 'name'>, reason: string): Promise<void>
  /** Writes down what has been counted and not been written yet. */
  close(): Promise<void>
}

/**
 * Counts deliveries that were refused, on the connection they were meant for. The first is written at once, the others
 * together a while later: nothing grows with their number.
 */
export function countRefusedWebhooks(deps: Deps): RefusedWebhooks {
  const counted = new Map<string, { name: string; n: number; reason: string; timer: NodeJS.Timeout | null }>()

  async function write(id: string): Promise<void> {
    const one = counted.get(id)
    if (!one || one.n === 0) return
    const { n, reason, name } = one
    one.n = 0
    deps.log.warn({ connection: name, n, reason }, 'webhooks were refused')
    await sql`
      UPDATE connections SET hooks_refused = hooks_refused + ${n}, hook_refused_at = ${deps.now()},
        hook_refused_why = ${reason} WHERE id = ${id}`.execute(deps.db)
  }

  return {
    async note({ id, name }, reason) {
      const one = counted.get(id) ?? { name, n: 0, reason, timer: null }
      counted.set(id, one)
      one.n += 1
      one.reason = reason
      if (one.timer !== null) return
      one.timer = setTimeout(() => {
        one.timer = null
        void write(id).catch((error: unknown) =>
          deps.log.warn({ err: error }, 'refused webhooks could not be counted'),
        )
      }, quietMs).unref()
      await write(id)
    },
    async close() {
      for (const [id, { timer }] of counted) {
        if (timer !== null) clearTimeout(timer)
        await write(id)
      }
    },
  }
}
