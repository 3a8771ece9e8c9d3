import type { Outcome, RawOrder } from '../connectors/contract.ts'
import { connectionById, type ConnectionRow } from '../ledger/health.ts'
import { describeProblem, type Problem } from '../order/problems.ts'
import { backendFor, callOver, channelFor, type Deps } from './deps.ts'
import { findRecord, type FoundRecord } from './find-record.ts'
import { ensureIdentity } from './identify.ts'
import { withSlot } from './with-slot.ts'

/** What a system said when it was asked just now, or why it could not be asked. */
export type Told<T> =
  { asked: true; at: Date; found: T } | { asked: false; why: string; problem: Problem | null }

/** A person waits: so long for a free call, and so long for an answer. */
const waitMs = 2000
const answerMs = 8000

const notAsked = (why: string, problem: Problem | null = null) => ({ asked: false as const, why, problem })

/** What the backend has of an order now. */
export function askBackend(
  deps: Deps,
  connection: ConnectionRow,
  order: { external_id: string; record_id: string | null },
): Promise<Told<FoundRecord>> {
  const backend = backendFor(deps, connection)
  return ask(deps, connection, (ctx) => findRecord(backend, ctx, order))
}

/** What the channel has under an id or number now; null: no such order. */
export function askChannel(
  deps: Deps,
  connection: ConnectionRow,
  idOrNumber: string,
): Promise<Told<RawOrder | null>> {
  const channel = channelFor(deps, connection)
  return ask(deps, connection, async (ctx): Promise<Outcome<RawOrder | null>> => {
    const fetched = await channel.fetch(ctx, idOrNumber)
    return !fetched.ok && fetched.error.kind === 'not_found' ? { ok: true, value: null } : fetched
  })
}

/** Asks within the account's budget; a connection that is known not to work is left alone. */
export async function ask<T>(
  deps: Deps,
  connection: ConnectionRow,
  question: (ctx: ReturnType<typeof callOver>) => Promise<Outcome<T>>,
): Promise<Told<T>> {
  const row = await connectionById(deps.db, connection.id)
  if (row === null || row.paused_at !== null) return notAsked('it is paused')
  if (row.blocked_until !== null && row.blocked_until > deps.now())
    return notBefore(row.health_problem as Problem | null)
  const told = await withSlot(deps, row.id, waitMs, async () => {
    const ctx = callOver(deps, row, answerMs)
    const identified = await ensureIdentity(deps, row, ctx)
    return identified.ok ? question(ctx) : identified
  })
  if (told === null) return notAsked('all calls that the account allows at once are in use')
  return told.ok
    ? { asked: true, at: deps.now(), found: told.value }
    : notAsked(describeProblem(told.error.problems[0]).title, told.error.problems[0])
}

const notBefore = (problem: Problem | null) =>
  notAsked(problem === null ? 'it is not to be asked at the moment' : describeProblem(problem).title, problem)
