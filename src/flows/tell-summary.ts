import type { Tx } from '../ledger/database.ts'
import { addNotice } from '../ledger/notices.ts'
import type { Vault } from '../ledger/secrets.ts'
import { readSetting, removeSetting, writeSetting } from '../ledger/settings.ts'
import { summaryFigures } from '../ledger/summary.ts'
import { dayOf, timeOfDay } from '../shop-time.ts'
import type { Deps } from './deps.ts'
import { readNotifications } from './known-configuration.ts'

const day = 86_400_000
const setting = 'summary'
/** A summary looks back so far at most, however long Waybill did not run. */
const longestMs = 31 * day

/** The last day that was summed up, in the zone of its time, and up to when. */
interface SummedUp {
  day: string
  at: string
}

/**
 * Sums up the day once its time has come, if people want that, in the caller's transaction, which notes the day as told:
 * no day has two. A time that passed while Waybill did not run is made up for on the same day; what happened on days
 * that had none is in the next.
 */
export async function tellSummary(
  { now, newId, vault }: Pick<Deps, 'now' | 'newId'> & { vault: Vault },
  tx: Tx,
): Promise<void> {
  const wanted = (await readNotifications(tx, vault))?.summary
  const last = (await readSetting(tx, setting)) as SummedUp | null
  if (wanted === undefined) {
    if (last !== null) await removeSetting(tx, setting)
    return
  }
  const { at: clock, zone } = wanted
  const at = now()
  const today = dayOf(at, zone)
  const due = timeOfDay(clock, at, zone)
  const isDue = at >= due
  if (last === null) {
    // Just switched on: the first one comes when its time comes next.
    const before = isDue ? { day: today, at: due } : { day: '', at: new Date(due.getTime() - day) }
    await writeSetting(tx, setting, { ...before, at: before.at.toISOString() } satisfies SummedUp)
    return
  }
  if (!isDue || last.day >= today) return
  const from = new Date(Math.max(Date.parse(last.at), at.getTime() - longestMs))
  const figures = await summaryFigures(tx, { from, to: at })
  await addNotice(tx, {
    id: newId(),
    kind: 'daily_summary',
    connectionId: null,
    at,
    detail: { from: from.toISOString(), to: at.toISOString(), zone, ...figures },
  })
  await writeSetting(tx, setting, { day: today, at: at.toISOString() } satisfies SummedUp)
}
