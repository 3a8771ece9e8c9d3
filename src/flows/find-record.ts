import type { Ctx, Failure, Outcome } from '../connectors/contract.ts'
import { err, ok } from '../result.ts'
import type { AnyBackend } from './deps.ts'

/** What the backend has under an order's external id, and of the record that was linked. */
export type FoundRecord =
  { is: 'there' | 'external_id_changed' | 'gone' } | { is: 'other_record'; id: string; number: string | null }

/** The record by its external id, and where that is not there, by its own. */
export async function findRecord(
  backend: AnyBackend,
  ctx: Ctx<unknown>,
  order: { external_id: string; record_id: string | null },
): Promise<Outcome<FoundRecord>> {
  const found = await backend.find(ctx, order.external_id)
  if (!found.ok) return err(found.error)
  if (found.value !== null && found.value.id === order.record_id) return ok({ is: 'there' })
  const totals = order.record_id === null ? null : await backend.totals(ctx, order.record_id)
  if (totals !== null && !totals.ok && totals.error.kind !== 'not_found') return err<Failure>(totals.error)
  if (found.value) return ok({ is: 'other_record', id: found.value.id, number: found.value.number })
  return ok({ is: totals?.ok ? 'external_id_changed' : 'gone' })
}
