import { sql } from 'kysely'
import { isConnectionError, type Tx } from '../ledger/database.ts'
import { Fenced } from '../ledger/jobs.ts'
import type { Deps } from './deps.ts'
import { importOrder } from './import-order.ts'
import type { ImportInput } from './judge-order.ts'
import type { ImportResult } from './newer-version.ts'

/**
 * Takes one order in so that it cannot keep others out: what the ledger or the program cannot make of it is undone, and
 * it is kept as its bytes, as an order that cannot be read, with the reason. Throws what is not the order's own fault.
 */
export async function importAlone(deps: Deps, tx: Tx, input: ImportInput): Promise<ImportResult> {
  await sql`SAVEPOINT one_order`.execute(tx)
  try {
    const result = await importOrder(deps, tx, input)
    await sql`RELEASE SAVEPOINT one_order`.execute(tx)
    return result
  } catch (error) {
    if (!isOfTheContent(error)) throw error
    deps.log.error({ err: error, channelOrderId: input.raw.id }, 'an order could not be taken in as it is')
    await sql`ROLLBACK TO SAVEPOINT one_order`.execute(tx)
    const message = error instanceof Error ? error.message : String(error)
    const unreadable = isRefusal(error)
      ? `The ledger cannot hold one of its values: ${message}`
      : `Waybill itself failed at it: ${message}`
    return importOrder(deps, tx, { ...input, unreadable })
  }
}

/** Whether the fault comes with what was to be stored, and not from a ledger that is away, busy, or another's by now. */
export function isOfTheContent(error: unknown): boolean {
  if (isConnectionError(error) || error instanceof Fenced) return false
  return sqlState(error) === null || isRefusal(error)
}

/** PostgreSQL's classes for values it cannot hold, broken constraints and exceeded limits. */
const isRefusal = (error: unknown): boolean => /^(22|23|54)/.test(sqlState(error) ?? '')

function sqlState(error: unknown): string | null {
  const code = error instanceof Error ? (error as { code?: unknown }).code : null
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null
}
