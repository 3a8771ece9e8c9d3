import { sql } from 'kysely'
import { retentionSchema, type Retention } from '../config/file-schema.ts'
import { prune, type Pruned } from '../ledger/prune.ts'
import { readSetting, writeSetting } from '../ledger/settings.ts'
import type { Deps } from './deps.ts'
import { retentionSetting } from './known-configuration.ts'

const prunedSetting = 'pruned'
const dayMs = 86_400_000

/** Removes once a day what the configuration does not keep any longer. Null: another process did it, or it is not time. */
export async function pruneDaily(deps: Pick<Deps, 'db' | 'now'>): Promise<Pruned | null> {
  const now = deps.now()
  if (!(await takeTurn(deps, now))) return null
  const keep =
    ((await readSetting(deps.db, retentionSetting)) as Retention | null) ?? retentionSchema.parse({})
  return prune(deps.db, { now, keepHistoryMs: keep.history, keepWebhooksMs: keep.webhooks })
}

async function takeTurn({ db }: Pick<Deps, 'db'>, now: Date): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtext('waybill prune'))`.execute(tx)
    const last = (await readSetting(tx, prunedSetting)) as { at: string } | null
    const since = last === null ? Infinity : now.getTime() - Date.parse(last.at)
    // A clock that was far ahead once must not end the pruning for good.
    if (since >= 0 && since < dayMs) return false
    await writeSetting(tx, prunedSetting, { at: now.toISOString() })
    return true
  })
}
