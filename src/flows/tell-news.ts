import type { Tx } from '../ledger/database.ts'
import {
  changedOutages,
  noteToldOutage,
  noteToldProblems,
  takeClosedGaps,
  type UntoldProblem,
  untoldProblems,
} from '../ledger/news.ts'
import { addNotice, lastDigestAt, type ToldProblem } from '../ledger/notices.ts'
import type { Deps } from './deps.ts'
import { gapSentence } from './gap-words.ts'

type NewsDeps = Pick<Deps, 'now' | 'newId'>

const minute = 60_000
/** What passes by itself in this time is no news. */
const settlesWithinMs = 2 * minute
/** A kind of problem that nobody has heard of for so long is news at once; of all else there is a digest. */
const knownForMs = 7 * 24 * 60 * minute
export const digestEveryMs = 60 * minute
const mostCauses = 50

/** Makes a notice of each thing that has come to pass and that people were not told of, in the caller's transaction. */
export async function tellNews(deps: NewsDeps, tx: Tx): Promise<void> {
  await tellOutages(deps, tx)
  await tellGaps(deps, tx)
  await tellProblems(deps, tx)
}

async function tellOutages({ now, newId }: NewsDeps, tx: Tx): Promise<void> {
  for (const outage of await changedOutages(tx)) {
    const { id: connectionId, role, health, healthSince, problem, toldAt } = outage
    const about = { id: newId(), connectionId, at: now() }
    if (health !== 'healthy')
      await addNotice(tx, {
        ...about,
        kind: 'connection_down',
        detail: { health, since: healthSince.toISOString(), problem, role },
      })
    else
      await addNotice(tx, {
        ...about,
        kind: 'connection_back',
        detail: { from: (toldAt ?? healthSince).toISOString(), to: healthSince.toISOString(), role },
      })
    await noteToldOutage(tx, outage)
  }
}

/** A gap that held nothing is told nobody: that the connection is back is enough. */
async function tellGaps({ now, newId }: NewsDeps, tx: Tx): Promise<void> {
  for (const gap of await takeClosedGaps(tx, now())) {
    if (gap.orders_found === 0 && gap.out_of_reach === null) continue
    await addNotice(tx, {
      id: newId(),
      kind: 'gap_read',
      connectionId: gap.connection_id,
      at: now(),
      detail: { says: gapSentence(gap, gap.zone) },
    })
  }
}

/** A new kind of problem is told at once, with all else there is; of known kinds there is one notice an hour at most. */
async function tellProblems({ now, newId }: NewsDeps, tx: Tx): Promise<void> {
  const at = now()
  const before = new Date(at.getTime() - settlesWithinMs)
  const untold = await untoldProblems(tx, { before, knownSince: new Date(at.getTime() - knownForMs) })
  if (untold.length === 0) return
  const isNew = untold.some(({ isKnown }) => !isKnown)
  const last = await lastDigestAt(tx)
  if (!isNew && last !== null && at.getTime() - last.getTime() < digestEveryMs) return
  const problems = untold.slice(0, mostCauses).map(toldOf)
  await addNotice(tx, {
    id: newId(),
    kind: 'new_problem',
    connectionId: null,
    at,
    detail: { problems, causes: untold.length, isNew },
  })
  await noteToldProblems(tx, { before, at })
}

const toldOf = ({ isKnown: _known, ...told }: UntoldProblem): ToldProblem => told
