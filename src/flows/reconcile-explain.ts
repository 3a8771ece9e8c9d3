import type { Tx } from '../ledger/database.ts'
import { addEvents } from '../ledger/events.ts'
import { connectionById } from '../ledger/health.ts'
import { finish } from '../ledger/jobs.ts'
import { closeConnectionProblem, openConnectionProblem } from '../ledger/problems.ts'
import {
  countDays,
  forgetReconciliations,
  type ReconciliationRow,
  setVerdicts,
  toExplain,
  updateReconciliation,
} from '../ledger/reconciliations.ts'
import { dayTotals } from '../ledger/views/reconciliations.ts'
import { daysBetween } from '../shop-time.ts'
import { backendFor, type Deps } from './deps.ts'
import { explainDifference } from './difference.ts'
import { clock } from './explanation.ts'
import { goOn, type Reconciling } from './reconcile-run.ts'

const explainedAtOnce = 500
const keptMs = 90 * 86_400_000

/** Explains what was compared, by the orders as they stand now; when nothing is left, counts the days and ends. */
export async function explainAll(deps: Deps, at: Reconciling): Promise<void> {
  const { run, job } = at
  const backend = await connectionById(deps.db, run.backend_id)
  if (!backend) throw new Error(`reconciliation ${run.id} has lost its backend`)
  const { label } = backendFor(deps, backend)
  await deps.db.transaction().execute(async (tx) => {
    const rows = await toExplain(tx, run, explainedAtOnce)
    if (rows.length > 0) {
      const explained = rows.map((row) => ({
        subject: row.subject,
        ...explainDifference(row, { id: backend.id, label }, run.time_zone),
      }))
      await setVerdicts(tx, run, explained)
      return goOn(deps, tx, at, { step: 'explain' })
    }
    await end(deps, tx, run)
    await finish(tx, job, deps.workerId)
  })
}

/** The result stands: it is counted, noted with the shop, and what nobody can explain becomes a problem that people see. */
async function end(deps: Deps, tx: Tx, run: ReconciliationRow): Promise<void> {
  const at = deps.now()
  await countDays(tx, run, daysBetween(run.from_at, run.to_at, run.time_zone))
  await updateReconciliation(tx, run.id, { step: 'done', page: null, trouble: null, finished_at: at })
  const totals = await dayTotals(tx, run.id)
  await addEvents(tx, [
    {
      orderId: null,
      connectionId: run.channel_id,
      at,
      kind: 'reconciled',
      actor: run.actor,
      detail: { reconciliation: run.id, ...totals },
    },
  ])
  const problem = { code: 'unexplained_differences', subject: '' } as const
  if (totals.unexplained === 0) await closeConnectionProblem(tx, run.channel_id, problem, at)
  else
    await openConnectionProblem(tx, {
      id: deps.newId(),
      connectionId: run.channel_id,
      problem: {
        ...problem,
        detail: `${totals.unexplained} ${totals.unexplained === 1 ? 'difference' : 'differences'} among the orders placed since ${clock(run.from_at, run.time_zone)}`,
        vendorMessage: null,
      },
      at,
    })
  await forgetReconciliations(tx, run.channel_id, new Date(at.getTime() - keptMs))
}
